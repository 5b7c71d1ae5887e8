// Package fetch gives commands that work on files the artifacts of registries.
package fetch

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/internal/pull"
	"github.com/edgelint/edgelint/internal/sources"
	"github.com/edgelint/edgelint/internal/wasmpkg"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/spin"
)

// Fetcher pulls artifacts into folders of its own, which Close removes.
type Fetcher struct {
	env func(string) (string, bool)

	dirs     []string
	packages wasmpkg.Client
	sources  sources.Fetcher
}

// New makes a Fetcher. env looks up an environment variable, as [os.LookupEnv] does.
func New(env func(string) (string, bool)) *Fetcher {
	f := &Fetcher{env: env, packages: wasmpkg.Client{Env: env}}
	f.sources = sources.Fetcher{Dir: sources.DefaultDir(), Package: f.Package}
	return f
}

// Pull gives the paths of an artifact's components: one, or those of a Spin
// application in the order of its manifest. ok is false if the name is that of a
// file, or no reference such as "registry.example.com/team/app:1.0", and no layout
// such as "oci:folder".
func (f *Fetcher) Pull(ctx context.Context, name string) (paths []string, ok bool, err error) {
	if !pull.IsReference(name) {
		return nil, false, nil
	}
	paths, err = f.components(ctx, name)
	return paths, true, err
}

// PullFile gives the path of what an artifact holds: a component, or the spin.toml
// of an application with its components and files beside it; and the artifact's
// digest. ok is as of Pull.
func (f *Fetcher) PullFile(ctx context.Context, name string) (path, digest string, ok bool, err error) {
	if !pull.IsReference(name) {
		return "", "", false, nil
	}
	path, digest, err = f.file(ctx, name)
	return path, digest, true, err
}

func (f *Fetcher) components(ctx context.Context, ref string) ([]string, error) {
	file, _, err := f.file(ctx, ref)
	if err != nil {
		return nil, err
	}
	if filepath.Base(file) == pack.ManifestName {
		return sourcePaths(file)
	}
	return []string{file}, nil
}

func (f *Fetcher) file(ctx context.Context, ref string) (path, digest string, err error) {
	dir, err := os.MkdirTemp("", "edgelint-")
	if err != nil {
		return "", "", err
	}
	f.dirs = append(f.dirs, dir)
	path, pinned, err := pull.Reference(ctx, f.env, ref, dir)
	return path, pinned[strings.LastIndexByte(pinned, '@')+1:], err
}

// sourcePaths are the components of the application that a manifest describes.
func sourcePaths(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := spin.Parse(file, data)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, c := range m.Components {
		if c.Source.Path != "" {
			paths = append(paths, filepath.Join(filepath.Dir(file), filepath.FromSlash(c.Source.Path)))
		}
	}
	return paths, nil
}

// Package finds the content of a source of a spin.toml that is a package.
func (f *Fetcher) Package(ctx context.Context, s spin.Source) (sources.Content, error) {
	return f.packages.Find(ctx, s)
}

// Source gives the path of the binary that a source of a spin.toml names by a URL or
// as a package. It is kept in the user's cache folder.
func (f *Fetcher) Source(ctx context.Context, s spin.Source) (string, error) {
	return f.sources.Fetch(ctx, s)
}

// Close removes what was pulled, and drops the connections.
func (f *Fetcher) Close() error {
	f.packages.Close()
	first := f.sources.Close()
	for _, d := range f.dirs {
		if err := os.RemoveAll(d); first == nil {
			first = err
		}
	}
	f.dirs = nil
	return first
}
