package edgepack_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgelint/edgelint/internal/bars"
	"github.com/edgelint/edgelint/internal/cmdtest"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/edgepack"
	"github.com/edgelint/edgelint/internal/registrytest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"edgepack": func() {
			cmd := edgepack.Command{
				Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
				Version: "v0.0.0-test",
			}
			os.Exit(cmd.Main(context.Background(), os.Args[1:]))
		},
	})
}

// TestScripts runs the command as users do, against registries of their own:
// $REGISTRY is open to all, $SECURE and $BEARER want user and pw, $FALLBACK has
// no referrers API. Keys are at $KEYS, small components at $COMPONENT and, with
// names, $NAMED. More commands: `same FILE FILE` demands equal content,
// `entries DIR N` a number of entries.
func TestScripts(t *testing.T) {
	t.Parallel()
	root := conformance.Root(t)
	cmds := map[string]cmdtest.Command{"same": same, "entries": entries}
	cmdtest.Scripts(t, cmds, func(env *testscript.Env) error {
		open := registrytest.New(t, registrytest.Options{})
		for name, handler := range map[string]http.Handler{
			"REGISTRY": open,
			"SECURE":   registrytest.New(t, registrytest.Options{User: "user", Password: "pw"}),
			"BEARER": registrytest.New(
				t, registrytest.Options{User: "user", Password: "pw", Bearer: true},
			),
			"FALLBACK": registrytest.New(t, registrytest.Options{NoReferrers: true}),
		} {
			server := httptest.NewServer(handler)
			env.Defer(server.Close)
			env.Setenv(name, strings.TrimPrefix(server.URL, "http://"))
		}
		env.Setenv("HOME", env.WorkDir)
		env.Setenv("COMPONENT", filepath.Join(root, "pack", "testdata", "component.wasm"))
		env.Setenv("NAMED", filepath.Join(root, "pack", "testdata", "named.wasm"))
		env.Setenv("KEYS", filepath.Join(root, "oci", "sign", "testdata"))
		return nil
	})
}

func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] same FILE FILE")
	}
	if (ts.ReadFile(args[0]) == ts.ReadFile(args[1])) == neg {
		ts.Fatalf("%s and %s: same is %v", args[0], args[1], neg)
	}
}

// entries demands how many entries a folder has, hidden ones included.
func entries(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: entries DIR N")
	}
	list, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if strconv.Itoa(len(list)) != args[1] {
		ts.Fatalf("%s holds %v", args[0], list)
	}
}

func TestBarsAreDrawnOnATerminalAlone(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registrytest.New(t, registrytest.Options{}))
	defer server.Close()
	component := filepath.Join(conformance.Root(t), "pack", "testdata", "component.wasm")
	for name, c := range map[string]struct {
		terminal bool
		env      map[string]string
		args     []string
		bars     bool
		silent   bool
	}{
		"terminal":    {terminal: true, bars: true},
		"no terminal": {},
		"in CI":       {terminal: true, env: map[string]string{"CI": "true"}},
		"quiet":       {terminal: true, args: []string{"-q"}, silent: true},
	} {
		var out, progress strings.Builder
		cmd := edgepack.Command{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &progress, Terminal: c.terminal, Bars: bars.New,
			Env: func(name string) (string, bool) { v, ok := c.env[name]; return v, ok },
		}
		ref := strings.TrimPrefix(server.URL, "http://") + "/" + strings.ReplaceAll(
			strings.ToLower(name), " ", "-",
		)
		args := append([]string{"push", "--no-lint", component, ref}, c.args...)
		if code := cmd.Main(t.Context(), args); code != 0 {
			t.Fatalf("%s: exit status %d: %s", name, code, &progress)
		}
		if lines := strings.Count(out.String(), "\n"); lines != 1 ||
			!strings.HasPrefix(out.String(), ref+"@sha256:") {
			t.Errorf("%s: standard output is %q", name, &out)
		}
		if bars := strings.Contains(progress.String(), "[="); bars != c.bars ||
			c.silent != (progress.Len() == 0) {
			t.Errorf("%s: standard error is %q", name, &progress)
		}
	}
}
