package wit

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/wit/syntax"
)

// Options change what is read. The zero value reads WIT text alone, without
// unstable items.
type Options struct {
	// Features are the names of the @unstable features whose items are kept;
	// the others vanish.
	Features []string
	// AllFeatures keeps every item.
	AllFeatures bool
	// Root is put in front of file names in errors, as in "Root/deps/a.wit".
	Root string
	// DecodeBinary reads a WIT package in its binary form, which may stand in
	// place of a file. Without it such files are an error.
	DecodeBinary func([]byte) (*Resolve, PackageID, error)
}

// Parse reads one WIT file, which holds one package and maybe others nested in
// it. name is for errors. An error is an [ErrorList].
func Parse(name, src string, opts Options) (*Resolve, PackageID, error) {
	l := newLoader(nil, opts)
	main := l.parseGroup(name, []sourceFile{{name, src}})
	return l.finish(main)
}

// Load reads a package from a file or a folder of fsys. The *.wit files of a
// folder are one package; its folder deps holds what it depends on: folders
// with a package each, files, and packages in binary form. An error is an
// [ErrorList] for what is wrong with the packages, and that of fsys for what
// cannot be read.
func Load(fsys fs.FS, name string, opts Options) (*Resolve, PackageID, error) {
	l := newLoader(fsys, opts)
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, NoPackage, err
	}
	var main *group
	if info.IsDir() {
		main = l.readFolder(name)
		l.readDeps(path.Join(name, "deps"))
	} else if main = l.readFile(name); main == nil && l.err == nil && len(l.errs) == 0 {
		return l.res, l.binary, nil
	}
	if l.err != nil {
		return nil, NoPackage, l.err
	}
	return l.finish(main)
}

// sourceFile is a file's name, as errors show it, and its text.
type sourceFile struct{ name, text string }

// group is the packages of one file or folder: the main one, and those nested.
type group struct {
	main   *unresolved
	nested []*unresolved
}

// loader reads the packages of one set.
type loader struct {
	fsys     fs.FS
	opts     Options
	features map[string]bool
	res      *Resolve
	facts    typeFacts // of res
	parser   syntax.Parser
	deps     []*group
	binary   PackageID // the last package read in binary form
	files    int
	buf      []byte
	errs     ErrorList
	err      error // of the file system
}

func newLoader(fsys fs.FS, opts Options) *loader {
	l := &loader{fsys: fsys, opts: opts, res: &Resolve{}, features: map[string]bool{}}
	l.facts.r = l.res
	for _, f := range opts.Features {
		l.features[f] = true
	}
	return l
}

// report notes something wrong at a place in the text.
func (l *loader) report(sp Span, message, help string) {
	if len(l.errs) < syntax.MaxErrors {
		l.errs = append(l.errs, l.res.Sources.NewError(sp, message, help))
	}
}

// reportFile notes something wrong with a whole file or folder.
func (l *loader) reportFile(name, message, help string) {
	l.errs = append(l.errs, &Error{Location: Location{File: name}, Message: message, Help: help})
}

// fail notes an error that ends the reading.
func (l *loader) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// finish joins all packages that were read.
func (l *loader) finish(main *group) (*Resolve, PackageID, error) {
	if len(l.errs) > 0 {
		return nil, NoPackage, l.sorted()
	}
	id := l.link(main)
	if len(l.errs) > 0 {
		return nil, NoPackage, l.sorted()
	}
	return l.res, id, nil
}

// sorted is the errors in the order of the text, each once.
func (l *loader) sorted() ErrorList {
	slices.SortStableFunc(l.errs, func(a, b *Error) int { return int(a.Span.Start - b.Span.Start) })
	return slices.CompactFunc(l.errs, func(a, b *Error) bool { return a.Location == b.Location && a.Message == b.Message })
}

func (l *loader) readDir(name string) []fs.DirEntry {
	entries, err := fs.ReadDir(l.fsys, name)
	if err != nil {
		l.fail(err)
	}
	return entries
}

// isDir follows symbolic links, as entry does not.
func (l *loader) isDir(name string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.IsDir()
	}
	info, err := fs.Stat(l.fsys, name)
	if err != nil {
		l.fail(err)
		return false
	}
	return info.IsDir()
}

// readFolder reads the *.wit files of a folder as one group.
func (l *loader) readFolder(dir string) *group {
	var files []sourceFile
	for _, e := range l.readDir(dir) {
		name := path.Join(dir, e.Name())
		if !strings.HasSuffix(e.Name(), ".wit") || l.isDir(name, e) {
			continue
		}
		if text, ok := l.read(name); ok {
			files = append(files, sourceFile{l.shown(name), text})
		}
	}
	return l.parseGroup(l.shown(dir), files)
}

