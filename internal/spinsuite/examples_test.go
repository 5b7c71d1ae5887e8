package spinsuite

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/edgelint/edgelint/internal/conformance"
)

// example is one of the SDK's examples.
type example struct {
	name  string
	app   string // what it is called in testdata/apps.tsv without its generation, name if empty
	built string // the folder in testdata/built, with spin.toml and app.wasm
	args  []string
	edit  *strings.Replacer // of spin.toml, nil if it is served as it is
	// judge sends requests and compares the answers.
	judge func(*served) error
}

const hello = "Hello from Python!"

// served is an example that is being served.
type served struct {
	*process
	logs string // the folder of its logs
}

// expect is an error unless the example answers so.
func (s *served) expect(method, path, body, want string, header ...string) error {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	got := strings.TrimSpace(fmt.Sprintf("%d %s %s", res.StatusCode, res.Header.Get("Content-Type"), text))
	if err != nil || got != want {
		return fmt.Errorf("%s %s answered %q (%v), not %q", method, path, got, err, want)
	}
	return nil
}

// prints is an error unless the example has printed the text, and no other.
func (s *served) prints(component, want string) error {
	data, err := os.ReadFile(filepath.Join(s.logs, component+"_stdout.txt"))
	if err != nil || string(data) != want {
		return fmt.Errorf("it printed %q (%v), not %q", data, err, want)
	}
	return nil
}

func greets(s *served) error { return s.expect("GET", "/", "", "200 text/plain "+hello) }

func TestExamples(t *testing.T) {
	t.Parallel()
	examples := examples(t)
	verdicts := make([]error, len(examples))
	for _, e := range examples {
		conformance.Built(t, e.built)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range examples {
		group.Go(func() error {
			verdicts[i] = runExample(t, e)
			return nil
		})
	}
	_ = group.Wait()
	suite := conformance.Start(t, "spin-examples", "The examples of Spin's Python SDK, rewritten with the same "+
		"behaviour, answered by `edgerun spin.toml` with real servers.")
	for i, e := range examples {
		suite.Check(e.name, verdicts[i])
	}
	suite.Finish()
}

func runExample(t *testing.T, e example) (err error) {
	dir := filepath.Join(conformance.Root(t), "testdata", "built", e.built)
	if e.edit != nil {
		if dir, err = editedCopy(dir, t.TempDir(), e.edit); err != nil {
			return err
		}
	}
	s := &served{logs: t.TempDir()}
	args := append([]string{"--state-dir", t.TempDir(), "--log-dir", s.logs}, e.args...)
	if s.process, err = start(t.Context(), append(args, dir)...); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := e.judge(s); err != nil {
		return fmt.Errorf("%w\n%s", err, s.output)
	}
	return nil
}

// editedCopy writes an application with another spin.toml into a folder.
func editedCopy(from, to string, edit *strings.Replacer) (string, error) {
	manifest, err := os.ReadFile(filepath.Join(from, "spin.toml"))
	if err != nil {
		return "", err
	}
	if err := os.Symlink(filepath.Join(from, "app.wasm"), filepath.Join(to, "app.wasm")); err != nil {
		return "", err
	}
	return to, os.WriteFile(filepath.Join(to, "spin.toml"), []byte(edit.Replace(string(manifest))), 0o644)
}

// examples are all examples, with the servers that they need.
func examples(t *testing.T) []example {
	t.Helper()
	all := []example{
		{name: "p2-old/hello", built: "hello-p2-old", judge: greets},
		{name: "p3-rc/hello", built: "hello-p3-rc", judge: greets},
	}
	backends := backendExamples(t)
	for _, g := range []string{"p2", "p3"} {
		for _, e := range slices.Concat(plainExamples(t, g), backends(g)) {
			e.built = cmp.Or(e.app, e.name) + "-" + g
			e.name = g + "/" + e.name
			all = append(all, e)
		}
	}
	return all
}

// plainExamples are the examples that need no server but the tests' own.
func plainExamples(t *testing.T, generation string) []example {
	t.Helper()
	return []example{
		{name: "hello", judge: greets},
		{name: "external-lib", judge: judgeExternalLib},
		{name: "matrix-math", judge: judgeMatrixMath},
		{name: "outgoing", judge: judgeOutgoing(t)},
		{name: "kv", judge: func(s *served) error {
			return errors.Join(greets(s), s.prints("kv", "['test']\nTrue\nb'hello world!'\n[]\n"))
		}},
		sqliteExample(generation),
		{name: "variables", judge: func(s *served) error {
			return errors.Join(greets(s), s.prints("variables", "hello, world!\n"))
		}},
		{name: "streaming", judge: judgeStreaming(t)},
	}
}

func judgeExternalLib(s *served) error {
	return errors.Join(greets(s),
		s.expect("GET", "/queryparams?foo=bar", "", "200 text/plain bar"),
		s.expect("POST", "/post", "TEST", "200 text/plain TEST"),
		s.expect("GET", "/nope", "", "404"))
}

func judgeMatrixMath(s *served) error {
	const matrices = "[[[1,2],[4,5],[6,7]],[[1,2,3],[4,5,6]]]"
	const product = "200 application/json [[9, 12, 15], [24, 33, 42], [34, 47, 60]]"
	return errors.Join(
		s.expect("POST", "/multiply", matrices, product, "content-type", "application/json"),
		s.expect("GET", "/", "", "400 text/plain Bad Request"),
		s.expect("POST", "/multiply", matrices, "500"))
}

func judgeOutgoing(t *testing.T) func(*served) error {
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/x-peer")
		fmt.Fprintf(w, "%s %s", r.Method, r.URL)
	}))
	t.Cleanup(peer.Close)
	return func(s *served) error {
		return errors.Join(
			s.expect("GET", "/", "", "200 text/x-peer GET /a?b=c", "url", peer.URL+"/a?b=c"),
			s.expect("GET", "/", "", "400 text/plain Please specify `url` header"))
	}
}

// sqliteExample is the example of SQLite, which in WASI 0.2 reads a table that is
// there, and in WASI 0.3 makes it.
func sqliteExample(generation string) example {
	if generation == "p3" {
		return example{name: "sqlite", judge: func(s *served) error {
			return s.expect("GET", "/", "",
				"200 text/plain [RowResult(values=[Value_Integer(value=2), Value_Text(value='bar')])]")
		}}
	}
	return example{
		name: "sqlite", args: []string{"--sqlite", "CREATE TABLE todos (id INTEGER, what TEXT)"},
		judge: func(s *served) error { return s.expect("GET", "/", "", "200 text/plain []") },
	}
}

// judgeStreaming also checks that what is sent comes back before all is sent.
func judgeStreaming(t *testing.T) func(*served) error {
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat(r.URL.Path, 10_000))
	}))
	t.Cleanup(peer.Close)
	return func(s *served) error {
		return errors.Join(
			s.expect("GET", "/", "", "400"),
			s.expect("POST", "/echo", strings.Repeat("0123456789abcdef", 1<<16),
				"200 text/x-a "+strings.Repeat("0123456789abcdef", 1<<16), "content-type", "text/x-a"),
			s.echoesWhileItReads(), s.hashesAll(peer.URL))
	}
}
