package wasi

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/host/bind"
)

func mount(t *testing.T, writable bool) (*Descriptor, string) {
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
	f, err := d.openAt(symlinkFollow, "sub/../a.txt", 0, flagRead)
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
}

func TestNothingLeadsOutOfAMount(t *testing.T) {
	t.Parallel()
	d, _ := mount(t, true)
	for name, want := range map[string]ErrorCode{
		"../secret": CodeNotPermitted, "/etc/passwd": CodeNotPermitted, "sub/../../secret": CodeNotPermitted,
		"link": CodeNotPermitted, "": CodeNoEntry, "a\x00b": CodeNotPermitted, "missing": CodeNoEntry,
	} {
		_, err := d.openAt(symlinkFollow, name, 0, flagRead)
		if err == nil || errorCodeOf(err) != want {
			t.Errorf("open %q: %v, want code %d", name, err, want)
		}
	}
	if _, err := d.pair("a.txt", d, "../stolen", d.root.Rename); err == nil {
		t.Error("a file was moved out of the mount")
	}
}

func TestReadOnlyMountsRefuseEveryChange(t *testing.T) {
	t.Parallel()
	d, dir := mount(t, false)
	for name, err := range map[string]error{
		"create":   second(d.openAt(0, "new", openCreate, flagWrite)),
		"write":    second(d.openAt(0, "a.txt", 0, flagRead|flagWrite)),
		"truncate": second(d.openAt(0, "a.txt", openTruncate, flagRead)),
		"unlink":   second(d.change("a.txt", func(p string) error { return d.remove(p, false) })),
		"mkdir":    second(d.change("x", func(p string) error { return d.root.Mkdir(p, 0o777) })),
		"rename":   second(d.pair("a.txt", d, "b.txt", d.root.Rename)),
	} {
		if err == nil || errorCodeOf(err) != CodeNotPermitted {
			t.Errorf("%s: %v, want not-permitted", name, err)
		}
	}
	sub, err := d.openAt(0, "sub", openDirectory, flagRead)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sub.openAt(0, "new", openCreate, flagWrite); err == nil {
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
	f, err := d.openAt(0, "new.txt", openCreate|openExclusive, flagRead|flagWrite)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.write(bind.View("0123"), 2); n != 4 || err != nil {
		t.Errorf("write = %d, %v", n, err)
	}
	s, err := f.writeStream(-1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.writeAndFlush(t.Context(), []byte("end")); err != nil {
		t.Error(err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "new.txt")); string(data) != "\x00\x000123end" {
		t.Errorf("new.txt = %q", data)
	}
	if _, err := d.pair("new.txt", d, "sub/moved.txt", d.root.Rename); err != nil {
		t.Error(err)
	}
	entries, err := d.list()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]DescriptorType{}
	for e, err := entries.next(); e.Some && err == nil; e, err = entries.next() {
		names[e.Value.Name] = e.Value.Type
	}
	if len(names) != 3 || names["sub"] != TypeDirectory || names["link"] != TypeSymbolicLink || names["a.txt"] != TypeRegularFile {
		t.Errorf("entries = %v", names)
	}
	if err := d.remove("sub", true); errorCodeOf(err) != CodeNotEmpty {
		t.Errorf("removing a full directory: %v", err)
	}
}
