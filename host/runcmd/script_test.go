package runcmd_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgelint/edgelint/host/runcmd"
	"github.com/edgelint/edgelint/internal/conformance"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"edgerun": edgerun}) }

func edgerun() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := runcmd.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
	os.Exit(cmd.Main(ctx, os.Args[1:]))
}

// TestScripts runs the command as users do. The scripts have the fixtures at
// $TESTDATA; `status N CMD...` demands an exit code.
func TestScripts(t *testing.T) {
	conformance.Built(t, "cli-p2")
	conformance.Built(t, "redis-trigger-p2")
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		UpdateScripts:       conformance.Update(),
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", filepath.Join(conformance.Root(t), "testdata"))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(os.TempDir(), "edgelint-test-cache"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

func status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status N CMD [ARG...]")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		_, got, _ = strings.Cut(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %q, want %s", got, args[0])
	}
}

// TestServerAnnouncesItselfServesAndDrains runs the command as a process: it says
// where it serves, answers, finishes the request under way after SIGTERM, and
// exits with 0.
func TestServerAnnouncesItselfServesAndDrains(t *testing.T) {
	// testscript.Main put the command on the path.
	cmd := exec.CommandContext(t.Context(), "edgerun", "--listen", "127.0.0.1:0", "--access-log",
		conformance.Built(t, "behave-p2"))
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(os.TempDir(), "edgelint-test-cache"))
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(first), "Serving ")
	if err != nil || !ok {
		t.Fatalf("first line %q, %v\n%s", first, err, stderr.String())
	}
	answered := make(chan string, 1)
	go func() {
		res, err := http.Get(url + "/sleep?0.5")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answered <- string(body)
	}()
	time.Sleep(200 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := <-answered; got != "slept" {
		t.Errorf("the request under way got %q", got)
	}
	rest, _ := io.ReadAll(lines)
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit: %v\n%s", err, stderr.String())
	}
	if !strings.Contains(string(rest), "Available Routes:\n  app: "+url+" (wildcard)\n") {
		t.Errorf("routes: %q", rest)
	}
	if !strings.Contains(stderr.String(), `"GET /sleep?0.5 HTTP/1.1" 200 5`) {
		t.Errorf("access log: %s", stderr.String())
	}
}
