package host

import (
	"context"
	"errors"
	"sync"

	"github.com/edgelint/edgelint/host/internal/memory"
)

// Pool keeps instances of a component for use again, so that each use finds one as
// if it were new. It is safe for use by many goroutines.
type Pool struct {
	component *Component
	opts      PoolOptions

	mu     sync.Mutex
	ready  sync.Cond // signalled when idle or coming changes
	idle   []*Instance
	coming int // instances that are being reset
	closed bool
}

// PoolOptions adjust a [Pool].
type PoolOptions struct {
	// Reuse is how many uses an instance may serve before it is reset, with all
	// the state that earlier ones left; 0 means 1, each use finds a new state.
	Reuse int
	// Fresh makes a new instance for each use rather than reset one.
	Fresh bool
	// Idle is the most instances that wait for their next use; 0 stands for
	// DefaultIdleInstances.
	Idle int
}

// NewPool makes a pool. The caller closes it before the component.
func NewPool(c *Component, opts PoolOptions) *Pool {
	if opts.Reuse == 0 {
		opts.Reuse = 1
	}
	if opts.Idle == 0 {
		opts.Idle = DefaultIdleInstances
	}
	p := &Pool{component: c, opts: opts}
	p.ready.L = &p.mu
	return p
}

// Get gives an instance that nobody else uses; the caller gives it back with Put.
// An instance that is being reset is waited for, which takes less than making one.
func (p *Pool) Get(ctx context.Context) (*Instance, error) {
	p.mu.Lock()
	for len(p.idle) == 0 && p.coming > 0 {
		p.ready.Wait()
	}
	if n := len(p.idle); n > 0 {
		in := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return in, nil
	}
	p.mu.Unlock()
	return p.make(ctx)
}

func (p *Pool) make(ctx context.Context) (*Instance, error) {
	in, err := p.component.Instantiate(ctx)
	if err != nil || p.opts.Fresh {
		return in, err
	}
	// What cannot be kept is not reset, but closed, when it comes back.
	if err := in.keep(); err != nil && !errors.Is(err, errLasting) && !errors.Is(err, memory.ErrGrown) {
		return nil, errors.Join(err, in.Close(ctx))
	}
	return in, nil
}

// Put takes an instance back. If err is not nil, or the instance has trapped, it
// is closed, and so it is if tasks that have returned still wait for something;
// otherwise it is made ready for its next use, while the caller goes
// on.
func (p *Pool) Put(ctx context.Context, in *Instance, err error) {
	ctx = context.WithoutCancel(ctx)
	in.uses++
	if err != nil || !in.rest() || in.dead != nil {
		// Nobody waits for what closing has to say.
		_ = in.Close(ctx)
		return
	}
	p.mu.Lock()
	p.coming++
	p.mu.Unlock()
	go p.giveBack(ctx, in)
}

// giveBack makes an instance ready for its next use, or closes it.
func (p *Pool) giveBack(ctx context.Context, in *Instance) {
	ok := true
	if in.uses >= p.opts.Reuse {
		ok = !p.opts.Fresh && in.reset(ctx) == nil
		in.uses = 0
	}
	p.mu.Lock()
	ok = ok && !p.closed && len(p.idle) < p.opts.Idle
	if ok {
		p.idle = append(p.idle, in)
	} else {
		p.mu.Unlock()
		_ = in.Close(ctx) // as in Put
		p.mu.Lock()
	}
	p.coming-- // only now: Close waits for instances that are being closed, too
	p.ready.Broadcast()
	p.mu.Unlock()
}

// Close closes the idle instances, after those that are being reset. No instance
// may be in use.
func (p *Pool) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	for p.coming > 0 {
		p.ready.Wait()
	}
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	var errs []error
	for _, in := range idle {
		errs = append(errs, in.Close(ctx))
	}
	return errors.Join(errs...)
}
