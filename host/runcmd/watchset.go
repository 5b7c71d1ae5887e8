package runcmd

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/edgelint/edgelint/internal/glob"
	"github.com/edgelint/edgelint/spin"
)

// maxWatchedFolders bounds the folders that are watched.
const maxWatchedFolders = 8192

// unwatched are the names of folders that tools fill, and that patterns do not
// reach into.
var unwatched = []string{".git", ".hg", ".svn", ".spin", ".venv", "__pycache__", "node_modules"}

// watchSet is what a manifest says an application is made of.
type watchSet struct {
	dir      string // of spin.toml, absolute
	manifest string // absolute
	// inputs are the files a component's build depends on, by component.
	inputs map[string]watchPatterns
	// artifacts are the components' binaries and files.
	artifacts watchPatterns
	ignored   []string // absolute folders
	// blind are the components with a build command that do not say what to watch.
	blind     []string
	truncated bool // there are more folders than the limit
}

// watchPatterns match slash-separated paths from the folder of spin.toml, or
// absolute ones.
type watchPatterns []watchPattern

type watchPattern struct {
	glob *glob.Pattern
	base string // the folder below which it can match, absolute
	deep bool   // it can match in folders of base
	abs  bool
	not  map[string]bool // paths that do not count
}

// newWatchSet reads a manifest. inputs says whether what builds depend on counts.
func newWatchSet(manifest string, m *spin.Manifest, inputs bool, ignored []string) *watchSet {
	file, err := filepath.Abs(manifest)
	if err != nil {
		file = manifest
	}
	s := &watchSet{dir: filepath.Dir(file), manifest: file, inputs: map[string]watchPatterns{}, ignored: ignored}
	products := map[string]bool{}
	for _, c := range m.Components {
		if c.Source.Path != "" {
			products[path.Clean(filepath.ToSlash(c.Source.Path))] = true
			s.artifacts = s.artifacts.add(s.dir, literal(c.Source.Path), nil)
		}
		for _, f := range c.Files {
			s.artifacts = s.addFiles(s.artifacts, f)
		}
		s.addDependencies(c.Dependencies)
	}
	for _, t := range m.Triggers {
		s.addDependencies(t.Dependencies)
	}
	for _, c := range m.Components {
		if c.Build == nil || !inputs {
			continue
		}
		var list watchPatterns
		for _, entry := range c.Build.Watch {
			pattern := filepath.ToSlash(entry.Value)
			if !path.IsAbs(pattern) {
				pattern = path.Join(filepath.ToSlash(c.Build.Workdir), pattern)
			}
			// What builds write starts no build.
			list = list.add(s.dir, pattern, products)
		}
		s.inputs[c.ID] = list
		if len(c.Build.Watch) == 0 {
			s.blind = append(s.blind, c.ID)
		}
	}
	return s
}

func (s *watchSet) addDependencies(list []spin.Dependency) {
	for _, d := range list {
		if d.Path != "" {
			s.artifacts = s.artifacts.add(s.dir, literal(d.Path), nil)
		}
	}
}

// addFiles adds an entry of files.
func (s *watchSet) addFiles(list watchPatterns, f spin.Files) watchPatterns {
	pattern := f.Pattern
	if f.Source != "" {
		pattern = literal(f.Source)
	}
	if !glob.HasMeta(f.Pattern) {
		list = list.add(s.dir, pattern+"/**/*", nil)
	}
	return list.add(s.dir, pattern, nil)
}

// literal is the pattern that matches a path alone.
func literal(p string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(filepath.ToSlash(p))
}

func (list watchPatterns) add(dir, pattern string, not map[string]bool) watchPatterns {
	pattern = path.Clean(pattern)
	compiled, err := glob.Compile(pattern)
	if err != nil {
		return list // an error where the pattern is used
	}
	p := watchPattern{glob: compiled, abs: path.IsAbs(pattern), not: not}
	prefix := pattern
	if i := strings.IndexAny(pattern, "*?["); i >= 0 {
		prefix = pattern[:i] + "x"
		p.deep = strings.Contains(pattern[i:], "/") || strings.Contains(pattern[i:], "**")
	}
	p.base = filepath.FromSlash(path.Dir(prefix))
	if !p.abs {
		p.base = filepath.Join(dir, p.base)
	}
	return append(list, p)
}

