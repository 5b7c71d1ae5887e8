package spin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/spin"
)

// names is a resolver whose answers to a name are given in turn; the last one
// stays.
type names struct {
	mu      sync.Mutex
	answers map[string][]string
}

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	answers := n.answers[host]
	if len(answers) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(answers) > 1 {
		n.answers[host] = answers[1:]
	}
	var addrs []netip.Addr
	for s := range strings.FieldsSeq(answers[0]) {
		addrs = append(addrs, netip.MustParseAddr(s))
	}
	return addrs, nil
}

// policy is an application of one component, with what it may connect to.
func policy(t *testing.T, hosts []string, runtime string, cfg Config) *outbound {
	t.Helper()
	manifest := "spin_manifest_version = 2\n[application]\nname = \"policy\"\n" +
		"[[trigger.http]]\nroute = \"/\"\ncomponent = \"one\"\n[component.one]\nsource = \"app.wasm\"\n"
	if len(hosts) > 0 {
		manifest += "allowed_outbound_hosts = [\"" + strings.Join(hosts, `", "`) + "\"]\n"
	}
	var err error
	if cfg.Runtime, err = spin.ParseRuntimeConfig("runtime-config.toml", []byte(runtime)); err != nil {
		t.Fatal(err)
	}
	a := newApp(t, manifest, cfg)
	newRouter(t, a)
	o, err := grantsOf(t, a, "one").newOutbound(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// dialled makes an application note where it connects to instead of doing so.
func dialled(a *App) func() []string {
	var mu sync.Mutex
	var to []string
	a.network.dialer.Control = func(_, address string, _ syscall.RawConn) error {
		mu.Lock()
		defer mu.Unlock()
		to = append(to, address)
		return errors.New("this test does not connect")
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		defer func() { to = nil }()
		return to
	}
}

// get sends a request as package wasihttp does.
func get(t *testing.T, o *outbound, url string, header ...string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		r.Host = r.Header.Get("Host")
	}
	if err := o.allow(r); err != nil {
		return nil, err
	}
	return o.RoundTrip(r)
}

// fate is what became of a request.
func fate(res *http.Response, err error) string {
	if err == nil {
		res.Body.Close()
		return strconv.Itoa(res.StatusCode)
	}
	if e, ok := errors.AsType[*wasihttp.Error](err); ok {
		switch e.Code {
		case wasihttp.CodeDestinationIPProhibited:
			return "prohibited"
		case wasihttp.CodeConnectionLimitReached:
			return "limit"
		case wasihttp.CodeTLSProtocolError:
			return "TLS"
		}
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "unknown name"
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return "dialled"
	}
	return "refused"
}

func TestRequestsReachNoBlockedAddress(t *testing.T) {
	t.Parallel()
	resolver := &names{answers: map[string][]string{
		"private.test":        {"10.0.0.1"},
		"both.test":           {"10.0.0.1 93.184.216.34 ::1"},
		"rebinding.test":      {"93.184.216.34", "127.0.0.1"},
		"localhost":           {"127.0.0.1 ::1"},
		"mapped.test":         {"::ffff:169.254.169.254"},
		"none.test":           {""},
		"metadata.internal":   {"169.254.169.254"},
		"public.test":         {"93.184.216.34"},
		"spin.internal":       {"127.0.0.1"},
		"one.spin.internal.":  {"127.0.0.1"},
		"x.one.spin.internal": {"127.0.0.1"},
	}}
	o := policy(t, []string{"*://*:*"}, "[outbound_networking]\nblock_networks = [\"private\", \"93.184.217.0/24\"]",
		Config{Resolver: resolver})
	addresses := dialled(o.grants.app)
	for _, c := range []struct{ url, want string }{
		// What is not blocked.
		{"http://public.test/", "dialled 93.184.216.34:80"},
		{"https://PUBLIC.test:8443/", "dialled 93.184.216.34:8443"},
		{"http://[2600::beef]/", "dialled [2600::beef]:80"},
		// Names.
		{"http://private.test/", "prohibited"},
		{"http://localhost/", "prohibited"},
		{"http://metadata.internal/latest/meta-data", "prohibited"},
		{"http://mapped.test/", "prohibited"},
		{"http://both.test/", "dialled 93.184.216.34:80"},
		{"http://rebinding.test/", "dialled 93.184.216.34:80"},
		{"http://rebinding.test/", "prohibited"},
		{"http://none.test/", "unknown name"},
		{"http://missing.test/", "unknown name"},
		// Addresses.
		{"http://127.0.0.1/", "prohibited"},
		{"https://127.0.0.1/", "prohibited"},
		{"http://0.0.0.0/", "prohibited"},
		{"http://169.254.169.254/", "prohibited"},
		{"http://100.64.1.1/", "prohibited"},
		{"http://192.0.0.1/", "prohibited"},
		{"http://198.18.0.1/", "prohibited"},
		{"http://255.255.255.255/", "prohibited"},
		{"http://224.0.0.1/", "prohibited"},
		// Other ways to write IPv4.
		{"http://2130706433/", "refused"},
		{"http://0177.0.0.1/", "refused"},
		{"http://0x7f.0.0.1/", "refused"},
		{"http://0x7f000001/", "refused"},
		{"http://0X7F.1/", "refused"},
		{"http://017700000001/", "refused"},
		{"http://127.1/", "refused"},
		{"http://127.0.0.1./", "refused"},
		{"http://1.2.3.4.5/", "refused"},
		{"http://127.0.0.0x/", "refused"},
		{"http://１２７.0.0.1/", "refused"},
		{"http://127。0。0。1/", "refused"},
		// IPv6.
		{"http://[::1]/", "prohibited"},
		{"http://[::]/", "prohibited"},
		{"http://[0:0:0:0:0:0:0:1]/", "prohibited"},
		{"http://[::ffff:127.0.0.1]/", "prohibited"},
		{"http://[::ffff:7f00:1]/", "prohibited"},
		{"http://[::127.0.0.1]/", "prohibited"},
		{"http://[::ffff:0:127.0.0.1]/", "prohibited"},
		{"http://[64:ff9b::10.0.0.1]/", "prohibited"},
		{"http://[64:ff9b:1::1]/", "prohibited"},
		{"http://[2002:a00:1::]/", "prohibited"},
		{"http://[2001:0:7f00:1::]/", "prohibited"},
		{"http://[fc00::f00d]/", "prohibited"},
		{"http://[fe80::1]/", "prohibited"},
		{"http://[ff02::1]/", "prohibited"},
		{"http://[fe80::1%25lo]/", "refused"},
		{"http://[::1%25lo]/", "refused"},
		{"http://[127.0.0.1]/", "refused"},
		{"http://[::1/", "refused"},
		{"http://::1/", "refused"},
		{"http://[[::1]]/", "refused"},
		// Ranges of the configuration, and addresses inside of others.
		{"http://93.184.217.0/", "prohibited"},
		{"http://93.184.217.255/", "prohibited"},
		{"http://93.184.216.255/", "dialled 93.184.216.255:80"},
		{"http://93.184.218.0/", "dialled 93.184.218.0:80"},
		{"http://[::ffff:93.184.217.9]/", "prohibited"},
		{"http://[2002:5db8:d909::]/", "prohibited"},
		// Users.
		{"http://public.test@127.0.0.1/", "refused"},
		{"http://user:word@public.test/", "refused"},
		{"http://127.0.0.1%40public.test/", "refused"},
		{"http://public.test#@127.0.0.1/", "dialled 93.184.216.34:80"},
		{"http://127.0.0.1\\@public.test/", "refused"},
		// Ports.
		{"http://public.test:0/", "refused"},
		{"http://public.test:65535/", "dialled 93.184.216.34:65535"},
		{"http://public.test:65536/", "refused"},
		{"http://public.test:4294967376/", "refused"},
		{"http://public.test:-80/", "refused"},
		{"http://public.test:80:80/", "refused"},
		{"http://public.test:/", "dialled 93.184.216.34:80"},
		// Names that look like those of components.
		{"http://spin.internal/", "prohibited"},
		{"http://x.one.spin.internal/", "refused"},
		{"http://one.spin.internal./", "prohibited"},
		// Names that no resolver should be asked for.
		{"http://public.test%00.example.com/", "refused"},
		{"http://public..test/", "refused"},
		{"http://./", "refused"},
	} {
		got := fate(get(t, o, c.url))
		if to := addresses(); len(to) > 0 {
			got += " " + strings.Join(to, " ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.url, got, c.want)
		}
	}
}

func TestBlockedNetworksEndWhereTheirRangesEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		blocked, addr string
		want          bool
	}{
		{`"10.0.0.0/8"`, "10.0.0.0", true},
		{`"10.0.0.0/8"`, "10.255.255.255", true},
		{`"10.0.0.0/8"`, "9.255.255.255", false},
		{`"10.0.0.0/8"`, "11.0.0.0", false},
		{`"10.9.9.9/8"`, "10.1.1.1", true},
		{`"1.1.1.1/32"`, "1.1.1.1", true},
		{`"1.1.1.1/32"`, "1.1.1.2", false},
		{`"0.0.0.0/0"`, "203.0.114.1", true},
		{`"0.0.0.0/0"`, "2600::1", false},
		{`"0.0.0.0/0"`, "::ffff:203.0.114.1", true},
		{`"::/0"`, "2600::1", true},
		{`"::/0"`, "203.0.114.1", false},
		{`"2001::/96"`, "2001::1000", true},
		{`"2001::/96"`, "2001::1:0:1000", false},
		{`"123.123.0.0/16", "2001::/96"`, "2002::1000", false},
		{`"private"`, "123.123.123.123", false},
		{`"private"`, "2600::beef", false},
		{``, "127.0.0.1", false},
	} {
		cfg, err := spin.ParseRuntimeConfig("c.toml", []byte("[outbound_networking]\nblock_networks = ["+c.blocked+"]"))
		if err != nil {
			t.Fatal(err)
		}
		b := newBlockedNetworks(cfg.OutboundNetworking)
		if got := b.blocks(netip.MustParseAddr(c.addr)); got != c.want {
			t.Errorf("[%s] blocks %s: %v", c.blocked, c.addr, got)
		}
	}
}

