package oci

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/edgelint/edgelint/pack/artifact"
)

// Artifacts is a Source of artifacts that are at hand, found by digest.
type Artifacts []artifact.Artifact

// Manifest implements Source. There are no tags.
func (as Artifacts) Manifest(_ context.Context, target string) (artifact.Descriptor, []byte, error) {
	for _, a := range as {
		if a.Descriptor.Digest.String() == target {
			return bare(a.Descriptor), a.Manifest, nil
		}
	}
	return artifact.Descriptor{}, nil, fmt.Errorf("manifest %s: %w", target, ErrNotFound)
}

// Blob implements Source.
func (as Artifacts) Blob(_ context.Context, d artifact.Descriptor) (io.ReadCloser, error) {
	for _, a := range as {
		i := slices.IndexFunc(a.Blobs, func(b artifact.Blob) bool { return b.Descriptor.Digest == d.Digest })
		if i >= 0 {
			r, err := a.Blobs[i].Open()
			if err != nil {
				return nil, err
			}
			return newVerifyReader(d, r)
		}
	}
	return nil, fmt.Errorf("blob %s: %w", d.Digest, ErrNotFound)
}

// Referrers implements Source.
func (as Artifacts) Referrers(
	_ context.Context, subject artifact.Descriptor, artifactType string,
) ([]artifact.Descriptor, error) {
	var found []artifact.Descriptor
	for _, a := range as {
		m, err := artifact.ParseManifest(a.Descriptor.MediaType, a.Manifest)
		if err != nil {
			return nil, err
		}
		if m.Subject != nil && m.Subject.Digest == subject.Digest && (artifactType == "" ||
			m.ArtifactType == artifactType) {
			found = append(found, a.Descriptor)
		}
	}
	return found, nil
}
