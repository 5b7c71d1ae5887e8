package lint

import (
	"context"
	"time"
)

// Trial is what happened when a component was started and sent one request.
// Package lint runs nothing itself: Options.Trial is the host.
type Trial struct {
	// StartErr is why the component could not be started: something it imports
	// cannot be given, or its code does not compile.
	StartErr error
	// Trap is why the component instance died, "" if it did not.
	Trap string
	// Refused are the imports that the component called and the host does not
	// offer: "wasi:keyvalue/store@0.2.0-draft2#open".
	Refused []string
	// Exited is the status that the component exited with, -1 if it did not.
	Exited int
	// TimedOut and OutOfMemory tell which limit ended the request.
	TimedOut, OutOfMemory bool
	// Stderr is what the component printed there.
	Stderr string
	// Status, Header and Body are the response; Status is 0 without one. The
	// names of headers are in lower case.
	Status int
	Header map[string][]string
	Body   []byte
	// Took is how long the request took, Memory the component's linear memory
	// at its end in bytes.
	Took   time.Duration
	Memory int64
}

// TrialFunc starts a component and sends it a request.
type TrialFunc func(ctx context.Context, a *Artifact) (*Trial, error)

// Expectation is what the response of a trial must be. The zero value expects
// any status below 500.
type Expectation struct {
	Status  int               // 0 for any below 500
	Headers map[string]string // by lower-case name
	JSON    []byte            // nil for any body; compared as JSON values
}
