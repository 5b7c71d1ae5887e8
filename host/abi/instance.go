package abi

// Instance is what the canonical ABI knows of a component instance.
type Instance struct {
	// Name is the instance's place in its component, for messages.
	Name string
}
