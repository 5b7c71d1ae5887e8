package edgepack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/lint/report"
	"github.com/edgelint/edgelint/lint/rules"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/edgelint/edgelint/spin"
)

// buildFlags say what is packed and how.
type buildFlags struct {
	format      string
	profile     string
	annotations []string
	noInferred  bool
	archive     bool
	keepBuild   bool
	strip       bool
	noLint      bool
	wasmTag     string
	quiet       bool
	packages    oci.Options // for the registries of packages
}

// Formats of artifacts.
const (
	formatSpin = "spin"
	formatWasm = "wasm"
	formatBoth = "both"
)

func (f *buildFlags) define(fs *pflag.FlagSet) {
	fs.StringVar(
		&f.format, "format", "",
		"make a `FORMAT`: spin (Spin and its shim), wasm (wkg, wash, Wasm shims) or both; "+
			"default spin for a spin.toml, wasm for a component",
	)
	fs.StringVar(&f.profile, "profile", "", "spin.toml: with the components' overrides of the profile `NAME`")
	fs.StringArrayVar(
		&f.annotations, "annotation", nil, "add the annotation `KEY=VALUE` to the manifest; repeatable",
	)
	fs.BoolVar(
		&f.noInferred, "no-inferred-annotations", false,
		"do not annotate title, version, description and authors",
	)
	fs.BoolVar(&f.archive, "archive", false, "put the files of each component into one layer")
	fs.BoolVar(&f.keepBuild, "keep-build", false, "publish the build commands of the spin.toml too")
	fs.BoolVar(&f.strip, "strip", false, "leave out names and debug information, which only debuggers read")
	fs.BoolVar(&f.noLint, "no-lint", false, "do not ask edgelint first")
	fs.StringVar(
		&f.wasmTag, "wasm-tag", "",
		"with --format both, the `TAG` of the wasm artifact (default the other's with -wasm)",
	)
}

// built is one artifact of a build.
type built struct {
	artifact.Artifact
	format string
	suffix string // of its tag
}

// build is everything a path was packed into. Close it when the artifacts have
// been read.
type build struct {
	artifacts []built
	name      string
	version   string
	closers   []io.Closer
}

func (b *build) close() {
	for _, c := range b.closers {
		_ = c.Close()
	}
}

// build lints and packs what path names: a component, a spin.toml, or a folder
// that holds one.
func (c *Command) build(ctx context.Context, f *buildFlags, path string) (*build, error) {
	input, err := c.openInput(ctx, f, path)
	if err != nil {
		return nil, err
	}
	b, err := c.buildInput(ctx, f, input)
	if err != nil {
		input.close()
		return nil, err
	}
	b.closers = append(b.closers, input)
	return b, nil
}

func (c *Command) buildInput(ctx context.Context, f *buildFlags, in *input) (*build, error) {
	if err := f.check(in); err != nil {
		return nil, err
	}
	o, err := f.options(c.env("SOURCE_DATE_EPOCH"))
	if err != nil {
		return nil, err
	}
	if f.strip {
		o.Rewrite = func(name string, w pack.Wasm) (pack.Wasm, error) { return c.strip(f, name, w) }
	}
	if !f.noLint {
		if err := c.lint(ctx, in.sources); err != nil {
			return nil, err
		}
	}
	b := &build{name: in.name(), version: in.app.Version}
	if f.format != formatWasm {
		a, err := pack.Spin(in.app, o)
		if err != nil {
			return nil, err
		}
		b.artifacts = append(b.artifacts, built{Artifact: a, format: formatSpin})
	}
	if f.format != formatSpin {
		a, err := pack.CNCF(in.title(), in.wasm(), o)
		if err != nil {
			return nil, err
		}
		wasm := built{Artifact: a, format: formatWasm}
		if f.format == formatBoth {
			wasm.suffix = "-wasm"
		}
		b.artifacts = append(b.artifacts, wasm)
	}
	return b, nil
}

// strip leaves out what only debuggers read, and says what that saves.
func (c *Command) strip(f *buildFlags, name string, w pack.Wasm) (pack.Wasm, error) {
	out, err := pack.Strip(w)
	if err != nil {
		return out, err
	}
	if !f.quiet {
		c.notef("stripped %s from %s to %s", name, size(w.Size), size(out.Size))
	}
	return out, nil
}

// check settles the format and refuses what it cannot hold.
func (f *buildFlags) check(in *input) error {
	switch {
	case f.format == "" && in.bare:
		f.format = formatWasm
	case f.format == "":
		f.format = formatSpin
	case f.format != formatSpin && f.format != formatWasm && f.format != formatBoth:
		return cli.Usagef("unknown format %q; want spin, wasm or both", f.format)
	}
	if f.format != formatSpin && len(in.app.Components) != 1 {
		return fmt.Errorf(
			"the wasm format holds one component, and %s has %d; use --format spin", in.path,
			len(in.app.Components),
		)
	}
	if f.format != formatSpin && len(in.app.Components[0].Dependencies) > 0 {
		return fmt.Errorf(
			"the wasm format holds one component without dependencies, and component %s of %s has %d; use --format spin",
			in.app.Components[0].ID, in.path, len(in.app.Components[0].Dependencies),
		)
	}
	return nil
}

