package artifact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

const sum = "sha256:ca853b1c7772a10a6c188efb2f4e32fd122a95c0af9943d0900334cf0e4951ba"

func descriptor(s string) string {
	return fmt.Sprintf(`{"mediaType":"t","digest":"%s","size":1%s}`, sum, s)
}

func TestManifestsThatCannotBeTrustedAreRefused(t *testing.T) {
	t.Parallel()
	image := func(s string) string { return `{"schemaVersion":2,"config":` + descriptor("") + s + `}` }
	many := strings.Repeat(descriptor("")+",", MaxLayers) + descriptor("")
	entries := strings.Repeat(descriptor("")+",", MaxIndexEntries) + descriptor("")
	for _, c := range []struct{ kind, text, says string }{
		{TypeManifest, `{`, "unexpected end"},
		{TypeManifest, `{"schemaVersion":1}`, "schemaVersion is 1"},
		{TypeManifest, `{"schemaVersion":2}`, "no config"},
		{"text/plain", image(""), `media type "text/plain"`},
		{TypeManifest, image(`,"mediaType":"` + TypeIndex + `"`), "its text says"},
		{TypeIndex, image(""), "an index with a config"},
		{TypeIndex, `{"schemaVersion":2,"layers":[]}`, "an index with a config"},
		{TypeManifest, image(`,"manifests":[]`), "with manifests"},
		{TypeManifest, image(`,"layers":[` + many + `]`), "1025 layers"},
		{TypeIndex, `{"schemaVersion":2,"manifests":[` + entries + `]}`, "4097 entries"},
		{TypeManifest, image(`,"layers":[{"digest":"sha256:../../x"}]`), "digest"},
		{TypeManifest, image(`,"layers":[{"digest":"md5:d41d8cd98f00b204e9800998ecf8427e"}]`), "digest"},
		{TypeManifest, image(`,"layers":[{"digest":"` + sum + `","size":-1}]`), "size -1"},
		{TypeManifest, image(`,"layers":[{"digest":"` + sum + `","size":9223372036854775807}]`), "size"},
		{TypeManifest, image(`,"layers":[{"digest":"` + sum + `","size":1e30}]`), "size"},
		{TypeManifest, image(`,"subject":{"digest":"x"}`), "digest"},
		{TypeManifest, strings.Repeat(" ", MaxManifestSize+1), "limit"},
	} {
		if m, err := ParseManifest(c.kind, []byte(c.text)); !errors.Is(err, ErrNotManifest) ||
			!strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60s: %v, %v", c.text, m, err)
		}
	}
}

func TestAManifestIsReadBackAsWritten(t *testing.T) {
	t.Parallel()
	d := DescriptorOf("t/x", []byte("x"))
	annotated := d
	annotated.Annotations, annotated.ArtifactType = map[string]string{"b": "2", "a": "<1>"}, "t/y"
	for kind, m := range map[string]Manifest{
		TypeManifest: {MediaType: TypeManifest, ArtifactType: "t/a", Config: d, Layers: []Descriptor{
			annotated, d,
		}, Subject: &d, Annotations: map[string]string{"k": "v"}},
		TypeIndex: {MediaType: TypeIndex, Manifests: []Descriptor{annotated}, Subject: &d},
	} {
		data, err := m.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseManifest(kind, data)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := back.JSON(); err != nil || !bytes.Equal(data, again) {
			t.Errorf("%s\nis read and written as\n%s\n%v", data, again, err)
		}
	}
}

func TestAnArtifactHoldsEveryBlobOnce(t *testing.T) {
	t.Parallel()
	one, two := NewBlob("t/1", []byte("1")), NewBlob("t/2", []byte("2"))
	m := Manifest{
		Config: one.Descriptor, Layers: []Descriptor{two.Descriptor, one.Descriptor, two.Descriptor},
	}
	a, err := New(m, []Blob{two, one})
	if err != nil || len(a.Blobs) != 2 || a.Blobs[0].Descriptor.Digest != one.Descriptor.Digest {
		t.Errorf("%v, %v", a.Blobs, err)
	}
	if want := int64(2 + len(a.Manifest)); a.Size() != want {
		t.Errorf("size %d, want %d", a.Size(), want)
	}
	if _, err := New(m, []Blob{one}); err == nil || !strings.Contains(err.Error(), "not among the blobs") {
		t.Errorf("a missing blob: %v", err)
	}
}

func TestAStreamedBlobIsLikeOneInMemory(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("content", 100_000)
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	b, err := StreamBlob("t", open)
	want := NewBlob("t", []byte(text)).Descriptor
	if err != nil || b.Descriptor.Digest != want.Digest || b.Descriptor.Size != want.Size {
		t.Errorf("%v, %v", b.Descriptor, err)
	}
}

func TestPathsThatMeanOtherFilesElsewhereAreUnsafe(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"a": true, "a/b.c": true, ".a/..b": true, "a b/é": true,
		"": false, ".": false, "..": false, "/a": false, "a/": false, "a//b": false, "a/./b": false,
		"a/../b": false,
		`a\b`:    false, "C:a": false, "a\x00b": false, "a\nb": false, "\xff": false,
	} {
		if SafePath(path) != want {
			t.Errorf("SafePath(%q) is %v", path, !want)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(
		`{"schemaVersion":2,"config":`+descriptor("")+`,"layers":[`+descriptor(
			`,"annotations":{"a":"b"}`,
		)+`]}`,
		false,
	)
	f.Add(`{"schemaVersion":2,"manifests":[`+descriptor("")+`]}`, true)
	f.Fuzz(func(t *testing.T, text string, index bool) {
		kind := TypeManifest
		if index {
			kind = TypeIndex
		}
		m, err := ParseManifest(kind, []byte(text))
		if err != nil {
			return
		}
		one, err := m.JSON()
		if err != nil {
			return // strings that are not UTF-8
		}
		back, err := ParseManifest(kind, one)
		if err != nil {
			t.Fatalf("%s is written %s: %v", text, one, err)
		}
		if two, err := back.JSON(); err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%s\n%s\n%v", one, two, err)
		}
	})
}
