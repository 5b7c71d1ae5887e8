package spin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/spin"
)

// denials collects what an application refused.
type denials struct {
	mu   sync.Mutex
	list []Denial
}

func (d *denials) add(x Denial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, x)
}

// grants lists the lines that would have permitted what was refused, and forgets
// them.
func (d *denials) grants() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var lines []string
	for _, x := range d.list {
		lines = append(lines, x.Grant)
	}
	d.list = nil
	return lines
}

// servicesOf are the services of a component that may connect to hosts.
func servicesOf(t *testing.T, d *denials, hosts ...string) (*services, *App) {
	t.Helper()
	manifest := "spin_manifest_version = 2\n[application]\nname = \"test\"\n" +
		"[variables]\nhost = { default = \"127.0.0.1\" }\n[component.one]\nsource = \"app.wasm\"\nallowed_outbound_hosts = ["
	for _, h := range hosts {
		manifest += fmt.Sprintf("%q,", h)
	}
	a := newApp(t, manifest+"]\n", Config{Denied: d.add})
	g := grantsOf(t, a, "one")
	out, err := g.newOutbound(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return newServices(g, out), a
}

// inInstance is a context for calls of one instance, and the gate it goes through.
func inInstance(t *testing.T) (context.Context, *gate) {
	t.Helper()
	imports := bind.NewImports()
	s, _ := servicesOf(t, &denials{})
	g := s.newGate(imports, nil)
	return bind.WithStore(t.Context(), imports.NewStore()), g
}

// templated is the grant of a server's URL, with its host from a variable.
func templated(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Scheme + "://{{ host }}:" + u.Port()
}

func TestServicesAreLimited(t *testing.T) {
	t.Parallel()
	ctx, g := inInstance(t)
	var leave func()
	for range MaxServiceConnections {
		var err error
		if leave, err = g.enter(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.enter(ctx); err != errTooMany {
		t.Errorf("one more: %v", err)
	}
	leave()
	leave()
	if _, err := g.enter(ctx); err != nil {
		t.Errorf("after one has left: %v", err)
	}
	if _, err := g.enter(ctx); err != errTooMany {
		t.Errorf("a connection that left twice counts twice: %v", err)
	}

	ctx, g = inInstance(t)
	one := 1
	g.limits = append(g.limits, newLimit("outbound_redis.max_connections", &one))
	leave, err := g.enter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := g.enter(canceled); !errors.Is(err, errTooMany) {
		t.Errorf("a second connection of the application: %v", err)
	}
	leave()
	if _, err := g.enter(ctx); err != nil {
		t.Error(err)
	}
}

func TestAddressesOfServices(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]destination{
		"redis://example.com":          {scheme: "redis", host: "example.com", port: 6379},
		"rediss://u:p@EXAMPLE.com:1/2": {scheme: "rediss", host: "example.com", port: 1},
		"redis://[::1]:7":              {scheme: "redis", host: "::1", port: 7},
		"redis://0x7f.1":               {},
		"http://example.com":           {},
		"redis://":                     {},
		"redis://h:0":                  {},
		"redis://h:70000":              {},
		"example.com:6379":             {},
		"redis://a b":                  {},
	} {
		_, e, err := parseAddress(address, redisPorts)
		if ok := want != (destination{}); ok != (err == nil) || ok && e != want {
			t.Errorf("%s: %+v, %v", address, e, err)
		}
	}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestServicesHeedTheRuntimeConfiguration(t *testing.T) {
	t.Parallel()
	const config = `[outbound_redis]
max_connections = 1
[outbound_pg]
max_connections = 2
[outbound_mysql]
max_connections = 3
[outbound_mqtt]
max_connections = 4
max_payload_size_bytes = 5
[outbound_networking]
max_total_connections = 6
block_networks = ["127.0.0.0/8"]
`
	c, err := spin.ParseRuntimeConfig("runtime-config.toml", []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	l := newServiceLimits(c)
	if l.redis.max != 1 || l.postgres.max != 2 || l.mysql.max != 3 || l.mqtt.max != 4 || *l.payload != 5 {
		t.Errorf("limits: %+v", l)
	}
	d := &denials{}
	a := newApp(t, "spin_manifest_version = 2\n[application]\nname = \"test\"\n[component.one]\nsource = \"app.wasm\"\n"+
		"allowed_outbound_hosts = [\"*://*:*\"]\n", Config{Runtime: c, Denied: d.add})
	g := grantsOf(t, a, "one")
	out, err := g.newOutbound(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := newServices(g, out)
	imports := bind.NewImports()
	gate := s.newGate(imports, a.limits.redis)
	ctx := bind.WithStore(t.Context(), imports.NewStore())
	leave, err := gate.enter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if result, err := s.openRedis(short, gate, "redis://127.0.0.1"); err != nil || result.Err.Case != redisTooMany {
		t.Errorf("a second connection to Redis: %+v, %v", result, err)
	}
	leave()

	// Nothing listens there, and nothing is asked.
	const blocked = "outbound_networking.block_networks"
	redis, err := s.openRedis(ctx, gate, "redis://127.0.0.1:1")
	if err != nil || !strings.Contains(redis.Err.Other, blocked) {
		t.Errorf("redis: %+v, %v", redis, err)
	}
	if _, err := s.openPostgres(ctx, gate, "postgres://u@127.0.0.1:1/db?sslmode=disable", nil); err == nil || !strings.Contains(err.Error(), blocked) {
		t.Errorf("postgres: %v", err)
	}
	if _, err := s.openMySQL(ctx, gate, "mysql://u@127.0.0.1:1/db"); err == nil || !strings.Contains(err.Error(), blocked) {
		t.Errorf("mysql: %v", err)
	}
	mqtt, err := s.openMQTT(ctx, gate, "mqtt://127.0.0.1:1?client_id=x", "", "", 0)
	if err != nil || mqtt.IsErr {
		t.Fatalf("mqtt: %+v, %v", mqtt, err)
	}
	defer mqtt.Ok.close()
	if err := mqtt.Ok.publish(ctx, "x", nil, 0); err == nil || !strings.Contains(err.ConnectionFailed, blocked) {
		t.Errorf("mqtt: %+v", err)
	}
	if n := len(d.grants()); n < 4 {
		t.Errorf("%d refusals are told", n)
	}
}
