package host

import (
	"context"

	"github.com/edgelint/edgelint/host/abi"
)

// interruptible runs f, which runs the guest, and ends it soon after ctx does. The
// instance is dead then, even if f was about to return.
func (in *Instance) interruptible(ctx context.Context, f func() error) error {
	if ctx.Done() == nil || len(in.stops) == 0 {
		return f()
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		in.stopGuest()
	})
	err := f()
	if stop() {
		return err
	}
	<-done
	return in.kill(&abi.Trap{Message: "the call was interrupted", Cause: context.Cause(ctx)})
}

// stopGuest makes code of the guest that runs trap soon.
func (in *Instance) stopGuest() {
	for _, g := range in.stops {
		g.Set(1)
	}
}
