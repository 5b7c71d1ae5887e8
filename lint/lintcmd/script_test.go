package lintcmd_test

import (
	"context"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgelint/edgelint/internal/cmdtest"
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

// TestScripts runs the command as users do. One more command is `unhex FILE.hex FILE`,
// which makes a binary of hex digits (# begins a comment).
func TestScripts(t *testing.T) {
	t.Parallel()
	cmdtest.Scripts(t, map[string]cmdtest.Command{"unhex": unhex}, nil)
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
