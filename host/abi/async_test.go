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
