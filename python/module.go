package python

import (
	"maps"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/python/heap"
)

// Origin says whose code something is.
type Origin uint8

// The origins.
const (
	OriginUnknown Origin = iota
	// OriginUser is the app itself.
	OriginUser
	// OriginThirdParty is a distribution that the app installed.
	OriginThirdParty
	// OriginSDK is the Spin SDK, componentize-py's support code and the
	// bindings that it generates.
	OriginSDK
	// OriginStdlib is the standard library.
	OriginStdlib
	// OriginBuiltin is compiled into the interpreter.
	OriginBuiltin
	// OriginNative is an extension module linked into the component.
	OriginNative
)

var originNames = [...]string{"unknown", "user", "third-party", "sdk", "stdlib", "builtin", "native"}

// String is the origin's name.
func (o Origin) String() string {
	if int(o) < len(originNames) {
		return originNames[o]
	}
	return originNames[0]
}

// MarshalText implements [encoding.TextMarshaler].
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Module is an entry of sys.modules.
type Module struct {
	// Name is the name it is imported by.
	Name string
	// File is the guest path of its source, "" if it has none.
	File string
	// Package reports that it can have submodules.
	Package bool
	// Origin says whose it is.
	Origin Origin
	// Distribution is the installed distribution it belongs to, if known.
	Distribution *Distribution
	// Object is the module; in rare cases something else that a program put
	// in its place.
	Object heap.Object
}

// Globals are the module's names and their values.
func (m *Module) Globals() heap.Object { return m.Object.Dict() }

// Module is the loaded module of a name, or nil.
func (s *Snapshot) Module(name string) *Module { return s.byName[name] }

// Importable reports whether an import of the module works without any file:
// it is loaded, compiled into the interpreter or frozen into it.
func (s *Snapshot) Importable(name string) bool {
	return s.byName[name] != nil || s.builtin[name] || s.frozen[name]
}

// IsBuiltin reports whether a module is compiled into the interpreter.
func (s *Snapshot) IsBuiltin(name string) bool { return s.builtin[name] }

// InStdlib reports whether a module belongs to the standard library of the
// interpreter's version, whether this build has it or not.
func (s *Snapshot) InStdlib(name string) bool { return s.stdlib[topLevel(name)] }

func (s *Snapshot) readModules() {
	s.byName = map[string]*Module{}
	s.builtin, s.frozen, s.stdlib = map[string]bool{}, map[string]bool{}, map[string]bool{}
	sys := s.heap.Modules().Get("sys")
	for e := range sys.Get("builtin_module_names").Elems() {
		s.builtin[e.Text()] = true
	}
	for e := range sys.Get("stdlib_module_names").Elems() {
		s.stdlib[e.Text()] = true
	}
	for name := range s.heap.Frozen() {
		s.frozen[name] = true
	}
	for k, v := range s.heap.Modules().Items() {
		name := k.Text()
		if name == "" || s.byName[name] != nil || v.IsNone() {
			continue
		}
		if len(s.Modules) == maxModules {
			s.gap("sys.modules is longer than any real one")
			break
		}
		m := &Module{Name: name, Object: v, File: v.Get("__file__").Text()}
		m.Package = !v.Get("__path__").IsNull()
		s.byName[name] = m
		s.Modules = append(s.Modules, m)
	}
	slices.SortFunc(s.Modules, func(a, b *Module) int { return strings.Compare(a.Name, b.Name) })
}

// place finds a module's origin.
func (s *Snapshot) place(m *Module) {
	top, _, _ := strings.Cut(m.Name, ".")
	switch {
	case m.File != "":
		f := s.fileOrigin(m.File)
		m.Origin, m.Distribution = f.origin, f.dist
		if strings.HasSuffix(m.File, ".so") {
			m.Origin = OriginNative
		}
	case s.builtin[m.Name]:
		m.Origin = OriginBuiltin
	case s.frozen[m.Name], m.Name == "__main__":
		m.Origin = OriginStdlib
	case m.Package && s.namespaceOrigin(m):
	case s.byName[top] != nil && top != m.Name: // put there by its package, as typing.io is
		m.Origin, m.Distribution = s.byName[top].Origin, s.byName[top].Distribution
	}
	if d := m.Distribution; d != nil && top == m.Name && !slices.Contains(d.Packages, top) {
		d.Packages = append(d.Packages, top)
	}
}

