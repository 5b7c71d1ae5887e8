package pack

import (
	"bytes"
	"strings"
	"testing"
)

func TestHostileLockedApplicationsAreRefused(t *testing.T) {
	t.Parallel()
	digest := `"digest":"sha256:` + strings.Repeat("a", 64) + `"`
	component := func(s string) string {
		return `{"spin_lock_version":0,"triggers":[],"components":[` + s + `]}`
	}
	for doc, says := range map[string]string{
		`{`:                       "EOF",
		`[]`:                      "array",
		`{"triggers":[]}`:         "spin_lock_version",
		`{"spin_lock_version":2}`: "0 and 1",
		`{"spin_lock_version":1,"must_understand":["quantum"]}`: `"quantum"`,
		component(
			`{"id":"","source":{` + digest + `}}`,
		): "ID",
		component(
			`{"id":"../x","source":{` + digest + `}}`,
		): "ID",
		component(
			`{"id":"x","source":{}}`,
		): "neither inline nor digest",
		component(
			`{"id":"x","source":{"digest":"sha256:1"}}`,
		): "digest",
		component(
			`{"id":"x","source":{"inline":"aGk="}}`,
		): "illegal base64",
		component(
			`{"id":"x","source":{"inline":"aGk",` + digest + `}}`,
		): "not that of",
		component(
			`{"id":"x","source":{` + digest + `},"files":[{"path":"/etc/x",` + digest + `}]}`,
		): "inside",
		component(
			`{"id":"x","source":{` + digest + `},"files":[{"path":"a/../b",` + digest + `}]}`,
		): "inside",
		component(
			`{"id":"x","source":{` + digest + `},"files":[{"path":"a"}]}`,
		): "neither",
		component(
			`{"id":"x","source":{` + digest + `},"dependencies":{"a:b":{"source":{"digest":"x"},"export":null}}}`,
		): `"a:b"`,
	} {
		if app, err := ParseLocked([]byte(doc)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v", doc, app, err)
		}
	}
	if _, err := ParseLocked(make([]byte, maxLockedSize+1)); err == nil ||
		!strings.Contains(err.Error(), "limit") {
		t.Errorf("too large: %v", err)
	}
}

func FuzzParseLocked(f *testing.F) {
	for _, app := range []App{helloPy(), everything()} {
		a, err := Spin(app, Options{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytesOf(f, a.Blobs[len(a.Blobs)-1]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		app, err := ParseLocked(data)
		if err != nil {
			return
		}
		one, err := app.JSON()
		if err != nil {
			return // metadata may hold what is not UTF-8
		}
		again, err := ParseLocked(one)
		if err != nil {
			t.Fatalf("%s\nis written\n%s\nwhich is refused: %v", data, one, err)
		}
		if two, err := again.JSON(); err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%s\nis read and written again as\n%s\n%v", one, two, err)
		}
	})
}
