package lintcmd_test

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint/lintcmd"
	"github.com/edgelint/edgelint/lint/rules"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"edgelint": func() {
			cmd := lintcmd.Command{
				Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
				Rules: rules.All(), Version: "v0.0.0-test",
			}
			os.Exit(cmd.Main(context.Background(), os.Args[1:]))
		},
	})
}

// TestScripts runs the command as users do. The scripts have the fixtures at
// $TESTDATA, and two more commands: `unhex FILE.hex FILE` makes a binary of hex
// digits (# begins a comment), `status N CMD...` demands an exit code.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       conformance.Update(),
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", filepath.Join(conformance.Root(t), "testdata"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"unhex": unhex, "status": status},
	})
}

func unhex(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: unhex FILE.hex FILE")
	}
	var digits strings.Builder
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		code, _, _ := strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(code), ""))
	}
	data, err := hex.DecodeString(digits.String())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}

func status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status N CMD [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		_, got, _ = strings.Cut(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %q, want %s", got, args[0])
	}
}
