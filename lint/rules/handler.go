package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/wit"
)

var noHandler = &lint.Rule{
	ID: "EL0301", Name: "no-http-handler", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The component exports no HTTP handler",
		Text: "An HTTP trigger calls one export: wasi:http/incoming-handler at a 0.2 version (world spin-http), or " +
			"wasi:http/handler at 0.3.0 (the async worlds). Without it the host answers every request with 500, or does " +
			"not start. The cause is most often a wrong world (-w) at build time.",
		Bad:  "componentize-py -w wasi:cli/command@0.2.0 componentize app -o app.wasm",
		Good: "componentize-py -w spin-http componentize app -o app.wasm",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		c := pass.Artifact.Component()
		if c == nil || len(pass.Artifact.Handlers()) > 0 || len(pass.Options.Targets) > 0 || len(pass.Artifact.Uses) > 0 {
			return nil // handler-not-called tells with targets, trigger-mismatch in applications
		}
		f := lint.Finding{
			Path:    c.Path,
			Message: "the component exports no HTTP handler",
			Details: []string{"it exports " + exportList(c)},
			Help: "export wasi:http/incoming-handler@0.2.0 (build for world spin-http) or wasi:http/handler@0.3.0 " +
				"(build for world spin:up/http-trigger@4.1.0)",
		}
		if near := nearestExport(c); near != "" {
			f.Details = append(f.Details, near)
		}
		pass.Report(f)
		return nil
	},
}

// exportList names a component's exports.
func exportList(c *component.Component) string {
	var names []string
	for _, e := range c.Exports {
		names = append(names, e.Name.Name)
	}
	return nameList(names)
}

// nameList joins names for a message; of many it tells the number.
func nameList(names []string) string {
	const most = 8
	switch {
	case len(names) == 0:
		return "nothing"
	case len(names) > most:
		names = append(names[:most:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return strings.Join(names, ", ")
}

// nearestExport explains the exports that people take for an HTTP handler.
func nearestExport(c *component.Component) string {
	meanings := map[string]string{
		"wasi:cli/run":               "is what a command exports: run it with `edgerun run`, or build for an HTTP world",
		"fermyon:spin/inbound-http":  "is the HTTP handler of Spin 1, which later versions serve only for old apps",
		"fermyon:spin/inbound-redis": "is the handler of Spin's redis trigger, not of its HTTP trigger",
		"spin:redis/inbound-redis":   "is the handler of Spin's redis trigger, not of its HTTP trigger",
		"wasi:http/outgoing-handler": "is the interface for sending requests; a handler of requests is incoming-handler",
	}
	for _, e := range c.Exports {
		name, ok := wit.ParseInterfaceName(e.Name.Name)
		if !ok {
			continue
		}
		if meaning := meanings[name.Unversioned()]; meaning != "" {
			return e.Name.Name + " " + meaning
		}
	}
	return ""
}

var handlerVersion = &lint.Rule{
	ID: "EL0302", Name: "handler-version", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "No Spin serves this version of the HTTP handler",
		Text: "Hosts find the handler by interface name and version. Spin serves wasi:http/incoming-handler at every 0.2 " +
			"release, and wasi:http/handler at 0.3.0 and at those release candidates that the SDKs were built with.",
		Bad:  "(export \"wasi:http/incoming-handler@0.3.0-draft\" ...)",
		Good: "(export \"wasi:http/incoming-handler@0.2.0\" ...)",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		handlers := pass.Artifact.Handlers()
		if len(handlers) == 0 || len(pass.Options.Targets) > 0 || slices.ContainsFunc(handlers, func(h lint.Handler) bool { return h.Served }) {
			return nil
		}
		for _, h := range handlers {
			pass.Report(lint.Finding{
				Path: exportPath(h), Span: &lint.Span{Off: h.Export.Off}, Key: h.Name,
				Message: fmt.Sprintf("no Spin serves %s", h.Name),
				Details: []string{fmt.Sprintf("nearest: %s@%s", h.Generation.Interface(), nearestVersion(h.Generation))},
				Help:    "build with an SDK that targets a released version: spin-sdk 3 (world spin-http) or spin-sdk 5",
			})
		}
		return nil
	},
}

func exportPath(h lint.Handler) string { return fmt.Sprintf("root/export %q", h.Name) }

func nearestVersion(g lint.Generation) string {
	if g == lint.WASI03 {
		return "0.3.0"
	}
	return "0.2.0"
}
