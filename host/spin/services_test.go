package spin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/edgelint/edgelint/host/bind"
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
