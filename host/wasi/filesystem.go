package wasi

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/edgelint/edgelint/host/bind"
)

// Descriptor is wasi:filesystem/types' descriptor: an open file or directory.
type Descriptor struct {
	Parent
	file     *os.File // of a file
	root     *os.Root // of a directory
	owned    bool     // root is closed with the descriptor
	writable bool     // for a directory: its contents may be changed
	flags    uint8
}

// The bits of descriptor-flags.
const (
	flagRead            = 1 << 0
	flagWrite           = 1 << 1
	flagMutateDirectory = 1 << 5
)

// The bits of open-flags.
const (
	openCreate = 1 << iota
	openDirectory
	openExclusive
	openTruncate
)

// symlinkFollow is the bit of path-flags.
const symlinkFollow = 1

// fsResult is result<T, error-code>.
type fsResult[T any] = bind.Result[T, ErrorCode]

// fsFunc1 to fsFunc4 make functions whose Go error becomes an error-code.
func fsFunc1[T any](f func(d *Descriptor) (T, error)) bind.Func {
	return bind.Func1(func(_ context.Context, d *Descriptor) (fsResult[T], error) { return fsOutcome(f(d)) })
}

func fsFunc2[A, T any](f func(d *Descriptor, a A) (T, error)) bind.Func {
	return bind.Func2(func(_ context.Context, d *Descriptor, a A) (fsResult[T], error) { return fsOutcome(f(d, a)) })
}

func fsFunc3[A, B, T any](f func(d *Descriptor, a A, b B) (T, error)) bind.Func {
	return bind.Func3(func(_ context.Context, d *Descriptor, a A, b B) (fsResult[T], error) {
		return fsOutcome(f(d, a, b))
	})
}

func fsFunc4[A, B, C, T any](f func(d *Descriptor, a A, b B, c C) (T, error)) bind.Func {
	return bind.Func4(func(_ context.Context, d *Descriptor, a A, b B, c C) (fsResult[T], error) {
		return fsOutcome(f(d, a, b, c))
	})
}

func fsFunc5[A, B, C, D, T any](f func(d *Descriptor, a A, b B, c C, e D) (T, error)) bind.Func {
	return bind.Func5(func(_ context.Context, d *Descriptor, a A, b B, c C, e D) (fsResult[T], error) {
		return fsOutcome(f(d, a, b, c, e))
	})
}

func fsOutcome[T any](v T, err error) (fsResult[T], error) {
	if err != nil {
		return bind.Err[T](errorCodeOf(err)), nil
	}
	return bind.Ok[ErrorCode](v), nil
}

func addFilesystem(imports *bind.Imports, cfg Config) {
	types := iface(imports, "filesystem/types")
	bind.Resource(types, "descriptor", func(_ context.Context, d *Descriptor) error { return d.drop() })
	bind.Resource[*entryStream](types, "directory-entry-stream", nil)
	method := func(name string, f bind.Func) { types.Func("[method]descriptor."+name, f) }
	addFileMethods(method)
	addPathMethods(method)
	types.Func("[method]directory-entry-stream.read-directory-entry", bind.Func1(
		func(_ context.Context, s *entryStream) (fsResult[bind.Option[DirectoryEntry]], error) {
			return fsOutcome(s.next())
		}))
	types.Func("filesystem-error-code", bind.Func1(func(_ context.Context, e *Error) (bind.Option[ErrorCode], error) {
		if code, ok := knownErrorCode(e.Err); ok {
			return bind.Some(code), nil
		}
		return bind.None[ErrorCode](), nil
	}))
	iface(imports, "filesystem/preopens").Func("get-directories", bind.Func0(
		func(context.Context) ([]bind.Tuple2[*Descriptor, string], error) { return preopens(cfg.Mounts), nil }))
}

func preopens(mounts []Mount) []bind.Tuple2[*Descriptor, string] {
	dirs := make([]bind.Tuple2[*Descriptor, string], 0, len(mounts))
	for _, m := range mounts {
		d := &Descriptor{root: m.Root, writable: m.Writable, flags: flagRead}
		if m.Writable {
			d.flags |= flagMutateDirectory
		}
		dirs = append(dirs, bind.Tuple2[*Descriptor, string]{V0: d, V1: m.Guest})
	}
	return dirs
}

