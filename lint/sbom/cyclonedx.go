package sbom

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// bom is a CycloneDX 1.6 document, as far as it is written.
type bom struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	Serial       string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []bomItem    `json:"components"`
	Dependencies []dependency `json:"dependencies"`
	Properties   []property   `json:"properties,omitempty"`
}

type metadata struct {
	Timestamp string    `json:"timestamp,omitempty"`
	Tools     bomTools  `json:"tools"`
	Component bomItem   `json:"component"`
	Lifecycle []bomLife `json:"lifecycles"`
}

type bomTools struct {
	Components []bomItem `json:"components"`
}

type bomLife struct {
	Phase string `json:"phase"`
}

type bomItem struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref,omitempty"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	PURL       string     `json:"purl,omitempty"`
	CPE        string     `json:"cpe,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

// CycloneDX writes the inventory as a CycloneDX 1.6 document in JSON. A zero
// time leaves the timestamp out.
func CycloneDX(w io.Writer, inv *Inventory, at time.Time) error {
	root := "component:" + inv.SHA256
	doc := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6",
		Serial: "urn:uuid:" + uuidOf(inv.SHA256), Version: 1,
		Metadata: metadata{
			Timestamp: timestamp(at), Tools: bomTools{[]bomItem{{Type: "application", Name: "edgelint"}}},
			Lifecycle: []bomLife{{"post-build"}},
			Component: bomItem{
				Type: "application", Ref: root, Name: inv.Name, Hashes: []hash{{"SHA-256", inv.SHA256}},
			},
		},
		Components: []bomItem{},
	}
	for _, t := range inv.Tools {
		doc.Metadata.Component.Properties = append(doc.Metadata.Component.Properties,
			property{"edgelint:producer", t.String()})
	}
	for _, gap := range inv.Gaps {
		doc.Properties = append(doc.Properties, property{"edgelint:gap", gap})
	}
	on := dependency{Ref: root}
	for _, it := range inv.Items {
		item := bomItem{
			Type: "library", Ref: it.ref(), Name: it.Name, Version: it.Version, PURL: it.PURL, CPE: it.CPE,
			Properties: []property{{"edgelint:kind", it.Kind.String()}},
		}
		if it.Kind == KindInterpreter {
			item.Type = "platform"
		}
		if it.Path != "" {
			item.Properties = append(item.Properties, property{"edgelint:path", it.Path})
		}
		doc.Components = append(doc.Components, item)
		on.DependsOn = append(on.DependsOn, item.Ref)
	}
	doc.Dependencies = []dependency{on}
	return write(w, doc)
}

// ref identifies an item within a document.
func (it Item) ref() string {
	ref := it.Kind.String() + ":" + it.Name
	if it.Path != "" {
		ref = it.Kind.String() + ":" + it.Path
	}
	if it.Version != "" {
		ref += "@" + it.Version
	}
	return ref
}

func write(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}

func timestamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// uuidOf makes a UUID of version 8 from the first bytes of a digest in hex.
func uuidOf(digest string) string {
	d := []byte(digest)
	d[12] = '8'
	d[16] = "89ab"[int(d[16])%4]
	return fmt.Sprintf("%s-%s-%s-%s-%s", d[:8], d[8:12], d[12:16], d[16:20], d[20:32])
}
