package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// open gives the descriptor of a directory with a.txt and dir/b.txt, and links that
// lead out and inside.
func open(t *testing.T) (*Descriptor, string) {
	t.Helper()
	top := filepath.Join(t.TempDir(), "top")
	err := errors.Join(os.MkdirAll(filepath.Join(top, "dir"), 0o755),
		os.WriteFile(filepath.Join(top, "a.txt"), []byte("text a\n"), 0o644),
		os.WriteFile(filepath.Join(top, "dir", "b.txt"), []byte("b"), 0o644),
		os.Symlink("..", filepath.Join(top, "out")), os.Symlink("dir", filepath.Join(top, "in")),
		os.Symlink("/etc", filepath.Join(top, "abs")))
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return New(root, true), top
}

// check compares an error with one of the wanted codes; none wants success.
func check(t *testing.T, what string, err error, want ...Code) {
	t.Helper()
	switch {
	case len(want) == 0 && err != nil:
		t.Errorf("%s: %v", what, err)
	case len(want) > 0 && (err == nil || !slices.Contains(want, CodeOf(err))):
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestPathsAreRefusedAsWASISays(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	for _, c := range []struct {
		name string
		want []Code
	}{
		{"", []Code{CodeNoEntry}},
		{"..", []Code{CodeNotPermitted}},
		{"../", []Code{CodeNotPermitted}},
		{"../x", []Code{CodeNotPermitted}},
		{"/", []Code{CodeNotPermitted}},
		{"/etc/passwd", []Code{CodeNotPermitted}},
		{"out/x", []Code{CodeNotPermitted}},
		{"abs/passwd", []Code{CodeNotPermitted}},
		{"missing", []Code{CodeNoEntry}},
		{"a.txt/x", []Code{CodeNotDirectory}},
		{"in/missing", []Code{CodeNoEntry}},
		{"dir/../missing", []Code{CodeNoEntry}},
	} {
		_, err := d.StatAt(SymlinkFollow, c.name)
		check(t, "stat "+c.name, err, c.want...)
		_, err = d.OpenAt(SymlinkFollow, c.name, 0, FlagRead)
		check(t, "open "+c.name, err, c.want...)
		check(t, "unlink "+c.name, d.Unlink(c.name), append(c.want, CodeIsDirectory)...)
		check(t, "rmdir "+c.name, d.RemoveDirectory(c.name), c.want...)
		check(t, "rename "+c.name, d.Rename(c.name, d, "new"), append(c.want, CodeNoEntry)...)
	}
}

func TestATrailingSlashIsADirectorys(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	_, err := d.StatAt(0, "a.txt/")
	check(t, "stat a.txt/", err, CodeNotDirectory)
	_, err = d.OpenAt(0, "a.txt/", 0, FlagRead)
	check(t, "open a.txt/", err, CodeNotDirectory)
	check(t, "unlink a.txt/", d.Unlink("a.txt/"), CodeNotDirectory)
	check(t, "rmdir out/", d.RemoveDirectory("out/"), CodeNotPermitted)
	check(t, "rmdir in/", d.RemoveDirectory("in/"), CodeNotDirectory)
	s, err := d.StatAt(0, "in/")
	if check(t, "stat in/", err); s.Type != TypeDirectory {
		t.Errorf("in/ is of type %d", s.Type)
	}
	check(t, "mkdir new/", d.CreateDirectory("new/"))
	check(t, "rmdir new/", d.RemoveDirectory("new/"))
}

func TestDirectoriesAreMadeAndRemoved(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	check(t, "mkdir .", d.CreateDirectory("."), CodeExist)
	check(t, "mkdir a.txt", d.CreateDirectory("a.txt"), CodeExist)
	check(t, "rmdir .", d.RemoveDirectory("."), CodeInvalid)
	check(t, "rmdir a.txt", d.RemoveDirectory("a.txt"), CodeNotDirectory)
	check(t, "rmdir dir", d.RemoveDirectory("dir"), CodeNotEmpty)
	check(t, "unlink dir", d.Unlink("dir"), CodeIsDirectory)
	check(t, "unlink in", d.Unlink("in"))
}

func TestFilesMoveBetweenDescriptors(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("package os cannot move files between roots")
	}
	d, top := open(t)
	dir, err := d.OpenAt(0, "dir", OpenDirectory, FlagMutateDirectory)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Release()
	check(t, "rename into dir", d.Rename("a.txt", dir, "moved"))
	check(t, "rename what is gone", d.Rename("a.txt", dir, "moved"), CodeNoEntry)
	check(t, "link back", dir.Link(0, "moved", d, "in/../again"))
	check(t, "link onto itself", dir.Link(0, "moved", dir, "moved"), CodeExist)
	check(t, "link a directory", d.Link(0, "dir", d, "other"), CodeNotPermitted)
	check(t, "link .", d.Link(0, ".", d, "other"), CodeNotPermitted)
	check(t, "link nothing", d.Link(0, "", d, ""), CodeNoEntry)
	check(t, "link to nothing", dir.Link(0, "moved", d, ""), CodeNoEntry)
	check(t, "link to /", dir.Link(0, "moved", d, "/"), CodeNotPermitted)
	check(t, "link to ..", dir.Link(0, "moved", d, ".."), CodeNotPermitted)
	check(t, "follow a link", d.Link(SymlinkFollow, "in", d, "other"), CodeInvalid)
	check(t, "link out", dir.Link(0, "moved", d, "out/stolen"), CodeNotPermitted)
	check(t, "rename .", d.Rename(".", d, "q"), CodeInvalid)
	check(t, "rename to ..", d.Rename("dir", d, ".."), CodeNotPermitted)
	for _, name := range []string{"dir/moved", "again"} {
		if data, err := os.ReadFile(filepath.Join(top, name)); string(data) != "text a\n" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	again, _ := d.OpenAt(0, "again", 0, FlagRead)
	moved, _ := dir.OpenAt(0, "moved", 0, FlagRead)
	defer again.Release()
	defer moved.Release()
	if !again.Same(moved) || again.Same(d) {
		t.Error("two names of a file are the same object, a file and a directory are not")
	}
	a, _ := again.Hash()
	if b, _ := moved.Hash(); a != b {
		t.Error("two names of a file have two hashes")
	}
	if s, _ := again.Stat(); s.Links != 2 {
		t.Errorf("%d links, want 2", s.Links)
	}
}

func TestFlagsOfWhatIsOpened(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	for _, c := range []struct {
		name              string
		open, flags, want uint8
	}{
		{".", 0, 0, FlagRead},
		{"a.txt", 0, 0, FlagRead},
		{"a.txt", OpenExclusive, 0, FlagRead},
		{"a.txt", 0, FlagWrite, FlagWrite},
		{"new1", OpenCreate | OpenExclusive, 0, FlagRead | FlagWrite},
		{"new2", OpenCreate, FlagRead, FlagRead | FlagWrite},
		{"new3", OpenCreate, FlagWrite, FlagWrite},
		{"dir", OpenDirectory, FlagMutateDirectory, FlagRead | FlagMutateDirectory},
	} {
		f, err := d.OpenAt(0, c.name, c.open, c.flags)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if f.Flags() != c.want {
			t.Errorf("%s: flags %b, want %b", c.name, f.Flags(), c.want)
		}
		f.Release()
	}
	_, err := d.OpenAt(0, "a.txt", OpenCreate|OpenExclusive, FlagWrite)
	check(t, "exclusive", err, CodeExist)
	_, err = d.OpenAt(0, "in", 0, FlagRead)
	check(t, "a link that is not followed", err, CodeLoop)
	_, err = d.OpenAt(0, "dir", 0, FlagWrite)
	check(t, "a directory for writing", err, CodeIsDirectory)
	_, err = d.OpenAt(0, "a.txt", OpenDirectory, FlagRead)
	check(t, "a file as directory", err, CodeNotDirectory)
}

func TestTimesAreSetByPathAndByDescriptor(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	f, err := d.OpenAt(0, "a.txt", 0, FlagRead)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	access, modified := time.Unix(42, 1000), time.Unix(69, 2000)
	check(t, "by path", d.SetTimesAt(0, "a.txt", Time{To: access}, Time{To: modified}))
	if s, _ := f.Stat(); !s.Modified.Equal(modified) || !s.Accessed.Equal(access) && !s.Accessed.IsZero() {
		t.Errorf("by path: %+v", s)
	}
	check(t, "by path, a link", d.SetTimesAt(0, "in", Time{Now: true}, Time{}), CodeUnsupported)
	err = f.SetTimes(Time{}, Time{To: access})
	if runtime.GOOS == "windows" {
		check(t, "by descriptor", err, CodeUnsupported)
		return
	}
	check(t, "by descriptor", err)
	if s, _ := f.Stat(); !s.Modified.Equal(access) || !s.Accessed.Equal(access) {
		t.Errorf("by descriptor: %+v", s)
	}
	before := time.Now().Add(-time.Minute)
	check(t, "of a directory", d.SetTimes(Time{Now: true}, Time{Now: true}))
	if s, _ := d.Stat(); s.Modified.Before(before) {
		t.Errorf("now is %v", s.Modified)
	}
}

func TestReadingAndWritingKeepsOffsets(t *testing.T) {
	t.Parallel()
	d, top := open(t)
	f, err := d.OpenAt(0, "new", OpenCreate, FlagRead|FlagWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	w, err := f.Writer(2)
	check(t, "writer", err)
	a, err := f.Appender()
	check(t, "appender", err)
	for _, step := range []struct {
		w    io.Writer
		text string
	}{{w, "12"}, {a, "ab"}, {w, "34"}, {a, "cd"}} {
		_, err := io.WriteString(step.w, step.text)
		check(t, step.text, err)
	}
	if data, _ := os.ReadFile(filepath.Join(top, "new")); string(data) != "\x00\x001234cd" {
		t.Errorf("the file is %q", data)
	}
	r, err := f.Reader(6)
	check(t, "reader", err)
	if rest, err := io.ReadAll(r); string(rest) != "cd" || err != nil {
		t.Errorf("the rest is %q, %v", rest, err)
	}
	_, err = f.Reader(1 << 63)
	check(t, "an offset too large", err, CodeInvalid)
	_, err = d.Reader(0)
	check(t, "reading a directory", err, CodeIsDirectory)
	check(t, "advice on a directory", d.Advise(), CodeBadDescriptor)
	check(t, "size", f.SetSize(1))
	check(t, "size too large", f.SetSize(1<<63), CodeInvalid)
	ro, _ := d.OpenAt(0, "new", 0, FlagRead)
	defer ro.Release()
	check(t, "size of what is only read", ro.SetSize(0), CodeBadDescriptor)
	_, err = ro.Writer(0)
	check(t, "writing what is only read", err, CodeBadDescriptor)
	check(t, "sync", errors.Join(f.Sync(), ro.Sync(), d.Sync()))
}

func TestDirectoriesAreListedInPieces(t *testing.T) {
	t.Parallel()
	d, top := open(t)
	want := []string{"a.txt", "abs", "dir", "in", "out"}
	for i := range 2 * listed {
		name := "file" + string(rune('A'+i%26)) + time.Duration(i).String()
		want = append(want, name)
		if err := os.WriteFile(filepath.Join(top, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var got []string
	for {
		entries, err := l.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			got = append(got, e.Name)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d entries, want %d", len(got), len(want))
	}
}

func TestReadlinkHidesWhatIsAbsolute(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	if target, err := d.Readlink("in"); target != "dir" || err != nil {
		t.Errorf("in: %q, %v", target, err)
	}
	_, err := d.Readlink("abs")
	check(t, "readlink abs", err, CodeNotPermitted)
	check(t, "symlink to /", d.Symlink("/", "root"), CodeNotPermitted)
	check(t, "symlink", d.Symlink("../x", "dir/up"))
}
