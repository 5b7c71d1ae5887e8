package host

import (
	"context"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// asyncCanon makes the function of a canonical definition that concerns tasks and
// what they wait for; nil if it is none of these.
func (c *Component) asyncCanon(i int, def *link.Canon) canonFunc {
	switch def.Op {
	case component.CanonTaskReturn:
		return taskReturn(i, def)
	case component.CanonTaskCancel:
		return func(_ context.Context, in *Instance, _ []uint64) error {
			t, err := in.asyncTask()
			if err != nil {
				return err
			}
			return t.cancel()
		}
	case component.CanonSubtaskCancel:
		return subtaskCancel(def)
	case component.CanonSubtaskDrop:
		return subtaskDrop(def)
	case component.CanonErrorContextNew, component.CanonErrorContextDebugMessage,
		component.CanonErrorContextDrop:
		return errorContext(i, def)
	}
	if f := waitableCanon(i, def); f != nil {
		return f
	}
	if f := streamCanon(i, def); f != nil {
		return f
	}
	return c.threadCanon(def)
}

// leaving is the function with the check that the instance may call out.
func leaving(def *link.Canon, f canonFunc) canonFunc {
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		if err := in.leave(def.Instance); err != nil {
			return err
		}
		return f(ctx, in, stack)
	}
}

// asyncTask is the task of the running thread, which must be one of an async lift.
func (in *Instance) asyncTask() (*task, error) {
	t := in.thread.task
	if t.lifted == nil || !t.lifted.Options.Async {
		return nil, abi.Trapf("the task is not one of a function lifted with async")
	}
	return t, nil
}

func taskReturn(i int, def *link.Canon) canonFunc {
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		t, err := in.asyncTask()
		if err != nil {
			return err
		}
		if o := &t.lifted.Options; !abi.Equal(def.Value, t.lifted.Type.Result) ||
			o.Encoding != def.Options.Encoding || def.Options.Memory.Valid && o.Memory != def.Options.Memory {
			return abi.Trapf("task.return of another type, or with other options, than the task has")
		}
		opts, err := in.canonOptions(i)
		if err != nil {
			return err
		}
		var cx abi.Context
		cx.Start(ctx, opts, &in.parts[def.Instance])
		at := abi.Place{Flat: stack}
		if def.Value != nil && def.Value.Layout().FlatLen > abi.MaxFlatParams {
			at = abi.Place{InMemory: true, Addr: uint32(stack[0])}
		}
		return t.returned(&cx, at)
	}
}

func subtaskCancel(def *link.Canon) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		s, err := in.parts[def.Instance].Table.Subtask(uint32(stack[0]))
		switch {
		case err != nil:
			return err
		case s.Delivered:
			return abi.Trapf("cannot cancel a subtask that has ended")
		case s.Cancelling:
			return abi.Trapf("cannot cancel a subtask twice")
		case s.InSet():
			return abi.Trapf("cannot cancel a subtask while it is in a waitable set")
		}
		if !s.Resolved() {
			if err := in.cancelSubtask(s, def.Info.Async); err != nil {
				return err
			}
			if !s.Resolved() {
				stack[0] = abi.Blocked
				return nil
			}
		}
		s.Take()
		stack[0] = uint64(s.State)
		return nil
	}
}

// cancelSubtask asks a subtask to cancel, and waits for its end unless async.
func (in *Instance) cancelSubtask(s *abi.Subtask, async bool) error {
	s.Cancelling, s.SyncWaiter = true, true
	err := s.Cancel()
	if err == nil && !async && !s.Resolved() {
		err = in.wait("for a subtask to cancel", s.Resolved)
	}
	s.SyncWaiter = false
	return err
}

func subtaskDrop(def *link.Canon) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		table := &in.parts[def.Instance].Table
		s, err := table.Subtask(uint32(stack[0]))
		switch {
		case err != nil:
			return err
		case !s.Delivered:
			return abi.Trapf("cannot drop a subtask which has not yet resolved")
		}
		s.Join(nil)
		_, err = table.Remove(uint32(stack[0]))
		return err
	}
}

func errorContext(i int, def *link.Canon) canonFunc {
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		table := &in.parts[def.Instance].Table
		if def.Op == component.CanonErrorContextNew {
			index, err := table.AddObject(&abi.ErrorContext{})
			stack[0] = uint64(index)
			return err
		}
		index := uint32(stack[0])
		if _, err := table.ErrorContext(index); err != nil {
			return err
		}
		if def.Op == component.CanonErrorContextDrop {
			_, err := table.Remove(index)
			return err
		}
		opts, err := in.canonOptions(i)
		if err != nil {
			return err
		}
		var cx abi.Context
		cx.Start(ctx, opts, &in.parts[def.Instance])
		return cx.LowerValue(abi.TypeString, abi.String(""), abi.Place{InMemory: true, Addr: uint32(stack[1])})
	}
}
