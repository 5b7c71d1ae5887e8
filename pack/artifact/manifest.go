package artifact

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/internal/canonjson"
	"github.com/opencontainers/go-digest"
)

// Manifest is an image manifest or, with Manifests instead of Config and
// Layers, an index.
type Manifest struct {
	// MediaType is written into the text only if set: Spin leaves it out.
	MediaType    string
	ArtifactType string
	Config       Descriptor
	Layers       []Descriptor
	Manifests    []Descriptor
	Subject      *Descriptor
	Annotations  map[string]string
}

// JSON is the manifest's text: canonical JSON, so that its digest depends on
// the content alone. Keys are sorted, control characters are escaped.
func (m Manifest) JSON() ([]byte, error) {
	o := map[string]any{"schemaVersion": 2}
	set := func(name, value string) {
		if value != "" {
			o[name] = value
		}
	}
	set("mediaType", m.MediaType)
	set("artifactType", m.ArtifactType)
	if m.Manifests != nil {
		o["manifests"] = descriptorList(m.Manifests)
	} else {
		o["config"] = descriptorObject(m.Config)
		o["layers"] = descriptorList(m.Layers)
	}
	if m.Subject != nil {
		o["subject"] = descriptorObject(*m.Subject)
	}
	if len(m.Annotations) > 0 {
		o["annotations"] = m.Annotations
	}
	data, err := canonjson.Marshal(o)
	if err != nil {
		return nil, err
	}
	if len(data) > MaxManifestSize {
		return nil, fmt.Errorf("the manifest has %d bytes; registries take %d", len(data), MaxManifestSize)
	}
	return data, nil
}

func descriptorList(ds []Descriptor) []any {
	list := make([]any, len(ds))
	for i, d := range ds {
		list[i] = descriptorObject(d)
	}
	return list
}

func descriptorObject(d Descriptor) map[string]any {
	o := map[string]any{"mediaType": d.MediaType, "digest": d.Digest.String(), "size": d.Size}
	if d.ArtifactType != "" {
		o["artifactType"] = d.ArtifactType
	}
	if len(d.Annotations) > 0 {
		o["annotations"] = d.Annotations
	}
	return o
}

// wireManifest is the union of the manifest formats as they are read.
type wireManifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        *Descriptor       `json:"config"`
	Layers        []Descriptor      `json:"layers"`
	Manifests     []Descriptor      `json:"manifests"`
	Subject       *Descriptor       `json:"subject"`
	Annotations   map[string]string `json:"annotations"`
}

// ErrNotManifest is for text that is no manifest of a known format.
var ErrNotManifest = errors.New("not an OCI manifest")

// ParseManifest reads the text of a manifest or index of the given media type.
// Every descriptor in it has a well-formed digest and a size within MaxBlobSize;
// counts are within the limits of this package.
func ParseManifest(mediaType string, data []byte) (Manifest, error) {
	if len(data) > MaxManifestSize {
		return Manifest{}, fmt.Errorf(
			"%w: %d bytes, above the limit of %d", ErrNotManifest, len(data), MaxManifestSize,
		)
	}
	if !IsManifestType(mediaType) {
		return Manifest{}, fmt.Errorf("%w: media type %q", ErrNotManifest, mediaType)
	}
	var w wireManifest
	if err := json.Unmarshal(data, &w); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrNotManifest, err)
	}
	if w.SchemaVersion != 2 {
		return Manifest{}, fmt.Errorf("%w: schemaVersion is %d, not 2", ErrNotManifest, w.SchemaVersion)
	}
	if w.MediaType != "" && w.MediaType != mediaType {
		return Manifest{}, fmt.Errorf(
			"%w: sent as %q, but its text says %q", ErrNotManifest, mediaType, w.MediaType,
		)
	}
	m := Manifest{
		MediaType: w.MediaType, ArtifactType: w.ArtifactType,
		Layers: w.Layers, Manifests: w.Manifests, Subject: w.Subject, Annotations: w.Annotations,
	}
	index := mediaType == TypeIndex || mediaType == TypeDockerList
	switch {
	case index && (w.Config != nil || w.Layers != nil):
		return Manifest{}, fmt.Errorf("%w: an index with a config or layers", ErrNotManifest)
	case index && m.Manifests == nil:
		m.Manifests = []Descriptor{}
	case !index && w.Manifests != nil:
		return Manifest{}, fmt.Errorf("%w: an image manifest with manifests", ErrNotManifest)
	case !index && w.Config == nil:
		return Manifest{}, fmt.Errorf("%w: no config", ErrNotManifest)
	case !index:
		m.Config = *w.Config
	}
	return m, m.check()
}

func (m Manifest) check() error {
	if len(m.Layers) > MaxLayers {
		return fmt.Errorf("%w: %d layers, above the limit of %d", ErrNotManifest, len(m.Layers), MaxLayers)
	}
	if len(m.Manifests) > MaxIndexEntries {
		return fmt.Errorf(
			"%w: %d entries, above the limit of %d", ErrNotManifest, len(m.Manifests), MaxIndexEntries,
		)
	}
	for _, d := range m.References() {
		if err := CheckDescriptor(d); err != nil {
			return fmt.Errorf("%w: %w", ErrNotManifest, err)
		}
	}
	return nil
}

// References lists everything the manifest names: config, layers or manifests,
// then the subject.
func (m Manifest) References() []Descriptor {
	all := append(m.Blobs(), m.Manifests...)
	if m.Subject != nil {
		all = append(all, *m.Subject)
	}
	return all
}

// Blobs lists the config, then the layers; nothing for an index.
func (m Manifest) Blobs() []Descriptor {
	if m.Manifests != nil {
		return nil
	}
	return append([]Descriptor{m.Config}, m.Layers...)
}

// CheckDescriptor refuses a descriptor whose digest is malformed or of an
// algorithm other than SHA-256 and SHA-512, or whose size is out of range.
func CheckDescriptor(d Descriptor) error {
	if err := d.Digest.Validate(); err != nil {
		return fmt.Errorf("digest %q: %w", d.Digest, err)
	}
	if a := d.Digest.Algorithm(); a != digest.SHA256 && a != digest.SHA512 {
		return fmt.Errorf("digest %q: algorithm %s is not supported; sha256 and sha512 are", d.Digest, a)
	}
	if d.Size < 0 || d.Size > MaxBlobSize {
		return fmt.Errorf("%s: size %d is not between 0 and %d", d.Digest, d.Size, int64(MaxBlobSize))
	}
	return nil
}
