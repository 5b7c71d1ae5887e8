package rules

import (
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python/flow"
)

var stubbedWASI = callRule(lint.Rule{
	ID: "EL0436", Name: "stubbed-wasi", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code needs time or random numbers, and WASI was replaced by stubs",
		Text: "With --stub-wasi, componentize-py replaces every function of WASI by one that traps: reading the clock, " +
			"sleeping and drawing from the system end the instance, and the module random gives the same numbers in " +
			"every instance, since nothing seeds it anew.",
		Bad:  "componentize-py componentize --stub-wasi app",
		Good: "componentize-py componentize app",
	},
}, calls{
	names: []string{
		"time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.sleep", "time.localtime",
		"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
		"os.urandom", "posix.urandom", "uuid.uuid1", "uuid.uuid4",
	},
	packages: []string{"random", "secrets"},
	verbs: []string{
		"random", "randint", "randrange", "choice", "choices", "shuffle", "sample", "uniform", "getrandbits",
		"randbytes", "token_hex", "token_bytes", "token_urlsafe", "randbelow", "randbits",
	},
	message: "%s needs WASI, which this component was built without",
	help:    "build without --stub-wasi",
	unless:  func(j *pyJudge, _ *flow.Use) bool { return !j.isStubbed() },
})

// isStubbed reports whether the component imports neither a clock nor random
// numbers: every Python component does, unless WASI was replaced by stubs.
func (j *pyJudge) isStubbed() bool {
	c := j.pass.Artifact.Component()
	if c == nil || len(c.Components) > 0 && len(c.Imports) == 0 {
		return false
	}
	for _, i := range c.Imports {
		if strings.HasPrefix(i.Name.Name, "wasi:clocks/") || strings.HasPrefix(i.Name.Name, "wasi:random/") {
			return false
		}
	}
	return true
}
