package host

import (
	"context"

	"github.com/edgelint/edgelint/host/abi"
)

// taskState is how far a call is, as its callee sees it.
type taskState uint8

const (
	taskInitial taskState = iota
	taskStarted
	taskPendingCancel
	taskCancelDelivered
	taskResolved
)

// task is a call into a component instance (CanonicalABI.md, "Tasks").
type task struct {
	abi.Task
	implicit *thread
	lifted   *lifted // nil for destructors, start functions and calls that cannot wait
	instance *Instance
	ctx      context.Context
	state    taskState
	threads  int

	start   transfer // lowers the arguments
	resolve transfer // lifts the result
	// cancelled is called instead of resolve.
	cancelled func()
}

// concurrency is what of a component instance concerns its tasks.
type concurrency struct {
	threads threadTable
	// exclusive is the thread that keeps others, which need to be alone as well,
	// from running.
	exclusive *thread
	waiting   int // tasks that wait to begin
}

func (t *task) part() int {
	if t.lifted == nil {
		return -1
	}
	return t.lifted.Instance
}

func (t *task) concurrency() *concurrency { return &t.instance.concurrent[t.part()] }

// alone reports whether no other task of this kind may run at the same time.
func (t *task) alone() bool {
	return !t.lifted.Options.Async || t.lifted.Options.Callback.Valid
}

