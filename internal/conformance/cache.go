package conformance

import (
	"os"
	"path/filepath"
)

// CacheHome is the user's cache folder for commands that tests run, to be given as
// $XDG_CACHE_HOME: components are compiled once for all tests.
func CacheHome() string { return filepath.Join(os.TempDir(), "edgelint-test-cache") }

// CompiledDir is where commands with [CacheHome] keep compiled code, for engines that
// tests make themselves.
func CompiledDir() string { return filepath.Join(CacheHome(), "edgelint", "compiled") }
