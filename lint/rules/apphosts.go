package rules

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/spin"
)

// chainSuffix ends the hosts that stand for components of the application.
const chainSuffix = ".spin.internal"

// address is where code connects to.
type address struct {
	scheme, host string
	port         uint16
	self         bool // the application itself; there is no host then
}

// serviceSchemes are the scheme that each service's addresses are compared under,
// and the port that they have by default.
var serviceSchemes = map[service]struct {
	scheme string
	port   uint16
}{
	redisService: {"redis", 6379}, mysqlService: {"mysql", 3306}, postgresService: {"postgres", 5432},
	mqttService: {"mqtt", 1883},
}

// parseAddress reads the address that code gives a service.
func parseAddress(s service, text string) (address, bool) {
	known := serviceSchemes[s]
	if s == postgresService && !strings.Contains(text, "://") {
		return keywordAddress(text)
	}
	u, err := url.Parse(text)
	if err != nil {
		return address{}, false
	}
	a := address{scheme: strings.ToLower(u.Scheme), host: strings.ToLower(u.Hostname()), port: known.port}
	if s == httpService {
		if a.host == "" || a.host == "self.alt" {
			return address{scheme: "http", self: true}, strings.HasPrefix(text, "/") || a.host != ""
		}
		a.port = map[string]uint16{"http": 80, "https": 443}[a.scheme]
	} else {
		a.scheme = known.scheme
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return address{}, false
		}
		a.port = uint16(n)
	}
	return a, a.scheme != "" && a.host != "" && a.port != 0
}

// keywordAddress reads the form of PostgreSQL's libraries: "host=db port=5432".
func keywordAddress(text string) (address, bool) {
	a := address{scheme: "postgres", port: serviceSchemes[postgresService].port}
	for field := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(field, "=")
		value = strings.Trim(value, "'")
		switch key {
		case "host":
			a.host = strings.ToLower(value)
		case "port":
			n, err := strconv.ParseUint(value, 10, 16)
			if err != nil {
				return address{}, false
			}
			a.port = uint16(n)
		}
	}
	return a, a.host != "" && !strings.ContainsAny(a.host, ",/")
}

// String is the address as an entry of allowed_outbound_hosts.
func (a address) String() string {
	if a.self {
		return a.scheme + "://self"
	}
	host := a.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	entry := a.scheme + "://" + host
	if h, err := spin.ParseAllowedHost(entry); err == nil && h.Allows(a.scheme, a.host, a.port) {
		return entry
	}
	return fmt.Sprintf("%s:%d", entry, a.port)
}

// allowedBy reports whether an entry permits the address.
func (a address) allowedBy(h spin.AllowedHost) bool {
	if a.self {
		return h.AllowsSelf("http") || h.AllowsSelf("https")
	}
	return h.Allows(a.scheme, a.host, a.port)
}

// hostEntry is an entry of a component's allowed hosts.
type hostEntry struct {
	spin.String
	spin.AllowedHost
}

// allowedHosts are the entries of a component; not ok if one is malformed.
func (j *appJudge) allowedHosts(c *lint.AppComponent) (list []hostEntry, ok bool) {
	entries, err := j.app.Manifest.OutboundHosts(c.Component)
	if err != nil {
		return nil, false
	}
	for _, e := range entries {
		h, err := spin.ParseAllowedHost(e.Value)
		if err != nil {
			return nil, false
		}
		list = append(list, hostEntry{e, h})
	}
	return list, true
}

var hostNotAllowed = componentRule(lint.Rule{
	ID: "EL0830", Name: "host-not-allowed", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code connects to a host that the component is not allowed to",
		Text: "A component connects to the hosts in its allowed_outbound_hosts, by their scheme and port, and is refused " +
			"others: requests fail with HTTP-request-denied, the clients of Redis, MySQL, PostgreSQL and MQTT with an " +
			"error of theirs. The rule looks at addresses that stand in the code as they are, and says nothing if an " +
			"entry is a template.",
		Bad:  "send(Request(\"GET\", \"https://api.example.com/v1\", {}, None))    # and no allowed_outbound_hosts",
		Good: "allowed_outbound_hosts = [\"https://api.example.com\"]",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	py := j.python(c)
	allowed, ok := j.allowedHosts(c)
	if py == nil || !ok || slices.ContainsFunc(allowed, func(h hostEntry) bool { return h.Template }) {
		return
	}
	for _, a := range py.asks() {
		if a.service < httpService || !a.known {
			continue
		}
		addr, ok := parseAddress(a.service, a.name)
		if !ok || slices.ContainsFunc(allowed, func(h hostEntry) bool { return addr.allowedBy(h.AllowedHost) }) {
			continue
		}
		entries := values(c.AllowedOutboundHosts)
		f := lint.Finding{
			Message: fmt.Sprintf("component %s connects to %s, which the manifest does not allow it", c.ID, addr),
			Related: []lint.Related{j.related(listPlace(c, c.AllowedOutboundHosts), listText("allowed_outbound_hosts", entries))},
			Help:    fmt.Sprintf("in %s: %s", c.Table(""), listText("allowed_outbound_hosts", append(entries, addr.String()))),
			Key:     addr.String(),
		}
		if text, differs := addr.nearest(allowed); text != "" {
			f.Details = []string{fmt.Sprintf("the entry %q differs in the %s alone", text, differs)}
		}
		py.report(a.fn, a.use.Position, a.use.Guard.Caught("Err"), f)
	}
})

// nearest is an entry that permits the host by another scheme or port, "" without
// one.
func (a address) nearest(list []hostEntry) (text, differs string) {
	for _, h := range list {
		port := h.AnyPort()
		switch {
		case a.self:
		case h.Allows(h.Scheme, a.host, a.port):
			return h.Value, "scheme"
		case port.Allows(a.scheme, a.host, a.port):
			return h.Value, "port"
		case port.Allows(h.Scheme, a.host, a.port):
			return h.Value, "scheme and port"
		}
	}
	return "", ""
}

