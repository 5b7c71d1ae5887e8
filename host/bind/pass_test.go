package bind_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// loop runs what is posted, in order.
type loop struct{ posts chan func(dead error) }

func newLoop(t *testing.T) *loop {
	l := &loop{posts: make(chan func(error), 100)}
	go func() {
		for {
			select {
			case f := <-l.posts:
				f(nil)
			case <-t.Context().Done():
				return
			}
		}
	}()
	return l
}

func (l *loop) Post(f func(dead error)) { l.posts <- f }
func (*loop) Hold(*abi.HostEnd) error   { return nil }
func (*loop) Release(*abi.HostEnd)      {}

// do runs f in the loop, as a component would.
func (l *loop) do(f func()) {
	done := make(chan struct{})
	l.posts <- func(error) {
		f()
		close(done)
	}
	<-done
}

// running is an instance with a context for calls from and to it.
func running(t *testing.T, l *loop) (*abi.Instance, *abi.Context) {
	in := &abi.Instance{MayLeave: true, Loop: l}
	cx := &abi.Context{}
	cx.Start(t.Context(), &abi.Options{}, in)
	return in, cx
}

// passes passes a readable end from one component to another one, which drops it, and
// fails unless the first one is told.
func passes(t *testing.T, f bind.Func, typ *abi.Type) {
	t.Helper()
	from, to := newLoop(t), newLoop(t)
	source, sourceCx := running(t, from)
	target, targetCx := running(t, to)
	callee, err := bind.Bind(f, abi.NewFuncType(false, typ, abi.Field{Name: "v", Type: typ}))
	if err != nil {
		t.Fatal(err)
	}
	call := callee.Begin()
	var writable *abi.End
	from.do(func() {
		var readable *abi.End
		readable, writable = abi.NewEnds(typ)
		i, err := readable.Own(source)
		_, werr := writable.Own(source)
		lerr := call.Lift(sourceCx, abi.Place{Flat: []uint64{uint64(i)}})
		if err := errors.Join(err, werr, lerr, call.Run(t.Context())); err != nil {
			t.Error(err)
		}
	})
	to.do(func() {
		flat := make([]uint64, 1)
		if err := call.Lower(targetCx, abi.Place{Flat: flat}); err != nil {
			t.Error(err)
		}
		end, err := target.Table.End(uint32(flat[0]), typ, true)
		if err != nil {
			t.Error(err)
			return
		}
		end.Drop()
	})
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		told := false
		from.do(func() { told = writable.Pending() })
		if told {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("who writes is not told that nobody reads")
		}
	}
}

func TestWritersLearnThatAnotherComponentDropsTheirStream(t *testing.T) {
	t.Parallel()
	passes(t, bind.Func1(func(_ context.Context, s *bind.Stream[byte]) (*bind.Stream[byte], error) { return s, nil }),
		abi.StreamOf(abi.TypeU8))
	passes(t, bind.Func1(func(_ context.Context, f *bind.Future[byte]) (*bind.Future[byte], error) { return f, nil }),
		abi.FutureOf(abi.TypeU8))
}
