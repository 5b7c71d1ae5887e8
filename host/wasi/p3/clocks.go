package p3

import (
	"context"
	"math"
	"time"

	"github.com/edgelint/edgelint/host/bind"
)

// instant is wasi:clocks/system-clock's instant: since 1970.
type instant struct {
	Seconds     int64
	Nanoseconds uint32
}

func instantOf(t time.Time) instant { return instant{t.Unix(), uint32(t.Nanosecond())} }

func (o offer) clocks() {
	now := func() uint64 { return uint64(time.Since(o.start)) }
	resolution := bind.Func0(func(context.Context) (uint64, error) { return 1, nil })
	mono := o.iface("clocks/monotonic-clock")
	mono.Func("now", bind.Func0(func(context.Context) (uint64, error) { return now(), nil }))
	mono.Func("get-resolution", resolution)
	past := func(when uint64) bool { return when <= now() }
	mono.Func("wait-until", bind.Eager1(past, func(ctx context.Context, when uint64) (bind.Unit, error) {
		current := now()
		return bind.Unit{}, sleep(ctx, when-min(when, current))
	}))
	mono.Func("wait-for", bind.Func1(func(ctx context.Context, d uint64) (bind.Unit, error) {
		return bind.Unit{}, sleep(ctx, d)
	}))

	system := o.iface("clocks/system-clock")
	clock := o.cfg.Now
	system.Func("now", bind.Func0(func(context.Context) (instant, error) {
		return instantOf(clock()), nil
	}))
	system.Func("get-resolution", resolution)
}

// sleep waits for some nanoseconds.
func sleep(ctx context.Context, ns uint64) error {
	t := time.NewTimer(time.Duration(min(ns, math.MaxInt64)))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