func (l *loader) readDeps(dir string) {
	if _, err := fs.Stat(l.fsys, dir); err != nil {
		return
	}
	for _, e := range l.readDir(dir) {
		var g *group
		name := path.Join(dir, e.Name())
		switch ext := path.Ext(e.Name()); {
		case l.isDir(name, e):
			g = l.readFolder(name)
		case ext == ".wit" || ext == ".wasm" || ext == ".wat":
			g = l.readFile(name)
		}
		if g != nil {
			l.deps = append(l.deps, g)
		}
	}
}

// readFile reads a file with WIT text as a group, or merges the binary package
// it holds into the set and gives nil.
func (l *loader) readFile(name string) *group {
	text, ok := l.read(name)
	switch {
	case !ok:
		return nil
	case strings.HasPrefix(text, "\x00asm"):
		l.readBinary(l.shown(name), []byte(text))
		return nil
	case isAssembly(text):
		l.reportFile(l.shown(name), "the file is WebAssembly in text form, which is not read here",
			"assemble it: wasm-tools parse FILE -o FILE.wasm")
		return nil
	}
	return l.parseGroup(l.shown(name), []sourceFile{{l.shown(name), text}})
}

// isAssembly tells WebAssembly's text form from WIT, which never begins with a
// parenthesis.
func isAssembly(text string) bool {
	for s := strings.TrimSpace(text[:min(len(text), 4096)]); ; {
		if !strings.HasPrefix(s, ";;") {
			return strings.HasPrefix(s, "(")
		}
		_, rest, _ := strings.Cut(s, "\n")
		s = strings.TrimSpace(rest)
	}
}

func (l *loader) readBinary(name string, data []byte) {
	if l.opts.DecodeBinary == nil {
		l.reportFile(name, "the file is a WIT package in binary form, which cannot be read here",
			"replace it by WIT text: wasm-tools component wit FILE")
		return
	}
	from, pkg, err := l.opts.DecodeBinary(data)
	if err == nil {
		var m *Remap
		if m, err = l.res.merge(from, l.keeps); err == nil {
			l.binary = m.Packages[pkg]
			return
		}
	}
	l.reportFile(name, err.Error(), "")
}

func (l *loader) read(name string) (text string, ok bool) {
	if l.files++; l.files > MaxFiles {
		l.reportFile(l.shown(name), "there are too many files", "")
		return "", false
	}
	f, err := l.fsys.Open(name)
	if err != nil {
		l.fail(err)
		return "", false
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), syntax.MaxFileSize)))
	}
	if l.buf == nil {
		l.buf = make([]byte, 32<<10)
	}
	// One byte more than a file may have, so that one too large is refused.
	if _, err := io.CopyBuffer(&b, io.LimitReader(f, syntax.MaxFileSize+1), l.buf); err != nil {
		l.fail(err)
		return "", false
	}
	return b.String(), true
}

// keeps reports whether an item with the gate is read at all.
func (l *loader) keeps(st Stability) bool {
	return st.Level != Unstable || l.opts.AllFeatures || l.features[st.Feature]
}

// shown is a file's name as errors show it.
func (l *loader) shown(name string) string { return path.Join(l.opts.Root, name) }

// parseGroup reads the files of one package, with the packages nested in them.
// It gives nil when that goes wrong.
func (l *loader) parseGroup(name string, files []sourceFile) *group {
	before := len(l.errs)
	g := &group{}
	main := newBuilder(l)
	var nested []*syntax.PackageBlock
	for _, f := range files {
		file, err := l.parser.Parse(&l.res.Sources, f.name, f.text)
		if list, ok := err.(ErrorList); ok {
			l.errs = append(l.errs, list...)
			continue
		}
		nested = append(nested, main.addFile(file)...)
	}
	if len(l.errs) > before {
		return nil
	}
	for _, n := range nested {
		b := newBuilder(l)
		b.addBlock(n)
		g.nested = append(g.nested, b.build())
	}
	if main.pkg.name.Name == "" {
		help := "begin a file with `package namespace:name;`"
		if len(files) == 0 {
			help = "the folder has no .wit files"
		}
		l.reportFile(name, "no file declares the package", help)
	} else {
		g.main = main.build()
	}
	if len(l.errs) > before {
		return nil
	}
	return g
}
