// Package wit reads, resolves, prints and formats WIT, the interface language
// of the WebAssembly component model, and holds the model of it that the rest
// of the toolchain shares.
//
// A [Resolve] is a set of packages with every name looked up: an arena each of
// packages, interfaces, worlds and types, addressed by small integers
// ([PackageID], [InterfaceID], [WorldID], [TypeID]) and ordered so that nothing
// is referred to before it is defined.
//
//	res, pkg, err := wit.Load(os.DirFS("."), "wit", wit.Options{})
//	if err != nil {
//		return err // a wit.ErrorList: every problem with file:line:col
//	}
//	for name, world := range res.Packages[pkg].Worlds.All() {
//		fmt.Println(name, res.Worlds[world].Imports.Len())
//	}
//	err = wit.Print(os.Stdout, res, pkg, wit.PrintOptions{})
//
// Input is never trusted: sizes, nesting and counts are bounded by the limits
// of limits.go, and no input makes the package panic. It imports the standard
// library alone. The language is that of the component model's WIT.md, in the
// dialect wasm-tools accepts.
package wit
