package host

import "time"

// Limits of a running component.
const (
	// MaxCallDepth is how deep calls between components, and from a component's
	// allocator or destructors back into it, may nest.
	MaxCallDepth = 200
	// maxThreads is how many threads an instance may have. Each has a stack.
	maxThreads = 1 << 14
	// maxHostCalls is how many calls of async functions of the host an instance may
	// have in progress.
	maxHostCalls = 1 << 14
	// maxHostEnds is how many ends of streams and futures of an instance the host may
	// hold.
	maxHostEnds = 1 << 14
	// maxNamed is how many threads the report of a deadlock names.
	maxNamed = 10
	// maxTurns is how many times threads may take turns before the instance looks
	// at what has come from outside.
	maxTurns = 1024
	// restTime is how long an instance that has served may take to come to rest.
	restTime = 100 * time.Millisecond
	// cancelTime is how long a component may take to react to a cancellation.
	cancelTime = 5 * time.Second
	// maxRest is how many bytes of a request's body that nobody has read are read for the
	// connection to serve the next request.
	maxRest = 256 << 10
	// DefaultMemoryPages is the default of [Options.MemoryPages]: 1 GiB.
	DefaultMemoryPages = 1 << 14
	// DefaultIdleInstances is the default of [PoolOptions.Idle].
	DefaultIdleInstances = 16
	// maxMemoryPages keeps the size of a memory below 2^32.
	maxMemoryPages = 1<<16 - 1
)
