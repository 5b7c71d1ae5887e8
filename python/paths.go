package python

import (
	"maps"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/python/heap"
)

// Distribution is a package that was installed on the build's python path.
// The importer keeps the listings of the directories it looked into, and with
// them the names of the .dist-info folders.
type Distribution struct {
	// Name is the name as the folder has it: "spin_sdk".
	Name string
	// Version is the version: "5.0.0".
	Version string
	// Dir is the guest directory that holds it: "/1".
	Dir string
	// Packages are the loaded top-level modules that belong to it.
	Packages []string
}

// NormalName is the name that package indexes use (PEP 503): "spin-sdk".
func (d *Distribution) NormalName() string { return normalName(d.Name) }

func normalName(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == '-' || r == '_' || r == '.'
	}), "-")
}

// directory is what is known of a guest directory.
type directory struct {
	path    string
	entries map[string]bool // names in it at build time
	dists   []*Distribution
	user    bool // the app's own code lies here
}

// readPaths reads sys.path and the listings of the importer's cache.
func (s *Snapshot) readPaths() {
	sys := s.heap.Modules().Get("sys")
	for e := range sys.Get("path").Elems() {
		if e.IsStr() && len(s.Path) < maxListing {
			s.Path = append(s.Path, e.Text())
		}
	}
	s.dirs = map[string]*directory{}
	for k, finder := range sys.Get("path_importer_cache").Items() {
		if len(s.dirs) == maxListing {
			break
		}
		s.addDirectory(k.Text(), finder)
	}
	for _, path := range slices.Sorted(maps.Keys(s.dirs)) {
		s.Distributions = append(s.Distributions, s.dirs[path].dists...)
	}
	slices.SortStableFunc(s.Distributions, func(a, b *Distribution) int {
		return strings.Compare(a.NormalName(), b.NormalName())
	})
}

func (s *Snapshot) addDirectory(path string, finder heap.Object) {
	names := finder.Attr("_path_cache")
	if path == "" || !names.IsSet() {
		return
	}
	d := &directory{path: path, entries: make(map[string]bool, names.Len())}
	for e := range names.Elems() {
		name := e.Text()
		if name == "" || len(d.entries) == maxListing {
			continue
		}
		d.entries[name] = true
		if dist, ok := distributionOf(name); ok {
			dist.Dir = path
			d.dists = append(d.dists, dist)
		}
	}
	slices.SortFunc(d.dists, func(a, b *Distribution) int { return strings.Compare(a.Name, b.Name) })
	s.dirs[path] = d
}

// distributionOf reads "spin_sdk-5.0.0.dist-info".
func distributionOf(entry string) (*Distribution, bool) {
	stem, ok := strings.CutSuffix(entry, ".dist-info")
	if !ok {
		if stem, ok = strings.CutSuffix(entry, ".egg-info"); !ok {
			return nil, false
		}
	}
	for i := 0; i+1 < len(stem); i++ {
		if stem[i] == '-' && stem[i+1] >= '0' && stem[i+1] <= '9' {
			version, _, _ := strings.Cut(stem[i+1:], "-py") // an egg names its Python, too
			return &Distribution{Name: stem[:i], Version: version}, i > 0
		}
	}
	return nil, false
}

// entryOf splits a guest path "/1/spin_sdk/http.py" into the entry of the
// build's python path, "/1", and the top-level name below it, "spin_sdk".
func entryOf(path string) (entry, top string, ok bool) {
	if len(path) < 2 || path[0] != '/' {
		return "", "", false
	}
	number, rest, found := strings.Cut(path[1:], "/")
	if !found || number == "" || strings.Trim(number, "0123456789") != "" {
		return "", "", false
	}
	top, _, _ = strings.Cut(rest, "/")
	top, _, _ = strings.Cut(top, ".")
	return "/" + number, top, true
}

// Listing is the names that a guest directory had when the component was
// built, sorted; ok is false if the importer never looked into it.
func (s *Snapshot) Listing(dir string) (names []string, ok bool) {
	d := s.dirs[dir]
	if d == nil {
		return nil, false
	}
	return slices.Sorted(maps.Keys(d.entries)), true
}

// Directories are the guest directories that have a Listing, sorted.
func (s *Snapshot) Directories() []string { return slices.Sorted(maps.Keys(s.dirs)) }

// Distribution is the installed distribution of a name, in any spelling.
func (s *Snapshot) Distribution(name string) (*Distribution, bool) {
	name = normalName(name)
	for _, d := range s.Distributions {
		if d.NormalName() == name {
			return d, true
		}
	}
	return nil, false
}

// Locate is the guest path of the file that a module would have been imported
// from when the component was built, whether it was or not. ok is false if
// there was none, or the importer never looked into the package's folder.
func (s *Snapshot) Locate(module string) (path string, ok bool) {
	dirs := s.Path
	parent, name, nested := cutLast(module)
	if nested {
		dirs = nil
		if m := s.byName[parent]; m != nil {
			for e := range m.Object.Get("__path__").Elems() {
				dirs = append(dirs, e.Text())
			}
		}
	}
	for _, dir := range dirs {
		d := s.dirs[dir]
		switch {
		case d == nil:
		case d.entries[name+".py"]:
			return dir + "/" + name + ".py", true
		case d.entries[name]:
			return dir + "/" + name, true
		}
	}
	return "", false
}

// cutLast splits "a.b.c" into "a.b" and "c".
func cutLast(dotted string) (parent, name string, nested bool) {
	if i := strings.LastIndexByte(dotted, '.'); i >= 0 {
		return dotted[:i], dotted[i+1:], true
	}
	return "", dotted, false
}
