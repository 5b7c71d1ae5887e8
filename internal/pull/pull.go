// Package pull writes what artifacts hold to files: for edgepack pull, and for
// the commands that take a reference where they take a path.
//
//	path, err := pull.Write(ctx, repo, manifest, "app", dir)
package pull

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/internal/atomicfile"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
)

// Format is what an artifact holds.
type Format string

// Formats of artifacts.
const (
	Spin  Format = "spin" // a Spin application
	Wasm  Format = "wasm" // one component or module
	Other Format = ""     // something else
)

// FormatOf tells the format of an artifact.
func FormatOf(m artifact.Manifest) Format {
	switch {
	case lockLayer(m) != nil:
		return Spin
	case len(m.Layers) == 1 && artifact.IsWasmType(m.Layers[0].MediaType):
		return Wasm
	}
	return Other
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

// Write writes an artifact's content to out and returns where it is: a Wasm file,
// or a folder with a spin.toml. An empty out is the name the artifact gives; a
// Wasm file's out may be a folder that is there. name stands in where the
// artifact gives no name. What is written appears when all of it is there.
func Write(ctx context.Context, src oci.Source, m artifact.Manifest, name, out string) (string, error) {
	switch FormatOf(m) {
	case Spin:
		return writeApp(ctx, src, m, name, out)
	case Wasm:
		return writeWasm(ctx, src, m.Layers[0], name, out)
	}
	return "", fmt.Errorf(
		"%s is neither a wasm artifact nor a Spin application; edgepack copy takes it to a layout as it is",
		name,
	)
}

func writeWasm(ctx context.Context, src oci.Source, d artifact.Descriptor, name, out string) (string, error) {
	title := d.Annotations[artifact.AnnotationTitle]
	if !artifact.SafePath(title) || strings.Contains(title, "/") {
		title = name + ".wasm"
	}
	if out == "" {
		out = title
	} else if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, title)
	}
	return out, writeBlob(ctx, src, d, out)
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

// LockedApp reads the locked application of an artifact of the format Spin.
func LockedApp(ctx context.Context, src oci.Source, m artifact.Manifest) (*pack.LockedApp, error) {
	d := lockLayer(m)
	if d == nil {
		return nil, errors.New("not a Spin application")
	}
	data, err := oci.ReadBlob(ctx, src, *d, artifact.MaxConfigSize)
	if err != nil {
		return nil, err
	}
	return pack.ParseLocked(data)
}

func writeApp(ctx context.Context, src oci.Source, m artifact.Manifest, name, out string) (string, error) {
	app, err := LockedApp(ctx, src, m)
	if err != nil {
		return "", err
	}
	if out == "" {
		out = folderName(app.Meta("name"), name)
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return "", fmt.Errorf("%s is there and not empty", out)
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
	if err := writeContent(ctx, src, m, app, partial); err != nil {
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

// folderName is the application's name if that can be a folder's.
func folderName(app, name string) string {
	if artifact.SafePath(app) && !strings.ContainsAny(app, "/ ") && !strings.HasPrefix(app, ".") {
		return app
	}
	return name
}

func writeContent(
	ctx context.Context, src oci.Source, m artifact.Manifest, app *pack.LockedApp, dir string,
) error {
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
