//go:build unix

package conformance

import (
	"os"
	"syscall"
)

// lock waits until no other process holds the file; closing it ends the lock.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
