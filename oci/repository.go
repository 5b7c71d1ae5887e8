package oci

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/opencontainers/go-digest"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/errcode"
)

// Repository is one repository of a registry, a Source and a Target. It may be
// used by several goroutines.
type Repository struct {
	client *Client
	remote *remote.Repository
	ref    Reference
	name   string
	mounts []string
}

// Name is HOST/REPOSITORY.
func (r *Repository) Name() string { return r.name }

// MountFrom is the repository with others of the same registry, HOST/REPOSITORY
// each, that may hold the blobs about to be put: the registry is asked to take
// them from there before they are sent. Names at other hosts are left out.
func (r *Repository) MountFrom(names ...string) *Repository {
	mounting := *r
	mounting.mounts = nil
	for _, name := range names {
		ref, err := ParseReference(name)
		if err == nil && ref.Host == r.ref.Host && ref.Repository != r.ref.Repository {
			mounting.mounts = append(mounting.mounts, ref.Repository)
		}
	}
	return &mounting
}

// Manifest implements Source.
func (r *Repository) Manifest(ctx context.Context, target string) (artifact.Descriptor, []byte, error) {
	var d artifact.Descriptor
	var data []byte
	err := r.client.retry(ctx, r.name, func(ctx context.Context) (err error) {
		d, data, err = r.manifest(ctx, target)
		return err
	})
	return d, data, wrap(r.name, "manifest "+target, err)
}

func (r *Repository) manifest(ctx context.Context, target string) (artifact.Descriptor, []byte, error) {
	d, body, err := r.remote.Manifests().FetchReference(ctx, target)
	if err != nil {
		return d, nil, err
	}
	defer body.Close()
	if d.Size > artifact.MaxManifestSize {
		return d, nil, tooLarge(d, artifact.MaxManifestSize)
	}
	data, err := io.ReadAll(io.LimitReader(body, artifact.MaxManifestSize+1))
	if err != nil {
		return d, nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	// The size of the header may be absent, the digest may be a lie.
	d = artifact.Descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: int64(len(data))}
	if want, err := digest.Parse(target); err == nil {
		d.Digest = want
	}
	if d.Size > artifact.MaxManifestSize {
		return d, nil, tooLarge(d, artifact.MaxManifestSize)
	}
	return d, data, check(d, data)
}

// Blob implements Source. The reader takes up broken connections by itself.
func (r *Repository) Blob(ctx context.Context, d artifact.Descriptor) (io.ReadCloser, error) {
	resume := &resumeReader{ctx: ctx, repo: r, d: d}
	if err := artifact.CheckDescriptor(d); err != nil {
		return nil, wrap(r.name, "blob "+d.Digest.String(), err)
	}
	if err := resume.open(); err != nil {
		return nil, wrap(r.name, "blob "+d.Digest.String(), err)
	}
	return newVerifyReader(d, &namedReader{resume, r.name, d})
}

// namedReader adds to an error where the blob came from.
type namedReader struct {
	io.ReadCloser
	name string
	d    artifact.Descriptor
}

func (r *namedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = wrap(r.name, "blob "+r.d.Digest.String(), err)
	}
	return n, err
}

// Referrers implements Source, by the referrers API or the fallback tag.
func (r *Repository) Referrers(
	ctx context.Context, subject artifact.Descriptor, artifactType string,
) ([]artifact.Descriptor, error) {
	all, err := r.referrers(ctx, subject, artifactType)
	if noReferrersAPI(err) && r.remote.SetReferrersCapability(false) == nil {
		all, err = r.referrers(ctx, subject, artifactType)
	}
	for _, d := range all {
		if err == nil {
			err = artifact.CheckDescriptor(d)
		}
	}
	if err != nil {
		return nil, wrap(r.name, "referrers of "+subject.Digest.String(), err)
	}
	return all, nil
}

