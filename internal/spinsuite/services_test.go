package spinsuite

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/edgelint/edgelint/internal/servicetest"
)

// services are the servers that the cases talk to.
type services struct {
	ports map[string]string
	locks map[string]*sync.Mutex
}

func newServices(t *testing.T) *services {
	t.Helper()
	postgres := servicetest.Postgres(t)
	fillPostgres(t, postgres)
	s := &services{ports: map[string]string{}, locks: map[string]*sync.Mutex{}}
	for name, address := range map[string]string{
		"redis":     servicetest.Redis(t),
		"mqtt":      servicetest.Mosquitto(t),
		"postgres":  postgres,
		"http-echo": httpEcho(t),
		"tcp-echo":  "tcp://" + servicetest.Listen(t, servicetest.Echo),
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		s.ports[name], s.locks[name] = u.Port(), &sync.Mutex{}
	}
	return s
}

// port is the port of a server.
func (s *services) port(name string) (string, error) {
	port, ok := s.ports[name]
	if !ok {
		return "", fmt.Errorf("no service is called %q", name)
	}
	return port, nil
}

// reserve waits until no other case uses the servers, and keeps others away until
// it is undone.
func (s *services) reserve(names map[string]bool) (undo func()) {
	sorted := slices.Sorted(maps.Keys(names))
	for _, name := range sorted {
		s.locks[name].Lock()
	}
	return func() {
		for _, name := range sorted {
			s.locks[name].Unlock()
		}
	}
}

// httpEcho answers requests with their bodies.
func httpEcho(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.Copy(w, r.Body) // the case sees what is missing
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// fillPostgres makes the tables that the cases and the examples expect.
func fillPostgres(t *testing.T, url string) {
	t.Helper()
	statements, err := os.ReadFile(filepath.Join("testdata", "postgres.sql"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgconn.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), string(statements)).ReadAll(); err != nil {
		t.Fatal(err)
	}
}
