package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// loop runs the threads of an instance whose component uses async, in a goroutine
// that lives while there is something to run or to wait for. Others ask it to do
// things by posting them.
type loop struct {
	mu      sync.Mutex
	posts   []func()
	running bool
	woken   chan struct{} // holds one when posts has become longer
	ended   chan struct{} // closed when the goroutine has ended
	// pending is the number of functions of the host that run; ends are what the
	// host holds of streams and futures. Both are things to wait for.
	pending int
	ends    map[*abi.HostEnd]struct{}
	calls   []*rootCall
	// cancels end functions of the host that run.
	cancels map[*asyncLowering]context.CancelFunc
	// doom is what the instance is to die of soon; others than the loop set it.
	doom atomic.Pointer[error]
}

// rootCall is a call from outside.
type rootCall struct {
	task *task
	err  error
	// done is closed when there is a result or an error.
	done     chan struct{}
	resolved bool
	begun    bool // the callee gets to know of the call
	// ended is called in the loop when the task has nothing more to do; dead is what
	// the instance has died of, if it has.
	ended func(dead error)
}

// settle tells who waits for the call; it reports whether the call has ended.
func (c *rootCall) settle(dead error) bool {
	if dead != nil && !c.resolved {
		c.err = dead
	}
	if !c.resolved && (dead != nil || c.task.state == taskResolved) {
		c.resolved = true
		close(c.done)
	}
	if dead == nil && (!c.resolved || c.task.threads > 0) {
		return false
	}
	if c.ended != nil {
		c.ended(dead)
	}
	return true
}

// post asks the loop to call f.
func (in *Instance) post(f func()) {
	l := &in.loop
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posts = append(l.posts, f)
	if l.running {
		select {
		case l.woken <- struct{}{}:
		default:
		}
		return
	}
	l.running = true
	l.woken, l.ended = make(chan struct{}, 1), make(chan struct{})
	go in.runLoop(l.ended)
}

func (in *Instance) runLoop(ended chan struct{}) {
	defer close(ended)
	for {
		in.runReady()
		posts, goOn := in.takePosts()
		if !goOn {
			return
		}
		for _, f := range posts {
			if err := abi.Guard(func() error { f(); return nil }); err != nil {
				in.die(err)
			}
			in.settle()
		}
	}
}

// takePosts waits for what others ask the loop to do. Without anything to wait for,
// the loop ends.
func (in *Instance) takePosts() (posts []func(), goOn bool) {
	l := &in.loop
	for {
		l.mu.Lock()
		posts, l.posts = l.posts, nil
		if len(posts) > 0 || slices.ContainsFunc(in.waiting, (*thread).canResume) {
			l.mu.Unlock()
			return posts, true
		}
		if !in.awaitsHost() {
			stuck := slices.ContainsFunc(l.calls, func(c *rootCall) bool { return !c.resolved })
			l.running = stuck
			l.mu.Unlock()
			if !stuck {
				return nil, false
			}
			in.die(in.deadlock())
			in.settle()
			continue
		}
		l.mu.Unlock()
		<-l.woken
	}
}

// awaitsHost reports whether the host has something to do that the instance waits
// for.
func (in *Instance) awaitsHost() bool {
	return in.loop.pending > 0 || in.dead == nil && len(in.loop.ends) > 0
}

// Post implements [abi.Loop].
func (in *Instance) Post(f func(dead error)) {
	in.post(func() {
		caller := in.enterInline(context.Background())
		f(in.dead)
		in.thread = caller
	})
}

// Hold implements [abi.Loop].
func (in *Instance) Hold(end *abi.HostEnd) error {
	if len(in.loop.ends) >= maxHostEnds {
		return abi.Trapf("the component has more than %d streams and futures in use by the host", maxHostEnds)
	}
	in.loop.ends[end] = struct{}{}
	return nil
}

// Release implements [abi.Loop].
func (in *Instance) Release(end *abi.HostEnd) { delete(in.loop.ends, end) }

// runReady lets threads run in the order in which they began to wait, until none is
// ready or others have had their turn often enough that posts should have theirs.
func (in *Instance) runReady() {
	for range maxTurns {
		i := slices.IndexFunc(in.waiting, (*thread).canResume)
		if i < 0 || in.loop.doom.Load() != nil {
			return
		}
		_ = in.resume(in.waiting[i]) // settle sees the error
		in.settle()
	}
}

// settle tells callers of what has ended. If the instance has died, all has.
func (in *Instance) settle() {
	if in.dead != nil {
		in.unwind()
	}
	in.loop.calls = slices.DeleteFunc(in.loop.calls, func(c *rootCall) bool { return c.settle(in.dead) })
}

// unwind ends the threads of a dead instance: each finds it dead when it is
// resumed, and returns.
func (in *Instance) unwind() {
	for th := range in.blocked {
		_ = in.resume(th) // all know why
	}
	in.waiting = nil
	for end := range in.loop.ends {
		delete(in.loop.ends, end)
		end.Fail(in.dead)
	}
	for l, cancel := range in.loop.cancels {
		delete(in.loop.cancels, l)
		cancel()
	}
}

