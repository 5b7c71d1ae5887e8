package oci_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

// referrer is an artifact that refers to subject.
func referrer(t testing.TB, kind, text string, subject artifact.Descriptor) artifact.Artifact {
	t.Helper()
	layer := artifact.NewBlob(kind, []byte(text))
	empty := artifact.NewBlob(artifact.TypeEmpty, []byte("{}"))
	subject = artifact.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size}
	a, err := artifact.New(artifact.Manifest{
		MediaType: artifact.TypeManifest, ArtifactType: kind, Subject: &subject,
		Config: empty.Descriptor, Layers: []artifact.Descriptor{layer.Descriptor},
	}, []artifact.Blob{empty, layer})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// family is an artifact, a signature of it and a signature of the signature.
func family(t testing.TB) (app, sig, sigsig artifact.Artifact) {
	app = sample(t, 2, 3000)
	sig = referrer(t, "test/sig", "signature", app.Descriptor)
	return app, sig, referrer(t, "test/sigsig", "signature of a signature", sig.Descriptor)
}

func putFamily(t *testing.T, dst oci.Target) {
	t.Helper()
	app, sig, sigsig := family(t)
	for _, a := range []struct {
		artifact.Artifact
		tag string
	}{{app, "v1"}, {sig, ""}, {sigsig, ""}, {sig, oci.CosignTag(app.Descriptor.Digest, ".sig")}} {
		if err := oci.Push(t.Context(), dst, a.Artifact, a.tag, 0); err != nil {
			t.Fatal(err)
		}
	}
}

func checkFamily(t *testing.T, src oci.Source, tag string) {
	t.Helper()
	app, sig, sigsig := family(t)
	for _, c := range []struct {
		artifact.Artifact
		target string
	}{
		{app, tag},
		{sig, sig.Descriptor.Digest.String()},
		{sigsig, sigsig.Descriptor.Digest.String()},
		{sig, oci.CosignTag(app.Descriptor.Digest, ".sig")},
	} {
		if err := pull(t.Context(), src, c.Artifact, c.target); err != nil {
			t.Errorf("%s: %v", c.target, err)
		}
	}
	for kind, want := range map[string]int{"": 1, "test/sig": 1, "other": 0} {
		if found, err := src.Referrers(t.Context(), app.Descriptor, kind); err != nil || len(found) != want {
			t.Errorf("%q: %d referrers, %v", kind, len(found), err)
		}
	}
}

func TestCopiesKeepDigestsAndReferrers(t *testing.T) {
	t.Parallel()
	for _, without := range []bool{false, true} {
		bubble(t, registrytest.Options{NoReferrers: without}, func(
			t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
		) {
			other := network.Registry("other.localhost:5000", registrytest.Options{NoReferrers: !without})
			_ = other
			first := repository(t, network, oci.Options{}, host+"/first")
			putFamily(t, first)
			dir, err := oci.CreateLayout(filepath.Join(t.TempDir(), "layout"))
			if err != nil {
				t.Fatal(err)
			}
			elsewhere := repository(t, network, oci.Options{}, "other.localhost:5000/x")
			neighbour := repository(t, network, oci.Options{}, host+"/second")
			o := oci.CopyOptions{Referrers: true}
			step := func(dst oci.Target, src oci.Source, target string) {
				t.Helper()
				if _, err := oci.Copy(
					t.Context(), dst, src, oci.Root{Target: target, Tag: "copy"}, o,
				); err != nil {
					t.Fatal(err)
				}
				checkFamily(t, dst.(oci.Source), "copy")
			}
			registry.Forget()
			step(neighbour, first, "v1")
			if n := registry.Count(registrytest.Uploads); n != 0 {
				t.Errorf("%d blobs sent within one registry", n)
			}
			step(dir, neighbour, "copy")
			step(elsewhere, dir, "copy")

			var tarred bytes.Buffer
			if err := oci.WriteLayoutArchive(
				t.Context(), &tarred, elsewhere, []oci.Root{{Target: "copy", Tag: "copy"}}, o,
			); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "a.tar")
			if err := os.WriteFile(file, tarred.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			packed, err := oci.OpenLayoutArchive(file)
			if err != nil {
				t.Fatal(err)
			}
			defer packed.Close()
			checkFamily(t, packed, "copy")
			step(repository(t, network, oci.Options{}, host+"/third"), packed, "copy")
		})
	}
}

