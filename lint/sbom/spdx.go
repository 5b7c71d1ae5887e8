package sbom

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// spdx is an SPDX 2.3 document, as far as it is written.
type spdx struct {
	Version       string             `json:"spdxVersion"`
	License       string             `json:"dataLicense"`
	ID            string             `json:"SPDXID"`
	Name          string             `json:"name"`
	Namespace     string             `json:"documentNamespace"`
	Creation      spdxCreation       `json:"creationInfo"`
	Packages      []spdxPackage      `json:"packages"`
	Relationships []spdxRelationship `json:"relationships"`
}

type spdxCreation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
	Comment  string   `json:"comment,omitempty"`
}

type spdxPackage struct {
	ID       string         `json:"SPDXID"`
	Name     string         `json:"name"`
	Version  string         `json:"versionInfo,omitempty"`
	Location string         `json:"downloadLocation"`
	Analyzed bool           `json:"filesAnalyzed"`
	Purpose  string         `json:"primaryPackagePurpose,omitempty"`
	Sums     []spdxChecksum `json:"checksums,omitempty"`
	Refs     []spdxRef      `json:"externalRefs,omitempty"`
	Comment  string         `json:"comment,omitempty"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxRelationship struct {
	Element string `json:"spdxElementId"`
	Type    string `json:"relationshipType"`
	Related string `json:"relatedSpdxElement"`
}

const noAssertion = "NOASSERTION"

// SPDX writes the inventory as an SPDX 2.3 document in JSON. The format demands
// a time of creation: a zero time becomes the start of 1970.
func SPDX(w io.Writer, inv *Inventory, at time.Time) error {
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	const document, root = "SPDXRef-DOCUMENT", "SPDXRef-Component"
	doc := spdx{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: document, Name: inv.Name,
		Namespace: "https://spdx.org/spdxdocs/" + uuidOf(inv.SHA256),
		Creation: spdxCreation{
			Created: timestamp(at), Creators: []string{"Tool: edgelint"}, Comment: strings.Join(inv.Gaps, "; "),
		},
		Packages: []spdxPackage{{
			ID: root, Name: inv.Name, Location: noAssertion, Purpose: "APPLICATION",
			Sums: []spdxChecksum{{"SHA256", inv.SHA256}}, Comment: producers(inv.Tools),
		}},
		Relationships: []spdxRelationship{{document, "DESCRIBES", root}},
	}
	for i, it := range inv.Items {
		p := spdxPackage{
			ID: fmt.Sprintf("SPDXRef-%d-%s", i+1, spdxName(it.Name)), Name: it.Name, Version: it.Version,
			Location: noAssertion, Purpose: "LIBRARY", Comment: it.Kind.String(),
		}
		if it.Path != "" {
			p.Comment += " " + it.Path
		}
		if it.PURL != "" {
			p.Refs = append(p.Refs, spdxRef{"PACKAGE-MANAGER", "purl", it.PURL})
		}
		if it.CPE != "" {
			p.Refs = append(p.Refs, spdxRef{"SECURITY", "cpe23Type", it.CPE})
		}
		doc.Packages = append(doc.Packages, p)
		doc.Relationships = append(doc.Relationships, spdxRelationship{root, "CONTAINS", p.ID})
	}
	return write(w, doc)
}

// spdxName keeps the characters that an identifier may have.
func spdxName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, name)
}

func producers(tools []Tool) string {
	if len(tools) == 0 {
		return ""
	}
	var names []string
	for _, t := range tools {
		names = append(names, t.String())
	}
	return "produced by " + strings.Join(names, ", ")
}
