package spin

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/servicetest"
)

// tlsProxy speaks TLS in front of a server, and returns its port and certificate.
// Clients first send so many bytes to ask whether it does,
// and it says yes by answer.
func tlsProxy(t *testing.T, server string, asked int, answer string) (port string, cert *x509.Certificate) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	https := httptest.NewTLSServer(nil) // it has a certificate for 127.0.0.1
	defer https.Close()
	config := &tls.Config{Certificates: https.TLS.Certificates}
	_, port, _ = net.SplitHostPort(servicetest.Listen(t, func(raw net.Conn) {
		if _, err := io.ReadFull(raw, make([]byte, asked)); err != nil {
			return
		}
		if _, err := io.WriteString(raw, answer); err != nil {
			return
		}
		conn := tls.Server(raw, config)
		if conn.Handshake() != nil {
			return // the client says why
		}
		target, err := net.Dial("tcp", u.Host)
		if err != nil {
			return
		}
		defer target.Close()
		go io.Copy(target, conn)
		_, _ = io.Copy(conn, target)
	}))
	return port, https.Certificate()
}

// tlsServices are the services of a component with a runtime configuration that
// may name roots.pem, the certificate's file.
func tlsServices(t *testing.T, cert *x509.Certificate, config string) *services {
	t.Helper()
	dir := t.TempDir()
	writePEM(t, filepath.Join(dir, "roots.pem"), "CERTIFICATE", cert.Raw)
	g := tlsGrants(t, dir, config)
	out, err := g.newOutbound(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return newServices(g, out)
}

const trusted = tlsTable + "ca_roots_file = \"roots.pem\"\n"

func TestRedisByTLS(t *testing.T) {
	t.Parallel()
	port, cert := tlsProxy(t, servicetest.Redis(t), 0, "")
	address := "rediss://127.0.0.1:" + port
	for config, want := range map[string]string{trusted: "", "": "certificate signed by unknown authority"} {
		s := tlsServices(t, cert, config)
		ctx, gate := inInstance(t)
		result, err := s.openRedis(ctx, gate, address)
		switch {
		case err != nil || result.IsErr != (want != "") || !strings.Contains(result.Err.Other, want):
			t.Errorf("%q: %+v, %v", config, result.Err, err)
		case want == "":
			if _, err := result.Ok.do(ctx, "SET", "a", "b"); err != nil {
				t.Error(err)
			}
			result.Ok.close()
		}
	}
}

func TestMQTTByTLS(t *testing.T) {
	t.Parallel()
	port, cert := tlsProxy(t, servicetest.Mosquitto(t), 0, "")
	address := "mqtts://127.0.0.1:" + port + "?client_id=tls"
	for config, want := range map[string]string{trusted: "", "": "certificate signed by unknown authority"} {
		s := tlsServices(t, cert, config)
		c := openMQTT(t, s, address, servicetest.Password)
		err := c.publish(t.Context(), "x", []byte("y"), 1)
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.ConnectionFailed, want) {
			t.Errorf("%q: %+v", config, err)
		}
	}
}

func TestMySQLByTLS(t *testing.T) {
	t.Parallel()
	https := httptest.NewTLSServer(nil) // it has a certificate for 127.0.0.1
	https.Close()
	key, err := x509.MarshalPKCS8PrivateKey(https.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writePEM(t, filepath.Join(dir, "key.pem"), "PRIVATE KEY", key)
	writePEM(t, filepath.Join(dir, "cert.pem"), "CERTIFICATE", https.Certificate().Raw)
	server := servicetest.MariaDBTLS(t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	for _, c := range []struct{ options, config, want string }{
		{"", trusted, "denied"},
		{"?ssl-mode=REQUIRED", "", "certificate signed by unknown authority"},
		{"?ssl-mode=PREFERRED", trusted, ""},
	} {
		s := tlsServices(t, https.Certificate(), c.config)
		ctx, gate := inInstance(t)
		conn, err := s.openMySQL(ctx, gate, server+c.options)
		if err != nil {
			if failureKind(err) != dbConnectionFailed || c.want == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		set, err := conn.queryAll(ctx, "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'", nil)
		if err != nil || c.want != "" || len(set.Rows) != 1 || set.Rows[0][0].Str == "" {
			t.Errorf("%+v: %+v, %v", c, set, err)
		}
		conn.close()
	}
}

func TestPostgresByTLS(t *testing.T) {
	t.Parallel()
	server := servicetest.Postgres(t)
	port, cert := tlsProxy(t, server, 8, "S") // an SSLRequest
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	address := strings.Replace(server, ":"+u.Port(), ":"+port, 1)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	builder := &pgBuilder{}
	if err := builder.setRoot(text); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, options, config, want string
		root                        *x509.Certificate
	}{
		{"the server must prove who it is by default, too", "", "", "certificate signed by unknown authority", nil},
		{"it does by client_tls, by default", "", trusted, "", nil},
		{"the server must prove who it is", "?sslmode=require", "", "certificate signed by unknown authority", nil},
		{"it does by client_tls", "?sslmode=require", trusted, "", nil},
		{"it does by set-ca-root", "", "", "", builder.root},
		{"without TLS", "?sslmode=disable", "", "failed to", builder.root},
	} {
		s := tlsServices(t, cert, c.config)
		ctx, gate := inInstance(t)
		conn, err := s.openPostgres(ctx, gate, address+c.options, c.root)
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil {
			if _, err := conn.query(ctx, "SELECT 1", nil); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			conn.close()
		}
	}
	_, dir := tlsServer(t)
	other, err := os.ReadFile(filepath.Join(dir, "client.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := builder.setRoot(string(other)); err != nil {
		t.Fatal(err)
	}
	s := tlsServices(t, cert, "")
	ctx, gate := inInstance(t)
	_, err = s.openPostgres(ctx, gate, address, builder.root)
	if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("with another authority: %v", err)
	}
}
