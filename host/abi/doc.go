// Package abi is the canonical ABI of the component model: how values of
// component-level types lie in a linear memory, how they flatten to core values,
// and how they are lifted from and lowered into core modules
// (CanonicalABI.md of the component model specification).
//
// The package knows no WebAssembly engine: memories and functions are small
// interfaces, so that it can be judged by the specification's vectors alone.
//
//	t := abi.RecordOf(abi.Field{Name: "x", Type: abi.TypeU8}, abi.Field{Name: "y", Type: abi.TypeU32})
//	fmt.Println(t.Layout().Size) // 8
package abi
