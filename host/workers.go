package host

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// workers are instances of a component that serve several requests each, some of
// them at a time.
type workers struct {
	pool    *Pool
	reuse   int // requests that an instance serves
	sharing int // requests that an instance serves at a time
	spread  int // instances that get requests before some share one
	idle    time.Duration

	mu     sync.Mutex
	ended  sync.Cond            // signalled when a worker goes
	list   []*worker            // that may serve more
	busy   int                  // workers that have requests or are being made or dismissed
	active map[*worker]struct{} // that have requests
	closed bool
}

// worker is an instance that serves requests.
type worker struct {
	in             *Instance
	served, active int
	retired        bool // gets no more requests
	failed         error
	idle           *time.Timer // runs while the worker has nothing to do
}

func newWorkers(c *Component, opts HandlerOptions) *workers {
	w := &workers{
		reuse: opts.Pool.Reuse, sharing: opts.Sharing, spread: opts.Spread, idle: opts.IdleTimeout,
		active: map[*worker]struct{}{},
	}
	if w.reuse == 0 {
		w.reuse = DefaultReuse
	}
	if w.sharing == 0 {
		w.sharing = DefaultSharing
	}
	if w.spread == 0 {
		w.spread = runtime.GOMAXPROCS(0)
	}
	if w.idle == 0 {
		w.idle = DefaultIdleTimeout
	}
	opts.Pool.Reuse = 1 // what the pool gives is as new
	w.pool = NewPool(c, opts.Pool)
	w.ended.L = &w.mu
	return w
}

// get is a worker for one request. An instance that has nothing to do is taken
// first, then, as long as there are few, a new one.
func (w *workers) get(ctx context.Context) (*worker, error) {
	w.mu.Lock()
	if best := w.best(); best != nil {
		w.take(best)
		w.mu.Unlock()
		return best, nil
	}
	w.busy++
	w.mu.Unlock()
	return w.make(ctx)
}

// fresh is a worker for one request whose instance has served none.
func (w *workers) fresh(ctx context.Context) (*worker, error) {
	w.mu.Lock()
	w.busy++
	w.mu.Unlock()
	return w.make(ctx)
}

// make makes a worker, which counts as busy already.
func (w *workers) make(ctx context.Context) (*worker, error) {
	in, err := w.pool.Get(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.leave()
		return nil, err
	}
	next := &worker{in: in, served: 1, active: 1, retired: w.reuse == 1}
	w.active[next] = struct{}{}
	if !next.retired {
		w.list = append(w.list, next)
	}
	return next, nil
}

// best is the worker that has least to do, nil if a new one is wanted.
func (w *workers) best() *worker {
	var best *worker
	for _, each := range w.list {
		if each.active < w.sharing && (best == nil || each.active < best.active) {
			best = each
		}
	}
	if best != nil && best.active > 0 && w.busy < w.spread {
		return nil
	}
	return best
}

func (w *workers) take(k *worker) {
	if k.active == 0 {
		w.busy++
		w.active[k] = struct{}{}
		k.idle.Stop()
	}
	k.active++
	if k.served++; k.served >= w.reuse {
		w.retire(k)
	}
}

// retire keeps a worker from getting more requests.
func (w *workers) retire(k *worker) {
	k.retired = true
	for i, each := range w.list {
		if each == k {
			w.list = append(w.list[:i], w.list[i+1:]...)
			return
		}
	}
}

// exclude keeps a worker whose instance has died from getting more requests.
func (w *workers) exclude(k *worker) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.retire(k)
}

// put ends a request. After an error the worker gets no more; when it has nothing
// to do, it goes, or waits for the next request.
func (w *workers) put(k *worker, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		k.failed = err
		w.retire(k)
	}
	if k.active--; k.active > 0 {
		return
	}
	delete(w.active, k)
	if k.retired || w.closed {
		w.retire(k)
		go w.dismiss(k)
		return
	}
	w.leave()
	k.idle = time.AfterFunc(w.idle, func() { w.timeout(k) })
}

// isolate keeps a worker from getting more requests if it has a single one.
func (w *workers) isolate(k *worker) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if k.active > 1 {
		return false
	}
	w.retire(k)
	return true
}

func (w *workers) leave() {
	w.busy--
	w.ended.Broadcast()
}

// timeout dismisses a worker that has had nothing to do for long.
func (w *workers) timeout(k *worker) {
	w.mu.Lock()
	if k.active > 0 || k.retired || w.closed {
		w.mu.Unlock()
		return
	}
	w.busy++
	w.retire(k)
	w.mu.Unlock()
	w.dismiss(k)
}

// dismiss gives the instance back to the pool.
func (w *workers) dismiss(k *worker) {
	w.pool.Put(context.Background(), k.in, k.failed)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leave()
}

// close ends what components still do for requests that have their response, and
// closes all instances.
func (w *workers) close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	for k := range w.active {
		k.in.interrupt(ErrDead)
	}
	for w.busy > 0 {
		w.ended.Wait()
	}
	rest := w.list
	w.list = nil
	w.mu.Unlock()
	for _, k := range rest {
		k.idle.Stop()
		w.pool.Put(ctx, k.in, nil)
	}
	return w.pool.Close(ctx)
}
