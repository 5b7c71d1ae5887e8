package wasi

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/host/wasi/internal/files"
)

func mount(t *testing.T, writable bool) (*descriptor, string) {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "inside")
	for path, text := range map[string]string{"a.txt": "hello", "sub/b.txt": "below"} {
		name := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(top, "secret"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../secret", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return preopens([]Mount{{Guest: "/", Root: root, Writable: writable}})[0].V0, dir
}

func TestFilesAreReadAtAnyOffset(t *testing.T) {
	t.Parallel()
	d, _ := mount(t, false)
	f, err := d.open(files.SymlinkFollow, "sub/../a.txt", 0, files.FlagRead)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.read(100, 1)
	if err != nil || string(got.V0) != "ello" || !got.V1 {
		t.Errorf("read = %q, end %v, %v", got.V0, got.V1, err)
	}
	s, err := f.readStream(2)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := readAll(t, s); text != "llo" {
		t.Errorf("stream from offset 2 = %q", text)
	}
	if err := f.drop(); err == nil {
		t.Error("a file was dropped before its stream")
	}
	if _, err := f.Stat(); err != nil {
		t.Errorf("the stream does not keep the file open: %v", err)
	}
	if err := s.drop(); err != nil {
		t.Error(err)
	}
	if _, err := f.Stat(); err == nil {
		t.Error("the file is open after all was dropped")
	}
}

func TestNothingLeadsOutOfAMount(t *testing.T) {
	t.Parallel()
	d, _ := mount(t, true)
	for name, want := range map[string]files.Code{
		"../secret": files.CodeNotPermitted, "/etc/passwd": files.CodeNotPermitted, "sub/../../secret": files.CodeNotPermitted,
		"link": files.CodeNotPermitted, "": files.CodeNoEntry, "a\x00b": files.CodeNotPermitted, "missing": files.CodeNoEntry,
	} {
		_, err := d.open(files.SymlinkFollow, name, 0, files.FlagRead)
		if err == nil || files.CodeOf(err) != want {
			t.Errorf("open %q: %v, want code %d", name, err, want)
		}
	}
	if err := d.Rename("a.txt", d.Descriptor, "../stolen"); err == nil {
		t.Error("a file was moved out of the mount")
	}
}

func TestReadOnlyMountsRefuseEveryChange(t *testing.T) {
	t.Parallel()
	d, dir := mount(t, false)
	for name, err := range map[string]error{
		"create":   second(d.open(0, "new", files.OpenCreate, files.FlagWrite)),
		"write":    second(d.open(0, "a.txt", 0, files.FlagRead|files.FlagWrite)),
		"truncate": second(d.open(0, "a.txt", files.OpenTruncate, files.FlagRead)),
		"unlink":   d.Unlink("a.txt"),
		"mkdir":    d.CreateDirectory("x"),
		"rename":   d.Rename("a.txt", d.Descriptor, "b.txt"),
	} {
		if err == nil || files.CodeOf(err) != files.CodeNotPermitted {
			t.Errorf("%s: %v, want not-permitted", name, err)
		}
	}
	sub, err := d.open(0, "sub", files.OpenDirectory, files.FlagRead)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sub.open(0, "new", files.OpenCreate, files.FlagWrite); err == nil {
		t.Error("a directory below a read-only mount must be read-only")
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "a.txt")); string(data) != "hello" {
		t.Errorf("a.txt is now %q", data)
	}
}

func second[T any](_ T, err error) error { return err }

func TestWritableMountsCanBeChanged(t *testing.T) {
	t.Parallel()
	d, dir := mount(t, true)
	f, err := d.open(0, "new.txt", files.OpenCreate|files.OpenExclusive, files.FlagRead|files.FlagWrite)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.WriteAt([]byte("0123"), 2); n != 4 || err != nil {
		t.Errorf("write = %d, %v", n, err)
	}
	s, err := f.writeStream(f.Appender())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.writeAndFlush(t.Context(), []byte("end")); err != nil {
		t.Error(err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "new.txt")); string(data) != "\x00\x000123end" {
		t.Errorf("new.txt = %q", data)
	}
	if err := d.Rename("new.txt", d.Descriptor, "sub/moved.txt"); err != nil {
		t.Error(err)
	}
	listing, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	entries := &entryStream{listing: listing}
	names := map[string]files.Type{}
	for e, err := entries.next(); e.Some && err == nil; e, err = entries.next() {
		names[e.Value.Name] = e.Value.Type
	}
	if len(names) != 3 || names["sub"] != files.TypeDirectory || names["link"] != files.TypeSymbolicLink || names["a.txt"] != files.TypeRegularFile {
		t.Errorf("entries = %v", names)
	}
	if err := d.RemoveDirectory("sub"); files.CodeOf(err) != files.CodeNotEmpty {
		t.Errorf("removing a full directory: %v", err)
	}
}
