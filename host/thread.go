package host

import (
	"context"
	"iter"
	"slices"

	"github.com/edgelint/edgelint/host/abi"
)

// thread is a thread of a component (CanonicalABI.md, "Threads"). Each is a
// coroutine, so that it can stop within a call from WebAssembly: who resumes a
// thread goes on when that one blocks or ends.
type thread struct {
	task    *task
	run     func() error
	storage [2]uint64 // context.get and context.set
	index   uint32    // among the threads of its component instance
	depth   int

	// ready says whether the thread may go on; nil unless it waits. what says
	// what it waits for.
	ready   func() bool
	what    string
	running bool
	// next resumes the thread, yield goes back to who did; both say which thread goes
	// on instead. They are nil until the thread has begun.
	next  func() (*thread, bool)
	yield func(*thread) bool
}

// enterInline makes a thread the running one that cannot wait, as it is no coroutine;
// it returns the one that ran.
func (in *Instance) enterInline(ctx context.Context) (caller *thread) {
	caller = in.thread
	inline := &struct {
		task   task
		thread thread
	}{}
	inline.task.instance, inline.task.ctx = in, ctx
	inline.thread.task, inline.task.implicit = &inline.task, &inline.thread
	in.thread = &inline.thread
	return caller
}

// newThread makes a suspended thread.
func (in *Instance) newThread(t *task, run func() error) *thread {
	th := &thread{task: t, run: run}
	if in.thread != nil {
		th.depth = in.thread.depth
	}
	return th
}

func (th *thread) suspended() bool { return !th.running && th.ready == nil }
func (th *thread) canResume() bool { return !th.running && th.ready != nil && th.ready() }
func (th *thread) canBlock() bool  { return th.yield != nil }

// always is the condition of threads that only let others go first.
func always() bool { return true }

// startWaiting lets the thread be resumed when ready says so.
func (in *Instance) startWaiting(th *thread, what string, ready func() bool) {
	th.ready, th.what = ready, what
	in.waiting = append(in.waiting, th)
}

func (in *Instance) stopWaiting(th *thread) {
	if th.ready == nil {
		return
	}
	th.ready = nil
	if i := slices.Index(in.waiting, th); i >= 0 {
		in.waiting = slices.Delete(in.waiting, i, i+1)
	}
}

// resume lets a thread run until it blocks or ends, and then the one that it
// switches to, if any. The error is that which the instance has died of.
func (in *Instance) resume(th *thread) error {
	resumer := in.thread
	for th != nil {
		if th.next == nil && len(in.blocked) >= maxThreads {
			in.die(errTooManyThreads)
			break
		}
		in.stopWaiting(th)
		in.thread = th
		th.running = true
		if th.next == nil {
			in.blocked[th] = struct{}{}
			th.next, _ = iter.Pull(in.coroutine(th)) // which goes on to its end
		}
		th, _ = th.next()
	}
	in.thread = resumer
	return in.dead
}

// coroutine is the life of a thread.
func (in *Instance) coroutine(th *thread) iter.Seq[*thread] {
	return func(yield func(*thread) bool) {
		th.yield = yield
		if err := abi.Guard(th.run); err != nil {
			in.die(err)
		}
		th.running = false
		delete(in.blocked, th)
	}
}

// block stops the running thread until it is resumed, and lets another one run if
// next is not nil.
func (in *Instance) block(next *thread) error {
	th := in.thread
	if !th.canBlock() {
		return errCannotBlock
	}
	th.running = false
	th.yield(next)
	return in.dead
}

// errCannotBlock is the trap of code that must not wait: start functions,
// destructors, and what host functions call.
var errCannotBlock = abi.Trapf("cannot block a synchronous task before returning")

var errTooManyThreads = abi.Trapf("the component has more than %d threads", maxThreads)

// wait blocks the running thread until ready says that it may go on.
func (in *Instance) wait(what string, ready func() bool) error {
	if !in.thread.canBlock() {
		return errCannotBlock
	}
	in.startWaiting(in.thread, what, ready)
	return in.block(nil)
}

// waitFor waits for the event of a waitable.
func (in *Instance) waitFor(what string, w *abi.Waitable) error {
	w.SyncWaiter = true
	err := in.wait(what, w.Pending)
	w.SyncWaiter = false
	return err
}

// threadTable are the threads of a component instance, by index; none is 0.
type threadTable struct {
	threads []*thread
	free    []uint32
}

func (t *threadTable) add(th *thread) {
	if n := len(t.free); n > 0 {
		th.index = t.free[n-1]
		t.free = t.free[:n-1]
		t.threads[th.index] = th
		return
	}
	if len(t.threads) == 0 {
		t.threads = append(t.threads, nil)
	}
	th.index = uint32(len(t.threads))
	t.threads = append(t.threads, th)
}

func (t *threadTable) remove(th *thread) {
	t.threads[th.index] = nil
	t.free = append(t.free, th.index)
}

func (t *threadTable) get(i uint32) (*thread, error) {
	if uint64(i) >= uint64(len(t.threads)) || t.threads[i] == nil {
		return nil, abi.Trapf("unknown thread index %d", i)
	}
	return t.threads[i], nil
}

// firstReady is the thread of an instance that has waited longest of those that
// can go on.
func (in *Instance) firstReady(part int) *thread {
	for _, th := range in.waiting {
		if th.task.part() == part && th.index != 0 && th.canResume() {
			return th
		}
	}
	return nil
}
