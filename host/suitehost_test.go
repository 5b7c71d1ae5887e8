package host_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/host/bind"
)

// suiteHost is the host that some scripts of the corpus expect, see HOST.md
// there. The counter of drops starts at 0 for each script.
type suiteHost struct {
	drops, lastDrop uint32
	module          *core.Module
}

func newSuiteHost(tb testing.TB) *suiteHost {
	m, err := core.Parse([]byte(simpleModule))
	if err != nil {
		tb.Fatal(err)
	}
	return &suiteHost{module: m}
}

// resource1 stands for the host's resource of this name.
type resource1 struct{ rep uint32 }

func (h *suiteHost) offer(imports *bind.Imports) {
	constant := func(v uint32) bind.Func {
		return bind.Func0(func(context.Context) (uint32, error) { return v, nil })
	}
	root := imports.Interface("")
	root.Func("host-return-two", constant(2))
	root.Func("host-echo-u32", bind.Func1(func(_ context.Context, v uint32) (uint32, error) { return v, nil }))
	i := imports.Interface("host")
	i.Func("return-three", constant(3))
	i.AddInterface("nested").Func("return-four", constant(4))
	i.Func("return-hi", bind.Func0(func(context.Context) (string, error) { return "hi", nil }))
	h.offerResources(i)
	offerAsync(i)
	i.AddModule("simple-module", h.module)
}

// offerAsync offers the functions that take their time.
func offerAsync(i *bind.Interface) {
	slowly := func(ctx context.Context) error {
		select {
		case <-time.After(10 * time.Millisecond):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	i.Func("return-two-slowly", bind.Func0(func(ctx context.Context) (int32, error) { return 2, slowly(ctx) }))
	i.Func("echo-slowly", bind.Func1(func(ctx context.Context, v uint32) (uint32, error) {
		return v, slowly(ctx)
	}))
	i.Func("never-return", bind.Func0(func(ctx context.Context) (bind.Unit, error) {
		<-ctx.Done()
		return bind.Unit{}, ctx.Err()
	}))
	i.Func("[method]resource1.never-return", bind.Func1(
		func(ctx context.Context, _ *resource1) (bind.Unit, error) {
			<-ctx.Done()
			return bind.Unit{}, ctx.Err()
		}))
}

// simpleModule exports a global "g" of 100 and a function "f" that returns 101.
const simpleModule = "\x00asm\x01\x00\x00\x00" +
	"\x01\x05\x01\x60\x00\x01\x7f" + // type: func() -> i32
	"\x03\x02\x01\x00" + // one function of it
	"\x06\x07\x01\x7f\x00\x41\xe4\x00\x0b" + // global: i32 100
	"\x07\x09\x02\x01g\x03\x00\x01f\x00\x00" + // exports
	"\x0a\x07\x01\x05\x00\x41\xe5\x00\x0b" // code: i32.const 101

func (h *suiteHost) offerResources(i *bind.Interface) {
	r1 := bind.Resource(i, "resource1", func(_ context.Context, r *resource1) error {
		h.drops++
		h.lastDrop = r.rep
		return nil
	})
	i.AddResource("resource1-again", r1)
	bind.Resource[*uint32](i, "resource2", nil)
	i.Func("[constructor]resource1", bind.Func1(func(_ context.Context, rep uint32) (*resource1, error) {
		return &resource1{rep}, nil
	}))
	i.Func("[static]resource1.assert", bind.Func2(
		func(_ context.Context, r *resource1, rep uint32) (bind.Unit, error) { return bind.Unit{}, r.check(rep) }))
	i.Func("[static]resource1.last-drop", bind.Func0(func(context.Context) (uint32, error) {
		return h.lastDrop, nil
	}))
	i.Func("[static]resource1.drops", bind.Func0(func(context.Context) (uint32, error) { return h.drops, nil }))
	i.Func("[method]resource1.simple", bind.Func2(
		func(_ context.Context, r *resource1, rep uint32) (bind.Unit, error) { return bind.Unit{}, r.check(rep) }))
	two := bind.Func2(func(context.Context, *resource1, *resource1) (bind.Unit, error) {
		return bind.Unit{}, nil
	})
	i.Func("[method]resource1.take-borrow", two)
	i.Func("[method]resource1.take-own", two)
}

func (r *resource1) check(rep uint32) error {
	if r.rep != rep {
		return fmt.Errorf("the resource is %d, not %d", r.rep, rep)
	}
	return nil
}
