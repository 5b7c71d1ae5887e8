package oci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"

	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// layoutFiles opens the files of a layout, wherever they are.
type layoutFiles interface {
	// open gives a file and its size; a missing one is fs.ErrNotExist.
	open(name string) (io.ReadCloser, int64, error)
}

// layout reads an OCI image layout. It is the Source part of LayoutDir and
// LayoutArchive.
type layout struct {
	files layoutFiles
	name  string
	read  *sync.Map // by digest: the manifests looked into for their subject
}

func newLayout(files layoutFiles, name string) layout {
	return layout{files: files, name: name, read: &sync.Map{}}
}

const layoutVersionFile = `{"imageLayoutVersion":"1.0.0"}`

// checkVersion refuses what is no layout of a version this package knows.
func (l layout) checkVersion() error {
	data, err := l.readFile(ocispec.ImageLayoutFile, artifact.MaxConfigSize)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: not an OCI layout: no file %s", l.name, ocispec.ImageLayoutFile)
	}
	if err != nil {
		return err
	}
	var version ocispec.ImageLayout
	if err := json.Unmarshal(data, &version); err != nil {
		return fmt.Errorf("%s: %s: %w", l.name, ocispec.ImageLayoutFile, err)
	}
	if version.Version != ocispec.ImageLayoutVersion {
		return fmt.Errorf(
			"%s: OCI layout of version %q; %s is supported", l.name, version.Version,
			ocispec.ImageLayoutVersion,
		)
	}
	return nil
}

func (l layout) readFile(name string, limit int64) ([]byte, error) {
	r, size, err := l.files.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > limit {
		return nil, fmt.Errorf("%s: %s has %d bytes, above the limit of %d", l.name, name, size, limit)
	}
	return io.ReadAll(io.LimitReader(r, limit))
}

// index lists the manifests of index.json.
func (l layout) index() ([]artifact.Descriptor, error) {
	data, err := l.readFile(ocispec.ImageIndexFile, artifact.MaxManifestSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m, err := artifact.ParseManifest(artifact.TypeIndex, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", l.name, ocispec.ImageIndexFile, err)
	}
	return m.Manifests, nil
}

// Manifest implements Source. An empty target is the only tagged manifest, or
// the only one at all.
func (l layout) Manifest(_ context.Context, target string) (artifact.Descriptor, []byte, error) {
	d, err := l.resolve(target)
	if err != nil {
		return d, nil, err
	}
	data, err := l.readFile(blobPath(d.Digest), artifact.MaxManifestSize)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("manifest %s: %w", d.Digest, ErrNotFound)
	}
	if err != nil {
		return d, nil, fmt.Errorf("%s: %w", l.name, err)
	}
	if d.Size < 0 {
		d.Size = int64(len(data))
	}
	if d.MediaType == "" {
		d.MediaType = manifestType(data)
	}
	if err := check(d, data); err != nil {
		return d, nil, fmt.Errorf("%s: manifest: %w", l.name, err)
	}
	return d, data, nil
}

// resolve finds the descriptor of a target. For a digest that index.json does
// not list, type and size are unknown: "" and -1.
func (l layout) resolve(target string) (artifact.Descriptor, error) {
	entries, err := l.index()
	if err != nil {
		return artifact.Descriptor{}, err
	}
	var tagged []artifact.Descriptor
	for _, d := range entries {
		name := d.Annotations[ocispec.AnnotationRefName]
		if target != "" && (name == target || d.Digest.String() == target) {
			return bare(d), nil
		}
		if name != "" {
			tagged = append(tagged, d)
		}
	}
	if parsed, err := digest.Parse(target); err == nil {
		return artifact.Descriptor{Digest: parsed, Size: -1}, nil
	}
	switch {
	case target != "":
		return artifact.Descriptor{}, fmt.Errorf("%s: manifest %s: %w", l.name, target, ErrNotFound)
	case len(tagged) == 1:
		return bare(tagged[0]), nil
	case len(entries) == 1:
		return bare(entries[0]), nil
	}
	return artifact.Descriptor{}, fmt.Errorf(
		"%s: holds %d manifests; say which by tag or digest", l.name, len(entries),
	)
}

// bare is a descriptor without what index.json adds.
func bare(d artifact.Descriptor) artifact.Descriptor {
	return artifact.Descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size}
}

// manifestType guesses the media type of a manifest's text.
func manifestType(data []byte) string {
	var m struct {
		MediaType string          `json:"mediaType"`
		Manifests json.RawMessage `json:"manifests"`
	}
	switch {
	case json.Unmarshal(data, &m) == nil && m.MediaType != "":
		return m.MediaType
	case m.Manifests != nil:
		return artifact.TypeIndex
	}
	return artifact.TypeManifest
}

// Blob implements Source.
func (l layout) Blob(_ context.Context, d artifact.Descriptor) (io.ReadCloser, error) {
	if err := artifact.CheckDescriptor(d); err != nil {
		return nil, err
	}
	r, size, err := l.files.open(blobPath(d.Digest))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: blob %s: %w", l.name, d.Digest, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	if size != d.Size {
		r.Close()
		return nil, fmt.Errorf(
			"%s: %w: %s has %d bytes instead of %d", l.name, ErrContent, d.Digest, size, d.Size,
		)
	}
	return newVerifyReader(d, r)
}

// Referrers implements Source, by looking into every manifest of index.json.
func (l layout) Referrers(
	ctx context.Context, subject artifact.Descriptor, artifactType string,
) ([]artifact.Descriptor, error) {
	entries, err := l.index()
	if err != nil {
		return nil, err
	}
	var found []artifact.Descriptor
	seen := map[artifact.Digest]bool{}
	for _, d := range entries {
		if seen[d.Digest] {
			continue
		}
		seen[d.Digest] = true
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, err := l.referrer(ctx, d)
		if err != nil {
			return nil, err
		}
		if m.Subject == nil || m.Subject.Digest != subject.Digest {
			continue
		}
		if d = bare(d); artifactType == "" || m.ArtifactType == artifactType {
			d.ArtifactType, d.Annotations = m.ArtifactType, m.Annotations
			found = append(found, d)
		}
	}
	return found, nil
}

// referrer reads what a manifest says of itself; its artifact type is the
// config's media type if it names none.
func (l layout) referrer(ctx context.Context, d artifact.Descriptor) (artifact.Manifest, error) {
	if known, ok := l.read.Load(d.Digest); ok {
		return known.(artifact.Manifest), nil
	}
	if !artifact.IsManifestType(d.MediaType) {
		return artifact.Manifest{}, nil
	}
	d, data, err := l.Manifest(ctx, d.Digest.String())
	if err != nil {
		return artifact.Manifest{}, err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return m, fmt.Errorf("%s: %s: %w", l.name, d.Digest, err)
	}
	known := artifact.Manifest{ArtifactType: m.ArtifactType, Subject: m.Subject, Annotations: m.Annotations}
	if known.ArtifactType == "" {
		known.ArtifactType = m.Config.MediaType
	}
	l.read.Store(d.Digest, known)
	return known, nil
}

// blobPath is where a layout keeps a blob. The digest must have been checked.
func blobPath(d artifact.Digest) string {
	return path.Join(ocispec.ImageBlobsDir, d.Algorithm().String(), d.Encoded())
}
