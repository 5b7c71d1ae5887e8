// Package p3 offers components what of WASI 0.3 needs no streams: clocks, random
// numbers, the environment and exit. Both the release and the candidate that
// published SDKs were made with are served by the same code.
//
//	imports := bind.NewImports()
//	wasi.Add(imports, cfg) // 0.2, which the C library of many components uses
//	p3.Add(imports, cfg)
//
// Standard input and output, files, sockets and HTTP, which pass streams between the
// component and the host, are not offered: calling them is a trap.
package p3
