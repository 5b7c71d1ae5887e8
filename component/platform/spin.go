package platform

import "slices"

// What the releases of Spin link and call, from the sources of each release: the
// WIT packages it vendors and those of the Wasmtime it is built with (2.0: 14,
// 2.2: 17, 2.6: 21, 3.0: 25, 3.2: 29, 3.3: 33, 3.4: 36, 3.5: 37, 3.6: 41,
// 4.0: 43). Wasmtime matches imports by semver track since version 19.

const (
	handlerP2     = "wasi:http/incoming-handler"
	handlerP3     = "wasi:http/handler"
	rc2023October = "0.2.0-rc-2023-10-18"
	rc2023Nov     = "0.2.0-rc-2023-11-10"
	rc2026March   = "0.3.0-rc-2026-03-15"
)

// spinRelease is what sets a minor release of Spin apart from the one before.
type spinRelease struct {
	version  string
	preview  bool
	linking  Linking
	wasi     []string // versions of WASI, the newest last
	handlers []Handler
	offers   []offer
	untyped  []string
	notes    []string
}

func http(name string) Handler { return Handler{Name: name, Trigger: "http"} }

// The handlers that came with the years. Old ones stay.
var (
	spin1Handler   = http("fermyon:spin/inbound-http")
	redisHandler   = Handler{Name: "fermyon:spin/inbound-redis", Trigger: "redis"}
	redis3Handler  = Handler{Name: "spin:redis/inbound-redis@3.0.0", Trigger: "redis"}
	octoberHandler = http(handlerP2 + "@" + rc2023October)
	novHandler     = http(handlerP2 + "@" + rc2023Nov)
	p2Handler      = http(handlerP2 + "@0.2.0")
	p2Track        = Handler{Name: handlerP2 + "@0.2.0", Track: true, Trigger: "http"}
	marchHandler   = http(handlerP3 + "@" + rc2026March)
	p3Track        = Handler{Name: handlerP3 + "@0.3.0", Track: true, Trigger: "http"}
)

// unstableHandler is a handler of WASI 0.3 before Spin 4, which has to be asked
// for.
func unstableHandler(version string) Handler {
	return Handler{
		Name: handlerP3 + "@" + version, Trigger: "http",
		Condition: `the trigger in spin.toml has executor = { type = "wasip3-unstable" }`,
	}
}

// spin2 are the interfaces of Spin's own that all releases since 2.4 have.
var spin2 = []offer{
	{pattern: "fermyon:spin", except: []string{"inbound-http", "inbound-redis", "http-types", "redis-types"}},
	{pattern: "fermyon:spin@2.0.0"},
}

func spin2Without(except ...string) []offer {
	offers := slices.Clone(spin2)
	offers[1].except = except
	return offers
}

// spin30 to spin40 are the interfaces of later releases.
var (
	spin30 = append(spin2Without(), []offer{
		{pattern: "wasi:keyvalue@0.2.0-draft2"},
		{pattern: "spin:postgres@3.0.0"},
		{pattern: "wasi:config@0.2.0-draft-2024-09-27"},
	}...)
	spin33 = append(slices.Clip(spin30), offer{pattern: "spin:sqlite@3.0.0"})
	spin34 = append(slices.Clip(spin33), offer{pattern: "spin:postgres@4.0.0"})
	spin36 = append(slices.Clip(spin34), offer{
		pattern: "wasi:otel@0.2.0-rc.2", condition: "spin up runs with --experimental-wasi-otel",
	})
	spin40 = append(slices.Clip(spin36), []offer{
		{pattern: "spin:key-value@3.0.0"},
		{pattern: "spin:mqtt@3.0.0"},
		{pattern: "spin:mysql@3.0.0"},
		{pattern: "spin:postgres@4.2.0"},
		{pattern: "spin:redis@3.0.0", except: []string{"inbound-redis"}},
		{pattern: "spin:sqlite@3.1.0"},
		{pattern: "spin:variables@3.0.0"},
	}...)
)

func spinReleases() []spinRelease {
	both2023 := []string{rc2023October, rc2023Nov}
	old := []Handler{novHandler, octoberHandler, spin1Handler, redisHandler}
	p2 := append([]Handler{p2Handler}, old...)
	p2any := append([]Handler{p2Track}, old...)
	wasi02 := func(v string) []string { return append(slices.Clip(both2023), v) }
	return []spinRelease{
		{
			version: "2.0", linking: Exact, wasi: []string{rc2023October}, offers: spin2Without("mqtt"),
			handlers: []Handler{octoberHandler, spin1Handler, redisHandler},
		},
		{version: "2.1", linking: Exact, wasi: both2023, offers: spin2Without("mqtt"), handlers: old},
		{version: "2.2", linking: Exact, wasi: wasi02("0.2.0"), offers: spin2Without("mqtt"), handlers: p2},
		{version: "2.3", linking: Exact, wasi: wasi02("0.2.0"), offers: spin2Without("mqtt"), handlers: p2},
		{version: "2.4", linking: Exact, wasi: wasi02("0.2.0"), offers: spin2, handlers: p2},
		{version: "2.5", linking: Exact, wasi: wasi02("0.2.0"), offers: spin2, handlers: p2},
		{version: "2.6", wasi: wasi02("0.2.0"), offers: spin2, handlers: p2},
		{version: "2.7", wasi: wasi02("0.2.0"), offers: spin2, handlers: p2},
		{
			version: "3.0", wasi: wasi02("0.2.1"), offers: spin30,
			handlers: append([]Handler{p2Handler, http(handlerP2 + "@0.2.1")}, old...),
		},
		{
			version: "3.1", wasi: wasi02("0.2.1"), offers: spin30,
			handlers: append([]Handler{p2Handler, http(handlerP2 + "@0.2.1")}, old...),
		},
		{version: "3.2", wasi: wasi02("0.2.3"), offers: spin30, handlers: p2any},
		{version: "3.3", wasi: wasi02("0.2.3"), offers: spin33, handlers: p2any},
		{version: "3.4", wasi: wasi02("0.2.6"), offers: spin34, handlers: p2any},
		{
			version: "3.5", wasi: wasi02("0.2.6"), offers: spin34, untyped: []string{"wasi:*@0.3.0-rc-2025-09-16"},
			handlers: append(slices.Clip(p2any), unstableHandler("0.3.0-rc-2025-09-16")),
		},
		{
			version: "3.6", wasi: wasi02("0.2.6"), offers: spin36, untyped: []string{"wasi:*@0.3.0-rc-2026-01-06"},
			handlers: append(slices.Clip(p2any), unstableHandler("0.3.0-rc-2026-01-06")),
		},
		{
			version: "4.0", wasi: append(wasi02("0.2.6"), rc2026March), offers: spin40,
			handlers: append([]Handler{marchHandler, p2Track, redis3Handler}, old...),
		},
		{
			version: "4.1", preview: true, wasi: append(wasi02("0.2.6"), rc2026March, "0.3.0"), offers: spin40,
			handlers: append([]Handler{p3Track, marchHandler, p2Track, redis3Handler}, old...),
			notes:    []string{"as of its source tree in August 2026: 4.1 was not released then"},
		},
	}
}

