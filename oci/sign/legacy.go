package sign

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/edgelint/edgelint/internal/canonjson"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

// Names of cosign's older form: a manifest at the tag sha256-HEX.sig with one
// layer a signature.
const (
	simpleSigningType   = "application/vnd.dev.cosign.simplesigning.v1+json"
	signatureAnnotation = "dev.cosignproject.cosign/signature"
	simpleSigningWhat   = "cosign container image signature"
	legacySuffix        = ".sig"
)

// SignLegacy signs subject in cosign's older form, for verifiers that know no
// bundles: cosign 2 and earlier, and admission controllers. name is
// HOST/REPOSITORY. Signatures that are there stay.
func SignLegacy(
	ctx context.Context, store Store, name string, subject artifact.Descriptor, key PrivateKey,
) (artifact.Descriptor, error) {
	payload, err := simpleSigning(name, subject.Digest)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	signature, err := key.Sign(payload)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	layer := artifact.NewBlob(simpleSigningType, payload)
	d := layer.Descriptor
	d.Annotations = map[string]string{signatureAnnotation: base64.StdEncoding.EncodeToString(signature)}
	tag := oci.CosignTag(subject.Digest, legacySuffix)
	m, err := legacyManifest(ctx, store, tag)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	if !slices.ContainsFunc(m.Layers, func(l artifact.Descriptor) bool {
		return l.Digest == d.Digest &&
			l.Annotations[signatureAnnotation] == d.Annotations[signatureAnnotation]
	}) {
		m.Layers = append(m.Layers, d)
	}
	config, err := legacyConfig(m.Layers)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	m.Config = config.Descriptor
	data, err := m.JSON()
	if err != nil {
		return artifact.Descriptor{}, err
	}
	for _, b := range []artifact.Blob{config, layer} {
		if err := store.PutBlob(ctx, b); err != nil {
			return artifact.Descriptor{}, err
		}
	}
	signed := artifact.DescriptorOf(artifact.TypeManifest, data)
	return signed, store.PutManifest(ctx, signed, data, tag)
}

// legacyManifest is the manifest at tag, or an empty one.
func legacyManifest(ctx context.Context, src oci.Source, tag string) (artifact.Manifest, error) {
	d, data, err := src.Manifest(ctx, tag)
	if errors.Is(err, oci.ErrNotFound) {
		return artifact.Manifest{MediaType: artifact.TypeManifest}, nil
	}
	if err != nil {
		return artifact.Manifest{}, err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return m, fmt.Errorf("%s: %w", tag, err)
	}
	if m.Manifests != nil {
		return m, fmt.Errorf("%s: an index, not signatures", tag)
	}
	m.MediaType = artifact.TypeManifest
	return m, nil
}

func simpleSigning(name string, subject artifact.Digest) ([]byte, error) {
	type object = canonjson.Object
	return canonjson.Marshal(object{
		{Name: "critical", Value: object{
			{Name: "identity", Value: object{{Name: "docker-reference", Value: name}}},
			{Name: "image", Value: object{{Name: "docker-manifest-digest", Value: subject.String()}}},
			{Name: "type", Value: simpleSigningWhat},
		}},
		{Name: "optional", Value: nil},
	})
}

// legacyConfig is an image config, which some registries insist on.
func legacyConfig(layers []artifact.Descriptor) (artifact.Blob, error) {
	type object = canonjson.Object
	ids := []string{}
	for _, l := range layers {
		ids = append(ids, l.Digest.String())
	}
	data, err := canonjson.Marshal(object{
		{Name: "architecture", Value: ""},
		{Name: "os", Value: ""},
		{Name: "config", Value: object{}},
		{Name: "rootfs", Value: object{{Name: "type", Value: "layers"}, {Name: "diff_ids", Value: ids}}},
	})
	return artifact.NewBlob(artifact.TypeImageConfig, data), err
}

// openLegacy checks one signature of the older form.
func openLegacy(
	payload []byte, signature string, subject artifact.Digest, keys []PublicKey,
) (PublicKey, error) {
	sig, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return PublicKey{}, errors.New("the signature is not base64")
	}
	i := slices.IndexFunc(keys, func(k PublicKey) bool { return k.Verify(payload, sig) == nil })
	if i < 0 {
		return PublicKey{}, ErrSignature
	}
	var s struct {
		Critical struct {
			Image struct {
				Digest string `json:"docker-manifest-digest"`
			} `json:"image"`
			Type string `json:"type"`
		} `json:"critical"`
	}
	if err := json.Unmarshal(payload, &s); err != nil {
		return PublicKey{}, fmt.Errorf("signed payload: %w", err)
	}
	if s.Critical.Type != simpleSigningWhat {
		return PublicKey{}, fmt.Errorf(
			"signed payload of type %q, not %q", s.Critical.Type, simpleSigningWhat,
		)
	}
	if s.Critical.Image.Digest != subject.String() {
		return PublicKey{}, fmt.Errorf("signed payload about another artifact than %s", subject)
	}
	return keys[i], nil
}
