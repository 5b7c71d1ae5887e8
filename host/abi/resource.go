package abi

import "context"

// ResourceType is the identity of a resource type: two resource types are the
// same only if they are the same pointer.
type ResourceType struct {
	// Name is the resource's name in messages: "wasi:io/streams/input-stream".
	Name string
	// Definer is the component instance that defines the resource, nil for
	// resources of the host.
	Definer *InstanceID
	// Drop is called when the last owner drops a resource; nil does nothing. Its
	// error is a trap.
	Drop func(ctx context.Context, rep Rep) error
	// Host belongs to the package that declared a resource of the host.
	Host any
}

// Rep is what a resource stands for: a number chosen by the component that
// defines it, or a Go value of the host.
type Rep struct {
	N   uint32
	Obj any
}

// Handle is the entry of a handle to a resource of a type.
func (t *Table) Handle(i uint32, rt *ResourceType) (*Entry, error) {
	e, err := t.Get(i)
	if err != nil {
		return nil, err
	}
	return e, e.check(i, rt)
}

// Drop takes a handle out. If it owned the resource, that has lost its owner, and
// its destructor must run.
func (t *Table) Drop(i uint32, rt *ResourceType) (Entry, error) {
	e, err := t.Handle(i, rt)
	switch {
	case err != nil:
		return Entry{}, err
	case e.Lends != 0:
		return Entry{}, Trapf("cannot drop handle %d (%s) while it is borrowed", i, rt.Name)
	case !e.Own && e.Task != nil:
		e.Task.Borrows--
	}
	return t.Remove(i)
}

func (e *Entry) check(i uint32, rt *ResourceType) error {
	switch {
	case e.Type == nil:
		return Trapf("handle index %d is not a resource", i)
	case e.Type != rt:
		return Trapf("handle index %d is a %s, used with the wrong type %s", i, e.Type.Name, rt.Name)
	}
	return nil
}

// LiftOwn takes the resource of a handle away from the instance.
func (cx *Context) LiftOwn(i uint32, rt *ResourceType) (Rep, error) {
	e, err := cx.Instance.Table.Handle(i, rt)
	switch {
	case err != nil:
		return Rep{}, err
	case e.Lends != 0:
		return Rep{}, Trapf("cannot remove owned resource %d (%s) while it is borrowed", i, rt.Name)
	case !e.Own:
		return Rep{}, Trapf("cannot lift own resource from a borrow: handle index %d (%s)", i, rt.Name)
	}
	gone, err := cx.Instance.Table.Remove(i)
	return gone.Rep, err
}

// LiftBorrow lends the resource of a handle for the time of the call.
func (cx *Context) LiftBorrow(i uint32, rt *ResourceType) (Rep, error) {
	e, err := cx.Instance.Table.Handle(i, rt)
	if err != nil {
		return Rep{}, err
	}
	if cx.Lent != nil {
		cx.Lent.add(i, e)
	}
	return e.Rep, nil
}

// LowerOwn gives a resource to the instance.
func (cx *Context) LowerOwn(rep Rep, rt *ResourceType) (uint32, error) {
	return cx.Instance.Table.Add(Entry{Type: rt, Rep: rep, Own: true})
}

// LowerBorrow lends a resource to the instance for the time of the call. The
// instance that defines the resource gets what it chose to stand for it.
func (cx *Context) LowerBorrow(rep Rep, rt *ResourceType) (uint32, error) {
	if rt.Definer != nil && cx.Instance.ID == rt.Definer {
		return rep.N, nil
	}
	if cx.Task != nil {
		cx.Task.Borrows++
	}
	return cx.Instance.Table.Add(Entry{Type: rt, Rep: rep, Task: cx.Task})
}

// Lenders are the handles that a call in progress has lent.
type Lenders struct{ indices []uint32 }

func (l *Lenders) add(i uint32, e *Entry) {
	e.Lends++
	l.indices = append(l.indices, i)
}

// Release ends the loans: the call has returned to the lender. The handles are
// still there, as handles that are lent cannot be dropped.
func (l *Lenders) Release(t *Table) {
	for _, i := range l.indices {
		t.entries[i].Lends--
	}
	l.indices = l.indices[:0]
}

// Task is a call into a component instance.
type Task struct {
	// Borrows is the number of borrows that the callee still has to drop.
	Borrows int
}
