package runcmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
)

const dataManifest = `spin_manifest_version = 2
application = { name = "data" }
variables = { greeting = { required = true } }
[[trigger.http]]
route = "/kv"
component = "kv"
[[trigger.http]]
route = "/denied"
component = "denied"
[[trigger.http]]
route = "/sqlite"
component = "sqlite"
[[trigger.http]]
route = "/variables"
component = "variables"
[component.kv]
source = %q
key_value_stores = ["default"]
[component.denied]
source = %[1]q
[component.sqlite]
source = %[2]q
sqlite_databases = ["default"]
[component.variables]
source = %[3]q
variables = { message = "{{ greeting }}, world" }
`

// serveData serves the components that use data, of one release of WASI.
func serveData(t *testing.T, release string, args ...string) (s *server, dir string) {
	t.Helper()
	var sources []any
	for _, name := range []string{"kv", "sqlite", "variables"} {
		sources = append(sources, conformance.Built(t, name+release))
	}
	dir = writeFiles(t, map[string]string{"spin.toml": fmt.Sprintf(dataManifest, sources...)})
	return serve(t, 6, append(args, dir)...), dir
}

func TestDataIsServed(t *testing.T) {
	for _, release := range []string{"-p2", "-p3"} {
		t.Run(release, func(t *testing.T) { testDataIsServed(t, release) })
	}
}

func testDataIsServed(t *testing.T, release string) {
	s, dir := serveData(t, release, "--variable", "greeting=hello", "--key-value", "seed=1",
		"--sqlite", "CREATE TABLE todos(id INTEGER, what TEXT); INSERT INTO todos VALUES (1, 'a'), (2, 'b')")
	for path, want := range map[string]string{
		"/kv": "200 Hello from Python!", "/denied": "500 ", "/variables": "200 Hello from Python!",
	} {
		if got := s.get(t, path); got != want {
			t.Errorf("%s: %q\n%s", path, got, s.stderr)
		}
	}
	if got := s.get(t, "/sqlite"); !strings.Contains(got, "Value_Integer(value=2)") || strings.Contains(got, "value=1)") {
		t.Errorf("/sqlite: %s\n%s", got, s.stderr)
	}
	if want := `put this into [component.denied]: key_value_stores = ["default"]`; !strings.Contains(s.stderr.String(), want) {
		t.Errorf("standard error does not say %s:\n%s", want, s.stderr)
	}
	for file, want := range map[string]string{
		"variables_stdout.txt": "hello, world\n",
		"kv_stdout.txt":        "['seed', 'test']\nTrue\nb'hello world!'\n['seed']\n",
	} {
		s.eventually(t, file+" with "+want, func() bool {
			got, err := os.ReadFile(filepath.Join(dir, ".spin", "logs", file))
			return err == nil && string(got) == want
		})
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, path := range []string{"/kv", "/sqlite", "/variables"} {
				if got := s.get(t, path); !strings.HasPrefix(got, "200 ") {
					t.Errorf("%s with many clients: %s", path, got)
				}
			}
		})
	}
	wg.Wait()
}

func TestDataLivesWhereTheConfigurationSays(t *testing.T) {
	for _, release := range []string{"-p2", "-p3"} {
		config := writeFiles(t, map[string]string{"rc.toml": `log_dir = ""
[key_value_store.default]
type = "redis"
url = "` + servicetest.Redis(t) + `"
[sqlite_database.default]
type = "spin"
path = '` + filepath.Join(t.TempDir(), "own.db") + `'
[[variables_provider]]
type = "static"
values = { greeting = "configured" }
`})
		file := filepath.Join(config, "rc.toml")
		s, dir := serveData(t, release, "--runtime-config-file", file, "--key-value", "seed=1",
			"--sqlite", "CREATE TABLE todos(id INTEGER, what TEXT)")
		for path, want := range map[string]string{"/kv": "200 Hello", "/sqlite": "200 [", "/variables": "200 Hello"} {
			if got := s.get(t, path); !strings.HasPrefix(got, want) {
				t.Errorf("%s%s: %q\n%s", path, release, got, s.stderr)
			}
		}
		for _, want := range []string{
			"Storing default key-value data to Redis at 127.0.0.1:", "own.db",
			"configured, world\n", "['seed', 'test']\n",
		} {
			s.says(t, want)
		}
		if files, _ := filepath.Glob(filepath.Join(dir, ".spin", "*")); len(files) > 0 {
			t.Errorf("%s: left behind: %q", release, files)
		}
	}
}

func TestAsyncRowsAndKeysOutliveWhatTheyCameFrom(t *testing.T) {
	dir := writeFiles(t, map[string]string{"spin.toml": fmt.Sprintf(`spin_manifest_version = 2
application = { name = "data" }
trigger.http = [{ route = "/...", component = "data" }]
[component.data]
source = %q
key_value_stores = ["default"]
sqlite_databases = ["default"]
`, conformance.Built(t, "data-p3"))})
	for _, state := range []string{"", filepath.Join(dir, "state")} {
		s := serve(t, 2, "--state-dir", state, dir)
		for path, want := range map[string]string{
			"many_rows":        "200 ['n', 'text'] 1000 rows, 500500",
			"connection_first": "200 1000 rows, 500500",
			"rows_dropped":     "200 3 the rows were dropped before all of them were read; 1000 rows, 500500",
			"side_by_side":     "200 1000 rows, 500500; 1000 rows, 500500",
			"bad_statement":    `200 [] SQL logic error: near "SELEC": syntax error (1)`,
			"counters":         "200 3 changes, row 3",
			"many_keys":        "200 True True",
			"keys_dropped":     "200 ['key 000', 'key 001'] Ok",
		} {
			for range 2 {
				if got := s.get(t, "/"+path); got != want {
					t.Errorf("%s: %s\n%s", path, got, s.stderr)
				}
			}
		}
	}
}

func TestOnlyFollowedComponentsAreEchoed(t *testing.T) {
	s, dir := serveData(t, "-p2", "--variable", "greeting=hello", "--follow", "variables")
	for _, path := range []string{"/kv", "/variables"} {
		if got := s.get(t, path); got != "200 Hello from Python!" {
			t.Errorf("%s: %s", path, got)
		}
	}
	s.says(t, "hello, world\n")
	if strings.Contains(s.stderr.String(), "hello world!") {
		t.Errorf("the other component is echoed:\n%s", s.stderr)
	}
	if got, err := os.ReadFile(filepath.Join(dir, ".spin", "logs", "kv_stdout.txt")); !strings.Contains(string(got), "hello world!") {
		t.Errorf("its log: %q, %v", got, err)
	}
}
