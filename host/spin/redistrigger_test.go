package spin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/edgelint/edgelint/internal/servicetest"
)

const triggersManifest = `spin_manifest_version = 2
[application]
name = "test"
[application.trigger.redis]
address = "redis://{{ host }}:%s"
[variables]
host = { default = "127.0.0.1" }
prefix = { default = "a" }
[[trigger.redis]]
channel = "{{ prefix }}-news"
component = "one"
[[trigger.redis]]
channel = "a-news"
component = "two"
[[trigger.redis]]
channel = "own"
address = "redis://127.0.0.1:%[1]s/0"
component = "two"
[component.one]
source = "one.wasm"
[component.two]
source = "two.wasm"
`

// inbox collects messages.
type inbox struct {
	mu   sync.Mutex
	list []string
	more chan struct{}
}

func (b *inbox) handle(_ context.Context, t RedisTrigger, message []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, fmt.Sprintf("%s %s %q", t.Component, t.Channel, message))
	b.more <- struct{}{}
}

// take waits for n messages and returns them in order.
func (b *inbox) take(t *testing.T, n int) []string {
	t.Helper()
	for range n {
		select {
		case <-b.more:
		case <-time.After(time.Minute):
			t.Fatal("no message comes")
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.list
	b.list = nil
	slices.Sort(list)
	return list
}

func TestRedisTriggers(t *testing.T) {
	t.Parallel()
	address := servicetest.Redis(t)
	port := address[strings.LastIndex(address, ":")+1:]
	a := newApp(t, fmt.Sprintf(triggersManifest, port), Config{})
	ids, err := a.Components()
	equal(t, "components", ids, []string{"one", "two"})
	if err != nil {
		t.Error(err)
	}
	triggers, err := a.RedisTriggers(t.Context())
	if err != nil || len(triggers) != 3 || triggers[0].Channel != "a-news" || triggers[1].Address != address {
		t.Fatalf("%+v, %v", triggers, err)
	}
	b := &inbox{more: make(chan struct{}, 100)}
	reports := make(chan error, 100)
	l, err := ListenRedis(t.Context(), triggers, b.handle, func(err error) { reports <- err })
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close(time.Minute)
	if want := strings.ReplaceAll("Active Channels on H:\n\tH/a-news: [one,two]\n\tH/own: [two]\n", "H", "127.0.0.1:"+port); l.Channels != want {
		t.Errorf("channels:\n%s", l.Channels)
	}
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port, Protocol: 2})
	defer client.Close()
	publish := func(channel, message string) {
		t.Helper()
		if n, err := client.Publish(t.Context(), channel, message).Result(); n != 1 || err != nil {
			t.Fatalf("%s: %d listen, %v", channel, n, err)
		}
	}
	publish("a-news", "\xff")
	publish("own", "")
	equal(t, "messages", b.take(t, 3), []string{`one a-news "\xff"`, `two a-news "\xff"`, `two own ""`})

	if err := client.Do(t.Context(), "CLIENT", "KILL", "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	if err := <-reports; !strings.Contains(err.Error(), "127.0.0.1:"+port+" is lost") {
		t.Errorf("reported: %v", err)
	}
	for client.Publish(t.Context(), "own", "again").Val() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	equal(t, "after the connection was lost", b.take(t, 1), []string{`two own "again"`})
	l.Stop()
	for client.Publish(t.Context(), "own", "late").Val() != 0 {
		time.Sleep(10 * time.Millisecond)
	}
}

func TestRedisListenerWaitsForItsHandlers(t *testing.T) {
	t.Parallel()
	address := servicetest.Redis(t)
	began := make(chan struct{})
	ended := false
	l, err := ListenRedis(t.Context(), []RedisTrigger{{Address: address, Channel: "c"}},
		func(ctx context.Context, _ RedisTrigger, _ []byte) {
			close(began)
			<-ctx.Done()
			ended = true
		}, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	opts, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opts)
	defer client.Close()
	client.Publish(t.Context(), "c", "x")
	<-began
	if l.Close(10 * time.Millisecond); !ended {
		t.Error("a message is handled after the end")
	}
}

func TestRedisTriggersThatCannotBeServed(t *testing.T) {
	t.Parallel()
	for toml, want := range map[string]string{
		`channel = "c"`: "spin.toml:4:11: trigger.redis: the address is missing",
		"channel = \"c\"\naddress = \"localhost\"":           "trigger.redis: address: the address has the scheme",
		"channel = \"\"\naddress = \"redis://localhost\"":    "trigger.redis: the channel is missing",
		"channel = \"{{ x }}\"\naddress = \"redis://local\"": "trigger.redis: channel: no value",
	} {
		a := newApp(t, "spin_manifest_version = 2\n[application]\nname = \"test\"\n[[trigger.redis]]\ncomponent = \"one\"\n"+
			toml+"\n[component.one]\nsource = \"one.wasm\"\n", Config{})
		if _, err := a.RedisTriggers(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", toml, err)
		}
	}
	for _, triggers := range [][]RedisTrigger{
		{{Address: "redis://127.0.0.1:1", Channel: "c"}}, {{Address: "nonsense", Channel: "c"}},
	} {
		l, err := ListenRedis(t.Context(), triggers, nil, nil)
		if err == nil {
			l.Close(0)
			t.Errorf("%s is listened to", triggers[0].Address)
		}
	}
}
