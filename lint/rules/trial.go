package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
)

// trialRule is a rule that judges the run of a component; judge is called if
// there was one.
func trialRule(r lint.Rule, judge func(pass *lint.Pass, t *lint.Trial)) *lint.Rule {
	r.Severity = lint.Error
	r.Run = func(_ context.Context, pass *lint.Pass) error {
		t, err := pass.Artifact.Trial()
		if t != nil && err == nil {
			judge(pass, t)
		}
		return err
	}
	return &r
}

var notStarted = trialRule(lint.Rule{
	ID: "EL0901", Name: "not-started",
	Doc: lint.Doc{
		Title: "The component does not start",
		Text: "With --run the component is compiled, linked and instantiated as a host does at deployment. It failed " +
			"before the first request: the finding says at what.",
		Bad:  "a component whose import has another type than the host's interface",
		Good: "a component built with the WIT of the host's version",
	},
}, func(pass *lint.Pass, t *lint.Trial) {
	if t.StartErr != nil {
		pass.Report(lint.Finding{
			Message: "the component does not start: " + t.StartErr.Error(),
			Help:    "`edgelint targets` and --target tell which platforms offer what it imports",
		})
	}
})

var refusedImport = trialRule(lint.Rule{
	ID: "EL0902", Name: "refused-import",
	Doc: lint.Doc{
		Title: "The component called an import that the host does not offer",
		Text: "A Python component imports every interface of its SDK's world, used or not. Imports that a host lacks " +
			"are harmless until they are called; this one was called while the request was handled.",
		Bad:  "a handler that opens a key-value store, run by a host without one",
		Good: "the same handler on a host that offers fermyon:spin/key-value",
	},
}, func(pass *lint.Pass, t *lint.Trial) {
	for _, name := range t.Refused {
		pass.Report(lint.Finding{
			Path: fmt.Sprintf("root/import %q", name), Key: name,
			Message: "the request called " + name + ", which the host does not offer",
			Help:    "grant it (spin.toml, flags of edgerun), or deploy where it is offered",
		})
	}
})

var exception = trialRule(lint.Rule{
	ID: "EL0903", Name: "unhandled-exception",
	Doc: lint.Doc{
		Title: "The handler raised an exception that nothing caught",
		Text: "The client gets a 500 with an empty body; the traceback goes to the component's standard error and is " +
			"shown with the finding. The place is the last line of it that is not a library's.",
		Bad:  "def handle_request(self, request): return Response(200, {}, request.body.decode())  # body is None",
		Good: "body = request.body or b\"\"",
	},
}, func(pass *lint.Pass, t *lint.Trial) {
	tb, ok := lastTraceback(t.Stderr)
	if !ok || t.Status > 0 && t.Status < 500 {
		return
	}
	pass.Report(lint.Finding{
		Source: tb.place, Key: tb.message,
		Message: "the handler raised " + tb.message,
		Details: tb.lines,
		Help:    "catch it and answer with a status of your own, or mend the cause",
	})
})

var trapped = trialRule(lint.Rule{
	ID: "EL0904", Name: "trapped",
	Doc: lint.Doc{
		Title: "The component trapped while it handled the request",
		Text: "The instance died: code reached an unreachable instruction, overflowed the stack, read outside of its " +
			"memory, or broke a rule of the canonical ABI. The client gets a 500 with an empty body.",
		Bad:  "os.abort()",
		Good: "raise an exception and answer with a status",
	},
}, func(pass *lint.Pass, t *lint.Trial) {
	_, raised := lastTraceback(t.Stderr)
	if t.Trap == "" || raised || t.TimedOut || t.OutOfMemory || t.Exited >= 0 || len(t.Refused) > 0 {
		return
	}
	pass.Report(lint.Finding{
		Message: "the component trapped: " + firstLine(t.Trap),
		Details: tail(t.Stderr),
		Help:    "the component's standard error, if it printed any, is shown above",
	})
})

