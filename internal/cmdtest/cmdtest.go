// Package cmdtest runs the scripts in testdata/script, which test a command as users
// run it.
package cmdtest

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgelint/edgelint/internal/conformance"
)

// Command is a command that scripts have besides those of testscript.
type Command = func(ts *testscript.TestScript, neg bool, args []string)

// Scripts runs the scripts in testdata/script. They have the fixtures at $TESTDATA, the
// commands given, and `status N CMD...`, which demands an exit status. setup, if not
// nil, prepares the environment of each.
func Scripts(t *testing.T, cmds map[string]Command, setup func(*testscript.Env) error) {
	t.Helper()
	all := map[string]Command{"status": status}
	for name, cmd := range cmds {
		all[name] = cmd
	}
	testdata := filepath.Join(conformance.Root(t), "testdata")
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       conformance.Update(),
		Cmds:                all,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", testdata)
			env.Setenv("XDG_CACHE_HOME", conformance.CacheHome())
			if setup == nil {
				return nil
			}
			return setup(env)
		},
	})
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: status N CMD [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		code, ok := strings.CutPrefix(err.Error(), "exit status ")
		if !ok {
			ts.Fatalf("%v", err)
		}
		got, err = strconv.Atoi(code)
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
