package files

import (
	"os"
	"path"
	"strings"
)

// inside checks a path relative to a directory. os.Root keeps it from leading
// out; WASI's own rule is that it must not be absolute.
func (d *Descriptor) inside(name string) (string, error) {
	switch {
	case d.root == nil:
		return "", CodeNotDirectory
	case name == "":
		return "", CodeNoEntry
	case strings.HasPrefix(name, "/"), strings.Contains(name, "\x00"):
		return "", CodeNotPermitted
	}
	return path.Clean(name), nil
}

// changing is inside for operations that change the directory.
func (d *Descriptor) changing(name string) (string, error) {
	if d.root != nil && !d.writable {
		return "", CodeNotPermitted
	}
	return d.inside(name)
}

// trailingSlash reports whether a path can only be a directory's.
func trailingSlash(name string) bool { return strings.HasSuffix(name, "/") }

func (d *Descriptor) statPath(pathFlags uint8, p string) (os.FileInfo, error) {
	if pathFlags&SymlinkFollow != 0 {
		return d.root.Stat(p)
	}
	return d.root.Lstat(p)
}

func (d *Descriptor) statAt(flags uint8, name string) (os.FileInfo, error) {
	p, err := d.inside(name)
	if err != nil {
		return nil, err
	}
	if trailingSlash(name) {
		flags |= SymlinkFollow
	}
	info, err := d.statPath(flags, p)
	if err == nil && trailingSlash(name) && !info.IsDir() {
		return nil, CodeNotDirectory
	}
	return info, err
}

// StatAt are the attributes of what is at a path.
func (d *Descriptor) StatAt(flags uint8, name string) (Stat, error) {
	info, err := d.statAt(flags, name)
	if err != nil {
		return Stat{}, err
	}
	return statOf(info), nil
}

// HashAt is the metadata hash of what is at a path.
func (d *Descriptor) HashAt(flags uint8, name string) (Hash, error) {
	info, err := d.statAt(flags, name)
	if err != nil {
		return Hash{}, err
	}
	return hashOf(info), nil
}

// SetTimesAt sets the times of what is at a path.
func (d *Descriptor) SetTimesAt(flags uint8, name string, access, modified Time) error {
	p, err := d.changing(name)
	if err != nil {
		return err
	}
	info, err := d.statAt(flags, name)
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSymlink != 0 { // os.Root follows them
		return CodeUnsupported
	}
	return d.root.Chtimes(p, access.at(), modified.at())
}

// CreateDirectory makes a directory.
func (d *Descriptor) CreateDirectory(name string) error {
	p, err := d.changing(name)
	if err != nil {
		return err
	}
	return d.root.Mkdir(p, 0o777)
}

// Readlink is the target of a symbolic link.
func (d *Descriptor) Readlink(name string) (string, error) {
	p, err := d.inside(name)
	if err != nil {
		return "", err
	}
	target, err := d.root.Readlink(p)
	if err == nil && strings.HasPrefix(target, "/") {
		return "", CodeNotPermitted
	}
	return target, err
}

// Symlink makes a symbolic link.
func (d *Descriptor) Symlink(target, name string) error {
	p, err := d.changing(name)
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(target, "/"):
		return CodeNotPermitted
	}
	return d.root.Symlink(target, p)
}

// RemoveDirectory removes an empty directory.
func (d *Descriptor) RemoveDirectory(name string) error { return d.remove(name, true) }

// Unlink removes what is no directory.
func (d *Descriptor) Unlink(name string) error { return d.remove(name, false) }

// remove removes a directory, or anything else.
func (d *Descriptor) remove(name string, directory bool) error {
	p, err := d.changing(name)
	if err != nil {
		return err
	}
	if trailingSlash(name) {
		if _, err := d.statAt(0, name); err != nil {
			return err
		}
	}
	info, err := d.root.Lstat(p)
	switch {
	case err != nil:
		return err
	case directory && !info.IsDir():
		return CodeNotDirectory
	case !directory && info.IsDir():
		return CodeIsDirectory
	case p == ".":
		return CodeInvalid
	}
	return d.root.Remove(p)
}

// Rename moves something to a path of another directory.
func (d *Descriptor) Rename(from string, to *Descriptor, name string) error {
	return d.pair(from, to, name, rename)
}

// Link makes another name for a file, which is no directory. Symbolic links are not
// followed.
func (d *Descriptor) Link(flags uint8, from string, to *Descriptor, name string) error {
	info, err := d.statAt(0, from)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return CodeNotPermitted
	case flags&SymlinkFollow != 0 && info.Mode()&os.ModeSymlink != 0:
		return CodeInvalid
	}
	return d.pair(from, to, name, link)
}

// pair does something to two paths.
func (d *Descriptor) pair(from string, to *Descriptor, name string, do func(a, b entry) error) error {
	a, err := d.entry(from)
	if err != nil {
		return err
	}
	defer a.close()
	b, err := to.entry(name)
	if err != nil {
		return err
	}
	defer b.close()
	return do(a, b)
}

// entry is a name in a directory that was reached without leaving the root.
type entry struct {
	root *os.Root // the directory
	name string   // without slashes
}

func (e entry) close() { _ = e.root.Close() } // nothing was written

// entry opens the directory of a path that is to be changed.
func (d *Descriptor) entry(name string) (entry, error) {
	p, err := d.changing(name)
	if err != nil {
		return entry{}, err
	}
	dir, base := path.Split(p)
	switch {
	case base == "..":
		return entry{}, CodeNotPermitted
	case base == ".":
		return entry{}, CodeInvalid
	case dir == "":
		dir = "."
	}
	root, err := d.root.OpenRoot(path.Clean(dir))
	return entry{root, base}, err
}
