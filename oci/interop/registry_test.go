package interop

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/distribution/distribution/v3/configuration"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
	"golang.org/x/crypto/bcrypt"
)

const (
	user     = "user"
	password = "secret-password"
)

// kind is a way to run a registry.
type kind struct {
	auth, tls bool
}

// registry is the distribution project's registry, which most others are made
// of, in this process. caFile is its authority's certificate, with TLS.
func registry(t testing.TB, k kind) (host, caFile string) {
	t.Helper()
	logrus.SetLevel(logrus.FatalLevel)
	config := &configuration.Configuration{
		Version: configuration.CurrentVersion,
		Storage: configuration.Storage{
			"filesystem":  configuration.Parameters{"rootdirectory": t.TempDir()},
			"delete":      configuration.Parameters{"enabled": true},
			"maintenance": configuration.Parameters{"uploadpurging": map[any]any{"enabled": false}},
		},
	}
	config.Log.Level = "fatal"
	config.Log.AccessLog.Disabled = true
	config.HTTP.Secret = "for tests"
	if k.auth {
		config.Auth = configuration.Auth{"htpasswd": {"realm": "test", "path": htpasswd(t)}}
	}
	app := handlers.NewApp(context.Background(), config)
	server := httptest.NewUnstartedServer(app)
	scheme := "http://"
	if k.tls {
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		server.StartTLS()
		scheme = "https://"
		caFile = filepath.Join(t.TempDir(), "ca.crt")
		data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		if err := os.WriteFile(caFile, data, 0o600); err != nil {
			t.Fatal(err)
		}
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, scheme), caFile
}

func htpasswd(t testing.TB) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "htpasswd")
	if err := os.WriteFile(path, []byte(user+":"+string(hash)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
