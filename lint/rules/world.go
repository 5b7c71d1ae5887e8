package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/edgelint/edgelint/lint"
)

var wrongWorld = &lint.Rule{
	ID: "EL0303", Name: "wrong-world", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The component was built for another world than the one demanded",
		Text: "--world names the world that the deployment expects. Each HTTP world has one handler: spin-http and " +
			"wasi:http/proxy have wasi:http/incoming-handler, the async worlds have wasi:http/handler. A component of the " +
			"other kind is valid but will not be called.",
		Bad:  "edgelint --world spin-http app.wasm # built with spin-sdk 5, exports wasi:http/handler@0.3.0",
		Good: "edgelint --world spin-http app.wasm # built with `-w spin-http`",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		want, err := WorldHandler(pass.Options.World)
		if err != nil {
			return err
		}
		handlers := pass.Artifact.Handlers()
		if want == 0 || len(handlers) == 0 {
			return nil
		}
		if slices.ContainsFunc(handlers, func(h lint.Handler) bool { return h.Generation == want }) {
			return nil
		}
		h := handlers[0]
		pass.Report(lint.Finding{
			Path: exportPath(h), Span: &lint.Span{Off: h.Export.Off}, Key: h.Name,
			Message: fmt.Sprintf("world %s has the handler %s, but the component exports %s",
				pass.Options.World, want.Interface(), h.Name),
			Details: []string{fmt.Sprintf("%s is the handler of %s", h.Name, h.Generation)},
			Help:    "build the app for that world (componentize-py -w), or deploy it where " + h.Name + " is served",
		})
		return nil
	},
}

// httpWorlds are the worlds with an HTTP handler, by name and version prefix.
var httpWorlds = []struct {
	name, version string
	handler       lint.Generation
}{
	{"spin-http", "", lint.WASI02},
	{"wasi:http/proxy", "0.2.", lint.WASI02},
	{"wasi:http/service", "0.3.", lint.WASI03},
	{"spin:up/http-trigger", "3.", lint.WASI02},
	{"spin:up/http-trigger", "4.", lint.WASI03},
}

// WorldHandler is the generation whose handler a world has; 0 for no world. An
// unknown world is an error that names the nearest known one.
func WorldHandler(world string) (lint.Generation, error) {
	if world == "" {
		return 0, nil
	}
	name, version, versioned := strings.Cut(world, "@")
	var known []string
	for _, w := range httpWorlds {
		if w.name == name && (!versioned || strings.HasPrefix(version, w.version) && w.version != "") {
			return w.handler, nil
		}
		known = append(known, strings.TrimSuffix(w.name+"@"+w.version, "@")+strings.Repeat("x", min(1, len(w.version))))
	}
	if near := spelling.Nearest(world, known); near != "" {
		return 0, fmt.Errorf("unknown world %q: did you mean %q?", world, near)
	}
	return 0, fmt.Errorf("unknown world %q: known are %s", world, strings.Join(known, ", "))
}