func TestReferrersStayBehindUnlessAskedFor(t *testing.T) {
	t.Parallel()
	src, err := oci.CreateLayout(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	putFamily(t, src)
	dst, err := oci.CreateLayout(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d, err := oci.Copy(t.Context(), dst, src, oci.Root{Target: "v1"}, oci.CopyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := dst.Referrers(t.Context(), d, ""); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	if _, _, err := dst.Manifest(t.Context(), ""); err != nil {
		t.Errorf("the only manifest is not found without a name: %v", err)
	}
}

func TestALayoutArchiveDependsOnItsContentAlone(t *testing.T) {
	t.Parallel()
	app, sig, _ := family(t)
	write := func(order ...artifact.Artifact) []byte {
		dir, err := oci.CreateLayout(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range order {
			tag := ""
			if a.Descriptor.Digest == app.Descriptor.Digest {
				tag = "v1"
			}
			if err := oci.Push(t.Context(), dir, a, tag, 0); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := oci.WriteLayoutArchive(
			t.Context(), &out, dir, []oci.Root{{Target: "v1", Tag: "v1"}}, oci.CopyOptions{Referrers: true},
		); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if !bytes.Equal(write(app, sig), write(sig, app, app)) {
		t.Error("two archives of the same content differ")
	}
}

func TestAnIndexIsCopiedWithItsParts(t *testing.T) {
	t.Parallel()
	src, err := oci.CreateLayout(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, b := sample(t, 1, 100), sample(t, 2, 200)
	for _, part := range []artifact.Artifact{a, b} {
		if err := oci.Push(t.Context(), src, part, "", 0); err != nil {
			t.Fatal(err)
		}
	}
	bare := func(d artifact.Descriptor) artifact.Descriptor {
		return artifact.Descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size}
	}
	index, err := artifact.Manifest{
		MediaType: artifact.TypeIndex,
		Manifests: []artifact.Descriptor{bare(a.Descriptor), bare(b.Descriptor)},
	}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := src.PutManifest(
		t.Context(), artifact.DescriptorOf(artifact.TypeIndex, index), index, "all",
	); err != nil {
		t.Fatal(err)
	}
	dst, err := oci.CreateLayout(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := oci.Copy(
		t.Context(), dst, src, oci.Root{Target: "all", Tag: "all"}, oci.CopyOptions{},
	); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		pull(t.Context(), dst, a, a.Descriptor.Digest.String()),
		pull(t.Context(), dst, b, b.Descriptor.Digest.String()),
	); err != nil {
		t.Error(err)
	}
	if d, _, err := dst.Manifest(t.Context(), ""); err != nil || d.MediaType != artifact.TypeIndex {
		t.Errorf("the index is not the only entry: %v, %v", d, err)
	}
}

func TestABadBlobLeavesNothingInALayout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := oci.CreateLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	good := artifact.NewBlob("x", []byte("content"))
	for name, open := range map[string]string{"changed": "c0ntent", "short": "conten", "long": "content and more"} {
		bad := artifact.Blob{Descriptor: good.Descriptor, Open: func() (
			io.ReadCloser, error,
		) {
			return io.NopCloser(strings.NewReader(open)), nil
		}}
		if err := l.PutBlob(t.Context(), bad); !errors.Is(err, oci.ErrContent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "blobs", "sha256")); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestDamagedLayoutsAreRefused(t *testing.T) {
	t.Parallel()
	app, _, _ := family(t)
	for name, damage := range map[string]func(dir string) error{
		"no version file": func(dir string) error { return os.Remove(filepath.Join(dir, "oci-layout")) },
		"another version": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"9"}`), 0o600)
		},
		"an index of text": func(dir string) error {
			return os.WriteFile(
				filepath.Join(dir, "index.json"), []byte("hello"), 0o600,
			)
		},
		"a digest that is a path": func(dir string) error {
			return os.WriteFile(
				filepath.Join(dir, "index.json"),
				[]byte(
					`{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:../../../etc/passwd","size":1}]}`,
				),
				0o600,
			)
		},
		"a changed manifest": func(dir string) error {
			return os.WriteFile(
				filepath.Join(dir, "blobs", "sha256", app.Descriptor.Digest.Encoded()),
				bytes.ToUpper(app.Manifest), 0o600,
			)
		},
		"a missing manifest": func(dir string) error {
			return os.Remove(filepath.Join(dir, "blobs", "sha256", app.Descriptor.Digest.Encoded()))
		},
		"a missing blob": func(dir string) error {
			return os.Remove(filepath.Join(dir, "blobs", "sha256", app.Blobs[1].Descriptor.Digest.Encoded()))
		},
	} {
		dir := t.TempDir()
		l, err := oci.CreateLayout(dir)
		if err != nil {
			t.Fatal(err)
		}
		putFamily(t, l)
		if err := damage(dir); err != nil {
			t.Fatal(err)
		}
		l, err = oci.OpenLayout(dir)
		if err == nil {
			err = pull(t.Context(), l, app, "v1")
		}
		if err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFolderOfOtherThingsIsNotMadeALayout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := oci.CreateLayout(dir); err == nil || !strings.Contains(err.Error(), "not an OCI layout") {
		t.Errorf("got %v", err)
	}
}

func TestLayoutArchivesThatReachOutsideAreRefused(t *testing.T) {
	t.Parallel()
	for _, h := range []tar.Header{
		{Name: "../a", Typeflag: tar.TypeReg},
		{Name: "/a", Typeflag: tar.TypeReg},
		{Name: "oci-layout", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		{Name: "blobs", Typeflag: tar.TypeLink, Linkname: "x"},
	} {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		if err := errors.Join(w.WriteHeader(&h), w.Close()); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "a.tar")
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := oci.OpenLayoutArchive(file); err == nil || !strings.Contains(err.Error(), "plain file") {
			t.Errorf("%s: %v", h.Name, err)
		}
	}
}

// loop is a source whose every manifest is an index of the next, for ever.
type loop struct{ oci.Source }

func (loop) Manifest(_ context.Context, target string) (artifact.Descriptor, []byte, error) {
	next := artifact.DescriptorOf(artifact.TypeIndex, []byte(target))
	data, err := artifact.Manifest{
		MediaType: artifact.TypeIndex, Manifests: []artifact.Descriptor{next},
	}.JSON()
	return artifact.DescriptorOf(artifact.TypeIndex, data), data, err
}

func TestEndlessNestingIsRefused(t *testing.T) {
	t.Parallel()
	dst, err := oci.CreateLayout(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := oci.Copy(t.Context(), dst, loop{}, oci.Root{Target: "x"}, oci.CopyOptions{}); err == nil ||
		!strings.Contains(err.Error(), "nested deeper") {
		t.Errorf("got %v", err)
	}
}

func FuzzLayoutArchive(f *testing.F) {
	app, sig, _ := family(f)
	var out bytes.Buffer
	src := oci.Artifacts{app, sig}
	if err := oci.WriteLayoutArchive(
		f.Context(), &out, src, []oci.Root{{Target: app.Descriptor.Digest.String(), Tag: "v1"}},
		oci.CopyOptions{Referrers: true},
	); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(t.TempDir(), "a.tar")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := oci.OpenLayoutArchive(file)
		if err != nil {
			return
		}
		defer a.Close()
		d, _, err := a.Manifest(t.Context(), "v1")
		if err == nil {
			_, _ = a.Referrers(t.Context(), d, "")
		}
	})
}