func (d *Descriptor) drop() error {
	if err := d.CheckDrop(); err != nil {
		return err
	}
	if d.file != nil {
		_ = d.file.Close() // the component has no way to be told
		return nil
	}
	if d.owned {
		_ = d.root.Close() // the component has no way to be told
		return nil
	}
	return nil
}

// inside checks a path relative to a directory. os.Root keeps it from leading
// out; WASI's own rule is that it must not be absolute.
func (d *Descriptor) inside(name string) (string, error) {
	switch {
	case d.root == nil:
		return "", codeError(CodeNotDirectory)
	case name == "":
		return "", codeError(CodeNoEntry)
	case strings.HasPrefix(name, "/"), strings.Contains(name, "\x00"):
		return "", codeError(CodeNotPermitted)
	}
	return path.Clean(name), nil
}

// changing is inside for operations that change the directory.
func (d *Descriptor) changing(name string) (string, error) {
	if d.root != nil && !d.writable {
		return "", codeError(CodeNotPermitted)
	}
	return d.inside(name)
}

// openAt is descriptor.open-at.
func (d *Descriptor) openAt(pathFlags uint8, name string, open, flags uint8) (*Descriptor, error) {
	writes := open&(openCreate|openTruncate|openExclusive) != 0 || flags&(flagWrite|flagMutateDirectory) != 0
	resolve := d.inside
	if writes {
		resolve = d.changing
	}
	p, err := resolve(name)
	if err != nil {
		return nil, err
	}
	info, err := d.statPath(pathFlags, p)
	switch {
	case err == nil && info.Mode()&os.ModeSymlink != 0:
		return nil, codeError(CodeLoop)
	case err == nil && info.IsDir():
		return d.openDir(p, open, flags)
	case err == nil && open&openDirectory != 0:
		return nil, codeError(CodeNotDirectory)
	case err != nil && (open&openCreate == 0 || !errors.Is(err, os.ErrNotExist)):
		return nil, err
	}
	return d.openFile(p, open, flags)
}

func (d *Descriptor) openDir(p string, open, flags uint8) (*Descriptor, error) {
	if open&(openTruncate|openExclusive) != 0 || flags&flagWrite != 0 {
		return nil, codeError(CodeIsDirectory)
	}
	root, err := d.root.OpenRoot(p)
	if err != nil {
		return nil, err
	}
	return &Descriptor{root: root, owned: true, writable: d.writable, flags: flags}, nil
}

func (d *Descriptor) openFile(p string, open, flags uint8) (*Descriptor, error) {
	mode := os.O_RDONLY
	switch {
	case flags&flagRead != 0 && flags&flagWrite != 0:
		mode = os.O_RDWR
	case flags&flagWrite != 0:
		mode = os.O_WRONLY
	}
	for bit, flag := range map[uint8]int{openCreate: os.O_CREATE, openExclusive: os.O_EXCL, openTruncate: os.O_TRUNC} {
		if open&bit != 0 {
			mode |= flag
		}
	}
	file, err := d.root.OpenFile(p, mode, 0o666)
	if err != nil {
		return nil, err
	}
	return &Descriptor{file: file, writable: d.writable, flags: flags}, nil
}

func (d *Descriptor) statPath(pathFlags uint8, p string) (os.FileInfo, error) {
	if pathFlags&symlinkFollow != 0 {
		return d.root.Stat(p)
	}
	return d.root.Lstat(p)
}

// fileInput and fileOutput are streams over a file at an offset of their own.
type fileInput struct {
	file *os.File
	off  int64
}

func (i *fileInput) Read(n int) ([]byte, error) {
	buf := make([]byte, n)
	got, err := i.file.ReadAt(buf, i.off)
	i.off += int64(got)
	if got > 0 || n == 0 {
		return buf[:got], nil
	}
	return nil, err
}

func (i *fileInput) Ready() <-chan struct{} { return closed }
func (i *fileInput) Close() error           { return nil }

// offsetWriter writes to a file at a moving offset; negative appends.
type offsetWriter struct {
	file *os.File
	off  int64
}

func (w *offsetWriter) Write(p []byte) (int, error) {
	if w.off < 0 {
		end, err := w.file.Seek(0, io.SeekEnd)
		if err != nil {
			return 0, err
		}
		return w.file.WriteAt(p, end)
	}
	n, err := w.file.WriteAt(p, w.off)
	w.off += int64(n)
	return n, err
}
