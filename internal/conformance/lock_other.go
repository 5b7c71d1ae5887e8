//go:build !unix

package conformance

import "os"

// lock does nothing: where there is no flock, run the suites one package at a time
// to rewrite the page.
func lock(*os.File) error { return nil }
