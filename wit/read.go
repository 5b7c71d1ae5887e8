package wit

import (
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/edgelint/edgelint/wit/syntax"
)

// listDeps adds the entries of the folder with dependencies, if there is one, to
// the inputs.
func (l *loader) listDeps(dir string) error {
	if _, err := fs.Stat(l.fsys, dir); err != nil {
		return nil
	}
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		folder, err := l.isDir(name, e)
		if err != nil {
			return err
		}
		ext := path.Ext(name)
		if folder || ext == ".wit" || ext == ".wasm" || ext == ".wat" {
			l.inputs = append(l.inputs, &input{path: name, folder: folder})
		}
	}
	return nil
}

// isDir follows symbolic links, as entry does not.
func (l *loader) isDir(name string, entry fs.DirEntry) (bool, error) {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.IsDir(), nil
	}
	info, err := fs.Stat(l.fsys, name)
	if err != nil {
		return false, err
	}
	return info.IsDir(), nil
}

// read reads the files of all inputs, several at a time.
func (l *loader) read() error {
	errs := make([]error, len(l.inputs))
	inParallel(len(l.inputs), func() func(int) {
		r := inputReader{l: l, buf: make([]byte, 32<<10)}
		return func(i int) {
			in := l.inputs[i]
			in.name = path.Join(l.opts.Root, in.path)
			if in.folder {
				errs[i] = r.folder(in)
			} else {
				errs[i] = r.file(in)
			}
		}
	})
	files := 0
	for i, in := range l.inputs {
		if errs[i] != nil {
			return errs[i]
		}
		if files += len(in.files); files > MaxFiles {
			l.reportFile(in.name, "there are too many files", "")
			break
		}
		l.errs = append(l.errs, in.errs...)
	}
	return nil
}

// inputReader reads inputs one after the other.
type inputReader struct {
	l   *loader
	buf []byte
}

// folder reads the *.wit files of a folder.
func (r *inputReader) folder(in *input) error {
	entries, err := fs.ReadDir(r.l.fsys, in.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".wit") {
			continue
		}
		name := path.Join(in.path, e.Name())
		dir, err := r.l.isDir(name, e)
		if err != nil {
			return err
		}
		if dir {
			continue
		}
		text, err := r.text(name)
		if err != nil {
			return err
		}
		in.files = append(in.files, sourceFile{name: path.Join(r.l.opts.Root, name), text: text})
	}
	return nil
}

// file reads a file with a package, in text or binary.
func (r *inputReader) file(in *input) error {
	text, err := r.text(in.path)
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(text, "\x00asm"):
		in.binary = []byte(text)
	case isAssembly(text):
		var rep reporter
		rep.reportFile(in.name, "the file is WebAssembly in text form, which is not read here",
			"assemble it: wasm-tools parse FILE -o FILE.wasm")
		in.errs = rep.errs
	default:
		in.files = []sourceFile{{name: in.name, text: text}}
	}
	return nil
}

// text reads a whole file; of one that is too large it reads enough for that to
// be noticed.
func (r *inputReader) text(name string) (string, error) {
	f, err := r.l.fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), 1<<20)))
	}
	if _, err := io.CopyBuffer(&b, io.LimitReader(f, syntax.MaxFileSize+1), r.buf); err != nil {
		return "", err
	}
	return b.String(), nil
}