// namespaceOrigin places a package without a file by its directory.
func (s *Snapshot) namespaceOrigin(m *Module) bool {
	path := m.Object.Get("__path__")
	if path.Len() == 0 {
		path = path.Attr("_path") // a namespace package keeps a list in an object of its own
	}
	for e := range path.Elems() {
		f := s.fileOrigin(e.Text() + "/")
		m.Origin, m.Distribution = f.origin, f.dist
		return true
	}
	return false
}

// fileOrigin is the origin of a guest path.
type fileOrigin struct {
	origin Origin
	dist   *Distribution
}

func (s *Snapshot) fileOrigin(path string) fileOrigin {
	switch {
	case strings.HasPrefix(path, "/python/"), strings.HasPrefix(path, "<frozen "):
		return fileOrigin{OriginStdlib, nil}
	case strings.HasPrefix(path, "/bundled/"), strings.HasPrefix(path, "/world/"):
		return fileOrigin{OriginSDK, nil}
	}
	entry, top, ok := entryOf(path)
	if !ok {
		return fileOrigin{}
	}
	d := s.dirs[entry]
	if d == nil || len(d.dists) == 0 && !isSDKPackage(top) {
		return fileOrigin{OriginUser, nil}
	}
	dist := d.distOf(top)
	switch {
	case isSDKPackage(top):
		return fileOrigin{OriginSDK, dist}
	case dist == nil && d.user:
		return fileOrigin{OriginUser, nil}
	}
	return fileOrigin{OriginThirdParty, dist}
}

// isSDKPackage tells the packages of the Spin SDK and of componentize-py.
func isSDKPackage(top string) bool {
	return top == "spin_sdk" || strings.HasPrefix(top, "componentize_py") || top == "wit_world"
}

// distOf is the distribution of the directory that a top-level name belongs to.
func (d *directory) distOf(top string) *Distribution {
	name := normalName(top)
	if known, ok := distributionNames[name]; ok {
		name = known
	}
	if strings.HasPrefix(top, "componentize_py_") { // support packages come with the tool
		name = "componentize-py"
	}
	for _, dist := range d.dists {
		if dist.NormalName() == name {
			return dist
		}
	}
	for _, dist := range d.dists { // "python-dateutil" has dateutil, "http-router" has http_router
		n := dist.NormalName()
		if n == "python-"+name || n == "py"+name || n == name+"-python" || n == name+"-py" {
			return dist
		}
	}
	return nil
}

// distributionNames maps top-level packages to their distributions where the
// names differ, both in the spelling of PEP 503.
var distributionNames = map[string]string{
	"attr":          "attrs",
	"bs4":           "beautifulsoup4",
	"crypto":        "pycryptodome",
	"cv2":           "opencv-python",
	"dateutil":      "python-dateutil",
	"dotenv":        "python-dotenv",
	"git":           "gitpython",
	"google":        "protobuf",
	"jose":          "python-jose",
	"jwt":           "pyjwt",
	"magic":         "python-magic",
	"mysqldb":       "mysqlclient",
	"multipart":     "python-multipart",
	"nacl":          "pynacl",
	"openssl":       "pyopenssl",
	"pil":           "pillow",
	"pkg-resources": "setuptools",
	"psycopg2":      "psycopg2-binary",
	"serial":        "pyserial",
	"sklearn":       "scikit-learn",
	"slugify":       "python-slugify",
	"socks":         "pysocks",
	"usb":           "pyusb",
	"yaml":          "pyyaml",
	"zmq":           "pyzmq",
}

// Imports are the names of the modules that a module refers to: those among
// its globals, and those that define its global classes and functions. Sorted,
// without the module itself.
func (m *Module) Imports() []string {
	found := map[string]bool{}
	for k, v := range m.Globals().Items() {
		switch {
		case strings.HasPrefix(k.Text(), "__"):
		case v.IsModule():
			found[v.Name()] = true
		case v.IsClass(), v.IsFunction(), v.IsBuiltin():
			found[v.ModuleName()] = true
		}
	}
	delete(found, m.Name)
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}