var anyHost = componentRule(lint.Rule{
	ID: "EL0831", Name: "any-host", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "A component may connect to any host",
		Text: "With an entry such as *://*:* whoever gets the component to send a request of their choice reaches " +
			"everything that its host reaches, internal services included. A warning if any scheme is allowed, a note " +
			"if one is. Where addresses come from requests there may be no other way; check them in the code then.",
		Bad:  "allowed_outbound_hosts = [\"*://*:*\"]",
		Good: "allowed_outbound_hosts = [\"https://api.example.com\", \"redis://cache:6379\"]",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	for _, e := range c.AllowedOutboundHosts {
		h, err := spin.ParseAllowedHost(e.Value)
		if err != nil || !h.Everywhere() {
			continue
		}
		f := lint.Finding{
			Message: fmt.Sprintf("component %s may connect to any host by %s", c.ID, h.Scheme), Severity: lint.Note,
			Help: "name the hosts that it needs, or a domain as in *.example.com", Key: c.ID + ":" + e.Value,
		}
		if h.Scheme == "*" {
			f.Message, f.Severity = fmt.Sprintf("component %s may connect to any host", c.ID), lint.Warning
		}
		j.report(e.Pos, f)
	}
	for _, e := range c.AllowedHTTPHosts {
		if e.Value == "insecure:allow-all" {
			j.report(e.Pos, lint.Finding{
				Message: fmt.Sprintf("component %s may send requests to any host", c.ID),
				Help:    "name the hosts that it needs in allowed_outbound_hosts", Key: c.ID + ":" + e.Value,
			})
		}
	}
})

var unknownChain = componentRule(lint.Rule{
	ID: "EL0832", Name: "unreachable-component", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "An allowed host stands for a component that takes no requests",
		Text: "NAME.spin.internal is the component NAME of the same application, which needs an HTTP trigger, be its " +
			"route private. self is the application by its public routes. There is no such component, or it has no " +
			"HTTP trigger, or all routes of the application are private.",
		Bad:  "allowed_outbound_hosts = [\"http://bakc.spin.internal\"]",
		Good: "allowed_outbound_hosts = [\"http://back.spin.internal\"]",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	for _, e := range c.AllowedOutboundHosts {
		h, err := spin.ParseAllowedHost(e.Value)
		if err != nil || h.Template {
			continue
		}
		f := lint.Finding{Key: c.ID + ":" + e.Value}
		id, chained := strings.CutSuffix(h.Host, chainSuffix)
		switch {
		case h.Host == "self" && !j.hasPublicRoute():
			f.Message = "requests to self find no route: the application has no HTTP trigger with a public one"
			f.Help = "send requests to the component by http://ID" + chainSuffix
		case !chained || id == "*" || j.servesHTTP(id):
			continue
		default:
			f.Message = fmt.Sprintf("no component %s takes the requests that %s allows", id, e.Value)
			f.Help = "name a component of the application that has an HTTP trigger"
			if near := spelling.Nearest(id, j.httpComponents()); near != "" {
				f.Details = []string{fmt.Sprintf("there is %q: is that what was meant?", near)}
			}
			if _, ok := j.app.Manifest.Component(id); ok {
				f.Help = fmt.Sprintf("give component %s an HTTP trigger with route = { private = true }", id)
			}
		}
		j.report(e.Pos, f)
	}
})

func (j *appJudge) hasPublicRoute() bool {
	return slices.ContainsFunc(j.app.Manifest.Triggers, func(t spin.Trigger) bool {
		return t.Type == "http" && !t.Route.Private
	})
}

// httpComponents are the components that an HTTP trigger calls.
func (j *appJudge) httpComponents() []string {
	var ids []string
	for _, t := range j.app.Manifest.Triggers {
		if t.Type == "http" && t.Component.Value != "" {
			ids = append(ids, t.Component.Value)
		}
	}
	return ids
}

func (j *appJudge) servesHTTP(id string) bool { return slices.Contains(j.httpComponents(), id) }

// schemeServices are the services that entries of a scheme are for. Sockets may
// use others.
var schemeServices = map[string]service{
	"http": httpService, "https": httpService, "redis": redisService, "mysql": mysqlService,
	"postgres": postgresService, "mqtt": mqttService,
}

var unusedHost = componentRule(lint.Rule{
	ID: "EL0833", Name: "unused-host", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The component is allowed a host that it does not connect to",
		Text: "The code sends no request there, and opens no connection. A grant that nothing needs is one that an " +
			"attacker may use. Nothing is reported if the code computes an address, runs text as code, or cannot be " +
			"read in full.",
		Bad:  "allowed_outbound_hosts = [\"redis://cache:6379\"]    # and the code does not use spin_sdk.redis",
		Good: "allowed_outbound_hosts = []",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	for _, e := range c.AllowedOutboundHosts {
		h, err := spin.ParseAllowedHost(e.Value)
		scheme, _, _ := strings.Cut(e.Value, "://")
		s := schemeServices[scheme]
		if err != nil || s == noService {
			continue
		}
		used, ok := j.usedNames(c, s)
		reaches := func(name string) bool {
			addr, ok := parseAddress(s, name)
			return !ok || h.Template || addr.allowedBy(h)
		}
		if !ok || slices.ContainsFunc(used, reaches) {
			continue
		}
		j.report(e.Pos, lint.Finding{
			Message: fmt.Sprintf("the code of component %s does not connect to %s", c.ID, e.Value),
			Help:    "delete the entry if nothing needs it", Key: c.ID + ":" + e.Value,
		})
	}
})
