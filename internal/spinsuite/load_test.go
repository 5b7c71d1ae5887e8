package spinsuite

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/edgelint/edgelint/internal/conformance"
)

var (
	load    = flag.Duration("load", 2*time.Second, "how long the tests of load send requests")
	crashes = flag.Int("crashes", 2, "how often the tests of crashes kill edgerun")
)

const (
	loadClients  = 100
	crashClients = 8
)

// stores are what the application of the tests of load writes to.
var stores = []string{"kv", "sqlite"}

// ledger is what clients have asked an application to store.
type ledger struct {
	mu                  sync.Mutex
	asked, acknowledged map[string]map[string]bool // by store: the keys
}

func newLedger() *ledger {
	l := &ledger{asked: map[string]map[string]bool{}, acknowledged: map[string]map[string]bool{}}
	for _, store := range stores {
		l.asked[store], l.acknowledged[store] = map[string]bool{}, map[string]bool{}
	}
	return l
}

// write stores a key, and notes it.
func (l *ledger) write(url, store, key string) error {
	l.mu.Lock()
	l.asked[store][key] = true
	l.mu.Unlock()
	res, err := client.Post(url+"/"+store+"/"+key, "", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("writing %s to %s: %d %s", key, store, res.StatusCode, body)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acknowledged[store][key] = true
	return nil
}

// check compares what is stored with what was written: everything that was
// acknowledged must be there, and nothing that was not asked for.
func (l *ledger) check(t *testing.T, url string) {
	t.Helper()
	for _, store := range stores {
		res, err := client.Get(url + "/" + store)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		var found struct {
			Keys    []string
			Counter int
			Broken  []string
		}
		if err == nil {
			err = json.Unmarshal(body, &found)
		}
		if err != nil {
			t.Fatalf("%s: %d %.200q: %v", store, res.StatusCode, body, err)
		}
		lost := maps.Clone(l.acknowledged[store])
		for _, key := range found.Keys {
			if !l.asked[store][key] {
				t.Errorf("%s has the key %s, which nobody wrote", store, key)
			}
			delete(lost, key)
		}
		for key := range lost {
			t.Errorf("%s has lost the key %s", store, key)
		}
		if found.Counter < len(l.acknowledged[store]) || found.Counter > len(l.asked[store]) {
			t.Errorf("%s counts %d of %d writes, of which %d were acknowledged",
				store, found.Counter, len(l.asked[store]), len(l.acknowledged[store]))
		}
		if len(found.Broken) > 0 {
			t.Errorf("%s is broken: %q", store, found.Broken)
		}
	}
}

// writeUntil writes from many clients to all stores until ctx ends. failed is told
// of each failure; the client ends then.
func (l *ledger) writeUntil(ctx context.Context, url string, clients int, prefix string, failed func(error)) {
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				for _, store := range stores {
					if err := l.write(url, store, fmt.Sprintf("%s-%d-%d", prefix, c, n)); err != nil {
						failed(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

// loadApp writes the spin.toml of the application that the tests of load serve.
func loadApp(t *testing.T, component string) string {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join("testdata", "load", "spin.toml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "spin.toml")
	text := strings.ReplaceAll(string(manifest), "${component}", filepath.ToSlash(conformance.Built(t, component)))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const createPairs = "CREATE TABLE IF NOT EXISTS pairs (key TEXT PRIMARY KEY, value TEXT NOT NULL)"

func TestManyClientsLoseNothing(t *testing.T) {
	for _, g := range generations {
		t.Run(g.name, func(t *testing.T) { testManyClients(t, g.component) })
	}
}

func testManyClients(t *testing.T, component string) {
	p, err := start(t.Context(), "--sqlite", createPairs, loadApp(t, component))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), *load)
	defer cancel()
	l := newLedger()
	l.writeUntil(ctx, p.url, loadClients, "key", func(err error) { t.Error(err) })
	l.check(t, p.url)
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	t.Logf("%d clients wrote %d keys and %d rows in %v",
		loadClients, len(l.acknowledged["kv"]), len(l.acknowledged["sqlite"]), *load)
}

func TestKilledProcessLosesNoAcknowledgedWrite(t *testing.T) {
	for _, g := range generations {
		t.Run(g.name, func(t *testing.T) { testCrashes(t, g.component) })
	}
}

func testCrashes(t *testing.T, component string) {
	path := loadApp(t, component)
	l := newLedger()
	for round := range *crashes {
		p, err := start(t.Context(), "--sqlite", createPairs, path)
		if err != nil {
			t.Fatal(err)
		}
		l.check(t, p.url)
		l.writeAndKill(t, p, fmt.Sprint("round", round))
	}
	p, err := start(t.Context(), "--sqlite", createPairs, path)
	if err != nil {
		t.Fatal(err)
	}
	l.check(t, p.url)
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	asked, acknowledged := 0, 0
	for _, store := range stores {
		asked, acknowledged = asked+len(l.asked[store]), acknowledged+len(l.acknowledged[store])
	}
	if asked == acknowledged {
		t.Errorf("no write was under way in %d crashes", *crashes)
	}
	t.Logf("%d crashes: %d writes acknowledged, none lost; %d were under way", *crashes, acknowledged, asked-acknowledged)
}

// writeAndKill kills the process at some moment while clients write.
func (l *ledger) writeAndKill(t *testing.T, p *process, prefix string) {
	t.Helper()
	var killing atomic.Bool
	var clients sync.WaitGroup
	clients.Go(func() {
		l.writeUntil(t.Context(), p.url, crashClients, prefix, func(err error) {
			if !killing.Load() {
				t.Errorf("before the crash: %v", err)
			}
		})
	})
	time.Sleep(time.Duration(300+rand.IntN(700)) * time.Millisecond)
	killing.Store(true)
	if err := p.kill(); err != nil {
		t.Error(err)
	}
	clients.Wait()
}
