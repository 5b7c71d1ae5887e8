package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
	"github.com/edgelint/edgelint/python/heap"
)

// service is a service of the host that a manifest grants parts of.
type service uint8

const (
	noService service = iota
	keyValueService
	sqliteService
	llmService
	variablesService
	httpService
	redisService
	mysqlService
	postgresService
	mqttService
)

// serviceModules are the modules of the SDK and of the bindings through which
// Python reaches services: the last part of their name, without a version.
var serviceModules = map[string]service{
	"key_value": keyValueService, "fermyon_spin_key_value": keyValueService,
	"spin_key_value_key_value": keyValueService, "wasi_keyvalue_store": keyValueService,
	"sqlite": sqliteService, "fermyon_spin_sqlite": sqliteService, "spin_sqlite_sqlite": sqliteService,
	"llm": llmService, "fermyon_spin_llm": llmService,
	"variables": variablesService, "fermyon_spin_variables": variablesService,
	"spin_variables_variables": variablesService, "wasi_config_store": variablesService,
	"http": httpService, "poll_loop": httpService, "outgoing_handler": httpService,
	"wasi_http_outgoing_handler": httpService, "wasi_http_client": httpService, "fermyon_spin_http": httpService,
	"redis": redisService, "fermyon_spin_redis": redisService, "spin_redis_redis": redisService,
	"mysql": mysqlService, "fermyon_spin_mysql": mysqlService, "spin_mysql_mysql": mysqlService,
	"postgres": postgresService, "fermyon_spin_postgres": postgresService,
	"spin_postgres_postgres": postgresService,
	"mqtt":                   mqttService, "fermyon_spin_mqtt": mqttService, "spin_mqtt_mqtt": mqttService,
}

// configModule are the bindings of wasi:config, in which an unknown variable is
// no error.
const configModule = "wasi_config_store"

// moduleVersion is what the bindings add to the name of a module for the version
// of its package.
var moduleVersion = regexp.MustCompile(`_\d+_\d+_\d+.*$`)

// askers are the functions that ask a service for something by name, by the last
// part of their name; the name is their first argument.
var askers = map[service][]string{
	keyValueService:  {"open"},
	sqliteService:    {"open", "open_async"},
	llmService:       {"infer", "infer_with_options", "generate_embeddings"},
	variablesService: {"get"},
	redisService:     {"open", "publish", "get", "set", "incr", "del_", "sadd", "srem", "smembers", "execute"},
	mysqlService:     {"open", "query", "execute"},
	postgresService:  {"open", "open_async", "query", "execute", "ConnectionBuilder"},
	mqttService:      {"open"},
}

// nameKeywords are the keywords of the first argument of askers.
var nameKeywords = []string{
	"name", "label", "identifier", "database", "model", "key", "address", "connection_string",
}

// ask is one place where code asks a service for something.
type ask struct {
	service service
	fn      *flow.Function
	use     *flow.Use
	// name is the label, model, variable or address, if it is known.
	name  string
	known bool
	// harmless is true if the service answers a name that it does not know.
	harmless bool
}

// asks lists what the code of the app and its distributions asks services for.
func (j *pyJudge) asks() []ask {
	var out, requests []ask
	sends := false
	for _, fn := range j.py.Program.Functions() {
		for _, u := range fn.Uses {
			a, ok := j.ask(u)
			if !ok {
				continue
			}
			a.fn, a.use = fn, u
			switch {
			case a.service != httpService:
				out = append(out, a)
			case u.Object.IsClass():
				requests = append(requests, a)
			default:
				sends = true
				if !a.known {
					out = append(out, a)
				}
			}
		}
	}
	if sends {
		out = append(out, requests...)
	}
	return out
}

// asksFor reports whether the code asks a service for a name, as far as is known.
func (j *pyJudge) asksFor(s service, name string) bool {
	return slices.ContainsFunc(j.asks(), func(a ask) bool { return a.service == s && a.known && a.name == name })
}

// ask is what a use asks for, if it asks for anything.
func (j *pyJudge) ask(u *flow.Use) (ask, bool) {
	if !u.Happens() || u.Object.IsNull() {
		return ask{}, false
	}
	module, qualName := j.definedIn(u)
	if module == nil || module.Origin != python.OriginSDK {
		return ask{}, false
	}
	base := moduleVersion.ReplaceAllString(lastName(module.Name), "")
	s := serviceModules[base]
	a := ask{service: s, harmless: base == configModule}
	switch {
	case s == noService:
		return a, false
	case qualName == "": // the module itself is handed to something
		return a, true
	case s == httpService:
		return a.http(base, qualName, u)
	}
	method := lastName(qualName)
	switch {
	case method == "open_default" && u.Role == flow.RoleCalled:
		a.name, a.known = "default", true
		return a, true
	case method == "get_all", qualName == "Store", qualName == "Connection", method == "open_default":
		// All there is, or what can open anything handed to something.
		return a, u.Role == flow.RolePassed || method == "get_all"
	case !slices.Contains(askers[s], method) || method != "open" && method != "open_async" && strings.Contains(qualName, "."):
		return a, false // a method of what was opened
	case u.Role == flow.RoleCalled:
		a.name, a.known = askedName(u, s)
	}
	return a, true
}

