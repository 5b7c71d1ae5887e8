package edgepack

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// digestReader passes on a stream and sums it.
type digestReader struct {
	io.Reader
	hash hash.Hash
}

func digestOf(r io.Reader) *digestReader {
	h := sha256.New()
	return &digestReader{io.TeeReader(r, h), h}
}

// sum is the SHA-256 of what passed, hexadecimal.
func (d *digestReader) sum() string { return hex.EncodeToString(d.hash.Sum(nil)) }
