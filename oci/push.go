package oci

import (
	"context"

	"github.com/edgelint/edgelint/pack/artifact"
	"golang.org/x/sync/errgroup"
)

// Push stores an artifact: its blobs, parallel at once (0: 4), then the
// manifest, under tag unless that is "". The manifest is put only when
// everything it names is there.
func Push(ctx context.Context, dst Target, a artifact.Artifact, tag string, parallel int) error {
	err := each(ctx, parallel, a.Blobs, func(ctx context.Context, b artifact.Blob) error {
		return dst.PutBlob(ctx, b)
	})
	if err != nil {
		return err
	}
	return dst.PutManifest(ctx, a.Descriptor, a.Manifest, tag)
}

// each calls do for every item, n at once, and gives the first error, which
// cancels the others.
func each[T any](ctx context.Context, n int, items []T, do func(context.Context, T) error) error {
	if n <= 0 {
		n = defaultParallel
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(n)
	for _, item := range items {
		group.Go(func() error { return do(ctx, item) })
	}
	return group.Wait()
}
