package spinsuite

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
)

// serveApp serves the application of a folder in testdata with flags. values stand
// for what is in ${}, as do the names of components for their paths.
func serveApp(t *testing.T, folder string, values map[string]string, flags ...string) *process {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", folder))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "spin.toml")
	manifest, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := os.Expand(string(manifest), func(name string) string {
		if value, ok := values[name]; ok {
			return value
		}
		return filepath.ToSlash(conformance.Built(t, name))
	})
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := start(t.Context(), append(flags, path)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// report is what the component of CASE=report tells.
type report struct {
	Path, Authority    string
	Headers            map[string][]string
	Environment, Files map[string]string
	Write              string
}

// ask gets a path with headers, given as names and values.
func ask(t *testing.T, url string, header ...string) (status string, res *http.Response) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
		if header[i] == "host" {
			r.Host = header[i+1]
		}
	}
	res, err = client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	return fmt.Sprintf("%d %s", res.StatusCode, body), res
}

func askReport(t *testing.T, url string, header ...string) report {
	t.Helper()
	status, res := ask(t, url, header...)
	var r report
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		t.Fatalf("%s: %v", status, err)
	}
	return r
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://203.0.113.1/")
		w.WriteHeader(http.StatusFound)
		fmt.Fprintf(w, "host %s", r.Host)
	}))
	defer peer.Close()
	_, port, _ := net.SplitHostPort(peer.Listener.Addr().String())
	p := serveApp(t, "routes", map[string]string{"peer": port}, "--env", "FROM=flag")

	t.Run("the most specific one answers", func(t *testing.T) {
		for path, want := range map[string]string{
			"/":                       "404 ",
			"/users":                  "404 ",
			"/users/me":               "200 exact",
			"/users/me/":              "200 exact",
			"/users/7/settings":       "403 parameter",
			"/twice":                  "200 second",
			"/.well-known/spin/info":  "200 {\n  \"name\": \"routes\",\n  \"version\": \"1.2.3\"\n}",
			"/.well-known/spin/other": "404 ",
		} {
			if got, _ := ask(t, p.url+path); got != want {
				t.Errorf("%s answers %q, not %q", path, got, want)
			}
		}
		if got, res := ask(t, p.url+"/moved"); got != "302 " || res.Header.Get("Location") != "/users/bob" {
			t.Errorf("/moved answers %q with %v", got, res.Header)
		}
	})

	t.Run("a component is told what matched", func(t *testing.T) {
		for path, want := range map[string]string{
			"/users/42": "42:", "/users/42/": "42:/", "/users/42/hello/": "42:/hello/",
			"/users/a%2Fb/x%20y?q=/1": "a%2Fb:/x%20y",
		} {
			r := askReport(t, p.url+path)
			got := r.Headers["spin-path-match-user-id"][0] + ":" + r.Headers["spin-path-info"][0]
			if got != want || r.Path != path {
				t.Errorf("%s: %q and path %q, want %q", path, got, r.Path, want)
			}
		}
	})

	t.Run("forged headers stand before those of Spin", func(t *testing.T) {
		r := askReport(t, p.url+"/users/42/x?k=v", "spin-path-info", "/forged", "host", "Example.COM:81")
		if got, want := r.Headers["spin-path-info"], []string{"/forged", "/x"}; !slices.Equal(got, want) {
			t.Errorf("spin-path-info is %q", got)
		}
		if got, want := r.Headers["spin-full-url"], []string{"http://Example.COM:81/users/42/x?k=v"}; !slices.Equal(got, want) {
			t.Errorf("spin-full-url is %q", got)
		}
		if r.Authority != "Example.COM:81" || len(r.Headers["host"]) > 0 {
			t.Errorf("authority %q, host %q", r.Authority, r.Headers["host"])
		}
	})

	t.Run("environment and files are the manifest's", func(t *testing.T) {
		r := askReport(t, p.url+"/users/42")
		env := map[string]string{"CASE": "report", "FROM": "flag", "KEPT": "kept"}
		if !maps.Equal(r.Environment, env) {
			t.Errorf("environment %v", r.Environment)
		}
		files := map[string]string{"/assets/empty.txt": "", "/assets/one.txt": "x", "/docs/welcome.txt": "hello\n"}
		if !maps.Equal(r.Files, files) {
			t.Errorf("files %q", r.Files)
		}
		if r.Write != "OSError" && r.Write != "PermissionError" {
			t.Errorf("a file was %s", r.Write)
		}
	})

	t.Run("requests to other components and to itself", func(t *testing.T) {
		for url, want := range map[string]string{
			"http://private.spin.internal/any": "200 Hello from Python!",
			"/users/me":                        "200 exact",
			"http://self.alt/twice":            "200 second",
			"http://report.spin.internal/":     "500 ",
			peer.URL + "/":                     "302 host " + strings.TrimPrefix(peer.URL, "http://"),
			"http://203.0.113.1/":              "500 ",
		} {
			// Where it goes is not for the client's Host header to say.
			if got, _ := ask(t, p.url+"/out", "url", url, "host", "203.0.113.1"); got != want {
				t.Errorf("%s answers %q, not %q", url, got, want)
			}
		}
	})

	t.Run("nobody outside calls a private component", func(t *testing.T) {
		if got, _ := ask(t, p.url+"/users/42", "host", "private.spin.internal"); got != "400 " {
			t.Errorf("answers %q", got)
		}
	})

	t.Run("a request without a host is refused", func(t *testing.T) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET /users/42 HTTP/1.0\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != http.StatusBadRequest {
			t.Errorf("%v, %v", res, err)
		}
	})

	t.Run("HTTP/2 without TLS, and HEAD", func(t *testing.T) {
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetUnencryptedHTTP2(true)
		defer transport.CloseIdleConnections()
		res, err := (&http.Client{Transport: transport}).Get(p.url + "/users/42")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if body, _ := io.ReadAll(res.Body); res.ProtoMajor != 2 || res.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%s %d %s", res.Proto, res.StatusCode, body)
		}
		res, err = client.Head(p.url + "/users/42")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || len(body) > 0 {
			t.Errorf("HEAD answers %d %q", res.StatusCode, body)
		}
	})
}
