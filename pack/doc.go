// Package pack turns a Wasm component, or a Spin application with its components
// and files, into the blobs and the manifest of an OCI artifact. It opens no
// connection and asks no clock: equal input and options give equal bytes, so
// equal digests.
//
//	a, err := pack.CNCF("app.wasm", wasm, pack.Options{})
//	a, err := pack.Spin(app, pack.Options{})
//
// CNCF makes the artifact that wkg, wash and the Wasm shims read; Spin makes the
// one that Spin and its containerd shim read. Both of one component share its
// bytes. Artifacts are moved by package oci.
package pack