// callAsync calls a lifted function from outside. When ctx ends first, the instance
// dies.
func (in *Instance) callAsync(ctx context.Context, f *link.Func, start, resolve transfer) error {
	c := &rootCall{done: make(chan struct{})}
	in.post(func() { in.begin(ctx, c, f, start, resolve) })
	select {
	case <-c.done:
	case <-ctx.Done():
		in.kill(&abi.Trap{Message: "the call was interrupted", Cause: context.Cause(ctx)})
		<-c.done
	}
	return c.err
}

// startCall begins a call of an exported function, of which resolved gets the
// result, in the loop. Other than with [Instance.CallFunc], calls may overlap.
func (in *Instance) startCall(
	ctx context.Context, f *Func, args []abi.Value, resolved func(abi.Value), ended func(dead error),
) *rootCall {
	ctx, end := context.WithCancelCause(ctx)
	unbind := context.AfterFunc(in.life, func() { end(context.Cause(in.life)) })
	c := &rootCall{done: make(chan struct{}), ended: func(dead error) {
		unbind()
		ended(dead)
	}}
	lower, resolve := f.transfers(args, resolved)
	start := func(cx *abi.Context, at abi.Place) error {
		c.begun = true
		return lower(cx, at)
	}
	in.post(func() { in.begin(in.context(ctx), c, f.fn, start, resolve) })
	return c
}

func (in *Instance) begin(ctx context.Context, c *rootCall, f *link.Func, start, resolve transfer) {
	if in.dead != nil {
		c.settle(ErrDead)
		return
	}
	l, err := in.lifted(f)
	if err == nil {
		c.task, err = in.startTask(ctx, l, start, resolve, func() { c.err = ErrCancelled })
	}
	if err != nil {
		in.die(err)
	}
	in.loop.calls = append(in.loop.calls, c)
}

// ErrCancelled is the error of calls whose callee has agreed to end without a
// result.
var ErrCancelled = errors.New("the call was cancelled")

// cancel asks the callee of a call to end without a result.
func (c *rootCall) cancel(in *Instance) {
	in.post(func() {
		if in.dead != nil || c.task == nil || c.task.state != taskInitial && c.task.state != taskStarted {
			return
		}
		if err := c.task.requestCancel(); err != nil {
			in.die(err)
		}
	})
}

// hold keeps the loop alive until the host posts the function that release makes of
// f.
func (in *Instance) hold() (release func(f func()), err error) {
	if in.loop.pending >= maxHostCalls {
		return nil, abi.Trapf("the component has more than %d calls of the host in progress", maxHostCalls)
	}
	in.loop.pending++
	return func(f func()) {
		in.post(func() {
			in.loop.pending--
			f()
		})
	}, nil
}

// deadlock is the trap of calls that nothing can bring to an end.
func (in *Instance) deadlock() error {
	var who []string
	for _, th := range in.waiting {
		who = append(who, fmt.Sprintf("%s waits %s", th.task.name(), th.what))
	}
	for th := range in.blocked {
		if th.suspended() {
			who = append(who, fmt.Sprintf("%s is suspended", th.task.name()))
		}
	}
	slices.Sort(who)
	if n := len(who) - maxNamed; n > 0 {
		who = append(who[:maxNamed], fmt.Sprintf("and %d more", n))
	}
	return abi.Trapf("deadlock: no thread can go on: %s", strings.Join(who, "; "))
}

// name is what the task is called in messages.
func (t *task) name() string {
	if t.lifted == nil {
		return "a destructor or start function"
	}
	return fmt.Sprintf("a call of %s (%s)", t.lifted.Core.Name, t.instance.parts[t.part()].ID.Name)
}

// kill ends the instance from outside.
func (in *Instance) kill(err error) error {
	if !in.component.async {
		return in.die(err)
	}
	done := make(chan struct{})
	in.postDoom(err, func() { close(done) })
	<-done
	return err
}

// postDoom lets the instance die in the loop, and calls then, which may be nil. A
// loop that is busy with threads that give way to each other sees it between them.
func (in *Instance) postDoom(err error, then func()) {
	in.loop.doom.CompareAndSwap(nil, &err)
	in.post(func() {
		in.die(err)
		if then != nil {
			then()
		}
	})
}

// rest waits, but not for long, until no thread can go on; it reports whether all
// have ended. No call may be in progress.
func (in *Instance) rest() bool {
	in.loop.mu.Lock()
	ended := in.loop.ended
	in.loop.mu.Unlock()
	if ended != nil {
		late := time.NewTimer(restTime)
		defer late.Stop()
		select {
		case <-ended:
		case <-late.C:
			return false
		}
	}
	return len(in.blocked) == 0
}

// interrupt ends the instance soon, even if the guest is computing or waits for a sync
// function of the host.
func (in *Instance) interrupt(cause error) {
	in.stopGuest()
	in.postDoom(&abi.Trap{Message: "the call was interrupted", Cause: cause}, nil)
	in.endLife(cause)
}

// stopLoop ends all threads of an instance that is about to be closed.
func (in *Instance) stopLoop() {
	in.loop.mu.Lock()
	unused := in.loop.woken == nil
	in.loop.mu.Unlock()
	if unused && len(in.blocked) == 0 {
		return
	}
	in.interrupt(ErrDead)
	in.loop.mu.Lock()
	ended := in.loop.ended
	in.loop.mu.Unlock()
	<-ended
}
