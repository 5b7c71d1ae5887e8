// Package wasi is WASI 0.2 for components that package host runs: io, clocks,
// random, cli, filesystem and sockets.
//
//	imports := bind.NewImports()
//	wasi.Add(imports, wasi.Config{Args: []string{"app"}, Stdout: os.Stdout, Stderr: os.Stderr})
//
// A component gets only what Config names: no environment, no files, no network.
// What is refused is refused in-band, by the error that the interface has for it.
// The HTTP interfaces are in package wasihttp, which builds on the streams and
// pollables of this one.
//
// Sockets are those of Linux and macOS; on other systems they are refused as not
// supported.
//
// Every interface is offered at [Version], which serves imports of all 0.2
// releases.
package wasi
