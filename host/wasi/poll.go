package wasi

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/edgelint/edgelint/host/bind"
)

// closed is a channel for what is ready at once.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Always is a channel that is ready: a pollable with it never blocks.
func Always() <-chan struct{} { return closed }

// Parent counts the resources that were made from a resource and must be dropped
// before it.
type Parent struct{ children int }

// Adopt counts a child.
func (p *Parent) Adopt() { p.children++ }

// Release counts a child no more.
func (p *Parent) Release() { p.children-- }

// CheckDrop is an error, and so a trap, while there are children.
func (p *Parent) CheckDrop() error {
	if p.children > 0 {
		return fmt.Errorf("a resource was dropped before the %d resources that were made from it", p.children)
	}
	return nil
}

// Pollable is wasi:io/poll's pollable.
type Pollable struct {
	ready  func() <-chan struct{}
	parent *Parent
	stop   func()
}

// NewPollable is a pollable of a resource. ready gives a channel that is closed
// when, or once, the pollable is ready; a new one may be given for each wait.
func NewPollable(parent *Parent, ready func() <-chan struct{}) *Pollable {
	if parent != nil {
		parent.Adopt()
	}
	return &Pollable{ready: ready, parent: parent}
}

func (p *Pollable) isReady() bool {
	select {
	case <-p.ready():
		return true
	default:
		return false
	}
}

func (p *Pollable) drop(context.Context) error {
	if p.parent != nil {
		p.parent.Release()
	}
	if p.stop != nil {
		p.stop()
	}
	return nil
}

// Wait blocks until c is closed or the context ends.
func Wait(ctx context.Context, c <-chan struct{}) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func addPoll(imports *bind.Imports) {
	poll := iface(imports, "io/poll")
	bind.Resource(poll, "pollable", func(ctx context.Context, p *Pollable) error { return p.drop(ctx) })
	poll.Func("[method]pollable.ready", bind.Func1(func(_ context.Context, p *Pollable) (bool, error) {
		return p.isReady(), nil
	}))
	poll.Func("[method]pollable.block", bind.Func1(func(ctx context.Context, p *Pollable) (bind.Unit, error) {
		return bind.Unit{}, Wait(ctx, p.ready())
	}))
	poll.Func("poll", bind.Func1(pollList))
}

// pollList waits until at least one pollable is ready and lists those that are.
func pollList(ctx context.Context, list []*Pollable) ([]uint32, error) {
	if len(list) == 0 {
		return nil, errors.New("poll of an empty list would wait for ever")
	}
	for {
		var ready []uint32
		for i, p := range list {
			if p.isReady() {
				ready = append(ready, uint32(i))
			}
		}
		if ready != nil {
			return ready, nil
		}
		if err := waitAny(ctx, list); err != nil {
			return nil, err
		}
	}
}

func waitAny(ctx context.Context, list []*Pollable) error {
	if len(list) == 1 {
		return Wait(ctx, list[0].ready())
	}
	cases := make([]reflect.SelectCase, 0, len(list)+1)
	for _, p := range list {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(p.ready())})
	}
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())})
	if chosen, _, _ := reflect.Select(cases); chosen == len(list) {
		return context.Cause(ctx)
	}
	return nil
}
