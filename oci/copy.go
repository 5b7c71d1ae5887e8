package oci

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/edgelint/edgelint/pack/artifact"
)

// CopyOptions configure Copy and WriteLayoutArchive.
type CopyOptions struct {
	// Referrers takes along signatures, attestations and whatever else refers
	// to the artifact, and what refers to these; also cosign's older tags.
	Referrers bool
	// Parallel bounds the blobs under way at once. Default 4.
	Parallel int
}

// Root is a manifest to copy.
type Root struct {
	// Target is its tag or digest at the source.
	Target string
	// Tag is the tag to give it; "" for none.
	Tag string
}

// Copy takes an artifact from src to dst, byte for byte, and returns its
// descriptor. Between repositories of one registry, blobs are mounted.
func Copy(
	ctx context.Context, dst Target, src Source, root Root, o CopyOptions,
) (artifact.Descriptor, error) {
	plan, err := newPlan(ctx, src, []Root{root}, o)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	if to, ok := dst.(*Repository); ok {
		if from, ok := src.(*Repository); ok {
			dst = to.MountFrom(from.Name())
		}
	}
	err = each(ctx, o.Parallel, plan.layers, func(ctx context.Context, d artifact.Descriptor) error {
		return dst.PutBlob(ctx, blobFrom(ctx, src, d))
	})
	if err != nil {
		return artifact.Descriptor{}, err
	}
	for _, m := range plan.manifests {
		if err := dst.PutManifest(ctx, m.d, m.data, m.tag); err != nil {
			return artifact.Descriptor{}, err
		}
	}
	return plan.roots[0], nil
}

// plan is everything a copy moves.
type plan struct {
	src       Source
	o         CopyOptions
	roots     []artifact.Descriptor
	manifests []planned // each after what it names
	layers    []artifact.Descriptor
	planned   map[artifact.Digest]bool // manifests
	layered   map[artifact.Digest]bool // layers
	size      int64                    // of the manifests
}

type planned struct {
	d    artifact.Descriptor
	m    artifact.Manifest
	data []byte
	tag  string
}

func newPlan(ctx context.Context, src Source, roots []Root, o CopyOptions) (*plan, error) {
	p := &plan{src: src, o: o, planned: map[artifact.Digest]bool{}, layered: map[artifact.Digest]bool{}}
	for _, root := range roots {
		d, err := p.add(ctx, root.Target, root.Tag, 0)
		if err != nil {
			return nil, err
		}
		p.roots = append(p.roots, d)
	}
	return p, nil
}

// add plans the manifest that target names, what it names, and what refers to it.
func (p *plan) add(ctx context.Context, target, tag string, depth int) (artifact.Descriptor, error) {
	d, data, err := p.src.Manifest(ctx, target)
	if err != nil {
		return d, err
	}
	again := p.planned[d.Digest]
	if again && tag == "" {
		return d, nil
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return d, fmt.Errorf("%s: %w", d.Digest, err)
	}
	if err := p.count(d, depth); err != nil {
		return d, err
	}
	p.planned[d.Digest] = true
	p.addLayers(m)
	for _, child := range m.Manifests {
		if _, err := p.add(ctx, child.Digest.String(), "", depth+1); err != nil {
			return d, err
		}
	}
	p.manifests = append(p.manifests, planned{d, m, data, tag})
	if p.o.Referrers && !again {
		return d, p.addReferrers(ctx, d, depth)
	}
	return d, nil
}

func (p *plan) count(d artifact.Descriptor, depth int) error {
	p.size += d.Size
	switch {
	case depth > maxCopyDepth:
		return fmt.Errorf("%s: nested deeper than %d", d.Digest, maxCopyDepth)
	case len(p.manifests) >= maxCopyManifests:
		return fmt.Errorf("more than %d manifests", maxCopyManifests)
	case p.size > maxCopyMetadata:
		return fmt.Errorf("more than %d bytes of manifests", maxCopyMetadata)
	}
	return nil
}

func (p *plan) addLayers(m artifact.Manifest) {
	for _, d := range m.Blobs() {
		if !p.layered[d.Digest] {
			p.layered[d.Digest] = true
			p.layers = append(p.layers, bare(d))
		}
	}
}

func (p *plan) addReferrers(ctx context.Context, subject artifact.Descriptor, depth int) error {
	referrers, err := p.src.Referrers(ctx, subject, "")
	if err != nil {
		return err
	}
	for _, d := range referrers {
		if _, err := p.add(ctx, d.Digest.String(), "", depth+1); err != nil {
			return err
		}
	}
	for _, suffix := range []string{".sig", ".att", ".sbom"} {
		tag := CosignTag(subject.Digest, suffix)
		if _, err := p.add(ctx, tag, tag, depth+1); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// CosignTag is the tag under which cosign keeps what belongs to a manifest,
// such as ".sig" for its signatures.
func CosignTag(d artifact.Digest, suffix string) string {
	return d.Algorithm().String() + "-" + d.Encoded() + suffix
}

func blobFrom(ctx context.Context, src Source, d artifact.Descriptor) artifact.Blob {
	return artifact.Blob{Descriptor: d, Open: func() (io.ReadCloser, error) { return src.Blob(ctx, d) }}
}

// entries are the lines of index.json: the roots, the referrers and what has a
// tag, but no parts of an index.
func (p *plan) entries() []artifact.Descriptor {
	part := map[artifact.Digest]bool{}
	for _, m := range p.manifests {
		for _, d := range m.m.Manifests {
			part[d.Digest] = true
		}
	}
	var entries []artifact.Descriptor
	for _, m := range p.manifests {
		if m.tag != "" || !part[m.d.Digest] {
			entries = append(entries, indexEntry(m.d, m.m, m.tag))
		}
	}
	return entries
}
