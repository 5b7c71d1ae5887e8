package bind

import (
	"context"
	"reflect"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// Func is a function that a host offers, made by one of Func0 … Func5, or by Dynamic,
// which takes any number of parameters.
type Func interface {
	bind(t *abi.FuncType) (abi.Callee, error)
}

// goFunc is a Go function with the types of its parameters and result.
type goFunc struct {
	params []reflect.Type
	result reflect.Type
	// frame makes room for the arguments and result of one call.
	frame func() frame
}

// frame holds the arguments and the result of one call. Frames are used again
// and again, so that a call allocates nothing of its own.
type frame struct {
	params []unsafe.Pointer // to values of goFunc.params
	result unsafe.Pointer   // to a value of goFunc.result
	run    func(ctx context.Context) error
	clear  func()
	// ready reports whether run returns at once; nil never does.
	ready func() bool
}

// Func0 is a function without parameters.
func Func0[R any](f func(ctx context.Context) (R, error)) Func {
	return &goFunc{types(), reflect.TypeFor[R](), func() frame {
		s := new(struct{ r R })
		return frame{
			params: nil, result: unsafe.Pointer(&s.r),
			run:   func(ctx context.Context) (err error) { s.r, err = f(ctx); return err },
			clear: func() { clear(unsafe.Slice(s, 1)) },
		}
	}}
}

// Func1 is a function with one parameter.
func Func1[A, R any](f func(ctx context.Context, a A) (R, error)) Func {
	return &goFunc{types(reflect.TypeFor[A]()), reflect.TypeFor[R](), func() frame {
		s := new(struct {
			a A
			r R
		})
		return frame{
			params: pointers(unsafe.Pointer(&s.a)), result: unsafe.Pointer(&s.r),
			run:   func(ctx context.Context) (err error) { s.r, err = f(ctx, s.a); return err },
			clear: func() { clear(unsafe.Slice(s, 1)) },
		}
	}}
}

// Eager1 is [Func1] for what is async in WIT. If ready reports that f does not have
// to wait, the component has its result when the call returns.
func Eager1[A, R any](ready func(a A) bool, f func(ctx context.Context, a A) (R, error)) Func {
	return &goFunc{types(reflect.TypeFor[A]()), reflect.TypeFor[R](), func() frame {
		s := new(struct {
			a A
			r R
		})
		return frame{
			params: pointers(unsafe.Pointer(&s.a)), result: unsafe.Pointer(&s.r),
			run:   func(ctx context.Context) (err error) { s.r, err = f(ctx, s.a); return err },
			clear: func() { clear(unsafe.Slice(s, 1)) },
			ready: func() bool { return ready(s.a) },
		}
	}}
}

// Func2 is a function with two parameters.
func Func2[A, B, R any](f func(ctx context.Context, a A, b B) (R, error)) Func {
	return &goFunc{types(reflect.TypeFor[A](), reflect.TypeFor[B]()), reflect.TypeFor[R](), func() frame {
		s := new(struct {
			a A
			b B
			r R
		})
		return frame{
			params: pointers(unsafe.Pointer(&s.a), unsafe.Pointer(&s.b)), result: unsafe.Pointer(&s.r),
			run:   func(ctx context.Context) (err error) { s.r, err = f(ctx, s.a, s.b); return err },
			clear: func() { clear(unsafe.Slice(s, 1)) },
		}
	}}
}

// Func3 is a function with three parameters.
func Func3[A, B, C, R any](f func(ctx context.Context, a A, b B, c C) (R, error)) Func {
	params := types(reflect.TypeFor[A](), reflect.TypeFor[B](), reflect.TypeFor[C]())
	return &goFunc{params, reflect.TypeFor[R](), func() frame {
		s := new(struct {
			a A
			b B
			c C
			r R
		})
		return frame{
			params: pointers(unsafe.Pointer(&s.a), unsafe.Pointer(&s.b), unsafe.Pointer(&s.c)), result: unsafe.Pointer(&s.r),
			run:   func(ctx context.Context) (err error) { s.r, err = f(ctx, s.a, s.b, s.c); return err },
			clear: func() { clear(unsafe.Slice(s, 1)) },
		}
	}}
}

// Func4 is a function with four parameters.
func Func4[A, B, C, D, R any](f func(ctx context.Context, a A, b B, c C, d D) (R, error)) Func {
	params := types(reflect.TypeFor[A](), reflect.TypeFor[B](), reflect.TypeFor[C](), reflect.TypeFor[D]())
	return &goFunc{params, reflect.TypeFor[R](), func() frame {
		s := new(struct {
			a A
			b B
			c C
			d D
			r R
		})
		return frame{
			params: pointers(unsafe.Pointer(&s.a), unsafe.Pointer(&s.b), unsafe.Pointer(&s.c), unsafe.Pointer(&s.d)),
			result: unsafe.Pointer(&s.r),
			run:    func(ctx context.Context) (err error) { s.r, err = f(ctx, s.a, s.b, s.c, s.d); return err },
			clear:  func() { clear(unsafe.Slice(s, 1)) },
		}
	}}
}

// Func5 is a function with five parameters.
func Func5[A, B, C, D, E, R any](f func(ctx context.Context, a A, b B, c C, d D, e E) (R, error)) Func {
	params := types(reflect.TypeFor[A](), reflect.TypeFor[B](), reflect.TypeFor[C](), reflect.TypeFor[D](),
		reflect.TypeFor[E]())
	return &goFunc{params, reflect.TypeFor[R](), func() frame {
		s := new(struct {
			a A
			b B
			c C
			d D
			e E
			r R
		})
		return frame{
			params: pointers(unsafe.Pointer(&s.a), unsafe.Pointer(&s.b), unsafe.Pointer(&s.c), unsafe.Pointer(&s.d),
				unsafe.Pointer(&s.e)),
			result: unsafe.Pointer(&s.r),
			run:    func(ctx context.Context) (err error) { s.r, err = f(ctx, s.a, s.b, s.c, s.d, s.e); return err },
			clear:  func() { clear(unsafe.Slice(s, 1)) },
		}
	}}
}

func types(t ...reflect.Type) []reflect.Type { return t }

func pointers(p ...unsafe.Pointer) []unsafe.Pointer { return p }
