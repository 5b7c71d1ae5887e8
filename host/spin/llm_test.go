package spin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/wasi/otel"
	"github.com/edgelint/edgelint/spin"
)

// modelServer answers each path with a text, and keeps what it was asked.
func modelServer(t *testing.T, answers map[string]string) (url string, asked func() string) {
	t.Helper()
	var last string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		last = fmt.Sprintf("%s %s [%s] %s", r.Method, r.URL.Path, r.Header.Get("Authorization"), body)
		text, ok := answers[r.URL.Path]
		if !ok {
			http.Error(w, `{"error": {"message": "no such model"}}`, http.StatusNotFound)
			return
		}
		io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() string { return last }
}

func newTestEngine(t *testing.T, config string) engine {
	t.Helper()
	c, err := spin.ParseRuntimeConfig("runtime-config.toml", []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func remoteConfig(url, api string) string {
	return fmt.Sprintf("[llm_compute]\ntype = \"remote_http\"\nurl = %q\nauth_token = \"secret\"\napi_type = %q\n", url, api)
}

func TestModelsAreAskedByTheProtocolOfTheirServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		api              string
		answers          map[string]string
		wantInfer, wants string // what is asked
	}{
		{
			"default",
			map[string]string{
				"/infer": `{"text": "ha", "usage": {"promptTokenCount": 3, "generatedTokenCount": 4}}`,
				"/embed": `{"embeddings": [[0.5, -1], [2, 3]], "usage": {"promptTokenCount": 5}}`,
			},
			`POST /infer [bearer secret] {"model":"m","prompt":"a \"joke\"","options":{"maxTokens":100,"repeatPenalty":1.1,` +
				`"repeatPenaltyLastNTokenCount":64,"temperature":0.8,"topK":40,"topP":0.9}}`,
			`POST /embed [bearer secret] {"model":"m","input":["x","y"]}`,
		},
		{
			"open_ai",
			map[string]string{
				"/v1/chat/completions": `{"id": "1", "choices": [{"index": 0, "message": {"role": "assistant", "content": "ha"}}],
					"usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}`,
				"/v1/embeddings": `{"object": "list", "data": [{"embedding": [0.5, -1]}, {"embedding": [2, 3]}],
					"usage": {"prompt_tokens": 5, "total_tokens": 5}}`,
			},
			`POST /v1/chat/completions [bearer secret] {"messages":[{"role":"user","content":"a \"joke\""}],"model":"m",` +
				`"max_completion_tokens":100,"frequency_penalty":1.1}`,
			`POST /v1/embeddings [bearer secret] {"input":["x","y"],"model":"m"}`,
		},
	} {
		url, asked := modelServer(t, c.answers)
		e := newTestEngine(t, remoteConfig(url+"/replaced", c.api))
		result, err := e.infer(t.Context(), "m", `a "joke"`, defaultParams)
		if want := (inferencingResult{"ha", inferencingUsage{3, 4}}); err != nil || result != want {
			t.Errorf("%s: %+v, %v", c.api, result, err)
		}
		if asked() != c.wantInfer {
			t.Errorf("%s: asked %s", c.api, asked())
		}
		embeddings, err := e.embed(t.Context(), "m", []string{"x", "y"})
		want := embeddingsResult{[][]float32{{0.5, -1}, {2, 3}}, embeddingsUsage{5}}
		if err != nil || !reflect.DeepEqual(embeddings, want) {
			t.Errorf("%s: %+v, %v", c.api, embeddings, err)
		}
		if asked() != c.wants {
			t.Errorf("%s: asked %s", c.api, asked())
		}
	}
}

func TestFailuresOfModelsSayWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ api, answer, want string }{
		{"default", `{"text": "ha"}`, "no text or no usage"},
		{"default", `nonsense`, "not what was expected"},
		{"open_ai", `{"error": {"message": "quota exceeded"}}`, "quota exceeded"},
		{"open_ai", `{"choices": []}`, "no usage"},
		{"default", "", "404 Not Found: no such model"},
		{"open_ai", "", "404 Not Found: no such model"},
	} {
		answers := map[string]string{}
		if c.answer != "" {
			answers["/infer"], answers["/v1/chat/completions"] = c.answer, c.answer
		}
		url, _ := modelServer(t, answers)
		_, err := newTestEngine(t, remoteConfig(url, c.api)).infer(t.Context(), "m", "p", defaultParams)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %s: %v", c.api, c.answer, err)
		}
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if _, err := newTestEngine(t, remoteConfig(gone.URL, "default")).embed(t.Context(), "m", nil); err == nil ||
		!strings.Contains(err.Error(), "POST /embed request error") {
		t.Errorf("without a server: %v", err)
	}
}

func TestModelsAreAskedInTheTraceOfTheRequest(t *testing.T) {
	t.Parallel()
	var parent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parent = r.Header.Get("Traceparent")
		io.WriteString(w, `{"embeddings": [], "usage": {"promptTokenCount": 0}}`)
	}))
	defer server.Close()
	c, err := spin.ParseRuntimeConfig("runtime-config.toml", []byte(remoteConfig(server.URL, "default")))
	if err != nil {
		t.Fatal(err)
	}
	telemetry := otel.NewExporter(otel.Config{Traces: &otel.Endpoint{URL: server.URL}})
	e, err := newEngine(c, telemetry)
	if err != nil {
		t.Fatal(err)
	}
	ctx, _ := telemetry.Start(t.Context(), otel.Server, "request")
	h := http.Header{}
	telemetry.Inject(ctx, h)
	if _, err := e.embed(ctx, "m", nil); err != nil || parent == "" || parent != h.Get("Traceparent") {
		t.Errorf("asked as a child of %q in %q, %v", parent, h.Get("Traceparent"), err)
	}
}

func TestWithoutAServerThereAreNoModels(t *testing.T) {
	t.Parallel()
	for _, config := range []string{"", "[llm_compute]\ntype = \"spin\"\n"} {
		e := newTestEngine(t, config)
		_, err := e.infer(t.Context(), "m", "p", defaultParams)
		_, err2 := e.embed(t.Context(), "m", nil)
		const want = "Local LLM operations are not supported in this version of Spin."
		if err == nil || err.Error() != want || err2 == nil || err2.Error() != want {
			t.Errorf("%q: %v, %v", config, err, err2)
		}
	}
}

func TestModelsAreGrantedByName(t *testing.T) {
	t.Parallel()
	var denied []Denial
	a := newApp(t, strings.Replace(storesManifest, "[component.two]", "ai_models = [\"llama2-chat\"]\n[component.two]", 1),
		Config{Denied: func(d Denial) { denied = append(denied, d) }})
	if merr := grantsOf(t, a, "one").permitsModel("llama2-chat"); merr != nil {
		t.Errorf("a granted model: %+v", merr)
	}
	merr := grantsOf(t, a, "one").permitsModel("other")
	if merr == nil || merr.Case != modelInvalidInput || !strings.Contains(merr.InvalidInput, "add 'other' to the 'ai_models' key") {
		t.Errorf("another model: %+v", merr)
	}
	want := Denial{Component: "one", Table: "[component.one]", What: `language model "other"`, Grant: `ai_models = ["llama2-chat", "other"]`}
	if len(denied) != 1 || denied[0] != want {
		t.Errorf("denials: %+v", denied)
	}
}

func TestParametersHaveTheNamesOfTheProtocol(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(inferencingParams{1, 2, 3, 4, 5, 6})
	want := `{"maxTokens":1,"repeatPenalty":2,"repeatPenaltyLastNTokenCount":3,"temperature":4,"topK":5,"topP":6}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}
