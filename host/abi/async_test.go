package abi_test

import (
	"testing"

	"github.com/edgelint/edgelint/host/abi"
)

func TestEventsOfASetComeInTurn(t *testing.T) {
	t.Parallel()
	var set abi.WaitableSet
	var a, b abi.Waitable
	event := func(i uint32) func() abi.Event {
		return func() abi.Event { return abi.Event{Code: abi.EventSubtask, Index: i} }
	}
	a.Join(&set)
	b.Join(&set)
	var got []uint32
	for range 2 {
		a.Notify(event(1))
		b.Notify(event(2))
		got = append(got, set.Take().Index, set.Take().Index)
	}
	if set.Pending() || got[0] == got[1] || got[2] == got[3] {
		t.Errorf("took %v", got)
	}
	if err := set.Drop(); err == nil {
		t.Error("a set with members was dropped")
	}
}

func TestDroppingAnEndEndsTheCopyOfTheOther(t *testing.T) {
	t.Parallel()
	var in abi.Instance
	readable, writable := abi.NewEnds(abi.StreamOf(nil))
	if _, err := readable.Own(&in); err != nil {
		t.Fatal(err)
	}
	var cx abi.Context
	buffer, err := abi.NewBuffer(&cx, nil, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := readable.Copy(buffer); err != nil {
		t.Fatal(err)
	}
	writable.Drop()
	if !readable.Pending() {
		t.Fatal("the reader was not told")
	}
	if got := readable.Take(); got.Payload != uint32(abi.CopyDropped) || readable.State != abi.EndDone {
		t.Errorf("got %+v in state %d", got, readable.State)
	}
}

func TestWaitableSetsKnowWhetherAMemberHasAnEvent(t *testing.T) {
	event := func() abi.Event { return abi.Event{Code: abi.EventSubtask} }
	var a, b abi.Waitable
	var first, second abi.WaitableSet
	check := func(what string, inFirst, inSecond bool) {
		t.Helper()
		if first.Pending() != inFirst || second.Pending() != inSecond {
			t.Errorf("%s: pending %v and %v, want %v and %v", what, first.Pending(), second.Pending(), inFirst, inSecond)
		}
	}
	a.Join(&first)
	b.Join(&first)
	check("members without events", false, false)
	a.Notify(event)
	a.Notify(event)
	check("an event, renewed", true, false)
	a.Join(&second)
	check("moved to the other set", false, true)
	b.Notify(event)
	if got := first.Take(); got.Code != abi.EventSubtask {
		t.Errorf("took %v", got)
	}
	check("taken from the set", false, true)
	a.Take()
	check("taken from the member", false, false)
	if got := second.Take(); got.Code != abi.EventNone {
		t.Errorf("took %v from a set without events", got)
	}
	b.Notify(event)
	b.Join(nil)
	check("left with an event", false, false)
	b.Join(&second)
	check("joined with an event", false, true)
}
