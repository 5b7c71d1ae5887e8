package wasi

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/edgelint/edgelint/host/bind"
)

// Version is the WASI release that the package implements.
const Version = "0.2.12"

// Config says what a component gets of the world. The zero value gives it
// nothing but clocks and randomness.
type Config struct {
	Args []string
	// Env is the environment, in the order in which the component sees it.
	Env []EnvVar
	// Stdin is read by the component; nil is empty.
	Stdin io.Reader
	// Stdout and Stderr take what the component prints; nil drops it. With WASI
	// 0.3, several goroutines may write at once.
	Stdout, Stderr io.Writer
	// Mounts are the directories that the component can open.
	Mounts []Mount
	// Sockets are the sockets that the component can use; nil refuses them all.
	Sockets *SocketPolicy
	// Random is the source of random bytes; nil is the system's.
	Random io.Reader
	// Now is the wall clock; nil is the system's.
	Now func() time.Time
}

// EnvVar is one environment variable.
type EnvVar struct{ Name, Value string }

// Mount is a directory of the host that a component sees.
type Mount struct {
	// Guest is the path at which the component sees it, such as "/".
	Guest string
	// Root bounds the directory: no path leads out of it. The caller closes it
	// when no component uses it any more.
	Root *os.Root
	// Writable lets the component change files; otherwise it only reads.
	Writable bool
}

// ExitError ends a component that asked to exit. It reaches the caller of the
// component's export as a trap.
type ExitError struct{ Code uint8 }

func (e *ExitError) Error() string { return fmt.Sprintf("the component exited with status %d", e.Code) }

// Add offers WASI 0.2 in imports.
func Add(imports *bind.Imports, cfg Config) {
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	addIO(imports)
	addClocks(imports, cfg)
	addRandom(imports, cfg)
	addCLI(imports, cfg)
	addFilesystem(imports, cfg)
	addSockets(imports, cfg)
}

// iface is an interface of a WASI package at [Version].
func iface(imports *bind.Imports, name string) *bind.Interface {
	return imports.Interface("wasi:" + name + "@" + Version)
}
