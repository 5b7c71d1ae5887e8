// Package core decodes and validates core WebAssembly modules, as they stand
// alone or lie inside of a component.
//
//	m, err := core.Parse(data)
//	if err != nil {
//		return err // a *core.Error: offset, path and what is wrong
//	}
//	for _, im := range m.Imports {
//		fmt.Println(im.Module, im.Name, im.Type.Kind)
//	}
//
// Headers are decoded at once; function bodies, element items and data bytes
// stay in the file and are read when asked for. The input is not trusted: no
// length is believed before the bytes are there, and every count has a limit
// ([MaxFunctions] and the others, which are those of wasmparser).
package core
