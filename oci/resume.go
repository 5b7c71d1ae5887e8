package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/edgelint/edgelint/pack/artifact"
)

// errBroken is for a body that ended early or broke off.
var errBroken = errors.New("transfer broken off")

// resumeReader reads a blob of a registry and, when the connection breaks,
// takes it up where it was: by a range request, or, where the server has no
// ranges, by reading past what is already known.
type resumeReader struct {
	ctx     context.Context //nolint:containedctx // the life of one download
	repo    *Repository
	d       artifact.Descriptor
	body    io.ReadCloser // nil between two connections
	offset  int64
	reached int64 // offset at the last break
	resumes int
	stuck   int // breaks since the offset last moved far enough
}

// open connects at the current offset. Failures are retried.
func (r *resumeReader) open() error {
	return r.repo.client.retry(r.ctx, r.repo.name, func(ctx context.Context) error {
		body, err := r.repo.remote.Blobs().Fetch(ctx, r.d)
		if err != nil || r.offset == 0 {
			r.body = body
			return err
		}
		if err := skip(body, r.offset); err != nil {
			body.Close()
			return fmt.Errorf("%w: %w", errBroken, err)
		}
		r.body = body
		return nil
	})
}

// skip moves body to offset.
func skip(body io.Reader, offset int64) error {
	if s, ok := body.(io.Seeker); ok {
		if _, err := s.Seek(offset, io.SeekStart); err == nil {
			return nil
		}
	}
	_, err := io.CopyN(io.Discard, body, offset)
	return err
}

func (r *resumeReader) Read(p []byte) (int, error) {
	for {
		if r.body == nil {
			if err := r.open(); err != nil {
				return 0, err
			}
		}
		n, err := r.body.Read(p)
		r.offset += int64(n)
		if err == nil || err == io.EOF && r.offset >= r.d.Size {
			return n, err
		}
		if err := r.breakOff(err); err != nil || n > 0 {
			return n, err
		}
	}
}

// breakOff drops the connection that failed with err. It waits where the last
// ones brought nothing, and is an error when there were too many.
func (r *resumeReader) breakOff(err error) error {
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	r.resumes++
	r.stuck++
	if r.offset >= r.reached+minStallBytes {
		r.stuck, r.reached = 0, r.offset
	}
	retry := r.repo.client.options.Retry
	if r.resumes > maxResumes || r.stuck >= retry.Attempts {
		return fmt.Errorf(
			"%w %d times, last after %d of %d bytes: %w", errBroken, r.resumes, r.offset, r.d.Size, err,
		)
	}
	r.body.Close()
	r.body = nil
	var wait time.Duration
	if r.stuck > 0 {
		wait = retry.wait(r.stuck)
	}
	r.repo.client.options.Progress(Event{
		Kind: Retrying, Name: r.repo.name, Descriptor: r.d, Err: err, Wait: wait,
	})
	return sleep(r.ctx, wait)
}

func (r *resumeReader) Close() error {
	if r.body == nil {
		return nil
	}
	return r.body.Close()
}
