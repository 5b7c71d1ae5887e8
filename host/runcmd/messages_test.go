package runcmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
)

const messagesManifest = `spin_manifest_version = 2
[application]
name = "messages"
[application.trigger.redis]
address = "{{ address }}"
[variables]
address = { required = true }
[[trigger.redis]]
channel = "messages"
component = "printer"
[component.printer]
source = %q
`

// messagesApp writes an application, and returns its folder and that of its logs.
func messagesApp(t *testing.T, manifest string, sources ...any) (dir, logs string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "spin.toml"), fmt.Appendf(nil, manifest, sources...), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, ".spin", "logs")
}

// waitFor waits until a file has a text.
func waitFor(t *testing.T, path, want string) {
	t.Helper()
	var got []byte
	for range 1000 {
		if got, _ = os.ReadFile(path); strings.Contains(string(got), want) {
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	t.Errorf("%s: %q, want %q", path, got, want)
}

func TestMessagesOfRedisChannelsAreHandled(t *testing.T) {
	t.Parallel()
	address := servicetest.Redis(t)
	opts, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opts)
	t.Cleanup(func() { client.Close() })
	for _, generation := range []string{"p2", "p3"} {
		t.Run(generation, func(t *testing.T) {
			dir, logs := messagesApp(t, messagesManifest, conformance.Built(t, "redis-trigger-"+generation))
			s := serve(t, 2, "--variable", "address="+address, dir)
			if want := fmt.Sprintf("Active Channels on %s:\n\t%[1]s/messages: [printer]\n", opts.Addr); s.banner != want {
				t.Errorf("announced: %s", s.banner)
			}
			for _, message := range []string{"hi", "\xff", ""} {
				if n := client.Publish(t.Context(), "messages", message).Val(); n != 1 {
					t.Fatalf("%d listen", n)
				}
			}
			waitFor(t, filepath.Join(logs, "printer_stdout.txt"), "b'hi'\nb'\\xff'\nb''\n")
		})
	}
}

const bothManifest = messagesManifest + `[[trigger.http]]
route = "/"
component = "redis"
[component.redis]
source = %q
environment = { REDIS_ADDRESS = "%s" }
allowed_outbound_hosts = ["redis://127.0.0.1:*"]
[[trigger.redis]]
channel = "other"
component = "printer"
`

func TestMessagesAreHandledBesideRequests(t *testing.T) {
	t.Parallel()
	address := servicetest.Redis(t)
	dir, logs := messagesApp(t, bothManifest, conformance.Built(t, "redis-trigger-p2"), conformance.Built(t, "redis-p2"), address)
	s := serve(t, 6, "--variable", "address="+address, dir)
	_, url, ok := strings.Cut(s.banner, "Serving ")
	if !ok || !strings.Contains(s.banner, "/messages: [printer]\n") || !strings.Contains(s.banner, "/other: [printer]\n") {
		t.Fatalf("announced: %s", s.banner)
	}
	s.url, _, _ = strings.Cut(url, "\n")
	opts, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opts)
	defer client.Close()
	client.Set(t.Context(), "test", "value", 0)
	client.Publish(t.Context(), "other", "x")
	if got := s.get(t, "/"); got != "200 Hello from Python!" {
		t.Errorf("GET /: %s\n%s", got, s.stderr)
	}
	waitFor(t, filepath.Join(logs, "redis_stdout.txt"), "b'value'\n")
	waitFor(t, filepath.Join(logs, "printer_stdout.txt"), "b'x'\n")
}
