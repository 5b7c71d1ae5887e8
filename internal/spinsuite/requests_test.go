package spinsuite

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// countingPeer is a server that counts its requests.
func countingPeer(t *testing.T) (port string, count *atomic.Int64) {
	t.Helper()
	count = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		_, _ = io.WriteString(w, "peer") // the test sees what is missing
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, count
}

// urls have PORT where the port of the peer goes. They all lead to it.
func urls(port string, list ...string) []string {
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "PORT", port)
	}
	return list
}

func TestRequestsGoWhereTheManifestSaysAndNowhereElse(t *testing.T) {
	t.Parallel()
	port, count := countingPeer(t)
	p := serveApp(t, "requests", map[string]string{"hosts": `"http://localhost:` + port + `"`})
	for _, generation := range []string{"/p2", "/p3"} {
		for _, url := range urls(port,
			"http://127.0.0.1:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::1]:PORT/", "http://2130706433:PORT/",
			"http://0x7f000001:PORT/", "http://127.1:PORT/", "http://0:PORT/", "http://localhost.:PORT/",
			"http://localhost:PORT@127.0.0.1:PORT/", "http://localhost@127.0.0.1:PORT/", "https://localhost:PORT/",
			"http://localhost:80/", "http://self.alt/p2", "/p2", "http://p2.spin.internal/",
		) {
			if got, _ := ask(t, p.url+generation, "url", url); got != "500 " {
				t.Errorf("%s %s: answers %q", generation, url, got)
			}
		}
		if got, _ := ask(t, p.url+generation, "url", "http://localhost:"+port+"/"); got != "200 peer" {
			t.Errorf("%s: what is allowed answers %q\n%s", generation, got, p.output)
		}
	}
	if n := count.Load(); n != 2 {
		t.Errorf("the peer got %d requests", n)
	}
}

func TestBlockedNetworksAreNotReachedByAnyName(t *testing.T) {
	t.Parallel()
	port, count := countingPeer(t)
	config := filepath.Join(t.TempDir(), "runtime-config.toml")
	if err := os.WriteFile(config, []byte("[outbound_networking]\nblock_networks = [\"private\"]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := serveApp(t, "requests", map[string]string{"hosts": `"*://*:*"`}, "--runtime-config-file", config)
	for _, generation := range []string{"/p2", "/p3"} {
		for _, url := range urls(port,
			"http://localhost:PORT/", "http://127.0.0.1:PORT/", "http://127.1:PORT/", "http://2130706433:PORT/",
			"http://[::1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://0.0.0.0:PORT/",
			"http://user@localhost:PORT/",
		) {
			if got, _ := ask(t, p.url+generation, "url", url); got != "500 " {
				t.Errorf("%s %s: answers %q", generation, url, got)
			}
		}
	}
	if n := count.Load(); n != 0 {
		t.Errorf("the peer got %d requests", n)
	}
}

func TestComponentsOfBothGenerationsCallEachOther(t *testing.T) {
	t.Parallel()
	p := serveApp(t, "requests", map[string]string{"hosts": `"http://*.spin.internal", "http://self"`})
	for path, url := range map[string]string{
		"/p2": "http://p3.spin.internal/any", "/p3": "http://p2.spin.internal/any", "/p2?self": "/p3", "/p3?self": "/p2",
	} {
		// The one that is called gets no URL, and says so.
		if got, _ := ask(t, p.url+path, "url", url); got != "400 Please specify `url` header" {
			t.Errorf("%s to %s: answers %q\n%s", path, url, got, p.output)
		}
	}
}
