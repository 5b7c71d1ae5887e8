package rules

import (
	"fmt"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python/flow"
)

var moduleState = pythonRule(lint.Rule{
	ID: "EL0435", Name: "module-state", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The code keeps state in the instance",
		Text: "What a request leaves in a global variable, a class or an object of a module does not " +
			"last. On WASI 0.2 each request has an instance of its own, made from the snapshot: the " +
			"change is lost. On WASI 0.3 an instance serves many requests, several at once: the change is " +
			"seen by some others, and lost with the instance.",
		Bad:  "hits = 0\n\ndef handle_request(self, request):\n    global hits\n    hits += 1",
		Good: "store = await spin_sdk.key_value.open_default()\nawait store.set(\"hits\", ...)",
	},
}, func(j *pyJudge) {
	fate := map[lint.Generation]string{
		lint.WASI02: "the change is lost when the request ends",
		lint.WASI03: "other requests in the same instance see the change, and it is lost with the instance",
	}[j.generation()]
	if fate == "" {
		fate = "the change is lost, or seen by other requests"
	}
	for fn := range j.appFunctions {
		for _, w := range fn.Writes {
			j.report(fn, w.Position, false, lint.Finding{
				Message: fmt.Sprintf("%s outlives the request and is changed (%s): %s", w.Target, how(w), fate),
				Help: "keep what must last in spin_sdk.key_value or spin_sdk.sqlite, and what belongs to " +
					"a request in its local variables",
				Key: w.Target + ":" + w.How,
			})
		}
	}
})

// how says in which way something is changed.
func how(w *flow.Write) string {
	switch w.How {
	case "assigned", "deleted", "item assigned", "item deleted":
		return w.How
	}
	return "." + w.How + "()"
}
