package lint

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
	"github.com/edgelint/edgelint/python/source"
)

// Python is what is known of a component's Python code.
type Python struct {
	// Snapshot is the frozen interpreter.
	Snapshot *python.Snapshot
	// Program is the analysis of the code in it.
	Program *flow.Program
	// Stale are the source files beside the component that are not those it
	// was built from: their functions are on other lines. Nothing is taken
	// from them.
	Stale []string
	// Dir is the folder that source files are looked for in, "" for none.
	Dir string

	sources map[string]*source.File
}

// Python is the artifact's Python code; nil if it has none. Source files are
// read from Options.PythonSource, or else from the artifact's folder.
func (a *Artifact) Python() (*Python, error) { return a.python() }

// lazyPython reads the Python code of an artifact on first use.
func lazyPython(a *Artifact, src Source, opts Options) func() (*Python, error) {
	return sync.OnceValues(func() (*Python, error) {
		if a.File == nil {
			return nil, nil
		}
		return readPython(a.File, src, opts)
	})
}

func readPython(f *component.File, src Source, opts Options) (*Python, error) {
	snap, err := python.Read(f)
	switch {
	case errors.Is(err, python.ErrNotPython):
		return nil, nil
	case err != nil:
		return nil, err
	}
	p := &Python{Snapshot: snap, Program: flow.Analyze(snap), sources: map[string]*source.File{}}
	p.Dir = cmp.Or(opts.PythonSource, src.Dir)
	if p.Dir != "" {
		p.readSources()
	}
	return p, nil
}

// readSources reads the files of the app's own modules. It takes none if one
// differs from what the component was built from.
func (p *Python) readSources() {
	dir := os.DirFS(p.Dir)
	for _, m := range p.Snapshot.Modules {
		if m.Origin != python.OriginUser || m.File == "" {
			continue
		}
		rel := relative(m.File)
		text, err := readSource(dir, rel)
		if err != nil {
			continue
		}
		f := source.Parse(rel, text)
		if p.differs(m.File, f) {
			p.Stale = append(p.Stale, rel)
			continue
		}
		p.sources[m.File] = f
	}
	slices.Sort(p.Stale)
}

// readSource reads a source file up to the longest that is looked at.
func readSource(dir fs.FS, name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, source.MaxSize))
}

// differs reports whether a function of the snapshot does not begin on its
// line of the source.
func (p *Python) differs(guest string, f *source.File) bool {
	for _, c := range p.Snapshot.Codes {
		if c.File.Path != guest || c.Parent != nil || c.Name() == "__annotate__" {
			continue
		}
		line := f.Line(c.FirstLine())
		name := c.Name()
		begins := strings.Contains(line, "@") || strings.Contains(line, name)
		if !begins && (!strings.HasPrefix(name, "<") || line == "") {
			return true
		}
	}
	return false
}

// relative is a guest path below its entry of the python path: "app.py" for
// "/0/app.py".
func relative(guest string) string {
	if len(guest) > 1 && guest[0] == '/' {
		if entry, rest, ok := strings.Cut(guest[1:], "/"); ok && strings.Trim(entry, "0123456789") == "" {
			return path.Clean(rest)
		}
	}
	return path.Clean(strings.TrimPrefix(guest, "/"))
}

// Source is the source file of a guest path, nil if there is none.
func (p *Python) Source(guest string) *source.File { return p.sources[guest] }

// Place is a place of the guest's source as a finding shows it: in the file
// beside the component if there is one, else by its path below the entry of
// the python path. The excerpt is nil without a source.
func (p *Python) Place(at flow.Position) (*Position, *Excerpt) {
	pos := &Position{
		File: relative(at.File), Line: at.Line, Col: at.Col, EndLine: at.EndLine, EndCol: at.EndCol,
	}
	f := p.sources[at.File]
	if f == nil {
		return pos, nil
	}
	pos.File = filepath.Join(p.Dir, filepath.FromSlash(pos.File))
	if at.Line < 1 || at.Line > len(f.Lines) {
		return pos, nil
	}
	return pos, &Excerpt{Line: at.Line, Lines: []string{f.Line(at.Line)}}
}
