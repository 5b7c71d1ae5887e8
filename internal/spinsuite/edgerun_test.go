package spinsuite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/runcmd"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
)

// asEdgerun is the environment variable that makes the test binary edgerun.
const asEdgerun = "SPINSUITE_EDGERUN"

func TestMain(m *testing.M) {
	if os.Getenv(asEdgerun) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := runcmd.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
	os.Exit(cmd.Main(ctx, os.Args[1:]))
}

const (
	// startTimeout is how long edgerun may take to serve, compiling included.
	startTimeout = 5 * time.Minute
	stopTimeout  = 30 * time.Second
)

// process is an edgerun process that serves an application.
type process struct {
	url    string // where it serves HTTP, "" if it does not
	cmd    *exec.Cmd
	output *servicetest.Output
}

// start runs edgerun with arguments until it announces what the application
// waits for: requests, or messages.
func start(ctx context.Context, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self, append([]string{"--listen", "127.0.0.1:0"}, args...)...), output: &servicetest.Output{}}
	p.cmd.Env = append(os.Environ(), asEdgerun+"=1",
		"XDG_CACHE_HOME="+conformance.CacheHome())
	p.cmd.Stderr = p.output
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	hasty := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer hasty()
	in := bufio.NewReader(io.TeeReader(stdout, p.output))
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			_ = p.cmd.Wait()
			return nil, fmt.Errorf("edgerun ended before it served:\n%s", p.output)
		}
		url, http := strings.CutPrefix(strings.TrimSpace(line), "Serving ")
		if http {
			p.url = url
		}
		if http || strings.HasPrefix(line, "Active Channels on ") {
			go io.Copy(io.Discard, in)
			return p, nil
		}
	}
}

// stop ends the process as its user does; it is an error if that fails.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	late := time.AfterFunc(stopTimeout, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("edgerun ended with %w:\n%s", err, p.output)
	}
	return nil
}

// kill ends the process at once.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	if _, ok := errors.AsType[*exec.ExitError](p.cmd.Wait()); !ok {
		return errors.New("edgerun ended by itself")
	}
	return nil
}
