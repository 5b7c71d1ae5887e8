package wasi

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/edgelint/edgelint/host/bind"
)

// Datetime is wasi:clocks/wall-clock's datetime: since 1970.
type Datetime struct {
	Seconds     uint64
	Nanoseconds uint32
}

func datetimeOf(t time.Time) Datetime {
	return Datetime{uint64(max(t.Unix(), 0)), uint32(t.Nanosecond())}
}

func addClocks(imports *bind.Imports, cfg Config) {
	start := time.Now()
	now := func() uint64 { return uint64(time.Since(start)) }
	mono := iface(imports, "clocks/monotonic-clock")
	mono.Func("now", bind.Func0(func(context.Context) (uint64, error) { return now(), nil }))
	mono.Func("resolution", bind.Func0(func(context.Context) (uint64, error) { return 1, nil }))
	mono.Func("subscribe-instant", bind.Func1(func(_ context.Context, when uint64) (*Pollable, error) {
		current := now()
		if when <= current {
			return NewPollable(nil, Always), nil
		}
		return after(when - current), nil
	}))
	mono.Func("subscribe-duration", bind.Func1(func(_ context.Context, d uint64) (*Pollable, error) {
		return after(d), nil
	}))
	wall := iface(imports, "clocks/wall-clock")
	wall.Func("now", bind.Func0(func(context.Context) (Datetime, error) { return datetimeOf(cfg.Now()), nil }))
	wall.Func("resolution", bind.Func0(func(context.Context) (Datetime, error) {
		return Datetime{Nanoseconds: 1}, nil
	}))
}

// after is a pollable that becomes ready in ns nanoseconds. Its timer begins to
// run with the first wait, and counts from now.
func after(ns uint64) *Pollable {
	deadline := time.Now().Add(time.Duration(min(ns, math.MaxInt64)))
	var timer *time.Timer
	ready := make(chan struct{})
	var once sync.Once
	fire := func() { once.Do(func() { close(ready) }) }
	p := NewPollable(nil, func() <-chan struct{} {
		left := time.Until(deadline)
		switch {
		case left <= 0:
			fire()
		case timer == nil:
			timer = time.AfterFunc(left, fire)
		}
		return ready
	})
	p.stop = func() {
		if timer != nil {
			timer.Stop()
		}
	}
	return p
}
