// Package python reads the CPython interpreter that componentize-py freezes
// into a component: its version, the modules that were loaded, the code of the
// app and of its libraries, the distributions that were installed. Nothing is
// executed.
//
//	f, err := component.Open("app.wasm")
//	if err != nil {
//		return err
//	}
//	defer f.Close()
//	snap, err := python.Read(f)
//	if errors.Is(err, python.ErrNotPython) {
//		return nil // some other language
//	}
//	for _, m := range snap.Modules {
//		fmt.Println(m.Name, m.Origin, m.File)
//	}
//
// componentize-py runs the top level of the app while it builds the component
// and keeps the memory of the interpreter as data segments; what is alive in
// that memory is known exactly, what ran once at top level and was freed is
// not. [Snapshot.Tier] and [Snapshot.Gaps] say how much could be read.
package python
