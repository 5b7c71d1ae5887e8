package sign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

// Store is where signatures are kept: beside the artifact.
type Store interface {
	oci.Source
	oci.Target
}

// Options configure Sign and Attest.
type Options struct {
	// Created is the time the signature says it was made. The zero value is
	// 1970: then signing again changes nothing.
	Created time.Time
}

// maxPredicate bounds what is attested, in bytes.
const maxPredicate = 8 << 20

// Sign signs subject and stores the signature as a Sigstore bundle that refers
// to it. It returns the signature's manifest.
func Sign(
	ctx context.Context, dst oci.Target, subject artifact.Descriptor, key PrivateKey, o Options,
) (artifact.Descriptor, error) {
	return attach(ctx, dst, subject, SignPredicate, []byte("{}"), key, o)
}

// predicateTypes are the short names of predicate types, cosign's.
func predicateTypes() map[string]string {
	return map[string]string{
		"cyclonedx": "https://cyclonedx.org/bom",
		"spdx":      "https://spdx.dev/Document",
		"spdxjson":  "https://spdx.dev/Document",
		"slsa":      "https://slsa.dev/provenance/v1",
		"vuln":      "https://cosign.sigstore.dev/attestation/vuln/v1",
	}
}

// PredicateType is the URI that a short name such as "cyclonedx" stands for, or
// the URI itself.
func PredicateType(name string) (string, error) {
	if uri, ok := predicateTypes()[name]; ok {
		return uri, nil
	}
	if !strings.Contains(name, "://") {
		return "", fmt.Errorf("predicate type %q: want a URI, or cyclonedx, spdx, spdxjson, slsa, vuln", name)
	}
	return name, nil
}

// Attest signs the statement that predicate, a JSON object such as an SBOM,
// holds of subject, and stores it as a bundle that refers to it. A signature is
// no attestation: SignPredicate is refused.
func Attest(
	ctx context.Context, dst oci.Target, subject artifact.Descriptor, predicateType string, predicate []byte,
	key PrivateKey, o Options,
) (artifact.Descriptor, error) {
	if predicateType == SignPredicate {
		return artifact.Descriptor{}, fmt.Errorf(
			"predicate type %s says that an artifact is signed; use Sign", SignPredicate,
		)
	}
	if len(predicate) > maxPredicate {
		return artifact.Descriptor{}, fmt.Errorf(
			"predicate of %d bytes: the limit is %d", len(predicate), maxPredicate,
		)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, predicate); err != nil {
		return artifact.Descriptor{}, fmt.Errorf("predicate: %w", err)
	}
	if !bytes.HasPrefix(compact.Bytes(), []byte("{")) {
		return artifact.Descriptor{}, errors.New("predicate: not a JSON object")
	}
	return attach(ctx, dst, subject, predicateType, compact.Bytes(), key, o)
}

func attach(
	ctx context.Context, dst oci.Target, subject artifact.Descriptor, predicateType string, predicate []byte,
	key PrivateKey, o Options,
) (artifact.Descriptor, error) {
	payload, err := statement(subject.Digest, predicateType, predicate)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	data, err := newBundle(key, payload)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	layer := artifact.NewBlob(bundleType, data)
	empty := artifact.NewBlob(artifact.TypeEmpty, []byte("{}"))
	about := artifact.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size}
	a, err := artifact.New(artifact.Manifest{
		MediaType: artifact.TypeManifest, ArtifactType: bundleType, Subject: &about,
		Config: empty.Descriptor, Layers: []artifact.Descriptor{layer.Descriptor},
		Annotations: map[string]string{
			contentAnnotation:          envelopeContent,
			predicateAnnotation:        predicateType,
			artifact.AnnotationCreated: o.created(),
		},
	}, []artifact.Blob{empty, layer})
	if err != nil {
		return artifact.Descriptor{}, err
	}
	return a.Descriptor, oci.Push(ctx, dst, a, "", 0)
}

func (o Options) created() string {
	at := o.Created
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return at.UTC().Format(time.RFC3339)
}
