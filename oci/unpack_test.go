package oci_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

// archive is a gzipped tar of entries.
func archive(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	tw := tar.NewWriter(zw)
	for _, h := range entries {
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := tw.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(tw, zeros{}, h.Size); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(tw.Close(), zw.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// unpack gives the names and sizes of what an archive holds.
func unpack(data []byte) (names []string, err error) {
	for f, err := range oci.Unpack(bytes.NewReader(data)) {
		if err != nil {
			return names, err
		}
		n, err := io.Copy(io.Discard, f)
		if err != nil {
			return names, err
		}
		if n != f.Size {
			return names, errors.New("another size")
		}
		names = append(names, f.Name)
	}
	return names, nil
}

func TestPlainFilesComeOutOfAnArchive(t *testing.T) {
	t.Parallel()
	names, err := unpack(archive(t,
		tar.Header{Name: "./", Typeflag: tar.TypeDir},
		tar.Header{Name: "./static/", Typeflag: tar.TypeDir},
		tar.Header{Name: "./static/a b.txt", Size: 3},
		tar.Header{Name: "empty"},
		tar.Header{Name: ".hidden/..x", Size: 1},
	))
	if got := strings.Join(names, "|"); err != nil || got != "static/a b.txt|empty|.hidden/..x" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestArchivesThatReachOutsideAreRefused(t *testing.T) {
	t.Parallel()
	for _, h := range []tar.Header{
		{Name: "../a"},
		{Name: "a/../../b"},
		{Name: "a/../b"},
		{Name: "/etc/passwd"},
		{Name: "a//b"},
		{Name: `a\b`},
		{Name: `C:\a`},
		{Name: "C:a"},
		{Name: "a\x01b"},
		{Name: "././../a"},
		{Name: "."},
		{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		{Name: "a", Typeflag: tar.TypeLink, Linkname: "../b"},
		{Name: "a", Typeflag: tar.TypeFifo},
		{Name: "a", Typeflag: tar.TypeChar},
	} {
		if names, err := unpack(archive(t, h)); !errors.Is(err, oci.ErrUnsafe) {
			t.Errorf("%q (%c): %v, %v", h.Name, h.Typeflag, names, err)
		}
	}
	twice := archive(t, tar.Header{Name: "a"}, tar.Header{Name: "./a"})
	if _, err := unpack(twice); !errors.Is(err, oci.ErrUnsafe) {
		t.Errorf("the same name twice: %v", err)
	}
}

func TestBombsAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := unpack(archive(t, tar.Header{Name: "a", Size: 20 << 20})); !errors.Is(err, oci.ErrUnsafe) {
		t.Errorf("20 MB of zeros: %v", err)
	}
	if _, err := unpack(archive(t, tar.Header{Name: "a", Size: 15 << 20})); err != nil {
		t.Errorf("15 MB of zeros: %v", err)
	}
}

func TestBrokenArchivesAreErrors(t *testing.T) {
	t.Parallel()
	whole := archive(t, tar.Header{Name: "a", Size: 10_000})
	for n := range len(whole) - 1 {
		if _, err := unpack(whole[:n]); err == nil {
			t.Errorf("cut after %d of %d bytes: no error", n, len(whole))
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(
		archive(
			f, tar.Header{Name: "a/b", Size: 700},
			tar.Header{Name: "c", Typeflag: tar.TypeSymlink, Linkname: "x"},
		),
	)
	f.Fuzz(func(t *testing.T, data []byte) {
		names, _ := unpack(data)
		for _, name := range names {
			if !artifact.SafePath(name) {
				t.Fatalf("%q came out", name)
			}
		}
	})
}
