package abi

import "context"

// ResourceType is the identity of a resource type: two resource types are the
// same only if they are the same pointer.
type ResourceType struct {
	// Name is the resource's name in messages: "wasi:io/streams/input-stream".
	Name string
	// Instance is the component instance that defines the resource, nil for
	// resources of the host.
	Instance *Instance
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
