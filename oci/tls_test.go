package oci_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
)

// certificate writes a self-signed certificate and its key below dir.
func certificate(t *testing.T, dir string) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "client.cert"), filepath.Join(dir, "client.key")
	writePEM(t, certFile, "CERTIFICATE", der)
	writePEM(t, keyFile, "PRIVATE KEY", pkcs8)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(cert)
	return certFile, keyFile, pool
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// secure starts a registry with TLS; its authority's certificate is in caFile.
func secure(t *testing.T, clients *x509.CertPool, handler http.Handler) (host, caFile string) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = nil
	if clients != nil {
		server.TLS = &tls.Config{ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	caFile = filepath.Join(t.TempDir(), "ca.crt")
	writePEM(t, caFile, "CERTIFICATE", server.Certificate().Raw)
	return strings.TrimPrefix(server.URL, "https://"), caFile
}

func pushTo(t *testing.T, o oci.Options, host string) error {
	t.Helper()
	client := oci.NewClient(o)
	defer client.Close()
	return oci.Push(t.Context(), client.Repository(ref(t, host+"/app")), sample(t, 1, 1000), "v1", 0)
}

func TestAPrivateAuthorityIsTrustedWhenNamed(t *testing.T) {
	t.Parallel()
	host, caFile := secure(t, nil, registrytest.New(t, registrytest.Options{}))
	dirs := t.TempDir()
	data, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dirs, host)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "ca.crt"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other.pem")
	writePEM(
		t, other, "CERTIFICATE", func() []byte { f, _, _ := certificate(t, t.TempDir()); return der(t, f) }(),
	)
	for name, c := range map[string]struct {
		options oci.Options
		says    string // "" for success
	}{
		"ca-file":              {oci.Options{CAFile: caFile}, ""},
		"certs.d":              {oci.Options{CertDirs: []string{filepath.Join(dirs, "none"), dirs}}, ""},
		"no verification":      {oci.Options{SkipTLSVerify: oci.Hosts{host}}, ""},
		"no verification, any": {oci.Options{SkipTLSVerify: oci.Hosts{"*"}}, ""},
		"another authority":    {oci.Options{CAFile: other}, "ca-file"},
		"none for another": {oci.Options{
			CAFile: other, SkipTLSVerify: oci.Hosts{"other.example.com"},
		}, "unknown authority"},
		"a file that is not PEM":   {oci.Options{CAFile: filepath.Join(folder, "..")}, "directory"},
		"plain HTTP to a TLS port": {oci.Options{}, "400"},
	} {
		err := pushTo(t, c.options, host)
		if c.says == "" && err != nil || c.says != "" && (err == nil ||
			!strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func der(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	return block.Bytes
}

func TestTLSToAPlainServerNamesTheFlag(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registrytest.New(t, registrytest.Options{}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	err := pushTo(t, oci.Options{SkipTLSVerify: oci.Hosts{"*"}}, host)
	if err == nil || !strings.Contains(err.Error(), "plain-http") {
		t.Errorf("got %v", err)
	}
	if err := pushTo(
		t, oci.Options{SkipTLSVerify: oci.Hosts{"*"}, PlainHTTP: oci.Hosts{host}}, host,
	); err != nil {
		t.Errorf("with the flag: %v", err)
	}
}

func TestClientCertificatesAreForTheNamedHostOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certFile, keyFile, pool := certificate(t, dir)
	registry := registrytest.New(t, registrytest.Options{})
	host, caFile := secure(t, pool, registry)
	o := oci.Options{CAFile: caFile, CertFile: certFile, KeyFile: keyFile}
	if err := pushTo(t, o, host); err != nil {
		t.Fatal(err)
	}
	if err := pushTo(t, oci.Options{CAFile: caFile}, host); err == nil {
		t.Error("the registry does not ask for the certificate")
	}
	shown := make(chan int, 8)
	storage := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		shown <- len(req.TLS.PeerCertificates)
		registry.ServeHTTP(w, req)
	}))
	storage.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	storage.StartTLS()
	defer storage.Close()
	registry.Fault(registrytest.Times(1, registrytest.Downloads, registrytest.RedirectTo(storage.URL)))
	client := oci.NewClient(o)
	defer client.Close()
	a := sample(t, 1, 1000)
	if _, err := oci.ReadBlob(
		t.Context(), client.Repository(ref(t, host+"/app")), a.Blobs[1].Descriptor, 1<<20,
	); err != nil {
		t.Fatal(err)
	}
	if n := <-shown; n != 0 {
		t.Errorf("the redirected host was shown %d certificates", n)
	}
}
