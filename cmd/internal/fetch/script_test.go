package fetch_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgelint/edgelint/cmd/internal/fetch"
	"github.com/edgelint/edgelint/host/runcmd"
	"github.com/edgelint/edgelint/internal/cmdtest"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/edgepack"
	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/lint/lintcmd"
	"github.com/edgelint/edgelint/lint/rules"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"edgepack": func() {
			cmd := edgepack.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
			os.Exit(cmd.Main(context.Background(), os.Args[1:]))
		},
		"edgelint": func() {
			f := fetch.New(os.LookupEnv)
			cmd := lintcmd.Command{
				Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
				Rules: rules.All(), Pull: f.Pull, Fetch: f.Source,
			}
			code := cmd.Main(context.Background(), os.Args[1:])
			f.Close()
			os.Exit(code)
		},
		"edgerun": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			f := fetch.New(os.LookupEnv)
			cmd := runcmd.Command{
				Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
				Pull: f.PullFile, Package: f.Package,
			}
			code := cmd.Main(ctx, os.Args[1:])
			f.Close()
			os.Exit(code)
		},
	})
}

// TestScripts runs the three commands as users do on applications whose components
// are packages of registries. $REGISTRY is open to all, $SECURE wants user and pw,
// $FLIPPED changes a byte of what it serves of $REGISTRY, $DOMAIN says that packages
// are below $REGISTRY/team. $COMPONENTS are small components, $BUILT those of Python.
// `served PATH ARG...` runs edgerun until it has answered a request for PATH; the
// answer is in the file "answer", what it printed in the file "log". `envsubst FILE
// OUT` replaces variables in a file.
func TestScripts(t *testing.T) {
	t.Parallel()
	built := filepath.Dir(conformance.Built(t, "calc-p2"))
	root := conformance.Root(t)
	cmds := map[string]cmdtest.Command{"served": served, "envsubst": envsubst}
	cmdtest.Scripts(t, cmds, func(env *testscript.Env) error {
		serveRegistries(t, env)
		env.Setenv("COMPONENTS", filepath.Join(root, "host", "testdata", "components"))
		env.Setenv("BUILT", built)
		env.Setenv("COMPILED", conformance.CompiledDir())
		env.Setenv("HOME", env.WorkDir)
		env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, ".config"))
		env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
		return nil
	})
}

func serveRegistries(t *testing.T, env *testscript.Env) {
	start := func(name string, handler http.Handler) string {
		server := httptest.NewServer(handler)
		env.Defer(server.Close)
		host := strings.TrimPrefix(server.URL, "http://")
		env.Setenv(name, host)
		return host
	}
	open := registrytest.New(t, registrytest.Options{})
	host := start("REGISTRY", open)
	start("SECURE", registrytest.New(t, registrytest.Options{User: "user", Password: "pw"}))
	start("DOMAIN", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/wasm-pkg/registry.json" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, `{"preferredProtocol": "oci", "oci": {"registry": %q, "namespacePrefix": "team/"}}`, host)
	}))
	start("FLIPPED", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if registrytest.Downloads(registrytest.Request{Method: r.Method, Path: r.URL.Path}) {
			registrytest.Flipped(20)(w, r, open)
			return
		}
		open.ServeHTTP(w, r)
	}))
}

func envsubst(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: envsubst FILE OUT")
	}
	out := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(out), 0o700))
	ts.Check(os.WriteFile(out, []byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), 0o600))
}

func served(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: served PATH ARG...")
	}
	cmd := exec.Command("edgerun", append([]string{"--listen", "127.0.0.1:0"}, args[1:]...)...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	lines := bufio.NewReader(out)
	first, _ := lines.ReadString('\n')
	var answer string
	if url, ok := strings.CutPrefix(strings.TrimSpace(first), "Serving "); ok {
		answer = get(url + args[0])
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_, _ = io.Copy(io.Discard, lines)
	if err := cmd.Wait(); err != nil || answer == "" {
		ts.Fatalf("edgerun: %v\n%s%s", err, first, &log)
	}
	ts.Check(os.WriteFile(ts.MkAbs("answer"), []byte(answer+"\n"), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("log"), []byte(log.String()), 0o600))
}

func get(url string) string {
	res, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return res.Status[:4] + string(body)
}