func TestRequestsGoOnlyWhereTheManifestAllows(t *testing.T) {
	t.Parallel()
	var denied []Denial
	hosts := []string{
		"http://one.test", "https://*.example.com", "http://10.1.0.0/16:8000..9000", "https://slash.test/",
		"http://[2600::1]", "http://one.spin.internal",
	}
	o := policy(t, hosts, "", Config{
		Resolver: &names{answers: map[string][]string{
			"one.test": {"10.0.0.1"}, "a.example.com": {"10.0.0.2"}, "slash.test": {"10.0.0.3"}, "ten.test": {"10.1.0.1"},
		}},
		Denied: func(d Denial) { denied = append(denied, d) },
	})
	addresses := dialled(o.grants.app)
	for _, c := range []struct{ url, want, hint string }{
		{"http://one.test/", "dialled", ""},
		{"http://ONE.test:80/", "dialled", ""},
		{"http://one.test:81/", "refused", `the entry "http://one.test" differs only in the port`},
		{"https://one.test:80/", "refused", `the entry "http://one.test" differs only in the scheme`},
		{"https://one.test/", "refused", `the entry "http://one.test" differs only in the scheme and port`},
		{"http://one.test.evil.test/", "refused", ""},
		{"http://evil-one.test/", "refused", ""},
		{"https://a.example.com/", "dialled", ""},
		{"https://example.com/", "refused", ""},
		{"https://a.example.com.evil.test/", "refused", ""},
		{"https://aexample.com/", "refused", ""},
		{"https://a.example.com@evil.test/", "refused", ""},
		{"https://a.example.com:8443/", "refused", `the entry "https://*.example.com" differs only in the port`},
		{"http://10.1.255.255:8000/", "dialled", ""},
		{"http://10.1.0.0:8999/", "dialled", ""},
		{"http://10.1.0.0:9000/", "refused", `the entry "http://10.1.0.0/16:8000..9000" differs only in the port`},
		{"http://10.2.0.0:8000/", "refused", ""},
		{"http://ten.test:8000/", "refused", ""},
		{"http://[::ffff:10.1.0.1]:8000/", "refused", ""},
		{"https://slash.test/a", "dialled", ""},
		{"http://[2600:0::1]/", "dialled", ""},
		{"http://self.alt/", "refused", ""},
		{"http://:80/", "refused", ""},
		{"http://one.spin.internal/", "200", ""},
		{"http://two.spin.internal/", "refused", `the application has no component "two"`},
		{"http://self/", "refused", "it is a path alone, as in /next, that goes to the application itself, or one after http://self.alt"},
		{"http://one.test./", "refused", ""},
		{"https://a.example.com./", "refused", ""},
	} {
		denied = nil
		got := fate(get(t, o, c.url))
		addresses()
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.url, got, c.want)
		}
		if (got == "refused") != (len(denied) == 1) || len(denied) == 1 && denied[0].Hint != c.hint {
			t.Errorf("%s: denials %+v", c.url, denied)
		}
	}
	_, _ = get(t, o, "http://[::1]:8080/")
	want := Denial{
		Component: "one", Table: "[component.one]", What: "a request to http://[::1]:8080",
		Grant: `allowed_outbound_hosts = ["http://one.test", "https://*.example.com", "http://10.1.0.0/16:8000..9000", ` +
			`"https://slash.test/", "http://[2600::1]", "http://one.spin.internal", "http://[::1]:8080"]`,
	}
	if !slices.Contains(denied, want) {
		t.Errorf("denials: %+v", denied)
	}
}

