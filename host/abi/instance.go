package abi

// Instance is what the canonical ABI knows of a component instance.
type Instance struct {
	ID    *InstanceID
	Table Table
	// MayLeave is false while the instance runs a realloc or post-return
	// function, from which it must not call out.
	MayLeave bool
	// Backpressure is above 0 while the instance wants no more async calls.
	Backpressure int
	// Loop is where the instance's threads run; nil for components without async.
	Loop Loop
}

// InstanceID identifies a component instance within a component; its copies in
// several running components share it.
type InstanceID struct {
	// Name is the instance's place in its component, for messages.
	Name string
}
