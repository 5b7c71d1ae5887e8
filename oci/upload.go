package oci

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/edgelint/edgelint/pack/artifact"
)

// upload sends a blob, from its first byte with every try.
type upload struct {
	blob   artifact.Blob
	report func(Event)
	opens  int                   // tries that got as far as reading the blob
	failed atomic.Pointer[error] // of the local reader
}

func (u *upload) open() (io.ReadCloser, error) {
	body, err := u.blob.Open()
	if err != nil {
		u.failed.Store(&err)
		return nil, err
	}
	kind := Started
	if u.opens > 0 {
		kind = Restarted
	}
	u.opens++
	u.report(Event{Kind: kind})
	return &uploadBody{body: body, upload: u}, nil
}

// cause is the failure of the local reader, if that is why sending failed: it is
// no fault of the registry's, and is not retried.
func (u *upload) cause(err error) error {
	if failed := u.failed.Load(); err != nil && failed != nil {
		return *failed
	}
	return err
}

// uploadBody is the body of a request. A transport may still be reading when
// the request has failed and its maker closes the body; the reader below sees
// one call at a time and is closed by whoever leaves last.
type uploadBody struct {
	upload *upload
	closed atomic.Bool
	mu     sync.Mutex
	body   io.ReadCloser
	once   sync.Once
}

func (b *uploadBody) Read(p []byte) (int, error) {
	n, err := b.read(p)
	if b.closed.Load() {
		_ = b.Close()
	}
	return n, err
}

func (b *uploadBody) read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return 0, os.ErrClosed
	}
	n, err := b.body.Read(p)
	if n > 0 {
		b.upload.report(Event{Kind: Moved, Bytes: int64(n)})
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.upload.failed.Store(&err)
	}
	return n, err
}

func (b *uploadBody) Close() (err error) {
	b.closed.Store(true)
	if b.mu.TryLock() {
		defer b.mu.Unlock()
		b.once.Do(func() { err = b.body.Close() })
	}
	return err
}
