package host_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// blocking offers a function that blocks until the context ends.
func blocking() *bind.Imports {
	imports := bind.NewImports()
	imports.Interface("").Func("block", bind.Func0(func(ctx context.Context) (bind.Unit, error) {
		<-ctx.Done()
		return bind.Unit{}, ctx.Err()
	}))
	return imports
}

func TestCallsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	for engine, opts := range engines {
		if raceDetector && opts.Interpret {
			continue // the interpreter reads the guest's globals without synchronisation
		}
		c := newComponent(t, "spin", blocking(), opts)
		for _, tt := range []struct {
			name string
			args []abi.Value
		}{{"loop", nil}, {"fork", []abi.Value{abi.U32(60)}}, {"wait", nil}} {
			t.Run(engine+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				in := instantiate(t, c)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
				defer cancel()
				_, err := in.Call(ctx, tt.name, tt.args...)
				if _, ok := errors.AsType[*abi.Trap](err); !ok || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v, want a trap that says that the time was over", err)
				}
				if _, err := in.Call(t.Context(), "fine"); !errors.Is(err, host.ErrDead) {
					t.Errorf("a call after that: %v, want %v", err, host.ErrDead)
				}
			})
		}
	}
}

func TestCallsWithinTheirContextAreNotDisturbed(t *testing.T) {
	t.Parallel()
	in := instantiate(t, newComponent(t, "spin", blocking(), host.Options{}))
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		if _, err := in.Call(ctx, "fine"); err != nil {
			t.Error(err)
		}
		cancel()
	}
}

func TestSpinningGuestsLetTheCollectorRun(t *testing.T) {
	t.Parallel()
	in := instantiate(t, newComponent(t, "spin", blocking(), host.Options{}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := in.Call(ctx, "loop")
		ended <- err
	}()
	// The collector stops the world: this returns only if the guest's goroutine
	// can be stopped.
	for range 10 {
		runtime.GC()
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want one that says that the context was cancelled", err)
	}
}

func TestEndlessRecursionIsATrap(t *testing.T) {
	t.Parallel()
	in := instantiate(t, newComponent(t, "spin", blocking(), host.Options{}))
	_, err := in.Call(t.Context(), "deep")
	if _, ok := errors.AsType[*abi.Trap](err); !ok {
		t.Errorf("error %v, want a trap", err)
	}
}

func TestStartFunctionsEndWithTheContext(t *testing.T) {
	t.Parallel()
	c := newComponent(t, "start-loop", bind.NewImports(), host.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Instantiate(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want one that says that the time was over", err)
	}
}
