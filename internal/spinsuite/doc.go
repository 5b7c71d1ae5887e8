// Package spinsuite holds the tests that run whole Spin applications: edgerun
// serves a spin.toml in a process of its own, and the tests talk HTTP to it. The
// components are those of testdata/built.
//
//   - The suite spin-conformance has the cases of Spin's conformance suite, one
//     folder each in testdata/cases.
//   - The suite spin-examples has the examples of the Python SDK.
//   - Tests of load send writes from many clients, and kill the process between
//     them. The flags -load and -crashes say for how long and how often.
package spinsuite
