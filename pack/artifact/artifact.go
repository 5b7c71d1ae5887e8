// Package artifact holds what an OCI artifact is made of: descriptors, blobs
// and a manifest. Package pack makes artifacts, package oci moves them; both
// speak these types. Nothing here opens a connection or a file by itself.
//
//	b := artifact.NewBlob(artifact.TypeWasm, data)
//	m := artifact.Manifest{Config: config.Descriptor, Layers: []artifact.Descriptor{b.Descriptor}}
//	a, err := artifact.New(m, []artifact.Blob{config, b})
package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Descriptor names content: media type, digest and size in bytes.
type Descriptor = ocispec.Descriptor

// Digest is an algorithm and the hexadecimal sum it gave, "sha256:...".
type Digest = digest.Digest

// Blob is content and its descriptor. Open gives a new reader from the first
// byte on every call; several may be open at once. A reader whose content
// turns out not to be the descriptor's must fail before io.EOF, or be checked
// by its user.
type Blob struct {
	Descriptor Descriptor
	Open       func() (io.ReadCloser, error)
}

// NewBlob is a blob of bytes, which must not change afterwards.
func NewBlob(mediaType string, data []byte) Blob {
	return Blob{
		Descriptor: DescriptorOf(mediaType, data),
		Open:       func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
}

// readBuffer is what is read at once to learn a digest, in bytes.
const readBuffer = 256 << 10

// StreamBlob is a blob that is read once now, to learn its digest and size, and
// again by every call of open.
func StreamBlob(mediaType string, open func() (io.ReadCloser, error)) (Blob, error) {
	r, err := open()
	if err != nil {
		return Blob{}, err
	}
	defer r.Close()
	hash := sha256.New()
	size, err := io.CopyBuffer(hash, io.LimitReader(r, MaxBlobSize+1), make([]byte, readBuffer))
	if err != nil {
		return Blob{}, err
	}
	if size > MaxBlobSize {
		return Blob{}, fmt.Errorf("blob is larger than %d bytes", int64(MaxBlobSize))
	}
	d := Descriptor{MediaType: mediaType, Digest: digest.NewDigest(digest.SHA256, hash), Size: size}
	return Blob{Descriptor: d, Open: open}, nil
}

// DescriptorOf describes data.
func DescriptorOf(mediaType string, data []byte) Descriptor {
	sum := sha256.Sum256(data)
	return Descriptor{
		MediaType: mediaType,
		Digest:    digest.NewDigestFromEncoded(digest.SHA256, hex.EncodeToString(sum[:])),
		Size:      int64(len(data)),
	}
}

// Artifact is a manifest and the blobs it names.
type Artifact struct {
	// Descriptor describes Manifest.
	Descriptor Descriptor
	// Manifest is the exact text whose digest names the artifact.
	Manifest []byte
	// Blobs are the config and the layers, each digest once, in the order of
	// the manifest, config first.
	Blobs []Blob
}

// New writes the manifest's text and pairs it with blobs, which must hold every
// blob that m names. Blobs of equal digest are kept once.
func New(m Manifest, blobs []Blob) (Artifact, error) {
	data, err := m.JSON()
	if err != nil {
		return Artifact{}, err
	}
	a := Artifact{Manifest: data, Descriptor: DescriptorOf(TypeManifest, data)}
	a.Descriptor.ArtifactType = m.ArtifactType
	for _, d := range m.Blobs() {
		same := func(b Blob) bool { return b.Descriptor.Digest == d.Digest }
		i := slices.IndexFunc(blobs, same)
		if i < 0 {
			return Artifact{}, fmt.Errorf("the manifest names %s, which is not among the blobs", d.Digest)
		}
		if !slices.ContainsFunc(a.Blobs, same) {
			a.Blobs = append(a.Blobs, blobs[i])
		}
	}
	return a, nil
}

// Size is the number of bytes of all blobs and the manifest.
func (a Artifact) Size() int64 {
	size := int64(len(a.Manifest))
	for _, b := range a.Blobs {
		size += b.Descriptor.Size
	}
	return size
}