func TestListsWithoutAManifestPermitTheSame(t *testing.T) {
	t.Parallel()
	host, err := spin.ParseAllowedHost("http://*:*")
	if err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]string{
		"http://a.test":        "http://a.test nil",
		"http://A.test:81/x":   "http://a.test:81 nil",
		"https://a.test":       "https://a.test not in allowed_outbound_hosts",
		"http://self.alt":      "http://self not in allowed_outbound_hosts",
		"http://:80":           "http://self not in allowed_outbound_hosts",
		"http://a.test:65536":  ` the port "65536" is not a number from 1 to 65535`,
		"http://2130706433":    ` "2130706433" is neither a host name nor an address`,
		"http://u@a.test":      " the authority has a user",
		"http://[fe80::1%25a]": ` "[fe80::1%a]" is no IPv6 address`,
	} {
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := Permits([]spin.AllowedHost{host}, u)
		got := entry + " nil"
		if err != nil {
			got = entry + " " + err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", link, got, want)
		}
	}
}

// listening is a server that says what it was asked, and counts.
func listening(t *testing.T, h http.HandlerFunc) (*httptest.Server, func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(server.Close)
	return server, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func echoHost(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host+r.URL.Path) }

func TestRequestsToTheApplicationGoWhereItListens(t *testing.T) {
	t.Parallel()
	app, _ := listening(t, echoHost)
	authority := strings.TrimPrefix(app.URL, "http://")
	for _, grant := range []string{"http://self", "https://self", "*://*:*"} {
		// The application is reached even where private addresses are blocked.
		o := policy(t, []string{grant}, "[outbound_networking]\nblock_networks = [\"private\"]", Config{})
		if _, err := get(t, o, "http://self.alt/"); err == nil || !strings.Contains(err.Error(), "does not listen") {
			t.Errorf("before it listens: %v", err)
		}
		if err := o.grants.app.SetOrigin(app.URL); err != nil {
			t.Fatal(err)
		}
		for _, url := range []string{
			"http://:80/a", "http://:443/a", "https://:443/a", "http:///a", "http://self.alt/a", "https://self.alt:8443/a",
		} {
			res, err := get(t, o, url, "Host", "evil.test")
			if err != nil {
				t.Errorf("%s with %s: %v", url, grant, err)
				continue
			}
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if string(body) != authority+"/a" {
				t.Errorf("%s: %s", url, body)
			}
		}
		// Not through the connections of those requests either.
		if got := fate(get(t, o, app.URL)); grant == "*://*:*" && got != "prohibited" || grant != "*://*:*" && got != "refused" {
			t.Errorf("the same address by its number: %s", got)
		}
	}
}

