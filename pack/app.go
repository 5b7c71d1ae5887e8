package pack

import (
	"bytes"
	"io"
	"io/fs"
)

// App is a Spin application ready to be packed: what its spin.toml says, defaults
// filled in, and every file found. Triggers and components are in the order of
// the document.
type App struct {
	Name, Version, Description string
	Authors                    []string
	// Profile is the build profile; "" for the default.
	Profile string
	// Globals are the [application.trigger.TYPE] tables by type.
	Globals    map[string]any
	Variables  map[string]Variable
	Triggers   []Trigger
	Components []Component

	closers []io.Closer
}

// Variable is an application variable; without a Default it is required.
type Variable struct {
	Description string
	Default     *string
	Secret      bool
}

// Trigger starts a component.
type Trigger struct {
	// ID may be empty: then it is made from the component, as Spin does.
	ID, Type string
	// Component is the ID of the component; "" if the trigger needs none.
	Component string
	// Config holds the other keys of the table: strings, booleans, integers,
	// floats, and lists and maps of these.
	Config map[string]any
}

// Component is a Wasm component and what it may use.
type Component struct {
	ID, Description string
	Wasm            Wasm
	Files           []File
	// Environment is visible to the component as it stands.
	Environment map[string]string
	// Variables are templates over the application's variables.
	Variables            map[string]string
	AllowedOutboundHosts []string
	KeyValueStores       []string
	SQLiteDatabases      []string
	AIModels             []string
	// Build is the [component.ID.build] table. It is left out of the artifact
	// unless Options.KeepBuild asks for it.
	Build        map[string]any
	Dependencies []Dependency
}

// Dependency is a component that another one imports from.
type Dependency struct {
	// Name is the selector: a package, an interface or a plain name.
	Name string
	Wasm Wasm
	// Export is the export to use; "" for the one Name says.
	Export string
	// InheritAll gives it all permissions of the component; otherwise it gets
	// those that Inherit lists.
	InheritAll bool
	Inherit    []string
}

// Wasm is a Wasm binary of Size bytes.
type Wasm struct {
	io.ReaderAt
	Size int64
}

// WasmBytes is a Wasm binary in memory, which must not change afterwards.
func WasmBytes(data []byte) Wasm { return Wasm{bytes.NewReader(data), int64(len(data))} }

func (w Wasm) open() (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(w.ReaderAt, 0, w.Size)), nil
}

// File is a file that a component sees at Path, relative, with slashes.
type File struct {
	Path string
	// Open gives its content from the start, every time.
	Open func() (io.ReadCloser, error)
}

// FSFile is the file name of fsys, seen at path.
func FSFile(path string, fsys fs.FS, name string) File {
	return File{Path: path, Open: func() (io.ReadCloser, error) { return fsys.Open(name) }}
}
