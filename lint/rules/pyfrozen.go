package rules

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
	"github.com/edgelint/edgelint/python/heap"
)

// frozen describes a rule about what the top level of the app's modules
// computes: it runs once, at build, and every instance starts with the result.
type frozen struct {
	// value says what the value of a global variable is, "" if nothing wrong.
	value func(v heap.Object) string
	// call reports whether a name that the top level uses gives such a value.
	// It takes the sources.
	call func(u *flow.Use, n called) bool
	// is follows what value says; gives follows the name that is used.
	is, gives, help string
}

// called tells how a statement at top level uses a name.
type called struct {
	call  bool // it is called
	binds bool // the statement gives the result a name
}

func frozenRule(r lint.Rule, z frozen) *lint.Rule {
	return pythonRule(r, func(j *pyJudge) {
		for m := range j.appModules {
			if z.value != nil {
				z.values(j, m)
			}
			if z.call != nil {
				z.calls(j, m)
			}
		}
	})
}

func (z *frozen) values(j *pyJudge, m *python.Module) {
	for k, v := range m.Globals().Items() {
		name := k.Text()
		if strings.HasPrefix(name, "__") {
			continue
		}
		if what := z.value(v); what != "" {
			j.atImport(m, j.bindingLine(m, name), lint.Finding{
				Message: fmt.Sprintf("%s.%s is %s %s", m.Name, name, what, z.is), Help: z.help, Key: m.Name + "." + name,
			})
		}
	}
}

func (z *frozen) calls(j *pyJudge, m *python.Module) {
	f := j.py.Source(m.File)
	if f == nil {
		return
	}
	for _, s := range f.Statements {
		for _, n := range s.Names {
			u := j.py.Program.Resolve(m, n.Dotted)
			if z.call(u, called{n.Called, len(s.Targets) > 0}) {
				j.atImport(m, n.Line, lint.Finding{
					Message: n.Dotted + " " + z.gives, Help: z.help, Key: m.Name + "." + n.Dotted,
				})
			}
		}
	}
}

var frozenHandle = frozenRule(lint.Rule{
	ID: "EL0431", Name: "frozen-handle", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A module keeps a file, connection or thread pool that was opened at build",
		Text: "The top level of a module runs while the component is built. A file or socket opened there " +
			"is gone when a request comes: `OSError: [Errno 8] Bad file descriptor`. Connections and " +
			"thread pools fail on first use.",
		Bad:  "LOG = open(\"app.log\", \"a\")    # at top level",
		Good: "TEXT = open(\"page.html\").read()    # at top level: the text is kept, not the file",
	},
}, frozen{
	is:   "that was opened when the component was built",
	help: "open it in the handler; of files read at top level keep the content",
	value: func(v heap.Object) string {
		if fd, ok := v.FileDescriptor(); ok && fd > 2 {
			return "a file"
		}
		for class := range v.Type().MRO() {
			switch class.ModuleName() + "." + class.QualName() {
			case "socket.socket", "_socket.socket":
				return "a socket"
			case "http.client.HTTPConnection":
				return "an HTTP connection"
			case "sqlite3.Connection":
				return "a database connection"
			case "concurrent.futures._base.Executor":
				return "an executor"
			case "smtplib.SMTP", "ftplib.FTP":
				return "a connection"
			}
		}
		return ""
	},
})

var frozenRandom = frozenRule(lint.Rule{
	ID: "EL0432", Name: "frozen-random", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A module draws random numbers at build",
		Text: "What the top level of a module draws is part of the component, the same in every instance " +
			"and for every request, and readable in the file. A random.Random made there gives the same " +
			"sequence in every instance. The functions of module random themselves are seeded anew, as " +
			"are secrets and os.urandom.",
		Bad:  "TOKEN = secrets.token_hex()    # at top level",
		Good: "def handle_request(self, request):\n    token = secrets.token_hex()",
	},
}, frozen{
	is:    "that was drawn when the component was built",
	gives: "draws at build: every instance and request has the same value",
	help:  "draw it in the handler",
	value: func(v heap.Object) string {
		switch v.Type().ModuleName() + "." + v.Type().QualName() {
		case "random.Random":
			return "a generator with a state"
		case "uuid.UUID":
			n := v.Attr("int").BigInt()
			if n == nil {
				return ""
			}
			if version := n.Rsh(n, 76).Uint64() & 0xf; version == 1 || version == 4 || version == 7 {
				return fmt.Sprintf("a UUID of version %d", version)
			}
		}
		return ""
	},
	call: func(u *flow.Use, n called) bool {
		random := strings.HasPrefix(u.Path, "random.") && !u.Is("random.seed", "random.SystemRandom") ||
			strings.HasPrefix(u.Path, "secrets.token") || u.Is("secrets.choice", "secrets.randbits", "secrets.randbelow")
		return n.call && (random || u.Is("os.urandom", "posix.urandom", "uuid.uuid1", "uuid.uuid4", "uuid.uuid7"))
	},
})

var frozenTime = frozenRule(lint.Rule{
	ID: "EL0433", Name: "frozen-time", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "A module reads the clock at build",
		Text: "The top level of a module runs while the component is built: a time read there is the time " +
			"of the build, in every instance and for every request.",
		Bad:  "STARTED = time.time()    # at top level",
		Good: "def handle_request(self, request):\n    now = time.time()",
	},
}, frozen{
	is:    "with the time of the build",
	gives: "reads the clock at build: every instance has that time",
	help:  "read the clock in the handler",
	value: func(v heap.Object) string {
		if t, ok := v.DateTime(); ok && t.Nanosecond() != 0 && isRecent(t) {
			return "a datetime"
		}
		if s, ok := v.Float(); ok && s > 0 && s < math.MaxInt32*2 && s != math.Trunc(s) && isRecent(time.Unix(int64(s), 0)) {
			return "a number of seconds"
		}
		return ""
	},
	call: func(u *flow.Use, n called) bool {
		return n.call && n.binds && u.Is("time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.localtime",
			"time.gmtime", "time.strftime", "time.ctime", "datetime.datetime.now", "datetime.datetime.utcnow",
			"datetime.datetime.today", "datetime.date.today")
	},
})

// isRecent reports whether a component can have been built at a time: not
// before componentize-py existed.
func isRecent(t time.Time) bool { return t.Year() >= 2023 && t.Year() < 2100 }

var frozenEnv = frozenRule(lint.Rule{
	ID: "EL0434", Name: "frozen-environment", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "A module reads environment variables at build",
		Text: "The top level of a module runs while the component is built, without the environment of " +
			"the deployment: what it reads is the default, in every instance. In a handler os.environ has " +
			"the variables that the host gives.",
		Bad:  "LEVEL = os.environ.get(\"LOG_LEVEL\", \"info\")    # at top level",
		Good: "def handle_request(self, request):\n    level = spin_sdk.variables.get(\"log_level\")",
	},
}, frozen{
	gives: "reads the environment of the build, not that of the deployment",
	help:  "read it in the handler, from os.environ or with spin_sdk.variables.get",
	call: func(u *flow.Use, n called) bool {
		return strings.HasPrefix(u.Path+".", "os.environ.") || u.Is("os.getenv") && n.call
	},
})