// matches reports whether a file, given by its absolute path, counts.
func (p watchPattern) matches(dir, file string) bool {
	if p.abs {
		return p.glob.Match(filepath.ToSlash(file))
	}
	rel, err := filepath.Rel(dir, file)
	rel = filepath.ToSlash(rel)
	return err == nil && p.glob.Match(rel) && !p.not[rel]
}

// walk visits what lies in the folders where the pattern can match.
func (p watchPattern) walk(s *watchSet, visit func(path string, d fs.DirEntry)) {
	_ = filepath.WalkDir(p.base, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // what cannot be read, or is gone, does not count
		}
		if d.IsDir() && name != p.base {
			if !p.deep || slices.Contains(unwatched, d.Name()) || slices.Contains(s.ignored, name) {
				return filepath.SkipDir
			}
		}
		visit(name, d)
		return nil
	})
}

// stamp tells versions of a file apart.
type stamp struct {
	size int64
	time time.Time
}

func stampOf(file string) (stamp, bool) {
	info, err := os.Stat(file)
	if err != nil || info.IsDir() {
		return stamp{}, false
	}
	return stamp{info.Size(), info.ModTime()}, true
}

// scan are the files that match, with their stamps.
func (list watchPatterns) scan(s *watchSet) map[string]stamp {
	found := map[string]stamp{}
	for _, p := range list {
		p.walk(s, func(name string, d fs.DirEntry) {
			if d.IsDir() || !p.matches(s.dir, name) {
				return
			}
			if st, ok := stampOf(name); ok {
				found[name] = st
			}
		})
	}
	return found
}

// folders are the folders in which files that matter can change, and those above
// them, in which they can appear.
func (s *watchSet) folders() map[string]bool {
	dirs := map[string]bool{s.dir: true}
	all := s.artifacts
	for _, list := range s.inputs {
		all = slices.Concat(all, list)
	}
	for _, p := range all {
		s.addExisting(dirs, p.base)
		p.walk(s, func(name string, d fs.DirEntry) {
			switch {
			case !d.IsDir() || dirs[name]:
			case len(dirs) >= maxWatchedFolders:
				s.truncated = true
			default:
				dirs[name] = true
			}
		})
	}
	return dirs
}

// addExisting adds a folder, or the nearest one above it that exists, and those
// between it and the folder of spin.toml.
func (s *watchSet) addExisting(dirs map[string]bool, dir string) {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			dirs[dir] = true
			if rel, err := filepath.Rel(s.dir, dir); err != nil || rel == "." || !filepath.IsLocal(rel) {
				return
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return
		}
		dir = parent
	}
}

// snapshot is the state of the files that matter.
type snapshot struct {
	manifest  map[string]stamp
	inputs    map[string]map[string]stamp // by component
	artifacts map[string]stamp
}

func (s *watchSet) scan() snapshot {
	now := snapshot{
		manifest: map[string]stamp{}, inputs: map[string]map[string]stamp{}, artifacts: s.artifacts.scan(s),
	}
	if st, ok := stampOf(s.manifest); ok {
		now.manifest[s.manifest] = st
	}
	for id, list := range s.inputs {
		now.inputs[id] = list.scan(s)
	}
	return now
}

// difference is what differs between two snapshots.
type difference struct {
	file     string // one that does
	manifest bool
	inputs   map[string]bool // by component
}

func (d difference) any() bool { return d.file != "" }

func (s snapshot) difference(now snapshot) difference {
	d := difference{inputs: map[string]bool{}}
	differ := func(before, now map[string]stamp) bool {
		file, ok := firstDifference(before, now)
		if ok && d.file == "" {
			d.file = file
		}
		return ok
	}
	d.manifest = differ(s.manifest, now.manifest)
	for id, list := range now.inputs {
		d.inputs[id] = differ(s.inputs[id], list)
	}
	differ(s.artifacts, now.artifacts)
	return d
}

// firstDifference is the first file that is not the same in both.
func firstDifference(a, b map[string]stamp) (file string, ok bool) {
	var files []string
	for name, st := range a {
		if b[name] != st {
			files = append(files, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			files = append(files, name)
		}
	}
	if len(files) == 0 {
		return "", false
	}
	return slices.Min(files), true
}