func TestTheHostHeaderIsTheAuthority(t *testing.T) {
	t.Parallel()
	server, _ := listening(t, echoHost)
	authority := strings.TrimPrefix(server.URL, "http://")
	o := policy(t, []string{"http://127.0.0.1:*"}, "", Config{})
	for _, host := range []string{"", "evil.test", "one.spin.internal", "10.0.0.1"} {
		res, err := get(t, o, server.URL, "Host", host)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(body) != authority+"/" {
			t.Errorf("Host %q arrived as %s", host, body)
		}
	}
}

func TestRedirectsAreHandedOnNotFollowed(t *testing.T) {
	t.Parallel()
	victim, hits := listening(t, echoHost)
	server, _ := listening(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, victim.URL, http.StatusTemporaryRedirect)
	})
	o := policy(t, []string{strings.Replace(server.URL, "127.0.0.1", "server.test", 1)}, "", Config{
		Resolver: &names{answers: map[string][]string{"server.test": {"127.0.0.1"}}},
	})
	res, err := get(t, o, strings.Replace(server.URL, "127.0.0.1", "server.test", 1))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusTemporaryRedirect || res.Header.Get("Location") != victim.URL {
		t.Errorf("%s, %v", res.Status, res.Header)
	}
	if got := fate(get(t, o, res.Header.Get("Location"))); got != "refused" || hits() != 0 {
		t.Errorf("the component's own request: %s; the victim was asked %d times", got, hits())
	}
}

func TestAddressesThatDoNotAnswerDoNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	server, _ := listening(t, echoHost)
	o := policy(t, []string{"http://*:*"}, "", Config{
		Resolver: &names{answers: map[string][]string{"two.test": {"192.0.2.1 127.0.0.1 192.0.2.2"}, "none.test": {"192.0.2.1 192.0.2.3"}}},
	})
	refused := errors.New("refused at once")
	o.grants.app.network.dialer.ControlContext = func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		switch {
		case strings.HasPrefix(address, "192.0.2.3"):
			return refused
		case strings.HasPrefix(address, "192.0.2."):
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}
	if got := fate(get(t, o, strings.Replace(server.URL, "127.0.0.1", "two.test", 1))); got != "200" {
		t.Errorf("a host with one good address: %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(2*attemptDelay, cancel)
	if _, err := o.grants.app.network.dial(ctx, "none.test:80"); !errors.Is(err, refused) {
		t.Errorf("a host without one: %v", err)
	}
}

func TestConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	started, finish := make(chan bool), make(chan bool)
	server, _ := listening(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			started <- true
			<-finish
		}
	})
	for _, c := range []struct{ config, want string }{
		{"[outbound_http]\nconnection_pooling = true\nmax_connections = 1", "outbound_http.max_connections = 1"},
		{"[outbound_http]\nmax_connections = 1", "outbound_http.max_connections = 1"},
		{"[outbound_networking]\nmax_total_connections = 1", "outbound_networking.max_total_connections = 1"},
	} {
		o := policy(t, []string{"http://*:*"}, c.config, Config{
			Resolver: &names{answers: map[string][]string{"localhost": {"127.0.0.1"}}},
		})
		for _, name := range []string{"localhost", "127.0.0.1"} { // idle connections give way
			if got := fate(get(t, o, strings.Replace(server.URL, "127.0.0.1", name, 1))); got != "200" {
				t.Errorf("%s: one after another: %s", c.config, got)
			}
		}
		done := make(chan error)
		go func() {
			_, err := get(t, o, server.URL+"/slow")
			done <- err
		}()
		<-started
		ctx := wasihttp.WithConnectTimeout(t.Context(), 1)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := o.RoundTrip(r); fate(res, err) != "limit" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: two at once: %v", c.config, err)
		}
		finish <- true
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	o := policy(t, []string{"http://*:*"}, "[outbound_http]\nmax_connections = 0", Config{})
	if got := fate(get(t, o, server.URL)); got != "limit" {
		t.Errorf("with max_connections = 0: %s", got)
	}
}

// ending sets a trailer when it has been read.
type ending struct {
	io.Reader
	trailers http.Header
}

func (e ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil {
		e.trailers.Set("X-Last", "word")
	}
	return n, err
}

func TestTrailersThatComeWithTheBodyAreSent(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	server, _ := listening(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got <- r.Trailer.Get("X-Last")
	})
	o := policy(t, []string{server.URL}, "", Config{})
	trailers := http.Header{}
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL, io.NopCloser(ending{strings.NewReader("x"), trailers}))
	if err != nil {
		t.Fatal(err)
	}
	req.Trailer = trailers
	res, err := o.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if trailer := <-got; trailer != "word" {
		t.Errorf("the trailer %q arrived", trailer)
	}
}
