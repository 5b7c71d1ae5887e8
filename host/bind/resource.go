package bind

import (
	"context"
	"reflect"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// goResource is what bind keeps of a resource type of the host: the Go type R
// that stands for its resources, and how such a value is moved.
type goResource struct {
	typ reflect.Type
	put func(p unsafe.Pointer, obj any)
	get func(p unsafe.Pointer) any
}

// Resource declares a resource of the host and offers it in an interface. R is
// the Go type that stands for it, usually a pointer or an interface. drop is
// called when a component drops the resource, or when the component that owns it
// comes to its end; nil does nothing, and an error is a trap.
//
// A function that takes an own<R> has the resource from then on: drop is not
// called for it.
func Resource[R any](i *Interface, name string, drop func(ctx context.Context, r R) error) *abi.ResourceType {
	full := i.name + "/" + name
	if rt := i.ofSibling(full, name, reflect.TypeFor[R]()); rt != nil {
		i.AddResource(name, rt)
		return rt
	}
	rt := &abi.ResourceType{Name: full, Host: &goResource{
		typ: reflect.TypeFor[R](),
		put: func(p unsafe.Pointer, obj any) { *(*R)(p), _ = obj.(R) },
		get: func(p unsafe.Pointer) any { return *(*R)(p) },
	}}
	if drop != nil {
		rt.Drop = func(ctx context.Context, rep abi.Rep) error {
			r, _ := rep.Obj.(R)
			return drop(ctx, r)
		}
	}
	i.shared.resources[full] = rt
	i.AddResource(name, rt)
	return rt
}

// ofSibling is the resource that another Imports has declared by the same name and
// Go type, nil if none has.
func (i *Interface) ofSibling(full, name string, typ reflect.Type) *abi.ResourceType {
	rt := i.shared.resources[full]
	if _, own := i.resources[name]; own || rt == nil {
		return nil
	}
	if of, ok := rt.Host.(*goResource); !ok || of.typ != typ {
		return nil
	}
	return rt
}
