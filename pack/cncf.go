package pack

import (
	"encoding/json"
	"fmt"
	"path"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/canonjson"
	"github.com/edgelint/edgelint/pack/artifact"
)

// CNCF packs one Wasm binary as the CNCF's "Wasm OCI Artifact layout" says: one
// layer, and a config that lists the component's imports and exports, so that
// they can be known without fetching it. title is the layer's file name.
func CNCF(title string, w Wasm, o Options) (artifact.Artifact, error) {
	if title == "" || path.Base(title) != title || !artifact.SafePath(title) {
		return artifact.Artifact{}, fmt.Errorf("title %q is not a file name", title)
	}
	kind, err := checkWasm(w)
	if err != nil {
		return artifact.Artifact{}, fmt.Errorf("%s: %w", title, err)
	}
	if w, err = o.rewrite(title, w); err != nil {
		return artifact.Artifact{}, err
	}
	layer, err := artifact.StreamBlob(artifact.TypeWasm, w.open)
	if err != nil {
		return artifact.Artifact{}, fmt.Errorf("%s: %w", title, err)
	}
	c := cncfConfig{created: o.Created, layer: layer.Descriptor.Digest}
	if kind == kindComponent {
		if c.names, err = readNames(w); err != nil {
			return artifact.Artifact{}, fmt.Errorf("%s: %w", title, err)
		}
	}
	config, err := c.blob()
	if err != nil {
		return artifact.Artifact{}, err
	}
	d := layer.Descriptor
	d.Annotations = map[string]string{artifact.AnnotationTitle: title}
	m := artifact.Manifest{
		MediaType: artifact.TypeManifest, Config: config.Descriptor,
		Layers: []artifact.Descriptor{d}, Annotations: o.Annotations,
	}
	return artifact.New(m, []artifact.Blob{config, layer})
}

// Names are the names a component imports and exports, in its own order.
type Names struct {
	Imports, Exports []string
}

func readNames(w Wasm) (*Names, error) {
	f, err := component.NewFile(w, w.Size)
	if err != nil {
		return nil, err
	}
	names := &Names{Imports: []string{}, Exports: []string{}}
	for _, i := range f.Root.Imports {
		names.Imports = append(names.Imports, i.Name.String())
	}
	for _, e := range f.Root.Exports {
		names.Exports = append(names.Exports, e.Name.String())
	}
	return names, nil
}

// cncfConfig is a config of version 0.
type cncfConfig struct {
	created time.Time
	layer   artifact.Digest
	names   *Names // nil for a core module
}

func (c cncfConfig) blob() (artifact.Blob, error) {
	type object = canonjson.Object
	created := c.created
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	system, names := "wasip1", any(nil)
	if c.names != nil {
		system = "wasip2"
		names = object{
			{Name: "exports", Value: c.names.Exports},
			{Name: "imports", Value: c.names.Imports},
			{Name: "target", Value: nil},
		}
	}
	data, err := canonjson.Marshal(object{
		{Name: "created", Value: timestamp(created)},
		{Name: "author", Value: nil},
		{Name: "architecture", Value: "wasm"},
		{Name: "os", Value: system},
		{Name: "layerDigests", Value: []string{c.layer.String()}},
		{Name: "component", Value: names},
	})
	return artifact.NewBlob(artifact.TypeWasmConfig, data), err
}

// ParseCNCF reads the config of a CNCF Wasm artifact. names is nil for a core
// module.
func ParseCNCF(data []byte) (names *Names, err error) {
	var config struct {
		Component *struct {
			Imports []string `json:"imports"`
			Exports []string `json:"exports"`
		} `json:"component"`
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return nil, fmt.Errorf("config of the Wasm artifact: %w", err)
	}
	if config.Component == nil {
		return nil, nil
	}
	return &Names{Imports: config.Component.Imports, Exports: config.Component.Exports}, nil
}
