package pull

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
	"golang.org/x/sync/errgroup"
)

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
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), f)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return w.root.Rename(incoming, unpackedFolder+"/"+hex.EncodeToString(sum.Sum(nil)))
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
			all = append(
				all, contentAt{pack.DependencyPath(c.ID, i+1), c.Dependencies[name].Source.ContentRef},
			)
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
