package runcmd_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
)

// watchManifest is an application whose build copies a component.
const watchManifest = `spin_manifest_version = 2
[application]
name = "watched"
[[trigger.http]]
route = "/..."
component = "app"
[component.app]
source = "out/app.wasm"
files = ["assets/*"]
[component.app.build]
command = "cp $(cat which) ../out/app.wasm; rm -f ../built; touch ../built; $(cat check)"
workdir = "src"
watch = ["which", "check"]
`

// watchApp is that application, with a component to begin with.
func watchApp(t *testing.T, name string) (dir string, change func(file, text string)) {
	t.Helper()
	dir = writeFiles(t, map[string]string{
		"spin.toml": watchManifest, "out/none": "", "src/which": conformance.Built(t, name), "src/check": "true",
		"assets/a": "",
	})
	return dir, func(file, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *server) becomes(t *testing.T, path, want string) {
	t.Helper()
	s.eventually(t, want, func() bool { return s.get(t, path) == want })
}

func TestChangesAreServedWithoutAGap(t *testing.T) {
	hello := conformance.Built(t, "hello-p2")
	dir, change := watchApp(t, "behave-p2")
	s := serve(t, 3, "--watch", dir)
	if got := s.get(t, "/counter"); got != "200 1" {
		t.Fatal(got)
	}
	slept := make(chan string)
	go func() {
		res, err := http.Get(s.url + "/sleep?2")
		if err != nil {
			slept <- err.Error()
			return
		}
		res.Body.Close()
		slept <- res.Status
	}()
	stop := make(chan struct{})
	var clients sync.WaitGroup
	clients.Go(func() { // each request has its own connection, and none may fail
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		for {
			select {
			case <-stop:
				return
			default:
			}
			res, err := client.Get(s.url + "/counter")
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Error(res.Status)
			}
		}
	})
	change("src/which", hello)
	s.becomes(t, "/counter", "200 Hello from Python!")
	close(stop)
	clients.Wait()
	if got := <-slept; got != "200 OK" {
		t.Errorf("the request under way: %s", got)
	}
	s.says(t, "src/which changed")
	s.says(t, "started anew")
}

func TestWhatIsServedGoesOnWhenANewVersionFails(t *testing.T) {
	dir, change := watchApp(t, "hello-p2")
	s := serve(t, 3, "--watch", dir)
	goesOn := func(reason string) {
		t.Helper()
		s.says(t, reason)
		s.says(t, "not started anew: what was served before goes on")
		if got := s.get(t, "/"); got != "200 Hello from Python!" {
			t.Error(got)
		}
		s.stderr.Reset()
	}
	change("src/check", "exit 7")
	goesOn("failed with exit status 7")
	change("src/check", "cp ../spin.toml ../out/app.wasm")
	goesOn("app.wasm: not a WebAssembly binary")
	change("spin.toml", watchManifest+"[surprise]\n")
	goesOn(`unknown key "surprise"`)
	change("src/check", "true")
	goesOn(`unknown key "surprise"`)
	change("src/which", conformance.Built(t, "behave-p2"))
	goesOn(`unknown key "surprise"`)
	change("spin.toml", watchManifest)
	s.becomes(t, "/counter", "200 1")
}

func TestAnApplicationThatDoesNotStartIsWatched(t *testing.T) {
	dir, change := watchApp(t, "hello-p2")
	change("spin.toml", "spin_manifest_version = 2\n")
	listen := freeAddress(t)
	s := start(t, "--watch", "--listen", listen, dir)
	s.url = "http://" + listen
	s.says(t, "nothing is served until this is mended; watching")
	s.eventually(t, "503", func() bool {
		res, err := http.Get(s.url)
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusServiceUnavailable
	})
	change("spin.toml", watchManifest)
	s.becomes(t, "/", "200 Hello from Python!")
}

func TestWithoutBuildingOnlyArtifactsAreWatched(t *testing.T) {
	hello, behave := conformance.Built(t, "hello-p2"), conformance.Built(t, "behave-p2")
	dir, change := watchApp(t, "hello-p2")
	change("out/app.wasm", read(t, hello))
	s := serve(t, 3, "--watch", "--skip-build", "--debounce", "1ms", dir)
	change("src/which", behave) // nobody builds it
	change("out/app.wasm", read(t, behave))
	s.becomes(t, "/counter", "200 1")
	if _, err := os.Stat(filepath.Join(dir, "built")); err == nil {
		t.Error("it was built")
	}
	s.stderr.Reset()
	change("assets/b", "new")
	s.says(t, "assets/b changed")
	s.says(t, "started anew")
}

func TestABuildEndsWithTheCommand(t *testing.T) {
	dir := writeFiles(t, map[string]string{"spin.toml": `spin_manifest_version = 2
[application]
name = "slow"
[component.app]
source = "app.wasm"
build.command = "echo $$ > pid; sleep 600; true"
`})
	cmd := exec.Command("edgerun", "build", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{stderr: &servicetest.Output{}}
	var pid int
	s.eventually(t, "the build", func() bool {
		data, _ := os.ReadFile(filepath.Join(dir, "pid"))
		n, err := fmt.Sscan(string(data), &pid)
		return n == 1 && err == nil
	})
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "exit status 2") {
		t.Errorf("exit: %v", err)
	}
	build, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	s.eventually(t, "the end of the build", func() bool { return build.Signal(syscall.Signal(0)) != nil })
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
