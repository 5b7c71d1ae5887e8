package bind

import (
	"context"
	"sync"

	"github.com/edgelint/edgelint/host/abi"
)

// Future is future<T>: its readable end. As a parameter, a component has given it
// away, and the host gets its value or closes it. As a result, it is made by
// [NewFuture], [Ready] or [NewPromise], or is one that a component gave away.
type Future[T any] struct {
	end     *abi.HostEnd // nil if the host makes the future
	elems   elements
	produce func(ctx context.Context) (T, error)
	promise *Promise[T]
	value   T // if neither of these is set
}

// NewFuture is a future whose value produce makes, in a goroutine of its own once a
// component has the future. Its context ends with the call that the future was part
// of, and when the component drops the future. After an error there is no value,
// which components take badly: what can go wrong belongs into T.
func NewFuture[T any](produce func(ctx context.Context) (T, error)) *Future[T] {
	return &Future[T]{produce: produce}
}

// Ready is a future that has its value.
func Ready[T any](value T) *Future[T] { return &Future[T]{value: value} }

// Get waits for the value. It returns [ErrDropped] if there will be none. It must
// be called once at most.
func (f *Future[T]) Get() (T, error) {
	if f.end == nil {
		return f.value, nil
	}
	return f.Await(f.end.Ctx)
}

// Await is [Future.Get] that ends with ctx instead of the call that the future was
// part of.
func (f *Future[T]) Await(ctx context.Context) (T, error) {
	if f.end == nil {
		return f.value, nil
	}
	var v [1]T
	c := f.end.Copy(ctx, &buffer[T]{f.elems, v[:]}, 1)
	f.end.Close()
	if c.Err == nil && c.N == 0 {
		c.Err = ErrDropped
	}
	return v[0], c.Err
}

// Then has f called with the value, or an error if there will be none, between the
// turns of the component: f must not block. A component does not stay alive for it.
func (f *Future[T]) Then(do func(value T, err error)) {
	var v [1]T
	f.end.Watch(&buffer[T]{f.elems, v[:]}, 1, func(c abi.Copied) {
		if c.Err == nil && c.N == 0 {
			c.Err = ErrDropped
		}
		do(v[0], c.Err)
	})
}

// Close gives the future up.
func (f *Future[T]) Close() error {
	if f != nil && f.end != nil {
		f.end.Close()
	}
	return nil
}

// newCodec implements [endType].
func (*Future[T]) newCodec(t *abi.Type) (codec, error) {
	elems, err := elementsOf[T](t, abi.KindFuture)
	if err != nil {
		return nil, err
	}
	return endCodec[*Future[T]]{
		lift: func(cx *abi.Context, i uint32) (*Future[T], error) {
			end, err := cx.LiftEnd(t, i)
			return &Future[T]{end: end, elems: elems}, err
		},
		lower: func(cx *abi.Context, f *Future[T]) (uint32, error) { return f.lower(cx, t, elems) },
	}, nil
}

func (f *Future[T]) lower(cx *abi.Context, t *abi.Type, elems elements) (uint32, error) {
	if f == nil {
		return 0, errNoEnd
	}
	produce := f.produce
	if f.end != nil {
		if i, ok, err := f.end.Return(cx); ok {
			return i, err
		}
		produce = func(ctx context.Context) (T, error) {
			ctx, cancel := either(ctx, f.end.Ctx)
			defer cancel()
			return f.Await(ctx)
		}
	}
	end, i, err := cx.LowerEnd(t)
	if err != nil {
		return 0, err
	}
	switch {
	case f.promise != nil:
		f.promise.give(end, elems)
		return i, nil
	case produce == nil:
		end.Begin(&buffer[T]{elems, []T{f.value}}, 1, func(abi.Copied) { end.Drop() })
		return i, nil
	}
	ctx, cancel := context.WithCancelCause(end.Ctx)
	end.Dropped = func() { cancel(ErrDropped) }
	go func() {
		defer cancel(nil)
		defer end.Close()
		var v [1]T
		err := abi.Guard(func() (err error) { v[0], err = produce(ctx); return err })
		if err == nil {
			end.Copy(ctx, &buffer[T]{elems, v[:]}, 1)
		}
	}()
	return i, nil
}

// Promise makes a future whose value is set by whoever has the promise.
type Promise[T any] struct {
	mu    sync.Mutex
	value []T // empty until it is set
	end   *abi.HostEnd
	elems elements
}

// NewPromise makes a promise and its future.
func NewPromise[T any]() (*Promise[T], *Future[T]) {
	p := &Promise[T]{}
	return p, &Future[T]{promise: p}
}

// Resolve sets the value, unless that was done before.
func (p *Promise[T]) Resolve(value T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.value) > 0 {
		return
	}
	p.value = []T{value}
	if end := p.end; end != nil {
		end.Send(&buffer[T]{p.elems, p.value}, 1)
	}
}

// give takes the end that the value is to be written to.
func (p *Promise[T]) give(end *abi.HostEnd, elems elements) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.value) > 0 {
		end.Begin(&buffer[T]{elems, p.value}, 1, func(abi.Copied) { end.Drop() })
		return
	}
	p.end, p.elems = end, elems
	end.Dropped = end.Drop
}
