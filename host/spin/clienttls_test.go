package spin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/spin"
)

func writePEM(t *testing.T, name, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tlsServer demands a client's certificate, and its own is in roots.pem of a folder
// beside a certificate and key for clients.
func tlsServer(t *testing.T) (server *httptest.Server, dir string) {
	t.Helper()
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s for %s", r.Proto, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	dir = t.TempDir()
	writePEM(t, filepath.Join(dir, "roots.pem"), "CERTIFICATE", server.Certificate().Raw)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	template.Subject.CommonName = "client"
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "client.pem"), "CERTIFICATE", der)
	if der, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "client.key"), "PRIVATE KEY", der)
	return server, dir
}

const tlsTable = "[[client_tls]]\ncomponent_ids = [\"one\"]\nhosts = [\"127.0.0.1\", \"server.test\"]\n"

// tlsGrants is what a component is granted with a runtime configuration in a folder.
func tlsGrants(t *testing.T, dir, config string) *grants {
	t.Helper()
	runtime, err := spin.ParseRuntimeConfig(filepath.Join(dir, "runtime-config.toml"), []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	const manifest = "spin_manifest_version = 2\n[application]\nname = \"tls\"\n" +
		"[component.one]\nsource = \"app.wasm\"\nallowed_outbound_hosts = [\"*://*:*\"]\n"
	return grantsOf(t, newApp(t, manifest, Config{
		Runtime:  runtime,
		Resolver: &names{answers: map[string][]string{"server.test": {"127.0.0.1"}, "localhost": {"127.0.0.1"}}},
	}), "one")
}

func TestTLSIsMadeAsTheRuntimeConfigurationSays(t *testing.T) {
	t.Parallel()
	server, dir := tlsServer(t)
	const client = "client_cert_file = \"client.pem\"\nclient_private_key_file = \"client.key\"\n"
	for _, c := range []struct{ name, config, host, want string }{
		{"all of it", tlsTable + client + "ca_roots_file = \"roots.pem\"", "127.0.0.1", "HTTP/2.0 for client"},
		{
			"the first entry counts",
			tlsTable + client + "ca_roots_file = \"roots.pem\"\n" + tlsTable + "ca_use_webpki_roots = true", "127.0.0.1",
			"HTTP/2.0 for client",
		},
		{
			"roots of a file and others", tlsTable + client +
				"ca_roots_file = \"roots.pem\"\nca_use_webpki_roots = true\nca_use_platform_roots = true",
			"127.0.0.1", "HTTP/2.0 for client",
		},
		{"the name is checked", tlsTable + client + "ca_roots_file = \"roots.pem\"", "server.test", "TLS"},
		{"another host", tlsTable + client + "ca_roots_file = \"roots.pem\"", "localhost", "TLS"},
		{"no client certificate", tlsTable + "ca_roots_file = \"roots.pem\"", "127.0.0.1", "failed"},
		{"other roots", tlsTable + client + "ca_use_webpki_roots = true", "127.0.0.1", "TLS"},
		{"another component", strings.Replace(tlsTable, `"one"`, `"two"`, 1) + client + "ca_roots_file = \"roots.pem\"", "127.0.0.1", "TLS"},
		{"no configuration", "", "127.0.0.1", "TLS"},
	} {
		o, err := tlsGrants(t, dir, c.config).newOutbound(t.Context())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		res, err := get(t, o, strings.Replace(server.URL, "127.0.0.1", c.host, 1))
		var got string
		switch {
		case err == nil:
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			got = string(body)
		case c.want == "failed": // the server refuses after the handshake as the client sees it
			got = "failed"
		default:
			got = fate(res, err)
		}
		if got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}

func TestFilesOfTLSAreReadAtTheStart(t *testing.T) {
	t.Parallel()
	_, dir := tlsServer(t)
	if err := os.WriteFile(filepath.Join(dir, "empty.pem"), []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for config, want := range map[string]string{
		"ca_roots_file = \"missing.pem\"":                                            "no such file",
		"ca_roots_file = \"empty.pem\"":                                              "no PEM certificate",
		"client_cert_file = \"client.pem\"\nclient_private_key_file = \"roots.pem\"": "client_cert_file client.pem",
	} {
		_, err := tlsGrants(t, dir, tlsTable+config).newOutbound(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "runtime-config.toml:1:") {
			t.Errorf("%s: %v", config, err)
		}
	}
}

// stuck is a resolver that never answers.
type stuck struct{}

func (stuck) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestConnectingTakesNoLongerThanTheComponentSays(t *testing.T) {
	t.Parallel()
	o := policy(t, []string{"*://*:*"}, "", Config{Resolver: stuck{}})
	for _, url := range []string{"http://name.test/", "https://name.test/"} {
		r, err := http.NewRequestWithContext(wasihttp.WithConnectTimeout(t.Context(), 1), http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.RoundTrip(r)
		if e, ok := errors.AsType[*wasihttp.Error](err); !ok || e.Code != wasihttp.CodeConnectionTimeout {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestHTTP2WithoutTLSIsForTheAuthorityThatAsksForIt(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Proto)
	}))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	authority := strings.TrimPrefix(server.URL, "http://")
	for h2c, want := range map[string]string{authority: "HTTP/2.0", "other:80": "HTTP/1.1", "": "HTTP/1.1"} {
		res, err := get(t, policy(t, []string{"*://*:*"}, "", Config{H2C: h2c}), server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(body) != want {
			t.Errorf("with %q: %s", h2c, body)
		}
	}
}
