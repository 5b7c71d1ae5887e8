package heap

import (
	"iter"
	"strings"
)

// IsHeapType reports whether a class was made at run time: by a class
// statement, or by a C module that asks for it.
func (o Object) IsHeapType() bool { return o.IsClass() && o.u32(offTypeFlags)&flagHeapType != 0 }

// MRO yields a class and its ancestors in the order in which attributes are
// looked up.
func (o Object) MRO() iter.Seq[Object] {
	return func(yield func(Object) bool) {
		mro := o.ref(offTypeMRO)
		if !o.IsClass() || !mro.IsTuple() {
			return
		}
		n := 0
		for class := range mro.Elems() {
			if n++; n > maxBases || class.IsClass() && !yield(class) {
				return
			}
		}
	}
}

// IsSubclassOf reports whether a class is base or inherits from it.
func (o Object) IsSubclassOf(base Object) bool {
	if base.addr == 0 {
		return false
	}
	class := o
	for range maxBases {
		if class.addr == base.addr {
			return true
		}
		if class = class.ref(offTypeBase); class.addr == 0 {
			break
		}
	}
	if !o.IsHeapType() { // no static type has more than one base
		return false
	}
	for class := range o.MRO() {
		if class.addr == base.addr {
			return true
		}
	}
	return false
}

// Lookup is the attribute that a class or one of its ancestors has. What the
// static types of the interpreter itself define is not in the heap, and not
// found.
func (o Object) Lookup(name string) Object {
	for class := range o.MRO() {
		if v := class.Dict().Get(name); v.addr != 0 {
			return v
		}
	}
	return Object{}
}

// splitTypeName takes a static type's name apart: "_io.TextIOWrapper".
func (o Object) splitTypeName() (module, name string) {
	full := o.h.img.cstring(o.u32(offTypeName))
	if i := strings.LastIndexByte(full, '.'); i >= 0 {
		return full[:i], full[i+1:]
	}
	return "builtins", full
}

// className and its kin serve the methods Name, QualName and ModuleName.
func (o Object) className() string {
	if o.IsHeapType() {
		return o.ref(offHeapName).Text()
	}
	_, name := o.splitTypeName()
	return name
}

func (o Object) classQualName() string {
	if o.IsHeapType() {
		return o.ref(offHeapQualName).Text()
	}
	return o.className()
}

func (o Object) classModule() string {
	if m := o.Dict().Get("__module__"); m.IsStr() {
		return m.Text()
	}
	module, _ := o.splitTypeName()
	return module
}