func (r spinRelease) profile(name, title string) *Profile {
	p := &Profile{
		Name: name, Title: title, Preview: r.preview, Linking: r.linking, Handlers: r.handlers,
		OneHandler: r.linking == Semver, // both came with Spin 2.6
		Refusals:   spinRefusals, Notes: r.notes, untyped: r.untyped,
	}
	for _, v := range r.wasi {
		p.offers = append(p.offers, offer{pattern: "wasi:*@" + v})
	}
	p.offers = append(p.offers, r.offers...)
	return p
}

func spinProfiles() []*Profile {
	var profiles []*Profile
	for _, r := range spinReleases() {
		profiles = append(profiles, r.profile("spin@"+r.version, "Spin "+r.version))
	}
	return profiles
}

// shimSpins says which Spin is in each release of containerd-shim-spin.
var shimSpins = []struct{ shim, spin, patch string }{
	{"0.15", "2.6", "2.6.0"},
	{"0.16", "2.6", "2.6.0"},
	{"0.17", "3.0", "3.0.0"},
	{"0.18", "3.1", "3.1.2"},
	{"0.19", "3.2", "3.2.0"},
	{"0.20", "3.3", "3.3.1"},
	{"0.21", "3.4", "3.4.0"},
	{"0.22", "3.5", "3.5.0"},
	{"0.23", "3.6", "3.6.2"},
	{"0.24", "3.6", "3.6.3"},
}

func shimProfiles() []*Profile {
	releases := map[string]spinRelease{}
	for _, r := range spinReleases() {
		releases[r.version] = r
	}
	command := Handler{Name: "wasi:cli/run@0.2.0", Track: true, Trigger: "command"}
	var profiles []*Profile
	for _, s := range shimSpins {
		p := releases[s.spin].profile("containerd-shim-spin@"+s.shim,
			"containerd-shim-spin "+s.shim+" (Spin "+s.patch+")")
		p.Handlers = append(slices.Clip(p.Handlers), command)
		p.Notes = shimNotes
		profiles = append(profiles, p)
	}
	return profiles
}

var shimNotes = []string{
	"the triggers are http, redis, sqs, mqtt and command",
	"key-value and SQLite files are inside the pod and lost with it, if runtime configuration says nothing else",
	"a bare component as image gets no files, variables, stores or outbound hosts; a Spin application does",
}

var spinRefusals = []Refusal{
	{
		Interfaces: []string{"wasi:sockets/ip-name-lookup"},
		What:       "names are never looked up: every lookup is refused",
		Remedy:     "use the HTTP client of the SDK, which Spin resolves names for, or a literal address",
	},
	{
		Interfaces: []string{"wasi:sockets/tcp", "wasi:sockets/udp", "wasi:sockets/types"},
		What: "binding and listening are refused with access-denied, and so is connecting to an address " +
			"that is not allowed",
		Remedy: `add "tcp://host:port" to allowed_outbound_hosts of the component`,
	},
	{
		Interfaces: []string{"wasi:filesystem/types"},
		What:       "there are no files but those of the component's files list, and they are read-only",
		Remedy:     "list them under files; for writing, use a key-value store or SQLite",
	},
	{
		Interfaces: []string{"wasi:http/outgoing-handler", "wasi:http/client", "fermyon:spin/http"},
		What:       "requests to hosts that are not allowed are refused with HTTP-request-denied",
		Remedy:     `add "https://host" to allowed_outbound_hosts of the component`,
	},
	{
		Interfaces: []string{
			"fermyon:spin/key-value", "spin:key-value/key-value", "wasi:keyvalue/store",
			"fermyon:spin/sqlite", "spin:sqlite/sqlite",
		},
		What:   "stores and databases that the component was not granted are refused with access-denied",
		Remedy: "name them in key_value_stores or sqlite_databases of the component",
	},
	{
		Interfaces: []string{"fermyon:spin/llm"},
		What:       "the released host has no language model: inference fails unless a remote one is configured",
		Remedy:     "configure [llm_compute] in the runtime configuration",
	},
}
