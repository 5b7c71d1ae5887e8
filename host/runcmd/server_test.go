package runcmd_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
)

// server is an edgerun process.
type server struct {
	cmd    *exec.Cmd
	url    string
	banner string
	stdout *bufio.Reader // the rest
	stderr *servicetest.Output
}

// fails runs edgerun with arguments that it must refuse, and gives what it prints.
func fails(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("edgerun", args...)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+conformance.CacheHome())
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 {
		t.Errorf("edgerun %v: %v", args, err)
	}
	return string(out)
}

// freeAddress is an address that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs edgerun until the test ends, when it must exit with 0.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{cmd: exec.Command("edgerun", args...), stderr: &servicetest.Output{}}
	s.cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+conformance.CacheHome(),
		"SPIN_VARIABLE_GREETING=overridden", "SPIN_VARIABLE_HOST=127.0.0.1")
	s.cmd.Stderr = s.stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdout = bufio.NewReader(stdout)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		if err := s.cmd.Wait(); err != nil {
			t.Errorf("exit: %v\n%s", err, s.stderr)
		}
	})
	return s
}

// serve runs edgerun on a free port, and reads the lines that it announces.
func serve(t *testing.T, lines int, args ...string) *server {
	t.Helper()
	s := start(t, append([]string{"--listen", "127.0.0.1:0"}, args...)...)
	for range lines {
		line, err := s.stdout.ReadString('\n')
		if err != nil {
			t.Fatalf("%v\n%s", err, s.stderr)
		}
		s.banner += line
	}
	first, _, _ := strings.Cut(s.banner, "\n")
	s.url = strings.TrimPrefix(first, "Serving ")
	return s
}

// get is the status and body of a request with headers, given as names and values.
func (s *server) get(t *testing.T, path string, header ...string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Timeout: time.Minute}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return fmt.Sprintf("%d %s", res.StatusCode, body)
}

// writeFiles writes files, given by name and content, below a new folder.
func writeFiles(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// eventually fails the test if a condition does not come to hold.
func (s *server) eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come to hold\n%s", what, s.stderr)
		}
	}
}

// says waits until standard error has a text.
func (s *server) says(t *testing.T, text string) {
	t.Helper()
	s.eventually(t, text, func() bool { return strings.Contains(s.stderr.String(), text) })
}