func (r *Repository) referrers(
	ctx context.Context, subject artifact.Descriptor, artifactType string,
) (all []artifact.Descriptor, err error) {
	err = r.client.retry(ctx, r.name, func(ctx context.Context) error {
		all = nil
		return r.remote.Referrers(ctx, subject, artifactType, func(page []artifact.Descriptor) error {
			if all = append(all, page...); len(all) > maxReferrers {
				return fmt.Errorf("more than %d referrers of %s", maxReferrers, subject.Digest)
			}
			return nil
		})
	})
	return all, err
}

// noReferrersAPI reports whether a registry has no referrers API and says so in
// another way than by 404, which the client library knows.
func noReferrersAPI(err error) bool {
	var answer *errcode.ErrorResponse
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.StatusCode {
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// PutBlob implements Target: nothing is sent if the blob is there or can be
// mounted; otherwise it is sent, from its first byte again after a failure.
func (r *Repository) PutBlob(ctx context.Context, b artifact.Blob) error {
	err := r.putBlob(ctx, b)
	if err == nil {
		return nil
	}
	return wrap(r.name, "push blob "+b.Descriptor.Digest.String(), err)
}

func (r *Repository) putBlob(ctx context.Context, b artifact.Blob) error {
	if err := artifact.CheckDescriptor(b.Descriptor); err != nil {
		return err
	}
	var exists bool
	err := r.client.retry(ctx, r.name, func(ctx context.Context) (err error) {
		exists, err = r.remote.Blobs().Exists(ctx, b.Descriptor)
		return err
	})
	if err != nil {
		return err
	}
	up := &upload{blob: b, report: func(e Event) {
		e.Name, e.Descriptor = r.name, b.Descriptor
		r.client.options.Progress(e)
	}}
	if exists {
		up.report(Event{Kind: Existed})
		return nil
	}
	for _, from := range r.mounts {
		if r.mount(ctx, from, up) {
			return nil
		}
	}
	err = r.client.retry(ctx, r.name, func(ctx context.Context) error { return r.send(ctx, up) })
	if err == nil {
		up.report(Event{Kind: Done})
	}
	return err
}

// mount asks the registry to take the blob from another repository; if the
// registry opens an upload instead, the blob is sent. That it fails, for want of
// access to the other repository perhaps, is no reason to give up.
func (r *Repository) mount(ctx context.Context, from string, up *upload) bool {
	sent := up.opens
	if err := r.remote.Mount(ctx, up.blob.Descriptor, from, up.open); err != nil {
		return false
	}
	if up.opens == sent {
		up.report(Event{Kind: Mounted})
	} else {
		up.report(Event{Kind: Done})
	}
	return true
}

func (r *Repository) send(ctx context.Context, up *upload) error {
	body, err := up.open()
	if err != nil {
		return err
	}
	defer body.Close()
	return up.cause(r.remote.Blobs().Push(ctx, up.blob.Descriptor, body))
}

// PutManifest implements Target. A manifest with a subject is entered in the
// fallback tag too, if the registry has no referrers API.
func (r *Repository) PutManifest(ctx context.Context, d artifact.Descriptor, data []byte, tag string) error {
	err := check(d, data)
	if err == nil && tag != "" {
		err = CheckTag(tag)
	}
	if err == nil {
		err = r.client.retry(ctx, r.name, func(ctx context.Context) error {
			if tag == "" {
				return r.remote.Manifests().Push(ctx, d, bytes.NewReader(data))
			}
			return r.remote.PushReference(ctx, d, bytes.NewReader(data), tag)
		})
	}
	what := tag
	if tag == "" {
		what = d.Digest.String()
	}
	return wrap(r.name, "push manifest "+what, err)
}

// Event is one step in the transfer of a blob, or a wait before a request is
// repeated.
type Event struct {
	Kind       EventKind
	Name       string              // HOST/REPOSITORY
	Descriptor artifact.Descriptor // zero where Retrying is about no blob
	Bytes      int64               // more bytes that passed, for Moved
	Wait       time.Duration       // for Retrying
	Err        error               // for Retrying
}