var limitReached = trialRule(lint.Rule{
	ID: "EL0905", Name: "limit-reached",
	Doc: lint.Doc{
		Title: "The request needs more time or memory than it may",
		Text: "The host ended the request at its limit. --timeout and --max-memory set the limits; deployments have " +
			"their own, which are often lower.",
		Bad:  "while True: pass",
		Good: "bound every loop and wait",
	},
}, func(pass *lint.Pass, t *lint.Trial) {
	switch {
	case t.TimedOut:
		pass.Report(lint.Finding{
			Message: fmt.Sprintf("the request was ended after %v", t.Took),
			Help:    "find what loops or waits, or raise --timeout",
		})
	case t.OutOfMemory:
		pass.Report(lint.Finding{
			Message: fmt.Sprintf("the component ran out of memory at %.0f MiB", float64(t.Memory)/(1<<20)),
			Help:    "hold less at once (stream bodies), or raise --max-memory",
		})
	}
})

var exited = trialRule(lint.Rule{
	ID: "EL0906", Name: "exited",
	Doc: lint.Doc{
		Title: "The handler ended the whole component",
		Text: "sys.exit and os._exit end the instance, not the request: the client gets a 500 with an empty body, and " +
			"on hosts that reuse instances every request in flight is lost.",
		Bad:  "sys.exit(0)",
		Good: "return Response(200, ...)",
	},
}, func(pass *lint.Pass, t *lint.Trial) {
	if t.Exited >= 0 {
		pass.Report(lint.Finding{
			Message: fmt.Sprintf("the component exited with status %d while it handled the request", t.Exited),
			Help:    "return a response instead of exiting",
		})
	}
})

var unexpectedResponse = trialRule(lint.Rule{
	ID: "EL0907", Name: "unexpected-response",
	Doc: lint.Doc{
		Title: "The response is not the one expected",
		Text: "--expect-status, --expect-header and --expect-json say what the response must be; without them any " +
			"status below 500 will do. Bodies are compared as JSON values: order of keys and spaces do not matter.",
		Bad:  "edgelint --run --expect-status 200 app.wasm # answers 404",
		Good: "edgelint --run --request 'GET /api/health' --expect-status 200 app.wasm",
	},
}, func(pass *lint.Pass, t *lint.Trial) {
	if t.StartErr != nil {
		return
	}
	for _, complaint := range compareResponse(t, pass.Options.Expect) {
		pass.Report(lint.Finding{Message: complaint, Key: complaint})
	}
})

// compareResponse lists how a response differs from what is expected. A response
// that never came is other rules' finding, unless a certain one was expected.
func compareResponse(t *lint.Trial, e lint.Expectation) []string {
	var out []string
	switch {
	case e.Status != 0 && t.Status != e.Status:
		out = append(out, fmt.Sprintf("status %s, expected %d", statusText(t.Status), e.Status))
	case e.Status == 0 && t.Status >= 500 && t.Trap == "":
		out = append(out, fmt.Sprintf("status %d, expected one below 500", t.Status))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		got := t.Header[strings.ToLower(name)]
		if !slices.Contains(got, e.Headers[name]) {
			out = append(out, fmt.Sprintf("header %s is %q, expected %q", name, got, e.Headers[name]))
		}
	}
	if e.JSON != nil {
		if complaint := compareJSON(t.Body, e.JSON); complaint != "" {
			out = append(out, complaint)
		}
	}
	return out
}

func statusText(status int) string {
	if status == 0 {
		return "none (there was no response)"
	}
	return fmt.Sprint(status)
}

func compareJSON(got, want []byte) string {
	var g, w any
	if err := json.Unmarshal(want, &w); err != nil {
		return "the expected body is no JSON"
	}
	if err := json.Unmarshal(got, &g); err != nil {
		return fmt.Sprintf("the body is no JSON: %.80q", got)
	}
	if !reflect.DeepEqual(g, w) {
		return fmt.Sprintf("the body is %.200s, expected %.200s", strings.TrimSpace(string(got)), strings.TrimSpace(string(want)))
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// tail is the last lines of a text.
func tail(s string) []string {
	const most = 10
	s = strings.TrimRight(s, "\n")
	if s == "" {
		return nil
	}
	lines := strings.Split(s, "\n")
	return lines[max(0, len(lines)-most):]
}
