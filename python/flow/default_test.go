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
