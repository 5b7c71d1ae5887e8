// Package p3 offers components WASI 0.3 without its HTTP: clocks, random numbers, the
// command line and its streams, files and sockets. Both the release and the candidate
// that published SDKs were made with are served by the same code.
//
//	imports := bind.NewImports()
//	wasi.Add(imports, cfg) // 0.2, which the C library of many components uses
//	p3.Add(imports, cfg)
//
// What a component gets is what [wasi.Config] says, as for WASI 0.2.
package p3
