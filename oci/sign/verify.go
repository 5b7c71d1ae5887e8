package sign

import (
	"context"
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/opencontainers/go-digest"
)

// Bounds on what is looked at for one artifact.
const (
	// maxSignatures bounds the signatures and attestations read.
	maxSignatures = 200
	// maxBundle bounds one bundle, in bytes: an attested predicate in base64.
	maxBundle = 2 * maxPredicate
	// maxPayload bounds one signed payload of the older form, in bytes.
	maxPayload = 64 << 10
)

// ErrUnsigned is for an artifact without any signature.
var ErrUnsigned = errors.New("not signed")

// Signature is one that was verified.
type Signature struct {
	// Manifest holds it.
	Manifest artifact.Digest
	// Key made it.
	Key PublicKey
	// Legacy is set for cosign's older form.
	Legacy bool
	// Predicate is what was attested, JSON; nil for a signature.
	Predicate []byte
}

// Verify finds the signatures of subject that one of keys made, in both forms.
// At least one is needed: otherwise the error wraps ErrUnsigned if there is
// none at all, and tells why each of the others does not count. An attestation
// is no signature.
func Verify(
	ctx context.Context, src oci.Source, subject artifact.Descriptor, keys []PublicKey,
) ([]Signature, error) {
	v := verifier{ctx: ctx, src: src, subject: subject, keys: keys}
	if err := v.bundles(SignPredicate); err != nil {
		return nil, err
	}
	if err := v.legacy(); err != nil {
		return nil, err
	}
	return v.result("signature")
}

// Attestations finds what keys attest of subject with the predicate type, at
// least one.
func Attestations(
	ctx context.Context, src oci.Source, subject artifact.Descriptor, predicateType string, keys []PublicKey,
) ([]Signature, error) {
	v := verifier{ctx: ctx, src: src, subject: subject, keys: keys}
	if err := v.bundles(predicateType); err != nil {
		return nil, err
	}
	return v.result("attestation")
}

// verifier collects the signatures of one artifact.
type verifier struct {
	ctx     context.Context //nolint:containedctx // the life of one call
	src     oci.Source
	subject artifact.Descriptor
	keys    []PublicKey
	found   []Signature
	refused []error
}

func (v *verifier) result(what string) ([]Signature, error) {
	switch {
	case len(v.found) > 0:
		return v.found, nil
	case len(v.refused) == 0:
		return nil, fmt.Errorf("%s: %w: no %s found", v.subject.Digest, ErrUnsigned, what)
	}
	return nil, fmt.Errorf("%s: none of %d candidates is a %s by the given keys:\n%w",
		v.subject.Digest, len(v.refused), what, errors.Join(v.refused...))
}

func (v *verifier) refuse(d artifact.Digest, err error) error {
	if v.refused = append(v.refused, fmt.Errorf("%s: %w", d, err)); len(v.refused) > maxSignatures {
		return fmt.Errorf("more than %d candidates for a signature", maxSignatures)
	}
	return nil
}

func (v *verifier) bundles(predicateType string) error {
	referrers, err := v.src.Referrers(v.ctx, v.subject, bundleType)
	if err != nil {
		return err
	}
	if len(referrers) == 0 {
		// Some registries list the config's type instead of the artifact's.
		if referrers, err = v.src.Referrers(v.ctx, v.subject, artifact.TypeEmpty); err != nil {
			return err
		}
	}
	if len(referrers) > maxSignatures {
		return fmt.Errorf("%d referrers, more than the limit of %d", len(referrers), maxSignatures)
	}
	for _, d := range referrers {
		s, err := v.bundle(d, predicateType)
		if err == nil {
			v.found = append(v.found, s)
		} else if err := v.passOver(d.Digest, err); err != nil {
			return err
		}
	}
	return nil
}

// passOver notes why a candidate does not count. That it could not be fetched is
// no such reason.
func (v *verifier) passOver(d artifact.Digest, err error) error {
	var failed *oci.Error
	if v.ctx.Err() != nil || errors.As(err, &failed) && !errors.Is(err, oci.ErrNotFound) &&
		!errors.Is(err, oci.ErrContent) {
		return err
	}
	return v.refuse(d, err)
}

func (v *verifier) bundle(d artifact.Descriptor, predicateType string) (Signature, error) {
	d, data, err := v.src.Manifest(v.ctx, d.Digest.String())
	if err != nil {
		return Signature{}, err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return Signature{}, err
	}
	switch {
	case m.Subject == nil || m.Subject.Digest != v.subject.Digest:
		return Signature{}, errors.New("refers to another artifact")
	case m.ArtifactType != bundleType:
		return Signature{}, fmt.Errorf("artifact of type %q, not a Sigstore bundle", m.ArtifactType)
	case len(m.Layers) != 1 || m.Layers[0].MediaType != bundleType:
		return Signature{}, errors.New("does not hold one Sigstore bundle")
	}
	content, err := oci.ReadBlob(v.ctx, v.src, m.Layers[0], maxBundle)
	if err != nil {
		return Signature{}, err
	}
	key, s, err := openBundle(content, v.subject.Digest, predicateType, v.keys)
	if err != nil {
		return Signature{}, err
	}
	found := Signature{Manifest: d.Digest, Key: key}
	if predicateType != SignPredicate {
		found.Predicate = s.Predicate
	}
	return found, nil
}

func (v *verifier) legacy() error {
	if v.subject.Digest.Algorithm() != digest.SHA256 {
		return nil // a longer digest makes no tag
	}
	d, data, err := v.src.Manifest(v.ctx, oci.CosignTag(v.subject.Digest, legacySuffix))
	if errors.Is(err, oci.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return v.refuse(d.Digest, err)
	}
	for _, layer := range m.Layers {
		signature := layer.Annotations[signatureAnnotation]
		if layer.MediaType != simpleSigningType || signature == "" {
			continue
		}
		key, err := v.legacyLayer(layer, signature)
		if err == nil {
			v.found = append(v.found, Signature{Manifest: d.Digest, Key: key, Legacy: true})
		} else if err := v.passOver(layer.Digest, err); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) legacyLayer(layer artifact.Descriptor, signature string) (PublicKey, error) {
	payload, err := oci.ReadBlob(v.ctx, v.src, layer, maxPayload)
	if err != nil {
		return PublicKey{}, err
	}
	return openLegacy(payload, signature, v.subject.Digest, v.keys)
}