// http is what a use of the modules for outgoing requests asks for: a request that
// is made has an address, and what is sent is known if it is one of those.
func (a ask) http(base, qualName string, u *flow.Use) (ask, bool) {
	switch {
	case base != "http":
		return a, qualName == "send" || qualName == "handle" || qualName == "send_request"
	case qualName == "Request":
		if u.Role == flow.RoleCalled {
			a.name, a.known = knownAddress(u.Arg(1, "uri"))
		}
		return a, true
	case qualName == "send", qualName == "send_async":
		a.known = u.Role == flow.RoleCalled && strings.HasSuffix(u.Arg(0, "request").Path, "http.Request")
		return a, true
	}
	return a, false
}

// definedIn is the loaded module that defines what a use names, and the name in
// it; "" for the module itself.
func (j *pyJudge) definedIn(u *flow.Use) (*python.Module, string) {
	name := u.Name
	if u.Object.IsModule() {
		return j.snap.Module(u.Object.Name()), ""
	}
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		if m := j.snap.Module(name[:end]); m != nil && end < len(name) {
			return m, name[end+1:]
		}
	}
	return nil, ""
}

func askedName(u *flow.Use, s service) (string, bool) {
	read := knownText
	if s >= httpService {
		read = knownAddress
	}
	for _, keyword := range nameKeywords {
		if text, ok := read(u.Arg(0, keyword)); ok {
			return text, true
		}
	}
	return "", false
}

// knownAddress is an argument that is a URL of which at least the scheme, host and
// port are known: all of it, or a text that goes on after them.
func knownAddress(a flow.Arg) (string, bool) {
	if text, ok := knownText(a); ok {
		return text, true
	}
	_, rest, ok := strings.Cut(a.Prefix, "://")
	return a.Prefix, ok && strings.ContainsAny(rest, "/?#")
}

// knownText is the text of an argument that is a constant of the code or a live
// object.
func knownText(a flow.Arg) (string, bool) {
	switch {
	case a.Const.IsStr():
		return a.Const.Text(), true
	case a.Object.IsStr():
		return a.Object.Text(), true
	}
	return "", false
}

// seesAll reports whether the asks are all that the code can do: that nothing
// reaches for names that it computes, and that the snapshot was read in full.
func (j *pyJudge) seesAll() bool {
	if j.snap.Partial() || j.snap.Heap() == nil || len(j.snap.Native) > 0 && hasForeignNative(j.snap) {
		return false
	}
	for _, fn := range j.py.Program.Functions() {
		for _, imp := range fn.Imports {
			if imp.Module == "" {
				return false
			}
		}
		for _, u := range fn.Uses {
			if u.Happens() && u.Is("builtins.eval", "builtins.exec", "builtins.globals", "builtins.vars", "sys.modules") {
				return false
			}
		}
	}
	for _, m := range j.snap.Modules {
		if m.Origin != python.OriginUser && m.Origin != python.OriginThirdParty || !m.Object.IsModule() {
			continue
		}
		for _, v := range m.Globals().Items() {
			if j.keepsService(v, 0) {
				return false
			}
		}
	}
	return true
}

// hasForeignNative reports whether a native module of the app is linked in.
func hasForeignNative(s *python.Snapshot) bool {
	for _, m := range s.Modules {
		if m.Origin == python.OriginNative {
			return true
		}
	}
	return false
}

// keepsService reports whether a value of a module keeps a function or class of
// a service inside of a container or object, where uses are not seen.
func (j *pyJudge) keepsService(v heap.Object, depth int) bool {
	const deepest = 4
	if depth > deepest || v.IsNull() {
		return depth > deepest
	}
	inner := func(o heap.Object) bool { return j.keepsService(o, depth+1) }
	switch {
	case v.IsStr(), v.IsBytes(), v.IsInt(), v.IsNone(), v.IsFloat():
		return false
	case v.IsFunction(), v.IsClass(), v.IsModule():
		return depth > 0 && j.isService(v)
	case v.IsDict():
		for _, item := range v.Items() {
			if inner(item) {
				return true
			}
		}
	case v.IsList(), v.IsTuple(), v.IsSet():
		for item := range v.Elems() {
			if inner(item) {
				return true
			}
		}
	case v.IsPartial(), v.IsMethod():
		return inner(v.Wrapped())
	case j.isAppClass(v.Type()):
		for _, item := range v.Attrs() {
			if inner(item) {
				return true
			}
		}
	}
	return false
}

func (j *pyJudge) isAppClass(class heap.Object) bool {
	m := j.snap.Module(class.ModuleName())
	return m != nil && m.Origin == python.OriginUser
}

func (j *pyJudge) isService(o heap.Object) bool {
	name := o.ModuleName()
	if o.IsModule() {
		name = o.Name()
	}
	m := j.snap.Module(name)
	return m != nil && m.Origin == python.OriginSDK &&
		serviceModules[moduleVersion.ReplaceAllString(lastName(name), "")] != noService
}

// python is the judge of a component's Python code, nil if it has none. What goes
// wrong in reading it is reported by the rules about the component.
func (j *appJudge) python(c *lint.AppComponent) *pyJudge {
	if c.Artifact == nil {
		return nil
	}
	py, err := c.Artifact.Python()
	if err != nil || py == nil {
		return nil
	}
	return &pyJudge{pass: j.pass, py: py, snap: py.Snapshot, seen: map[string]bool{}}
}
