package host

import (
	"context"
	"errors"
	"sync"
)

// Pool keeps instances of a component for use again, so that each use finds one as
// if it were new. It is safe for use by many goroutines.
type Pool struct {
	component *Component
	opts      PoolOptions

	mu     sync.Mutex
	ready  sync.Cond // signalled when idle or coming changes
	idle   []*pooled
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

// pooled is an instance and how often it was used since its last reset.
type pooled struct {
	*Instance
	uses int
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

// Use calls f with an instance that nobody else uses. If f, or the call that it
// made, fails, the instance is not used again.
func (p *Pool) Use(ctx context.Context, f func(in *Instance) error) error {
	in, err := p.take(ctx)
	if err != nil {
		return err
	}
	in.uses++
	err = f(in.Instance)
	if err != nil || in.dead != nil {
		return errors.Join(err, in.Close(context.WithoutCancel(ctx)))
	}
	p.mu.Lock()
	p.coming++
	p.mu.Unlock()
	// Whoever waits for the result of f does not wait for this.
	go p.giveBack(context.WithoutCancel(ctx), in)
	return nil
}

// take finds an idle instance, waits for one that is being reset, which takes less
// than making one, or makes one.
func (p *Pool) take(ctx context.Context) (*pooled, error) {
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

func (p *Pool) make(ctx context.Context) (*pooled, error) {
	in, err := p.component.Instantiate(ctx)
	if err != nil {
		return nil, err
	}
	if p.opts.Fresh {
		return &pooled{Instance: in}, nil
	}
	// What cannot be kept is not reset, but closed, when it comes back.
	if err := in.keep(); err != nil && !errors.Is(err, errLasting) {
		return nil, errors.Join(err, in.Close(ctx))
	}
	return &pooled{Instance: in}, nil
}

// giveBack makes an instance ready for its next use, or closes it.
func (p *Pool) giveBack(ctx context.Context, in *pooled) {
	ok := true
	if in.uses >= p.opts.Reuse {
		ok = !p.opts.Fresh && in.reset(ctx) == nil
		in.uses = 0
	}
	p.mu.Lock()
	p.coming--
	ok = ok && !p.closed && len(p.idle) < p.opts.Idle
	if ok {
		p.idle = append(p.idle, in)
	}
	p.ready.Broadcast()
	p.mu.Unlock()
	if !ok {
		// Nobody waits for what closing has to say.
		_ = in.Close(ctx)
	}
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
