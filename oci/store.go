package oci

import (
	"context"
	"io"

	"github.com/edgelint/edgelint/pack/artifact"
)

// Source is where artifacts are read from: a repository, a layout folder or a
// layout archive.
type Source interface {
	// Manifest reads the manifest or index that a tag or digest names. The
	// descriptor's digest is that of the bytes returned.
	Manifest(ctx context.Context, target string) (artifact.Descriptor, []byte, error)
	// Blob opens a blob. A reader whose content is not d's ends with an error
	// that wraps ErrContent instead of io.EOF.
	Blob(ctx context.Context, d artifact.Descriptor) (io.ReadCloser, error)
	// Referrers lists the manifests whose subject is subject, those of one
	// artifact type unless that is "".
	Referrers(
		ctx context.Context, subject artifact.Descriptor, artifactType string,
	) ([]artifact.Descriptor, error)
}

// Target is where artifacts are written to.
type Target interface {
	// PutBlob stores a blob unless it is there already.
	PutBlob(ctx context.Context, b artifact.Blob) error
	// PutManifest stores a manifest or index whose blobs are all there, under
	// a tag unless that is "".
	PutManifest(ctx context.Context, d artifact.Descriptor, data []byte, tag string) error
}

// ReadBlob reads a blob whole, if it has at most limit bytes.
func ReadBlob(ctx context.Context, src Source, d artifact.Descriptor, limit int64) ([]byte, error) {
	if d.Size > limit {
		return nil, tooLarge(d, limit)
	}
	r, err := src.Blob(ctx, d)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
