// Package files is what all releases of wasi:filesystem share: files and
// directories below a root that no path leads out of, with the rules, flags and
// error codes of WASI.
package files

import (
	"errors"
	"os"
	"sync/atomic"
)

// The bits of descriptor-flags.
const (
	FlagRead            = 1 << 0
	FlagWrite           = 1 << 1
	FlagMutateDirectory = 1 << 5
)

// The bits of open-flags.
const (
	OpenCreate = 1 << iota
	OpenDirectory
	OpenExclusive
	OpenTruncate
)

// SymlinkFollow is the bit of path-flags.
const SymlinkFollow = 1

// Descriptor is an open file or directory. It is closed when all that refers to it
// is gone. Its methods may be called by several goroutines at once.
type Descriptor struct {
	file     *os.File // of a file
	root     *os.Root // of a directory
	owned    bool     // root is closed with the descriptor
	writable bool     // for a directory: its contents may be changed
	flags    uint8
	refs     atomic.Int32
}

// New is the descriptor of a directory that somebody else closes. It has one user.
func New(root *os.Root, writable bool) *Descriptor {
	d := newDescriptor(&Descriptor{root: root, writable: writable, flags: FlagRead})
	if writable {
		d.flags |= FlagMutateDirectory
	}
	return d
}

func newDescriptor(d *Descriptor) *Descriptor {
	d.refs.Store(1)
	return d
}

// Retain counts one more user of the descriptor.
func (d *Descriptor) Retain() { d.refs.Add(1) }

// Release counts a user less. Without users the descriptor is closed.
func (d *Descriptor) Release() {
	if d.refs.Add(-1) != 0 {
		return
	}
	switch { // the component has no way to be told of errors
	case d.file != nil:
		_ = d.file.Close()
	case d.owned:
		_ = d.root.Close()
	}
}

// Flags are the descriptor's flags.
func (d *Descriptor) Flags() uint8 { return d.flags }

// OpenAt is descriptor.open-at.
func (d *Descriptor) OpenAt(pathFlags uint8, name string, open, flags uint8) (*Descriptor, error) {
	if open&OpenCreate == 0 {
		open &^= OpenExclusive // which means nothing then
	}
	resolve := d.inside
	if open&(OpenCreate|OpenTruncate) != 0 || flags&(FlagWrite|FlagMutateDirectory) != 0 {
		resolve = d.changing
	}
	p, err := resolve(name)
	if err != nil {
		return nil, err
	}
	if trailingSlash(name) {
		pathFlags |= SymlinkFollow
		open |= OpenDirectory
	}
	info, err := d.statPath(pathFlags, p)
	switch {
	case err == nil && open&OpenExclusive != 0:
		return nil, CodeExist
	case err == nil && info.Mode()&os.ModeSymlink != 0:
		return nil, CodeLoop
	case err == nil && info.IsDir():
		return d.openDir(p, open, flags)
	case err == nil && info.Mode()&os.ModeNamedPipe != 0:
		return nil, CodeUnsupported // opening one would wait for its other end
	case err == nil && open&OpenDirectory != 0:
		return nil, CodeNotDirectory
	case err != nil && (open&OpenCreate == 0 || !errors.Is(err, os.ErrNotExist)):
		return nil, err
	}
	return d.openFile(p, open, flags)
}

func (d *Descriptor) openDir(p string, open, flags uint8) (*Descriptor, error) {
	if open&OpenTruncate != 0 || flags&FlagWrite != 0 {
		return nil, CodeIsDirectory
	}
	root, err := d.root.OpenRoot(p)
	if err != nil {
		return nil, err
	}
	return newDescriptor(&Descriptor{
		root: root, owned: true, writable: d.writable, flags: flags | FlagRead,
	}), nil
}

func (d *Descriptor) openFile(p string, open, flags uint8) (*Descriptor, error) {
	if flags&(FlagRead|FlagWrite) == 0 {
		flags |= FlagRead
	}
	if open&OpenCreate != 0 {
		flags |= FlagWrite
	}
	mode := os.O_RDONLY
	switch {
	case flags&FlagRead != 0 && flags&FlagWrite != 0:
		mode = os.O_RDWR
	case flags&FlagWrite != 0:
		mode = os.O_WRONLY
	}
	for bit, flag := range map[uint8]int{OpenCreate: os.O_CREATE, OpenExclusive: os.O_EXCL, OpenTruncate: os.O_TRUNC} {
		if open&bit != 0 {
			mode |= flag
		}
	}
	file, err := d.root.OpenFile(p, mode, 0o666)
	if err != nil {
		return nil, err
	}
	return newDescriptor(&Descriptor{file: file, writable: d.writable, flags: flags}), nil
}

// needFile checks that the descriptor is a file opened for what flag says.
func (d *Descriptor) needFile(flag uint8) error {
	switch {
	case d.file == nil:
		return CodeIsDirectory
	case d.flags&flag == 0:
		return CodeBadDescriptor
	}
	return nil
}
