package python

import "strings"

// NativeModule is an extension module linked into the component.
type NativeModule struct {
	// File is its guest path: "/1/numpy/_core.cpython-314-wasm32-wasi.so".
	File string
	// Distribution is the installed distribution it belongs to, if known.
	Distribution *Distribution
	// Module is the loaded module, nil if the extension was not imported.
	Module *Module
}

func (s *Snapshot) readNative() {
	for _, lib := range s.heap.Image().Libraries {
		if !strings.HasPrefix(lib.Name, "/") || !strings.HasSuffix(lib.Name, ".so") {
			continue
		}
		n := NativeModule{File: lib.Name, Distribution: s.fileOrigin(lib.Name).dist}
		for _, m := range s.Modules {
			if m.File == lib.Name {
				n.Module = m
				break
			}
		}
		s.Native = append(s.Native, n)
	}
}
