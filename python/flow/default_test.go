package flow

import (
	"testing"

	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/heap"
	"github.com/edgelint/edgelint/python/internal/heaptest"
)

// TestDefaultsAreObjectsAndNoTexts binds the parameters of
// f(label="cache", limit=3, store=Store): callers give labels of their own.
func TestDefaultsAreObjectsAndNoTexts(t *testing.T) {
	t.Parallel()
	const (
		argCount, locals = 28, 72 // offsets in code objects
		defaults         = 28     // in functions
	)
	b := heaptest.New(14)
	b.Module("sys", "", heaptest.Names{"hexversion": b.Int(0x030e00f0)})
	b.Module("builtins", "", nil)
	b.Module("_imp", "", nil)
	class := b.Class("app", "Store", 0, nil)
	code := b.Code(heaptest.Code{File: "/0/app.py", QualName: "f", Units: []byte{128, 0, 82, 0, 35, 0}})
	b.Put32(code+argCount, 3)
	b.Put32(code+locals, b.Tuple(b.Str("label"), b.Str("limit"), b.Str("store")))
	module := b.Module("app", "/0/app.py", nil)
	function := b.Function("app", b.Globals(module), code)
	b.Put32(function+defaults, b.Tuple(b.Str("cache"), b.Int(3), class))
	h, err := heap.Open(b.Image())
	if err != nil {
		t.Fatal(err)
	}
	f := h.Object(function)
	e := &env{locals: make([]value, 3)}
	(&Program{}).bindDefaults(e, &python.Code{Object: h.Object(code), Functions: []heap.Object{f}})
	if len(e.locals[0]) != 0 || len(e.locals[1]) != 0 {
		t.Errorf("the text and the number are bound: %v, %v", e.locals[0], e.locals[1])
	}
	if store := e.locals[2]; len(store) != 1 || !store[0].obj.IsClass() {
		t.Errorf("the class is not bound: %v", store)
	}
}

// TestTextsOfAttributesAndVariablesThatCodeAssignsAreUnknown reads Store.label and
// LABEL of a module before and after code that assigns to them.
func TestTextsOfAttributesAndVariablesThatCodeAssignsAreUnknown(t *testing.T) {
	t.Parallel()
	b := heaptest.New(14)
	b.Module("sys", "", heaptest.Names{"hexversion": b.Int(0x030e00f0)})
	b.Module("builtins", "", nil)
	b.Module("_imp", "", nil)
	class := b.Class("app", "Store", 0, heaptest.Names{"label": b.Str("a")})
	module := b.Module("app", "/0/app.py", heaptest.Names{"LABEL": b.Str("a"), "STORE": class})
	globals := b.Globals(module)
	h, err := heap.Open(b.Image())
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{fields: map[field]value{}, assigned: map[field]bool{}}
	instance := &node{kind: nodeInstance, obj: h.Object(class)}
	m := &machine{p: p, minor: 14, env: &env{globals: h.Object(globals), module: "app"}}
	known := func(name string) bool {
		n := p.global(m.env.globals, "app", name)
		return n != nil && !m.isAssigned(n, name)
	}
	if !p.attribute(instance, "label").obj.IsStr() || !known("LABEL") || !known("STORE") {
		t.Error("what no code assigns is unknown")
	}
	m.stack = []value{nil, one(instance)}
	m.storeAttr("label")
	p.assigned[field{m.env.globals, "LABEL"}], p.assigned[field{m.env.globals, "STORE"}] = true, true
	if !p.attribute(instance, "label").obj.IsNull() || known("LABEL") {
		t.Error("what code assigns is known")
	}
	if !known("STORE") {
		t.Error("a class is unknown")
	}
}
