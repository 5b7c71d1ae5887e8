package edgepack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/internal/atomicfile"
	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
)

const pullText = `Of a wasm artifact the component is written, under the name the artifact gives it. Of a Spin application a folder is written with a spin.toml, the components and their files, ready for edgerun and for spin up; packed again it is the same artifact.

With --key the artifact's signature is verified first, and what is fetched is what was verified. Standard output is the reference by digest.`

type pullFlags struct {
	registryFlags
	resultFlags
	out           string
	keys          []string
	requireDigest bool
}

func (c *Command) pullVerb() cli.Verb {
	var f pullFlags
	return cli.Verb{
		Name: "pull", Args: "REF", Summary: "fetch a component or a Spin application", MinArgs: 1, MaxArgs: 1, Text: pullText,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVarP(&f.out, "out", "o", "", "write the file or folder `OUT`; default the name the artifact gives")
			fs.StringArrayVar(&f.keys, "key", nil, "demand a signature that verifies with the public key in `FILE`; repeatable, one of them suffices")
			fs.BoolVar(&f.requireDigest, "require-digest", false, "refuse a reference that is not by digest")
			f.resultFlags.define(fs)
			f.registryFlags.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return c.pull(ctx, &f, args[0])
		},
	}
}

func (c *Command) pull(ctx context.Context, f *pullFlags, from string) error {
	progress := c.newProgress(&f.registryFlags, pulling)
	defer progress.close()
	at, err := c.open(&f.registryFlags, from, progress.event)
	if err != nil {
		return err
	}
	defer at.close()
	if f.requireDigest && !strings.Contains(at.wanted(), ":") {
		return fmt.Errorf("%w: %s is not a reference by digest", errRefused, from)
	}
	d, data, err := at.source.Manifest(ctx, at.wanted())
	if err != nil {
		return err
	}
	if len(f.keys) > 0 {
		if err := verifyWith(ctx, at.source, d, f.keys); err != nil {
			return err
		}
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return err
	}
	out, err := fetch(ctx, watched{at.source, progress.event}, m, at.location, f.out)
	if err != nil {
		return err
	}
	progress.close()
	if !f.quiet {
		c.notef("wrote %s", out)
	}
	return c.tell(&f.resultFlags, result{
		Reference: at.pinned(d.Digest.String()), Digest: d.Digest.String(), MediaType: d.MediaType, Format: formatOf(m),
	})
}

// formatOf is the format of an artifact, "" if it is none of ours.
func formatOf(m artifact.Manifest) string {
	switch {
	case lockLayer(m) != nil:
		return formatSpin
	case len(m.Layers) == 1 && artifact.IsWasmType(m.Layers[0].MediaType):
		return formatWasm
	}
	return ""
}

// lockLayer is the layer with the locked application, nil if there is none.
func lockLayer(m artifact.Manifest) *artifact.Descriptor {
	for i := range m.Layers {
		if m.Layers[i].MediaType == artifact.TypeSpinApp {
			return &m.Layers[i]
		}
	}
	if m.Config.MediaType == artifact.TypeSpinApp {
		return &m.Config // as Spin 1 did
	}
	return nil
}

// fetch writes an artifact's content and returns where it is.
func fetch(ctx context.Context, src oci.Source, m artifact.Manifest, loc location, out string) (string, error) {
	switch formatOf(m) {
	case formatSpin:
		return fetchApp(ctx, src, m, out)
	case formatWasm:
		return fetchWasm(ctx, src, m.Layers[0], loc, out)
	}
	return "", fmt.Errorf("%s is neither a wasm artifact nor a Spin application; edgepack copy takes it to a layout as it is", loc.written)
}

func fetchWasm(ctx context.Context, src oci.Source, d artifact.Descriptor, loc location, out string) (string, error) {
	name := d.Annotations[artifact.AnnotationTitle]
	if !artifact.SafePath(name) || strings.Contains(name, "/") {
		name = filepath.Base(firstOf(loc.ref.Repository, loc.path)) + ".wasm"
	}
	if out == "" {
		out = name
	} else if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, name)
	}
	return out, writeBlob(ctx, src, d, out)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// writeBlob writes a blob to a file that appears when all of it is there.
func writeBlob(ctx context.Context, src oci.Source, d artifact.Descriptor, path string) error {
	r, err := src.Blob(ctx, d)
	if err != nil {
		return err
	}
	defer r.Close()
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
}

// lockedApp reads the locked application of an artifact.
func lockedApp(ctx context.Context, src oci.Source, m artifact.Manifest) (*pack.LockedApp, error) {
	data, err := oci.ReadBlob(ctx, src, *lockLayer(m), artifact.MaxConfigSize)
	if err != nil {
		return nil, err
	}
	return pack.ParseLocked(data)
}

