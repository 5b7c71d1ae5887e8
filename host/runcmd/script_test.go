package runcmd_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgelint/edgelint/host/runcmd"
	"github.com/edgelint/edgelint/internal/cmdtest"
	"github.com/edgelint/edgelint/internal/conformance"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"edgerun": edgerun}) }

func edgerun() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := runcmd.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
	os.Exit(cmd.Main(ctx, os.Args[1:]))
}

// TestScripts runs the command as users do.
func TestScripts(t *testing.T) {
	conformance.Built(t, "cli-p2")
	conformance.Built(t, "redis-trigger-p2")
	cmdtest.Scripts(t, nil, nil)
}

// TestServerAnnouncesItselfServesAndDrains runs the command as a process: it says
// where it serves, answers, finishes the request under way after SIGTERM, and
// exits with 0.
func TestServerAnnouncesItselfServesAndDrains(t *testing.T) {
	s := serve(t, 1, "--access-log", conformance.Built(t, "behave-p2"))
	answered := make(chan string, 1)
	go func() {
		res, err := http.Get(s.url + "/sleep?0.5")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answered <- string(body)
	}()
	time.Sleep(200 * time.Millisecond)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := <-answered; got != "slept" {
		t.Errorf("the request under way got %q", got)
	}
	routes, _ := io.ReadAll(s.stdout)
	if !strings.Contains(string(routes), "Available Routes:\n  app: "+s.url+" (wildcard)\n") {
		t.Errorf("routes: %q", routes)
	}
	s.says(t, `"GET /sleep?0.5 HTTP/1.1" 200 5`)
}
