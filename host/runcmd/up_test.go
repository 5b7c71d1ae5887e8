package runcmd_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/internal/conformance"
)

// helloManifest is an application of two components, of which one calls the other.
const helloManifest = `spin_manifest_version = 2
[application]
name = "hello"
[[trigger.http]]
route = "/..."
component = "hello"
[[trigger.http]]
route = "/call/:x"
component = "caller"
[component.hello]
source = %q
description = "Says \"hello\""
[component.caller]
source = %q
allowed_outbound_hosts = ["http://hello.spin.internal"]
`

func helloApp(t *testing.T) string {
	t.Helper()
	hello := conformance.Built(t, "hello-p2")
	return writeFiles(t, map[string]string{"spin.toml": fmt.Sprintf(helloManifest, hello, hello)})
}

func TestRoutesArePrintedAsJSON(t *testing.T) {
	s := serve(t, 0, "--format", "json", "--quiet", helloApp(t))
	var got struct {
		BaseURL string `json:"base_url"`
		Routes  []map[string]any
	}
	if err := json.NewDecoder(s.stdout).Decode(&got); err != nil {
		t.Fatal(err, s.stderr)
	}
	want := "[map[description:Says \"hello\" id:hello route:/ wildcard:true] map[id:caller route:/call/:x wildcard:false]]"
	if text := fmt.Sprint(got.Routes); text != want {
		t.Errorf("routes %s", text)
	}
	s.url = got.BaseURL
	if got := s.get(t, "/"); got != "200 Hello from Python!" {
		t.Error(got)
	}
	if s.stderr.String() != "" {
		t.Errorf("--quiet prints %s", s.stderr)
	}
}

func TestOnlySelectedComponentsAreServed(t *testing.T) {
	s := serve(t, 3, "-f", helloApp(t), "-c", "hello")
	if got := s.get(t, "/call/x"); got != "200 Hello from Python!" || strings.Contains(s.banner, "caller") {
		t.Errorf("%s\n%s", got, s.banner)
	}
}

func TestAFreePortIsFound(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	guide := filepath.Join(conformance.Root(t), "testdata", "guide-p2.wasm")
	s := serve(t, 3, "--listen", taken.Addr().String(), "--find-free-port", guide)
	port := taken.Addr().(*net.TCPAddr).Port
	var got int
	if _, err := fmt.Sscanf(s.url, "http://127.0.0.1:%d", &got); err != nil || got <= port || got >= port+10 {
		t.Errorf("serves at %s, and %d was taken", s.url, port)
	}
}

func TestPortsInUseAreExplained(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	want := taken.Addr().String() + " is already in use: stop what listens there, choose another address with --listen, or let --find-free-port"
	if got := fails(t, "--listen", taken.Addr().String(), helloApp(t)); !strings.Contains(got, want) {
		t.Error(got)
	}
}

func TestNamesListenOnIPv4(t *testing.T) {
	guide := filepath.Join(conformance.Root(t), "testdata", "guide-p2.wasm")
	s := serve(t, 3, "--listen", "localhost:0", guide)
	if !strings.HasPrefix(s.url, "http://127.0.0.1:") {
		t.Errorf("serves at %s", s.url)
	}
}

// certificate writes a certificate for 127.0.0.1 and its key.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := writeFiles(t, map[string]string{
		"cert.pem": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		"key.pem":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})),
	})
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), pool
}

func TestCertificatesMakeItHTTPS(t *testing.T) {
	cert, key, pool := certificate(t)
	t.Setenv("SPIN_TLS_KEY", key)
	s := serve(t, 5, "--tls-cert", cert, helloApp(t))
	if !strings.HasPrefix(s.url, "https://127.0.0.1:") {
		t.Fatalf("serves at %s", s.url)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Get(s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); string(body) != "Hello from Python!" || err != nil || res.ProtoMajor != 2 {
		t.Errorf("%s: %s, %v", res.Proto, body, err)
	}
}

func TestTheApplicationIsBuiltBeforeItIsServed(t *testing.T) {
	dir := writeFiles(t, map[string]string{"spin.toml": `spin_manifest_version = 2
[application]
name = "built"
[[trigger.http]]
route = "/..."
component = "hello"
[component.hello]
source = "out/app.wasm"
build.command = "mkdir -p out; cp $BUILT out/app.wasm; echo to the terminal"
`})
	t.Setenv("BUILT", conformance.Built(t, "hello-p2"))
	t.Setenv("SPIN_ALWAYS_BUILD", "true")
	s := serve(t, 3, dir)
	s.says(t, "to the terminal\n")
	if got := s.get(t, "/"); got != "200 Hello from Python!" {
		t.Errorf("%s\n%s", got, s.stderr)
	}
}

func TestFailuresAreExplainedToDevelopers(t *testing.T) {
	dir := writeFiles(t, map[string]string{"spin.toml": fmt.Sprintf(helloManifest,
		conformance.Built(t, "behave-p2"), conformance.Built(t, "hello-p2"))})
	s := serve(t, 5, "--error-page", dir)
	if got := s.get(t, "/raise"); !strings.HasPrefix(got, "500 edgerun: the component failed to answer.") {
		t.Error(got)
	}
}

// filesManifest is an application that lists and reads its files.
const filesManifest = `spin_manifest_version = 2
[application]
name = "files"
[[trigger.http]]
route = "/..."
component = "files"
[component.files]
source = %q
files = %s
exclude_files = ["assets/hidden*"]
`

func TestMountedFilesAreSeen(t *testing.T) {
	source := conformance.Built(t, "files-p2")
	dir := writeFiles(t, map[string]string{
		"spin.toml":    fmt.Sprintf(filesManifest, source, `["assets/*", { source = "config", destination = "/etc/app" }]`),
		"assets/empty": "", "assets/one-byte": "{", "assets/hidden.txt": "x", "assets/sub/deep": "x",
		"config/settings.json": "{}",
	})
	s := serve(t, 3, dir)
	for path, want := range map[string]string{
		"/settings": "200 {}", "/page": "500 ", "/spool": "500 ",
	} {
		if got := s.get(t, path); got != want {
			t.Errorf("%s: %q, want %q\n%s", path, got, want, s.stderr)
		}
	}
	got := strings.Fields(s.get(t, "/entries"))
	if slices.Sort(got); !slices.Equal(got, []string{"200", "empty", "one-byte"}) {
		t.Errorf("/entries: %v", got)
	}
	writable := serve(t, 3, "--allow-transient-write", dir)
	if got := writable.get(t, "/spool"); !strings.HasPrefix(got, "200 /") {
		t.Errorf("/spool: %q\n%s", got, writable.stderr)
	}
	whole := strings.Replace(fmt.Sprintf(filesManifest, source, `["assets"]`), "exclude_files", "# exclude_files", 1)
	if err := os.WriteFile(filepath.Join(dir, "spin.toml"), []byte(whole), 0o644); err != nil {
		t.Fatal(err)
	}
	direct := serve(t, 3, "--direct-mounts", dir)
	if err := os.Rename(filepath.Join(dir, "assets/empty"), filepath.Join(dir, "assets/renamed")); err != nil {
		t.Fatal(err)
	}
	if got := direct.get(t, "/entries"); !strings.Contains(got, "renamed") {
		t.Errorf("/entries: %q\n%s", got, direct.stderr)
	}
}