// fetchApp writes a Spin application to a folder that appears when all of it is
// there.
func fetchApp(ctx context.Context, src oci.Source, m artifact.Manifest, out string) (string, error) {
	app, err := lockedApp(ctx, src, m)
	if err != nil {
		return "", err
	}
	if out == "" {
		out = componentID(app.Meta("name"))
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return "", fmt.Errorf("%s is there and not empty; name another place with --out", out)
	}
	parent := filepath.Dir(filepath.Clean(out))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	partial, err := os.MkdirTemp(parent, ".partial-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(partial)
	if err := writeApp(ctx, src, m, app, partial); err != nil {
		return "", err
	}
	if err := os.Chmod(partial, 0o755); err != nil {
		return "", err
	}
	if err := os.Remove(out); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return out, os.Rename(partial, out)
}

func writeApp(ctx context.Context, src oci.Source, m artifact.Manifest, app *pack.LockedApp, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	text, err := app.Manifest()
	if err != nil {
		return err
	}
	if err := root.WriteFile(pack.ManifestName, text, 0o644); err != nil {
		return err
	}
	w := &appWriter{ctx: ctx, src: src, root: root, layers: map[artifact.Digest]artifact.Descriptor{}}
	for _, d := range m.Layers {
		w.layers[d.Digest] = d
	}
	if err := w.unpack(m); err != nil {
		return err
	}
	if err := w.write(contents(app)); err != nil {
		return err
	}
	return root.RemoveAll(unpackedFolder)
}

// unpackedFolder holds what archives held, by digest, while an application is
// written.
const unpackedFolder = ".unpacked"

// appWriter writes the content of an application.
type appWriter struct {
	ctx    context.Context //nolint:containedctx // the life of one pull
	src    oci.Source
	root   *os.Root
	layers map[artifact.Digest]artifact.Descriptor
}

// unpack stores the files of the archives by the digests they have.
func (w *appWriter) unpack(m artifact.Manifest) error {
	for _, d := range m.Layers {
		if d.MediaType != artifact.TypeSpinArchive {
			continue
		}
		if err := w.root.MkdirAll(unpackedFolder, 0o755); err != nil {
			return err
		}
		if err := w.unpackLayer(d); err != nil {
			return fmt.Errorf("%s: %w", d.Digest, err)
		}
	}
	return nil
}

func (w *appWriter) unpackLayer(d artifact.Descriptor) error {
	r, err := w.src.Blob(w.ctx, d)
	if err != nil {
		return err
	}
	defer r.Close()
	for f, err := range oci.Unpack(r) {
		if err != nil {
			return err
		}
		if err := w.unpackFile(f); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

func (w *appWriter) unpackFile(f oci.ArchiveFile) error {
	const incoming = unpackedFolder + "/incoming"
	out, err := w.root.Create(incoming)
	if err != nil {
		return err
	}
	digester := digestOf(f)
	_, err = io.Copy(out, digester)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return w.root.Rename(incoming, unpackedFolder+"/"+digester.sum())
}

// contentAt is content and the path it belongs at.
type contentAt struct {
	path string
	ref  pack.ContentRef
}

// contents lists what the application consists of.
func contents(app *pack.LockedApp) []contentAt {
	var all []contentAt
	for _, c := range app.Components {
		all = append(all, contentAt{pack.WasmPath(c.ID), c.Source.ContentRef})
		for i, name := range c.DependencyNames() {
			all = append(all, contentAt{pack.DependencyPath(c.ID, i+1), c.Dependencies[name].Source.ContentRef})
		}
		for _, f := range c.Files {
			all = append(all, contentAt{pack.FilePath(c.ID, f.Path), f.ContentRef})
		}
	}
	return all
}

func (w *appWriter) write(all []contentAt) error {
	const atOnce = 4
	group, ctx := errgroup.WithContext(w.ctx)
	group.SetLimit(atOnce)
	for _, c := range all {
		group.Go(func() error {
			if err := w.content(ctx, c.path, c.ref); err != nil {
				return fmt.Errorf("%s: %w", c.path, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// content writes one file: from the locked application, a layer or an archive.
func (w *appWriter) content(ctx context.Context, path string, ref pack.ContentRef) error {
	if err := w.root.MkdirAll(filepath.Dir(filepath.FromSlash(path)), 0o755); err != nil {
		return err
	}
	out, err := w.root.OpenFile(filepath.FromSlash(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	in, err := w.open(ctx, ref)
	if err == nil {
		_, err = io.Copy(out, in)
		err = errors.Join(err, in.Close())
	}
	return errors.Join(err, out.Close())
}

func (w *appWriter) open(ctx context.Context, ref pack.ContentRef) (io.ReadCloser, error) {
	if ref.Inline != nil {
		return io.NopCloser(strings.NewReader(string(*ref.Inline))), nil
	}
	if d, ok := w.layers[ref.Digest]; ok {
		return w.src.Blob(ctx, d)
	}
	f, err := w.root.Open(unpackedFolder + "/" + ref.Digest.Encoded())
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the artifact does not hold %s", ref.Digest)
	}
	return f, err
}

// jsonText is a value as indented JSON.
func jsonText(v any) (string, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return string(data) + "\n", err
}
