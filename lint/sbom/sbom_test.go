package sbom_test

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint/sbom"
)

var (
	builtAt = time.Date(2023, 11, 14, 22, 13, 20, 0, time.FixedZone("", 3600))

	uuidURN   = regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	sha256    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	purl      = regexp.MustCompile(`^pkg:(generic(/[a-z0-9.-]+)?|pypi)/[a-z0-9._-]+(@[A-Za-z0-9._%+-]+)?$`)
	cpe       = regexp.MustCompile(`^cpe:2\.3:a(:[A-Za-z0-9._*-]+){10}$`)
	spdxID    = regexp.MustCompile(`^SPDXRef-[A-Za-z0-9.-]+$`)
	spdxSpace = regexp.MustCompile(`^https://[^#]+$`)
	spdxTime  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
)

// document is an SBOM of a committed component, as a reader of JSON sees it.
func document[T any](t *testing.T, name string, write func(io.Writer, *sbom.Inventory, time.Time) error) T {
	t.Helper()
	f, err := component.Open(filepath.Join(conformance.Root(t), "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	inv, err := sbom.Take(f, "some/folder/"+name)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := write(&buf, inv, builtAt); err != nil {
		t.Fatal(err)
	}
	var doc T
	d := json.NewDecoder(&buf)
	d.DisallowUnknownFields() // both schemas know no others
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

type cdxItem struct {
	Type       string
	Ref        string `json:"bom-ref"`
	Name       string
	Version    string
	PURL       string
	CPE        string
	Hashes     []struct{ Alg, Content string }
	Properties []struct{ Name, Value string }
}

type cyclonedx struct {
	Schema       string `json:"$schema"`
	BOMFormat    string
	SpecVersion  string
	SerialNumber string
	Version      int
	Metadata     struct {
		Timestamp  time.Time
		Lifecycles []struct{ Phase string }
		Tools      struct{ Components []cdxItem }
		Component  cdxItem
	}
	Components   []cdxItem
	Dependencies []struct {
		Ref       string
		DependsOn []string
	}
	Properties []struct{ Name, Value string }
}

// TestCycloneDXHasWhatItsSchemaDemands checks what bom-1.6.schema.json requires
// and restricts of the fields that are written.
func TestCycloneDXHasWhatItsSchemaDemands(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		doc := document[cyclonedx](t, name, sbom.CycloneDX)
		meta := doc.Metadata
		root, digest := meta.Component, meta.Component.Hashes
		for what, ok := range map[string]bool{
			"schema":       doc.Schema == "http://cyclonedx.org/schema/bom-1.6.schema.json",
			"bomFormat":    doc.BOMFormat == "CycloneDX",
			"specVersion":  doc.SpecVersion == "1.6",
			"serialNumber": uuidURN.MatchString(doc.SerialNumber),
			"version":      doc.Version == 1,
			"timestamp":    meta.Timestamp.Equal(builtAt),
			"lifecycles":   len(meta.Lifecycles) == 1 && meta.Lifecycles[0].Phase == "post-build",
			"tools":        len(meta.Tools.Components) == 1 && meta.Tools.Components[0].Name == "edgelint",
			"root":         root.Type == "application" && root.Name == name,
			"digest":       len(digest) == 1 && digest[0].Alg == "SHA-256" && sha256.MatchString(digest[0].Content),
			"gaps":         len(doc.Properties) == 0,
		} {
			if !ok {
				t.Errorf("%s: %s is wrong: %+v", name, what, meta)
			}
		}
		refs := []string{root.Ref}
		for _, c := range doc.Components {
			if c.Name == "" || c.Ref == "" || slices.Contains(refs, c.Ref) ||
				!slices.Contains([]string{"library", "platform"}, c.Type) ||
				c.PURL != "" && !purl.MatchString(c.PURL) || c.CPE != "" && !cpe.MatchString(c.CPE) {
				t.Errorf("%s: %+v", name, c)
			}
			refs = append(refs, c.Ref)
		}
		d := doc.Dependencies
		if len(refs) < 20 || len(d) != 1 || d[0].Ref != root.Ref || !slices.Equal(d[0].DependsOn, refs[1:]) {
			t.Errorf("%s: %d components, dependencies %+v", name, len(refs)-1, d)
		}
	}
}

type spdx struct {
	SPDXVersion       string
	DataLicense       string
	SPDXID            string
	Name              string
	DocumentNamespace string
	CreationInfo      struct {
		Created  string
		Creators []string
		Comment  string
	}
	Packages []struct {
		SPDXID                string
		Name                  string
		VersionInfo           string
		DownloadLocation      string
		FilesAnalyzed         *bool
		PrimaryPackagePurpose string
		Comment               string
		Checksums             []struct{ Algorithm, ChecksumValue string }
		ExternalRefs          []struct{ ReferenceCategory, ReferenceType, ReferenceLocator string }
	}
	Relationships []struct{ SPDXElementID, RelationshipType, RelatedSPDXElement string }
}

// TestSPDXHasWhatItsSchemaDemands checks the same of SPDX 2.3.
func TestSPDXHasWhatItsSchemaDemands(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		doc := document[spdx](t, name, sbom.SPDX)
		for what, ok := range map[string]bool{
			"spdxVersion":       doc.SPDXVersion == "SPDX-2.3",
			"dataLicense":       doc.DataLicense == "CC0-1.0",
			"SPDXID":            doc.SPDXID == "SPDXRef-DOCUMENT",
			"name":              doc.Name == name,
			"documentNamespace": spdxSpace.MatchString(doc.DocumentNamespace),
			"created":           spdxTime.MatchString(doc.CreationInfo.Created),
			"creators":          slices.Equal(doc.CreationInfo.Creators, []string{"Tool: edgelint"}),
		} {
			if !ok {
				t.Errorf("%s: %s is wrong: %+v", name, what, doc.CreationInfo)
			}
		}
		ids := []string{doc.SPDXID}
		for _, p := range doc.Packages {
			if p.Name == "" || p.DownloadLocation != "NOASSERTION" || p.FilesAnalyzed == nil || *p.FilesAnalyzed ||
				!spdxID.MatchString(p.SPDXID) || slices.Contains(ids, p.SPDXID) {
				t.Errorf("%s: %+v", name, p)
			}
			for _, r := range p.ExternalRefs {
				form := map[string]*regexp.Regexp{"PACKAGE-MANAGER purl": purl, "SECURITY cpe23Type": cpe}
				if m := form[r.ReferenceCategory+" "+r.ReferenceType]; m == nil || !m.MatchString(r.ReferenceLocator) {
					t.Errorf("%s: %s: %+v", name, p.SPDXID, r)
				}
			}
			ids = append(ids, p.SPDXID)
		}
		if root := doc.Packages[0]; len(root.Checksums) != 1 || root.Checksums[0].Algorithm != "SHA256" ||
			!sha256.MatchString(root.Checksums[0].ChecksumValue) {
			t.Errorf("%s: %+v", name, root)
		}
		if len(ids) < 20 || len(doc.Relationships) != len(doc.Packages) {
			t.Errorf("%s: %d packages, %d relationships", name, len(doc.Packages), len(doc.Relationships))
		}
		for i, r := range doc.Relationships {
			from, kind := doc.Packages[0].SPDXID, "CONTAINS"
			if i == 0 {
				from, kind = doc.SPDXID, "DESCRIBES"
			}
			if r.SPDXElementID != from || r.RelationshipType != kind || r.RelatedSPDXElement != ids[i+1] {
				t.Errorf("%s: relationship %d: %+v", name, i, r)
			}
		}
	}
}
