package edgepack

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/edgelint/edgelint/internal/sources"
	"github.com/edgelint/edgelint/internal/wasmpkg"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/spin"
)

// sourceOpener opens the binaries that a manifest does not give by a path.
type sourceOpener struct {
	ctx      context.Context //nolint:containedctx // the life of one build
	sources  *sources.Fetcher
	packages *wasmpkg.Client
	paths    map[spin.Source]string
	files    []*os.File
}

// newSourceOpener makes a sourceOpener; nothing is fetched before it is asked.
func (c *Command) newSourceOpener(ctx context.Context, f *buildFlags) *sourceOpener {
	o := f.packages
	o.UserAgent = "edgepack/" + c.version()
	o.Credentials = credential.Files{Env: c.env, Trace: c.noteSearched}
	packages := &wasmpkg.Client{Env: c.Env, Options: o}
	fetcher := &sources.Fetcher{Dir: sources.DefaultDir(), Package: packages.Find}
	if !f.quiet {
		fetcher.Fetching = func(name string) { c.notef("fetching %s", name) }
	}
	return &sourceOpener{ctx: ctx, sources: fetcher, packages: packages, paths: map[spin.Source]string{}}
}

// packageOptions are what the flags for a registry say of those that packages are
// fetched from: only what names hosts, as they are not on the command line.
func (f *registryFlags) packageOptions() oci.Options {
	named := func(hosts []string) oci.Hosts {
		return slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return h == "*" })
	}
	return oci.Options{
		PlainHTTP: named(f.plainHTTP), SkipTLSVerify: named(f.skipVerify), CAFile: f.caFile,
		Retry: oci.Retry{Attempts: f.attempts},
	}
}

// open opens a source, which stays open until close.
func (o *sourceOpener) open(s spin.Source) (pack.Wasm, error) {
	path, err := o.path(s)
	if err != nil {
		return pack.Wasm{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return pack.Wasm{}, err
	}
	o.files = append(o.files, f)
	info, err := f.Stat()
	if err != nil {
		return pack.Wasm{}, err
	}
	return pack.Wasm{ReaderAt: f, Size: info.Size()}, nil
}

// path is the file of a source, found and fetched once.
func (o *sourceOpener) path(s spin.Source) (string, error) {
	if path, ok := o.paths[s]; ok {
		return path, nil
	}
	path, err := o.sources.Fetch(o.ctx, s)
	if err == nil {
		o.paths[s] = path
	}
	return path, err
}

// lintSource is a component's binary for edgelint; dir is the manifest's folder.
func (o *sourceOpener) lintSource(dir string, c *spin.Component) (lint.Source, error) {
	if s := c.Source; s.Path == "" {
		path, err := o.path(s)
		return lint.Source{Name: s.Name(), Open: lint.Path(path).Open, Supplied: c.Supplied}, err
	}
	src := lint.Path(filepath.Join(dir, filepath.FromSlash(c.Source.Path)))
	src.Supplied = c.Supplied
	return src, nil
}

func (o *sourceOpener) close() {
	for _, f := range o.files {
		_ = f.Close()
	}
	_ = o.sources.Close()
	o.packages.Close()
}
