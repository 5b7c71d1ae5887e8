package lint

import (
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/wit"
)

// Handler is an HTTP handler that a component exports.
type Handler struct {
	// Name is the exported interface: "wasi:http/incoming-handler@0.2.0".
	Name string
	// Version is the interface's version.
	Version wit.Version
	// Generation is the WASI generation whose handler it is.
	Generation Generation
	// Served reports whether some Spin serves this version.
	Served bool
	// Export is the component's export.
	Export *component.Export
}

// Generation is a generation of WASI.
type Generation uint8

// The generations that have an HTTP handler.
const (
	WASI02 Generation = iota + 2 // wasi:http/incoming-handler
	WASI03                       // wasi:http/handler, async
)

// String is the generation's name.
func (g Generation) String() string {
	switch g {
	case WASI02:
		return "WASI 0.2"
	case WASI03:
		return "WASI 0.3"
	}
	return "unknown WASI generation"
}

// Interface is the handler interface of the generation, without a version.
func (g Generation) Interface() string {
	if g == WASI03 {
		return "wasi:http/handler"
	}
	return "wasi:http/incoming-handler"
}

// Serves reports whether some Spin serves the generation's handler at a version:
// every 0.2.x release, 0.3.0 and its release candidates.
func (g Generation) Serves(v wit.Version) bool {
	if g == WASI02 {
		parts := v.Parts()
		return parts.Major == 0 && parts.Minor == 2 && parts.Pre == ""
	}
	return v == "0.3.0" || strings.HasPrefix(string(v), "0.3.0-rc-")
}

// Handlers are the HTTP handlers that the component exports, in export order.
func (a *Artifact) Handlers() []Handler {
	c := a.Component()
	if c == nil {
		return nil
	}
	var out []Handler
	for i := range c.Exports {
		e := &c.Exports[i]
		name, ok := wit.ParseInterfaceName(e.Name.Name)
		if !ok || e.Sort != component.SortInstance {
			continue
		}
		for _, g := range []Generation{WASI02, WASI03} {
			if name.Unversioned() == g.Interface() {
				v := name.Package.Version
				out = append(out, Handler{e.Name.Name, v, g, g.Serves(v), e})
			}
		}
	}
	return out
}
