package wit

import (
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

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
	l.inputs = []*input{{name: name, files: []sourceFile{{name: name, text: src}}}}
	return l.load()
}

// Load reads a package from a file or a folder of fsys. The *.wit files of a
// folder are one package; its folder deps holds what it depends on: folders
// with a package each, files, and packages in binary form. An error is an
// [ErrorList] for what is wrong with the packages, and that of fsys for what
// cannot be read. Files are read from several goroutines.
func Load(fsys fs.FS, name string, opts Options) (*Resolve, PackageID, error) {
	l := newLoader(fsys, opts)
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, NoPackage, err
	}
	l.inputs = []*input{{path: name, folder: info.IsDir()}}
	if info.IsDir() {
		if err := l.listDeps(path.Join(name, "deps")); err != nil {
			return nil, NoPackage, err
		}
	}
	if err := l.read(); err != nil {
		return nil, NoPackage, err
	}
	return l.load()
}

// loader reads the packages of one set.
type loader struct {
	reporter
	fsys     fs.FS
	opts     Options
	features map[string]bool
	res      *Resolve
	facts    typeFacts // of res
	inputs   []*input  // the first is the main package

	worldItems int // how many imports and exports the worlds have so far
}

// input is a file or folder with one package and those nested in it. It goes
// from path to files, or binary, to packages.
type input struct {
	path   string
	folder bool
	name   string // the path as errors show it
	files  []sourceFile
	binary []byte

	main   *unresolved
	nested []*unresolved
	errs   ErrorList
}

// sourceFile is a file's name, as errors show it, its text, and its place among
// the sources.
type sourceFile struct {
	name, text string
	base       Pos
}

func newLoader(fsys fs.FS, opts Options) *loader {
	l := &loader{fsys: fsys, opts: opts, res: &Resolve{}, features: map[string]bool{}}
	l.sources, l.facts.r = &l.res.Sources, l.res
	for _, f := range opts.Features {
		l.features[f] = true
	}
	return l
}

// keeps reports whether an item with the gate is read at all.
func (l *loader) keeps(st Stability) bool {
	return st.Level != Unstable || l.opts.AllFeatures || l.features[st.Feature]
}

// load makes packages of the inputs and joins them.
func (l *loader) load() (*Resolve, PackageID, error) {
	main := NoPackage
	for _, in := range l.inputs {
		if in.binary != nil {
			main = l.mergeBinary(in)
		}
		for i := range in.files {
			l.place(&in.files[i])
		}
	}
	if len(l.errs) == 0 {
		l.parse()
	}
	if len(l.errs) == 0 && l.inputs[0].binary == nil {
		main = l.link()
	}
	if len(l.errs) > 0 {
		return nil, NoPackage, l.sorted()
	}
	return l.res, main, nil
}

// place gives a file its place among the sources.
func (l *loader) place(f *sourceFile) {
	base, err := l.sources.Add(f.name, f.text)
	if err != nil {
		l.reportFile(f.name, err.Error(), "")
	}
	f.base = base
}

// mergeBinary adds the packages of a binary.
func (l *loader) mergeBinary(in *input) PackageID {
	if l.opts.DecodeBinary == nil {
		l.reportFile(in.name, "the file is a WIT package in binary form, which cannot be read here",
			"replace it by WIT text: wasm-tools component wit FILE")
		return NoPackage
	}
	from, pkg, err := l.opts.DecodeBinary(in.binary)
	if err == nil {
		var m *Remap
		if m, err = l.res.merge(from, l.keeps); err == nil {
			return m.Packages[pkg]
		}
	}
	l.reportFile(in.name, err.Error(), "")
	return NoPackage
}

// parse makes unresolved packages of all inputs, several at a time.
func (l *loader) parse() {
	inParallel(len(l.inputs), func() func(int) {
		var parser syntax.Parser
		return func(i int) {
			if l.inputs[i].binary == nil {
				l.inputs[i].parse(&parser, l.sources)
			}
		}
	})
	for _, in := range l.inputs {
		l.errs = append(l.errs, in.errs...)
	}
}

// parse makes unresolved packages of the files.
func (in *input) parse(parser *syntax.Parser, sources *Sources) {
	rep := reporter{sources: sources}
	main := newBuilder(&rep)
	var nested []*syntax.PackageBlock
	for _, f := range in.files {
		file, err := parser.Parse(sources, f.base, f.name, f.text)
		if list, ok := err.(ErrorList); ok {
			rep.errs = append(rep.errs, list...)
			continue
		}
		nested = append(nested, main.addFile(file)...)
	}
	if len(rep.errs) == 0 {
		in.build(&rep, main, nested)
	}
	in.errs = rep.errs
}

func (in *input) build(rep *reporter, main *builder, nested []*syntax.PackageBlock) {
	for _, n := range nested {
		b := newBuilder(rep)
		b.addBlock(n)
		in.nested = append(in.nested, b.build())
	}
	if main.pkg.name.Name != "" {
		in.main = main.build()
		return
	}
	help := "begin a file with `package namespace:name;`"
	if len(in.files) == 0 {
		help = "the folder has no .wit files"
	}
	rep.reportFile(in.name, "no file declares the package", help)
}

// inParallel calls work for 0 <= i < n from several goroutines; each has its own
// work, made by worker.
func inParallel(n int, worker func() func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			work := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wg.Wait()
}

// reporter collects what is wrong.
type reporter struct {
	sources *Sources
	errs    ErrorList
}

// report notes something wrong at a place in the text.
func (r *reporter) report(sp Span, message, help string) {
	if len(r.errs) < syntax.MaxErrors {
		r.errs = append(r.errs, r.sources.NewError(sp, message, help))
	}
}

// reportFile notes something wrong with a whole file or folder.
func (r *reporter) reportFile(name, message, help string) {
	r.errs = append(r.errs, &Error{Location: Location{File: name}, Message: message, Help: help})
}

// where is a place in the text for a message.
func (r *reporter) where(sp Span) string {
	loc, _ := r.sources.Locate(sp.Start)
	return loc.String()
}

// sorted is the errors in the order of the text, each once.
func (r *reporter) sorted() ErrorList {
	slices.SortStableFunc(r.errs, func(a, b *Error) int { return int(a.Span.Start - b.Span.Start) })
	return slices.CompactFunc(r.errs, func(a, b *Error) bool {
		return a.Location == b.Location && a.Message == b.Message
	})
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
