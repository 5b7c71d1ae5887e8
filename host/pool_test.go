package host_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
)

// call calls a function of an instance of a pool that returns a number.
func call(t *testing.T, p *host.Pool, name string) float64 {
	t.Helper()
	in, err := p.Get(t.Context())
	if err != nil {
		t.Error(err)
		return 0
	}
	v, err := in.Call(t.Context(), name)
	p.Put(t.Context(), in, err)
	if err != nil {
		t.Error(err)
	}
	return v.Float()
}

func TestPooledInstancesAreAsNew(t *testing.T) {
	t.Parallel()
	for engine, opts := range engines {
		for policy, pool := range map[string]host.PoolOptions{"reset": {}, "fresh": {Fresh: true}} {
			t.Run(engine+"/"+policy, func(t *testing.T) {
				t.Parallel()
				p := host.NewPool(newComponent(t, "state", bind.NewImports(), opts), pool)
				defer p.Close(t.Context())
				want := call(t, p, "count")
				var wg sync.WaitGroup
				for range 8 {
					wg.Go(func() {
						for range 50 {
							if got := call(t, p, "count"); got != want {
								t.Errorf("a later use finds the sum %v, the first one %v", got, want)
							}
						}
					})
				}
				wg.Wait()
			})
		}
	}
}

func TestReusedInstancesKeepTheirState(t *testing.T) {
	t.Parallel()
	p := host.NewPool(newComponent(t, "state", bind.NewImports(), host.Options{}), host.PoolOptions{Reuse: 3})
	defer p.Close(t.Context())
	first, second, third := call(t, p, "count"), call(t, p, "count"), call(t, p, "count")
	if second != first+7 || third != first+14 {
		t.Errorf("sums %v, %v, %v: each of 7 places should count on", first, second, third)
	}
	if again := call(t, p, "count"); again != first {
		t.Errorf("the sum is %v after three uses, want %v as at first", again, first)
	}
}

func TestInstancesThatCannotBeResetAreMadeAnew(t *testing.T) {
	t.Parallel()
	c := newComponent(t, "lasting", bind.NewImports(), host.Options{})
	if c.Lasting() == "" {
		t.Error("a module that writes its table is said to be resettable")
	}
	p := host.NewPool(c, host.PoolOptions{})
	defer p.Close(t.Context())
	for range 3 {
		in, err := p.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		v, err := in.Call(t.Context(), "count")
		p.Put(t.Context(), in, err)
		if err != nil || v.Uint() != 1 {
			t.Errorf("the count is %v, %v; want 1 each time", v, err)
		}
	}
}

func TestInstancesWhoseMemoryHasGrownAreMadeAnew(t *testing.T) {
	t.Parallel()
	p := host.NewPool(newComponent(t, "state", bind.NewImports(), host.Options{}), host.PoolOptions{})
	defer p.Close(t.Context())
	for range 3 {
		in, err := p.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		v, err := in.Call(t.Context(), "grow")
		p.Put(t.Context(), in, err)
		if err != nil || v.Int() != 2 {
			t.Errorf("the memory had %v pages before it grew, %v; want 2 each time", v, err)
		}
	}
}

func TestProgressEndsWithAllBytes(t *testing.T) {
	t.Parallel()
	var done, total int64
	newComponent(t, "state", bind.NewImports(), host.Options{Progress: func(d, n int64) { done, total = d, n }})
	if done == 0 || done != total {
		t.Errorf("at the end %d of %d bytes are compiled", done, total)
	}
}

func TestMemoryGrowsToItsLimitOnly(t *testing.T) {
	t.Parallel()
	in := instantiate(t, newComponent(t, "state", bind.NewImports(), host.Options{MemoryPages: 3}))
	for _, want := range []int64{2, -1, -1} {
		if v, err := in.Call(t.Context(), "grow"); err != nil || v.Int() != want {
			t.Errorf("memory.grow gives %v, %v; want %d", v, err, want)
		}
	}
}

func TestTrappedInstancesAreNotUsedAgain(t *testing.T) {
	t.Parallel()
	p := host.NewPool(newComponent(t, "spin", blocking(), host.Options{}), host.PoolOptions{Reuse: 100})
	defer p.Close(t.Context())
	for range 2 {
		in, err := p.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Call(t.Context(), "fine"); err != nil {
			t.Fatal(err)
		}
		_, err = in.Call(t.Context(), "deep")
		if err == nil {
			t.Fatal("endless recursion returned")
		}
		p.Put(t.Context(), in, err)
		if _, err := in.Call(t.Context(), "fine"); !errors.Is(err, host.ErrDead) {
			t.Errorf("a call of a trapped instance: %v", err)
		}
	}
}
