package spin_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
	"github.com/edgelint/edgelint/spin"
)

// served is an application that is being served.
type served struct {
	url    string
	out    *servicetest.Output // what components print, and what they were refused
	server *httptest.Server
}

// serve serves an application whose components are fixtures: the manifest names
// each as its source.
func serve(t *testing.T, manifest, runtime string, cfg spinhost.Config) *served {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	m, err := spin.Parse("spin.toml", []byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Runtime, err = spin.ParseRuntimeConfig("runtime-config.toml", []byte(runtime)); err != nil {
		t.Fatal(err)
	}
	s := &served{out: &servicetest.Output{}}
	cfg.Denied = func(d spinhost.Denial) { fmt.Fprintf(s.out, "refused: %s: %s (%s)\n", d.What, d.Grant, d.Hint) }
	app, err := spinhost.NewApp(ctx, m, cfg)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := app.Components()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := host.NewEngine(ctx, host.Options{
		Workers: 2, CacheDir: conformance.CompiledDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	handlers := map[string]http.Handler{}
	for _, id := range ids {
		handlers[id] = newHandler(t, app, engine, id, s.out)
	}
	router, err := app.NewRouter(handlers)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(router)
	t.Cleanup(func() {
		server.Close()
		for _, h := range handlers {
			_ = h.(*host.Handler).Close(ctx)
		}
		_ = engine.Close(ctx)
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := app.SetOrigin(server.URL); err != nil {
		t.Fatal(err)
	}
	s.url, s.server = server.URL, server
	return s
}

func newHandler(t *testing.T, app *spinhost.App, engine *host.Engine, id string, out io.Writer) *host.Handler {
	t.Helper()
	source, err := app.Source(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	f, err := component.Open(conformance.Built(t, source))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	imports := bind.NewImports()
	if err := app.AddComponent(t.Context(), imports, id, wasi.Config{Stdout: out, Stderr: out}); err != nil {
		t.Fatal(err)
	}
	c, err := engine.Compile(t.Context(), f, imports, link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := host.NewHandler(c, host.HandlerOptions{Done: func(x host.Exchange) {
		if x.Err != nil {
			fmt.Fprintf(out, "failed: %v\n", x.Err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get is the status and body of a request with headers, given as names and values.
func (s *served) get(t *testing.T, path string, header ...string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
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

const oneComponent = `spin_manifest_version = 2
[application]
name = "one"
[[trigger.http]]
route = "/..."
component = "one"
[component.one]
source = %q
`

func TestComponentsAskModels(t *testing.T) {
	t.Parallel()
	models := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		usage := strings.Count(string(body), "\"temperature\":0.5")
		fmt.Fprintf(w, `{"text": "answer %d", "usage": {"promptTokenCount": 7, "generatedTokenCount": %[1]d}}`, usage)
	}))
	defer models.Close()
	manifest := fmt.Sprintf(oneComponent, "llm-p2")
	remote := fmt.Sprintf("[llm_compute]\ntype = \"remote_http\"\nurl = %q\nauth_token = \"x\"\n", models.URL)
	for _, c := range []struct{ name, manifest, runtime, want, out string }{
		{
			"answers", manifest + "ai_models = [\"llama2-chat\"]", remote, "200 Hello from Python!",
			"answer 0\nInferencingUsage(prompt_token_count=7, generated_token_count=0)\n" +
				"answer 1\nInferencingUsage(prompt_token_count=7, generated_token_count=1)\n",
		},
		{
			"no server", manifest + "ai_models = [\"llama2-chat\"]", "", "500 ",
			"Local LLM operations are not supported in this version of Spin.",
		},
		{"not granted", manifest, remote, "500 ", `refused: language model "llama2-chat": ai_models = ["llama2-chat"]`},
	} {
		s := serve(t, c.manifest, c.runtime, spinhost.Config{})
		if got := s.get(t, "/"); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
		if !strings.Contains(s.out.String(), c.out) {
			t.Errorf("%s: printed %s", c.name, s.out)
		}
	}
}

func TestComponentsRequestOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
			return
		}
		fmt.Fprintf(w, "peer %s", r.Host)
	}))
	defer peer.Close()
	authority := strings.TrimPrefix(peer.URL, "http://")
	manifest := func(component string) string {
		return strings.Replace(fmt.Sprintf(oneComponent, component), "[component.one]",
			"[[trigger.http]]\nroute = \"/fixed\"\nstatic_response = { body = \"fixed\" }\n[component.one]", 1)
	}
	const self = `allowed_outbound_hosts = ["http://self"]`
	const all = `allowed_outbound_hosts = ["*://*:*"]`
	const private = "[outbound_networking]\nblock_networks = [\"private\"]"
	for _, c := range []struct{ name, grant, runtime, url, want, out string }{
		{"a relative request", self, "", "/fixed", "200 fixed", ""},
		{"the host for those", self, private, "http://self.alt/fixed", "200 fixed", ""},
		{"a relative request without the grant", "", "", "/fixed", "500 ", `allowed_outbound_hosts = ["http://self"]`},
		{
			"a peer", `allowed_outbound_hosts = ["http://127.0.0.1:*"]`, "", peer.URL, "200 peer " + authority, "",
		},
		{"a redirect", all, "", peer.URL + "/redirect", "302 ", ""},
		{"a peer that is blocked", all, private, peer.URL, "500 ", "ErrorCode_DestinationIpProhibited"},
		{"an address in another form", all, private, "http://2130706433/", "500 ", "ErrorCode_HttpRequestDenied"},
		{"a peer without the grant", self, "", "http://127.0.0.1:1/", "500 ", "ErrorCode_HttpRequestDenied"},
	} {
		for _, component := range []string{"outgoing-p2", "outgoing-p3"} {
			s := serve(t, manifest(component)+c.grant, c.runtime, spinhost.Config{})
			for _, hostHeader := range []string{"example.com", authority} {
				got := s.get(t, "/", "url", c.url, "Host", hostHeader)
				if !strings.HasPrefix(got, c.want) || c.out != "" && !strings.Contains(s.out.String(), c.out) {
					t.Errorf("%s, %s: %s, want %s and %s:\n%s", c.name, component, got, c.want, c.out, s.out)
				}
			}
		}
	}
}
