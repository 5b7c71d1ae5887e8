package oci

import (
	"fmt"
	"hash"
	"io"

	"github.com/edgelint/edgelint/pack/artifact"
)

func tooLarge(d artifact.Descriptor, limit int64) error {
	return fmt.Errorf("%s has %d bytes, above the limit of %d", d.Digest, d.Size, limit)
}

// check compares data with its descriptor.
func check(d artifact.Descriptor, data []byte) error {
	if err := artifact.CheckDescriptor(d); err != nil {
		return err
	}
	if int64(len(data)) != d.Size {
		return fmt.Errorf("%w: %s has %d bytes instead of %d", ErrContent, d.Digest, len(data), d.Size)
	}
	if got := d.Digest.Algorithm().FromBytes(data); got != d.Digest {
		return fmt.Errorf("%w: got %s instead of %s", ErrContent, got, d.Digest)
	}
	return nil
}

// verifyReader passes on a blob and compares it with its descriptor at the end.
type verifyReader struct {
	io.ReadCloser
	d    artifact.Descriptor
	hash hash.Hash
	read int64
}

func newVerifyReader(d artifact.Descriptor, r io.ReadCloser) (io.ReadCloser, error) {
	if err := artifact.CheckDescriptor(d); err != nil {
		r.Close()
		return nil, err
	}
	return &verifyReader{ReadCloser: r, d: d, hash: d.Digest.Algorithm().Hash()}, nil
}

func (v *verifyReader) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.read += int64(n)
	if v.read > v.d.Size {
		return 0, fmt.Errorf("%w: %s goes on after its %d bytes", ErrContent, v.d.Digest, v.d.Size)
	}
	v.hash.Write(p[:n])
	if err != io.EOF {
		return n, err
	}
	if v.read != v.d.Size {
		return n, fmt.Errorf("%w: %s ends after %d of %d bytes", ErrContent, v.d.Digest, v.read, v.d.Size)
	}
	if got := v.hash.Sum(nil); fmt.Sprintf("%x", got) != v.d.Digest.Encoded() {
		return n, fmt.Errorf(
			"%w: got %s:%x instead of %s", ErrContent, v.d.Digest.Algorithm(), got, v.d.Digest,
		)
	}
	return n, io.EOF
}
