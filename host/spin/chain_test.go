package spin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// chainTo sends a request with a body to a component that a handler plays.
func chainTo(ctx context.Context, t *testing.T, body io.Reader, h http.HandlerFunc) (*http.Response, error) {
	t.Helper()
	a := newApp(t, routesManifest, Config{})
	if _, err := a.NewRouter(map[string]http.Handler{"front": h, "exact": h, "back": h}); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://back.spin.internal/x", body)
	if err != nil {
		t.Fatal(err)
	}
	return a.chain(r, "back")
}

func TestChainedRequestsStreamBothWays(t *testing.T) {
	t.Parallel()
	in, out := io.Pipe()
	res, err := chainTo(t.Context(), t, in, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-A", "b")
		w.WriteHeader(201)
		w.Header().Set("X-Late", "c")
		io.Copy(w, r.Body)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 201 || res.Header.Get("X-A") != "b" || res.Header.Get("X-Late") != "" {
		t.Errorf("status %d, headers %v", res.StatusCode, res.Header)
	}
	for _, text := range []string{"ping", "pong"} {
		go io.WriteString(out, text)
		got := make([]byte, 4)
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != text {
			t.Fatalf("%q, %v", got, err)
		}
	}
	out.Close()
	if rest, err := io.ReadAll(res.Body); len(rest) > 0 || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestChainedResponsesThatBreakAreErrors(t *testing.T) {
	t.Parallel()
	res, err := chainTo(t.Context(), t, strings.NewReader("unread"), func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(res.Body); string(got) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestChainedRequestsEndWithTheirSender(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	res, err := chainTo(ctx, t, http.NoBody, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
		_, err := io.WriteString(w, "nobody reads this")
		ended <- err
	})
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the component's write ended with %v", err)
	}
	if _, err := chainTo(ctx, t, http.NoBody, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that was given up: %v", err)
	}
}

func TestChainedRequestsNeedAComponentWithATrigger(t *testing.T) {
	t.Parallel()
	a := newApp(t, routesManifest, Config{})
	newRouter(t, a)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://none.spin.internal/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.chain(r, "none"); err == nil || !strings.Contains(err.Error(), "no component none") {
		t.Errorf("error %v", err)
	}
}

func TestWhatCannotBeServedStopsTheStart(t *testing.T) {
	t.Parallel()
	for addition, want := range map[string]string{
		"files = [{ source = \"missing\", destination = \"/a\" }]":                      "component exact: files: source \"missing\" does not exist",
		"[[trigger.http]]\nroute=\"/w\"\ncomponent=\"exact\"\nexecutor={type=\"wagi\"}": "trigger.http.executor: WAGI is not served",
	} {
		manifest := strings.Replace(routesManifest, "[component.back]", addition+"\n[component.back]", 1)
		a := newApp(t, manifest, Config{Dir: t.TempDir()})
		_, err := a.Components()
		if err == nil {
			err = a.AddComponent(t.Context(), bind.NewImports(), "exact", wasi.Config{})
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "spin.toml:") {
			t.Errorf("%s: %v", addition, err)
		}
	}
}

func TestTrailersOfChainedComponentsArrive(t *testing.T) {
	t.Parallel()
	res, err := chainTo(t.Context(), t, http.NoBody, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "body")
		w.Header().Set(http.TrailerPrefix+"X-Sum", "4")
	})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); string(body) != "body" || err != nil || res.Trailer.Get("X-Sum") != "4" {
		t.Errorf("%q, trailers %v, %v", body, res.Trailer, err)
	}
}
