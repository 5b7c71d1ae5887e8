package python

import (
	"strings"

	"github.com/edgelint/edgelint/python/heap"
)

// Handler is the object that answers an export of the component: an instance
// of a class of the app that implements a protocol of the generated bindings.
type Handler struct {
	// Name is the class's name, and Module the module that defines it.
	Name, Module string
	// Protocol is the protocol of the bindings: "IncomingHandler".
	Protocol string
	// File and Line are where the class is defined; the line is 0 in CPython
	// 3.12, whose classes do not know theirs.
	File string
	Line int
	// Methods are the methods that the host or the SDK calls: those that
	// override one of the bindings or of the SDK.
	Methods []*Code
	// Class is the class; Instance is no object if it is yet to be made.
	Class, Instance heap.Object
}

// QualName is the class's name with its module: "app.IncomingHandler".
func (h *Handler) QualName() string { return h.Module + "." + h.Name }

// exportedProtocol is the class of the generated bindings that a class
// implements, no object if it implements none or is itself of the bindings.
func exportedProtocol(class heap.Object) heap.Object {
	if isBindings(class.ModuleName()) || isSDKPackage(topLevel(class.ModuleName())) {
		return heap.Object{}
	}
	for base := range class.MRO() {
		if base.IsHeapType() && isBindings(base.ModuleName()) {
			return base
		}
	}
	return heap.Object{}
}

// isBindings tells the modules in which the bindings keep what a component
// exports.
func isBindings(module string) bool {
	return module == "wit_world" || module == "exports" || strings.HasSuffix(module, ".exports") ||
		strings.HasSuffix(module, ".wit_world")
}

func topLevel(module string) string {
	top, _, _ := strings.Cut(module, ".")
	return top
}

func (s *Snapshot) addHandler(class, protocol, instance heap.Object) {
	for _, h := range s.Handlers {
		if h.Class == class {
			return
		}
	}
	line, _ := class.Dict().Get("__firstlineno__").Int()
	h := &Handler{
		Name: class.QualName(), Module: class.ModuleName(), Protocol: protocol.Name(),
		Line: int(line), Class: class, Instance: instance,
	}
	if m := s.byName[h.Module]; m != nil {
		h.File = m.File
	}
	s.Handlers = append(s.Handlers, h)
}

// searchHandlerClasses finds handlers by their classes, if no instance is
// alive.
func (s *Snapshot) searchHandlerClasses() {
	for _, m := range s.Modules {
		if _, _, ok := entryOf(m.File); !ok || isSDKPackage(topLevel(m.Name)) {
			continue
		}
		for _, v := range m.Globals().Items() {
			if !v.IsHeapType() || v.ModuleName() != m.Name {
				continue
			}
			if protocol := exportedProtocol(v); !protocol.IsNull() {
				s.addHandler(v, protocol, heap.Object{})
			}
		}
	}
}

// readMethods finds the methods that are called from outside of the app.
func (h *Handler) readMethods(s *Snapshot) {
	var outside []heap.Object // classes of the SDK and the bindings
	var own []heap.Object
	for class := range h.Class.MRO() {
		switch {
		case !class.IsHeapType():
		case isBindings(class.ModuleName()), isSDKPackage(topLevel(class.ModuleName())):
			outside = append(outside, class)
		default:
			own = append(own, class)
		}
	}
	seen := map[string]bool{}
	for _, class := range own {
		for k, v := range class.Dict().Items() {
			name := k.Text()
			if seen[name] || !overrides(name, outside) {
				continue
			}
			seen[name] = true
			if c := s.CodeOf(unwrap(v)); c != nil && c.File.Origin <= OriginThirdParty {
				h.Methods = append(h.Methods, c)
			}
		}
	}
}

// overrides reports whether a method's name occurs in one of the classes.
func overrides(name string, classes []heap.Object) bool {
	for _, class := range classes {
		if v := class.Dict().Get(name); v.IsFunction() || !v.Wrapped().IsNull() {
			return true
		}
	}
	return false
}

// unwrap follows decorators and descriptors to the function inside.
func unwrap(o heap.Object) heap.Object {
	for range maxNesting {
		if o.IsFunction() || o.IsNull() {
			break
		}
		o = o.Wrapped()
	}
	return o
}