// startTask begins a call; it returns when the callee has blocked or ended. Calls
// of sync type have a result then.
func (in *Instance) startTask(
	ctx context.Context, l *lifted, start, resolve transfer, cancelled func(),
) (*task, error) {
	t := &task{
		lifted: l, instance: in, ctx: ctx, start: start, resolve: resolve, cancelled: cancelled,
	}
	t.implicit = in.newThread(t, t.run)
	if t.implicit.depth++; t.implicit.depth > MaxCallDepth {
		return nil, abi.Trapf("calls between components are nested more than %d deep", MaxCallDepth)
	}
	if err := in.resume(t.implicit); err != nil {
		return nil, err
	}
	for !l.Type.Async && t.state != taskResolved {
		if doom := in.loop.doom.Load(); doom != nil {
			return nil, *doom
		}
		next := in.firstReady(t.part())
		if next == nil {
			return nil, errCannotBlock
		}
		if err := in.resume(next); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// run is what the first thread of a task does.
func (t *task) run() error {
	if ok, err := t.enter(); err != nil || !ok {
		return err
	}
	var cx abi.Context
	cx.Start(t.ctx, t.lifted.options, &t.instance.parts[t.part()])
	cx.Task = &t.Task
	t.state = taskStarted
	stack := make([]uint64, max(t.lifted.stackSize, len(t.lifted.Signature.Results), 1))
	if err := t.lifted.lowerArgs(&cx, stack, t.start); err != nil {
		return err
	}
	if err := t.lifted.core.call(t.ctx, stack); err != nil {
		return err
	}
	var err error
	switch {
	case !t.lifted.Options.Async:
		err = t.finishSync(&cx, stack)
	case t.lifted.callback != nil:
		err = t.callbacks(uint32(stack[0]))
	}
	if err != nil {
		return err
	}
	if c := t.concurrency(); c.exclusive == t.implicit {
		c.exclusive = nil
	}
	return t.exit(t.implicit)
}

// enter waits until the task may begin. It may have been cancelled by then.
func (t *task) enter() (ok bool, err error) {
	c := t.concurrency()
	if t.lifted.Type.Async {
		mayEnter := func() bool {
			return t.instance.parts[t.part()].Backpressure == 0 && (!t.alone() || c.exclusive == nil)
		}
		if !mayEnter() || c.waiting > 0 {
			c.waiting++
			err := t.instance.wait("to begin", func() bool { return mayEnter() || t.state == taskPendingCancel })
			c.waiting--
			if err != nil {
				return false, err
			}
			if t.deliverCancel() {
				return false, t.cancel()
			}
		}
		if t.alone() {
			c.exclusive = t.implicit
		}
	}
	return true, t.register(t.implicit)
}

func (t *task) register(th *thread) error {
	if t.instance.threads >= maxThreads {
		return errTooManyThreads
	}
	t.instance.threads++
	t.threads++
	t.concurrency().threads.add(th)
	return nil
}

// exit ends a thread of the task.
func (t *task) exit(th *thread) error {
	t.concurrency().threads.remove(th)
	t.instance.threads--
	if t.threads--; t.threads == 0 && t.state != taskResolved {
		return abi.Trapf("the task ended without a result")
	}
	return nil
}

func (t *task) finishSync(cx *abi.Context, stack []uint64) error {
	cx.Refresh()
	if err := t.lifted.liftResult(cx, stack, t.returned); err != nil {
		return err
	}
	return t.lifted.callPostReturn(t.ctx, cx.Instance, stack)
}

// returned hands over the result.
func (t *task) returned(cx *abi.Context, at abi.Place) error {
	if err := t.mayResolve(); err != nil {
		return err
	}
	if err := t.resolve(cx, at); err != nil {
		return err
	}
	t.state = taskResolved
	return nil
}

func (t *task) mayResolve() error {
	switch {
	case t.state == taskResolved:
		return abi.Trapf("the task has a result already")
	case t.Borrows > 0:
		return abi.Trapf("borrow handles still remain at the end of the call: %d", t.Borrows)
	}
	return nil
}

// cancel ends the task without a result.
func (t *task) cancel() error {
	if t.state != taskCancelDelivered {
		return abi.Trapf("the task has not been asked to cancel")
	}
	if err := t.mayResolve(); err != nil {
		return err
	}
	t.cancelled()
	t.state = taskResolved
	return nil
}

// deliverCancel reports whether the task has to be told that it is cancelled.
func (t *task) deliverCancel() bool {
	if t.state != taskPendingCancel {
		return false
	}
	t.state = taskCancelDelivered
	return true
}

// requestCancel asks the task to cancel, and lets one thread of its instance run: the
// one that is to be told, if it can go on, else the first that can, which may be what
// the task waits for.
func (t *task) requestCancel() error {
	initial := t.state == taskInitial
	t.state = taskPendingCancel
	next := t.implicit
	if !initial && !next.canResume() {
		next = t.instance.firstReady(t.part())
	}
	if next == nil {
		return nil
	}
	return t.instance.resume(next)
}

// The codes that callbacks return.
const (
	callbackExit = iota
	callbackYield
	callbackWait
)

// callbacks calls the callback until it says that the task has ended; packed is
// what the lifted function returned.
func (t *task) callbacks(packed uint32) error {
	c := t.concurrency()
	for packed&0xf != callbackExit {
		var event abi.Event
		if t.deliverCancel() {
			event.Code = abi.EventTaskCancelled
		} else {
			c.exclusive = nil
			var err error
			if event, err = t.nextEvent(c, packed); err != nil {
				return err
			}
			c.exclusive = t.implicit
		}
		stack := []uint64{uint64(event.Code), uint64(event.Index), uint64(event.Payload)}
		if err := t.lifted.callback.call(t.ctx, stack); err != nil {
			return err
		}
		packed = uint32(stack[0])
	}
	return nil
}

// nextEvent waits as a callback asked for.
func (t *task) nextEvent(c *concurrency, packed uint32) (abi.Event, error) {
	free := func() bool { return c.exclusive == nil }
	take := func() abi.Event { return abi.Event{} }
	var err error
	switch packed & 0xf {
	case callbackYield:
		err = t.instance.wait("for its turn", free)
	case callbackWait:
		var set *abi.WaitableSet
		if set, err = t.instance.parts[t.part()].Table.Set(packed >> 4); err != nil {
			return abi.Event{}, err
		}
		set.Waiting++
		err = t.instance.wait("for a waitable set", func() bool {
			return free() && (set.Pending() || t.state == taskPendingCancel)
		})
		set.Waiting--
		take = set.Take
	default:
		err = abi.Trapf("unsupported callback code %d", packed&0xf)
	}
	switch {
	case err != nil:
		return abi.Event{}, err
	case t.deliverCancel():
		return abi.Event{Code: abi.EventTaskCancelled}, nil
	}
	return take(), nil
}
