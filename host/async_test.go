package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/internal/conformance"
)

// asyncInstance makes an instance of a component of the corpus.
func asyncInstance(t *testing.T, path ...string) *host.Instance {
	t.Helper()
	path = append([]string{conformance.Shared(t), "corpus", "spec"}, path...)
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	file, err := component.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := host.NewEngine(t.Context(), host.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close(t.Context()) })
	c, err := engine.Compile(t.Context(), file, bind.NewImports(), link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(t.Context()) })
	return in
}

func TestADeadlockSaysWhoWaitsForWhat(t *testing.T) {
	in := asyncInstance(t, "wasmtime--component-model--async--wait-forever", "wait-forever.0.wasm")
	_, err := in.Call(t.Context(), "run")
	if err == nil || !strings.Contains(err.Error(), "waits for a waitable set") {
		t.Fatalf("got %v, want a deadlock that says who waits", err)
	}
}

// noneLeft fails if there are more goroutines than before, after some time.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			stacks = stacks[:runtime.Stack(stacks, true)]
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestATaskMayOutliveItsResult(t *testing.T) {
	before := runtime.NumGoroutine()
	for name, opts := range engines {
		c := newComponent(t, "lingers", bind.NewImports(), opts)
		in, err := c.Instantiate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if v, err := in.Call(t.Context(), "run"); err != nil || v.Uint() != 42 {
				t.Errorf("%s: got %v, %v", name, v, err)
			}
		}
		if err := in.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	noneLeft(t, before)
}

func TestPoolsCloseInstancesWhoseTasksStillWait(t *testing.T) {
	before := runtime.NumGoroutine()
	p := host.NewPool(newComponent(t, "lingers", bind.NewImports(), host.Options{}), host.PoolOptions{})
	for range 3 {
		in, err := p.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = in.Call(t.Context(), "run")
		if err != nil {
			t.Error(err)
		}
		p.Put(t.Context(), in, err)
		noneLeft(t, before)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnAsyncCallEndsWithItsContext(t *testing.T) {
	before := runtime.NumGoroutine()
	imports := bind.NewImports()
	imports.Interface("").Func("forever", bind.Func0(func(ctx context.Context) (bind.Unit, error) {
		<-ctx.Done()
		return bind.Unit{}, ctx.Err()
	}))
	in, err := newComponent(t, "forever", imports, host.Options{}).Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := in.Call(ctx, "run"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := in.Close(t.Context()); err != nil {
		t.Error(err)
	}
	noneLeft(t, before)
}

func TestAPanicOfAnAsyncHostFunctionIsATrap(t *testing.T) {
	imports := bind.NewImports()
	imports.Interface("").Func("forever", bind.Func0(func(context.Context) (bind.Unit, error) {
		panic("nonsense from a server")
	}))
	in, err := newComponent(t, "forever", imports, host.Options{}).Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close(t.Context())
	if _, err := in.Call(t.Context(), "run"); err == nil || !strings.Contains(err.Error(), "nonsense from a server") {
		t.Errorf("got %v", err)
	}
}

func TestTheTaskToCancelIsToldBeforeOthersGoOn(t *testing.T) {
	c := newComponent(t, "cancels", bind.NewImports(), host.Options{})
	in, err := c.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close(t.Context())
	got, err := in.Call(t.Context(), "run")
	if err != nil || got.Uint() != uint64(abi.SubtaskCancelledBeforeReturned) {
		t.Errorf("got %v, %v, want %d", got, err, abi.SubtaskCancelledBeforeReturned)
	}
}

func TestClosingEndsTasksThatComputeAfterTheirResult(t *testing.T) {
	before := runtime.NumGoroutine()
	c := newComponent(t, "loops-after-return", bind.NewImports(), host.Options{})
	in, err := c.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := in.Call(t.Context(), "run"); err != nil || v.Uint() != 42 {
		t.Errorf("got %v, %v", v, err)
	}
	if err := in.Close(t.Context()); err != nil {
		t.Error(err)
	}
	noneLeft(t, before)
}
