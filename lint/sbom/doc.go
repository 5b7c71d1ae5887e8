// Package sbom writes a software bill of materials of a component from what is
// inside it: the Python interpreter and the distributions that are loaded in
// it, native libraries, WIT packages, and the tools that made it.
//
//	inv, err := sbom.Take(file, "app.wasm")
//	if err != nil {
//		return err
//	}
//	return sbom.CycloneDX(os.Stdout, inv, time.Time{})
//
// The same component gives the same bytes: identifiers derive from its digest.
package sbom
