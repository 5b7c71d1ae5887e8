package lint

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/edgelint/edgelint/component"
)

// opener opens the artifacts of a source.
type opener struct {
	ctx       context.Context
	opts      Options
	artifacts []*Artifact
	closers   []io.Closer
}

func (o *opener) close() {
	for _, c := range o.closers {
		c.Close()
	}
}

func (o *opener) open(src Source) error {
	if src.manifest {
		return o.openApp(src)
	}
	_, err := o.openBinary(src)
	return err
}

// openBinary opens one binary.
func (o *opener) openBinary(src Source) (*Artifact, error) {
	bytes, size, closer, err := src.Open()
	if err != nil {
		return nil, err
	}
	if closer != nil {
		o.closers = append(o.closers, closer)
	}
	a := newArtifact(o.ctx, src, bytes, size, o.opts)
	o.artifacts = append(o.artifacts, a)
	return a, nil
}

// openApp opens a manifest and the binaries of its components, each once. A
// binary that cannot be opened is no error of the run: rules report it.
func (o *opener) openApp(src Source) error {
	app, err := src.readApp()
	if err != nil {
		return err
	}
	o.artifacts = append(o.artifacts, manifestArtifact(src.Name, app))
	type opened struct {
		artifact *Artifact
		err      error
	}
	binaries := map[string]opened{}
	for _, c := range app.Components {
		if c.Path == "" || c.SourceErr != nil {
			continue
		}
		b, ok := binaries[c.Path]
		if !ok {
			if b.err = regular(c.Path); b.err == nil {
				binary := c.binary()
				binary.Dir = c.pythonDir()
				b.artifact, b.err = o.openBinary(binary)
			}
			binaries[c.Path] = b
		}
		c.Artifact, c.SourceErr = b.artifact, b.err
		if b.artifact != nil {
			b.artifact.Uses = append(b.artifact.Uses, c)
		}
	}
	o.openDependencies(src, app)
	return nil
}

// regular is an error for what a manifest names and is no regular file: opening
// such a thing may block, and reading it may not end.
func regular(name string) error {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return &os.PathError{Op: "read", Path: name, Err: errors.New("is not a regular file")}
	}
	return err
}

// pythonDir is where the sources of a component's Python code are: in the folder
// where it is built, if the manifest tells that, or else beside the binary. It is
// in the application's folder whatever the manifest says; "" for what was fetched.
func (c *AppComponent) pythonDir() string {
	if c.Source.Path == "" {
		return ""
	}
	if c.Build == nil {
		return filepath.Dir(c.Path)
	}
	dir := filepath.FromSlash(c.Build.Workdir)
	if call, ok := c.Componentize(); ok && len(call.Paths) == 1 {
		dir = filepath.Join(dir, filepath.FromSlash(call.Paths[0]))
	}
	if dir = filepath.Clean(dir); !filepath.IsLocal(dir) {
		dir = "."
	}
	return filepath.Join(c.App.Dir, dir)
}

// manifestArtifact is a manifest as an artifact: without a binary and the facts
// of one.
func manifestArtifact(name string, app *App) *Artifact {
	return &Artifact{
		Name: name, App: app, Size: app.size,
		checks: func() checked { return checked{} },
		trial:  func() (*Trial, error) { return nil, nil },
		judged: func() (*Platforms, error) { return nil, nil },
		python: func() (*Python, error) { return nil, nil },
	}
}

func newArtifact(ctx context.Context, src Source, bytes io.ReaderAt, size int64, opts Options) *Artifact {
	a := &Artifact{Name: src.Name, Size: size, bytes: bytes, supplied: src.Supplied}
	a.File, a.DecodeErr = component.NewFile(bytes, size)
	a.python = lazyPython(a, src, opts)
	a.trial = sync.OnceValues(func() (*Trial, error) {
		if opts.Trial == nil || len(a.Faults()) > 0 || a.Component() == nil {
			return nil, nil
		}
		return opts.Trial(ctx, a)
	})
	a.judged = sync.OnceValues(func() (*Platforms, error) { return judgePlatforms(a, opts.Targets) })
	a.checks = sync.OnceValue(func() checked {
		if a.File == nil {
			return checked{}
		}
		info, errs := component.Validate(ctx, a.File, component.ValidateOptions{})
		return checked{info, errs}
	})
	return a
}