func (f *buildFlags) options(epoch string) (pack.Options, error) {
	o := pack.Options{
		Annotations: map[string]string{},
		NoInferred:  f.noInferred, Archive: f.archive, KeepBuild: f.keepBuild,
	}
	for _, a := range f.annotations {
		key, value, ok := strings.Cut(a, "=")
		if !ok || key == "" {
			return o, cli.Usagef("--annotation %q is not KEY=VALUE", a)
		}
		o.Annotations[key] = value
	}
	var err error
	o.Created, err = pack.ParseEpoch(epoch)
	return o, err
}

// lint asks edgelint about the components and refuses those with errors.
func (c *Command) lint(ctx context.Context, sources []lint.Source) error {
	result, err := lint.Run(ctx, sources, rules.All(), lint.Options{})
	if err != nil {
		return err
	}
	if !result.Fails(lint.Error) {
		return nil
	}
	if err := report.Formats()["text"](
		c.Stderr, result, report.Options{Quiet: true, Version: c.version()},
	); err != nil {
		return err
	}
	return fmt.Errorf("%w: edgelint finds errors; mend them, or pass --no-lint", errRefused)
}

// input is what is packed.
type input struct {
	path    string
	bare    bool // a component without a spin.toml
	app     pack.App
	sources []lint.Source // of the components
	root    *os.Root
	opener  *sourceOpener // of a spin.toml
	file    *os.File
}

func (c *Command) openInput(ctx context.Context, f *buildFlags, path string) (*input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		in, err := c.openManifest(ctx, f, filepath.Join(path, pack.ManifestName))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%s holds no %s; name a component or a manifest", path, pack.ManifestName)
		}
		return in, err
	}
	if filepath.Ext(path) == ".toml" {
		return c.openManifest(ctx, f, path)
	}
	if f.profile != "" {
		return nil, cli.Usagef("--profile is for Spin applications, and %s is none: name a %s", path, pack.ManifestName)
	}
	return openComponent(path, info.Size())
}

func openComponent(path string, size int64) (*input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	id := componentID(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	wasm := pack.Wasm{ReaderAt: f, Size: size}
	app := pack.App{
		Name:       id,
		Triggers:   []pack.Trigger{{Type: "http", Component: id, Config: map[string]any{"route": "/..."}}},
		Components: []pack.Component{{ID: id, Wasm: wasm}},
	}
	return &input{path: path, bare: true, app: app, sources: []lint.Source{lint.Path(path)}, file: f}, nil
}

// componentID makes an ID that Spin takes of a file's name.
func componentID(name string) string {
	words := strings.FieldsFunc(
		strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') },
	)
	id := strings.Join(words, "-")
	if id == "" || id[0] >= '0' && id[0] <= '9' {
		id = "app-" + id
	}
	return strings.TrimSuffix(id, "-")
}

func (c *Command) openManifest(ctx context.Context, f *buildFlags, path string) (*input, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := spin.Parse(path, data)
	if err != nil {
		return nil, err
	}
	if f.profile != "" {
		if err := m.UseProfile(f.profile); err != nil {
			return nil, err
		}
	}
	dir := filepath.Dir(path)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	in := &input{path: path, root: root, opener: c.newSourceOpener(ctx, f)}
	if err := in.load(m, dir); err != nil {
		in.close()
		return nil, err
	}
	in.app.Profile = f.profile
	return in, nil
}

// load opens what a manifest names.
func (in *input) load(m *spin.Manifest, dir string) (err error) {
	if in.app, err = pack.FromManifest(m, in.root.FS(), in.opener.open); err != nil {
		return err
	}
	for i := range m.Components {
		src, err := in.opener.lintSource(dir, &m.Components[i])
		if err != nil {
			return err
		}
		in.sources = append(in.sources, src)
	}
	return nil
}

// Close implements io.Closer.
func (in *input) Close() error {
	in.close()
	return nil
}

func (in *input) close() {
	_ = in.app.Close()
	if in.opener != nil {
		in.opener.close()
	}
	if in.root != nil {
		_ = in.root.Close()
	}
	if in.file != nil {
		_ = in.file.Close()
	}
}

func (in *input) name() string { return in.app.Name }

func (in *input) wasm() pack.Wasm { return in.app.Components[0].Wasm }

// title is the file name of the wasm artifact's layer.
func (in *input) title() string {
	if in.bare {
		return filepath.Base(in.path)
	}
	return in.app.Components[0].ID + ".wasm"
}

// tagFor is a version as a tag: + is not allowed in one.
func tagFor(version string) string {
	tag := strings.ReplaceAll(version, "+", "_")
	if version == "" || oci.CheckTag(tag) != nil {
		return "latest"
	}
	return tag
}
