// Package component decodes WebAssembly component binaries: every section of
// the component format, the core modules and components nested in it, all index
// spaces, and the custom sections that tools write.
//
//	f, err := component.Open("app.wasm")
//	if err != nil {
//		return err
//	}
//	defer f.Close()
//	for _, imp := range f.Root.Imports {
//		fmt.Println(imp.Name)
//	}
//
// Headers are decoded when a file is opened; the bodies of core modules (code and
// data) stay where they are and are read on demand, so that opening a component
// of 40 MB costs a few milliseconds and a few hundred kilobytes.
//
// [Check] resolves what every index and type in a component stands for and checks
// the rules of the specification; [Validate] does so with the core modules in it,
// function bodies included. Their errors give the offset, the path and the rule.
//
// Input is untrusted: no input makes the package panic, loop or allocate on the
// word of a length field, and the limits in limits.go bound what a file may
// define. Section numbers and opcodes are those of Binary.md of the component
// model specification.
package component
