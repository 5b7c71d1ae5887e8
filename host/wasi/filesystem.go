package wasi

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/files"
)

// descriptor is wasi:filesystem/types' descriptor. Its streams must be dropped
// before it.
type descriptor struct {
	Parent
	*files.Descriptor
}

// fsResult is result<T, error-code>.
type fsResult[T any] = bind.Result[T, files.Code]

func fsOutcome[T any](v T, err error) (fsResult[T], error) {
	if err != nil {
		return bind.Err[T](files.CodeOf(err)), nil
	}
	return bind.Ok[files.Code](v), nil
}

// fsFunc1 to fsFunc5 make functions whose Go error becomes an error-code.
func fsFunc1[T any](f func(d *descriptor) (T, error)) bind.Func {
	return bind.Func1(func(_ context.Context, d *descriptor) (fsResult[T], error) { return fsOutcome(f(d)) })
}

func fsFunc2[A, T any](f func(d *descriptor, a A) (T, error)) bind.Func {
	return bind.Func2(func(_ context.Context, d *descriptor, a A) (fsResult[T], error) { return fsOutcome(f(d, a)) })
}

func fsFunc3[A, B, T any](f func(d *descriptor, a A, b B) (T, error)) bind.Func {
	return bind.Func3(func(_ context.Context, d *descriptor, a A, b B) (fsResult[T], error) {
		return fsOutcome(f(d, a, b))
	})
}

func fsFunc4[A, B, C, T any](f func(d *descriptor, a A, b B, c C) (T, error)) bind.Func {
	return bind.Func4(func(_ context.Context, d *descriptor, a A, b B, c C) (fsResult[T], error) {
		return fsOutcome(f(d, a, b, c))
	})
}

func fsFunc5[A, B, C, D, T any](f func(d *descriptor, a A, b B, c C, e D) (T, error)) bind.Func {
	return bind.Func5(func(_ context.Context, d *descriptor, a A, b B, c C, e D) (fsResult[T], error) {
		return fsOutcome(f(d, a, b, c, e))
	})
}

// unit is the result of what has none but an error.
func unit(err error) (bind.Unit, error) { return bind.Unit{}, err }

func addFilesystem(imports *bind.Imports, cfg Config) {
	types := iface(imports, "filesystem/types")
	bind.Resource(types, "descriptor", func(_ context.Context, d *descriptor) error { return d.drop() })
	bind.Resource(types, "directory-entry-stream", func(_ context.Context, s *entryStream) error {
		return s.listing.Close()
	})
	method := func(name string, f bind.Func) { types.Func("[method]descriptor."+name, f) }
	addFileMethods(method)
	addPathMethods(method)
	types.Func("[method]directory-entry-stream.read-directory-entry", bind.Func1(
		func(_ context.Context, s *entryStream) (fsResult[bind.Option[directoryEntry]], error) {
			return fsOutcome(s.next())
		}))
	types.Func("filesystem-error-code", bind.Func1(func(_ context.Context, e *Error) (bind.Option[files.Code], error) {
		if code, ok := files.KnownCode(e.Err); ok {
			return bind.Some(code), nil
		}
		return bind.None[files.Code](), nil
	}))
	iface(imports, "filesystem/preopens").Func("get-directories", bind.Func0(
		func(context.Context) ([]bind.Tuple2[*descriptor, string], error) { return preopens(cfg.Mounts), nil }))
}

func preopens(mounts []Mount) []bind.Tuple2[*descriptor, string] {
	dirs := make([]bind.Tuple2[*descriptor, string], 0, len(mounts))
	for _, m := range mounts {
		d := &descriptor{Descriptor: files.New(m.Root, m.Writable)}
		dirs = append(dirs, bind.Tuple2[*descriptor, string]{V0: d, V1: m.Guest})
	}
	return dirs
}

func (d *descriptor) drop() error {
	d.Descriptor.Release()
	return d.CheckDrop()
}

func (d *descriptor) open(pathFlags uint8, name string, open, flags uint8) (*descriptor, error) {
	opened, err := d.OpenAt(pathFlags, name, open, flags)
	return &descriptor{Descriptor: opened}, err
}

func addFileMethods(method func(name string, f bind.Func)) {
	method("read-via-stream", fsFunc2((*descriptor).readStream))
	method("write-via-stream", fsFunc2(func(d *descriptor, off uint64) (*OutputStream, error) {
		return d.writeStream(d.Writer(off))
	}))
	method("append-via-stream", fsFunc1(func(d *descriptor) (*OutputStream, error) { return d.writeStream(d.Appender()) }))
	method("advise", fsFunc4(func(d *descriptor, _, _ uint64, _ uint8) (bind.Unit, error) { return unit(d.Advise()) }))
	sync := fsFunc1(func(d *descriptor) (bind.Unit, error) { return unit(d.Sync()) })
	method("sync-data", sync)
	method("sync", sync)
	method("get-flags", fsFunc1(func(d *descriptor) (uint8, error) { return d.Flags(), nil }))
	method("get-type", fsFunc1(func(d *descriptor) (files.Type, error) { return d.Type() }))
	method("set-size", fsFunc2(func(d *descriptor, size uint64) (bind.Unit, error) { return unit(d.SetSize(size)) }))
	method("set-times", fsFunc3(func(d *descriptor, access, modified newTimestamp) (bind.Unit, error) {
		return unit(d.SetTimes(access.time(), modified.time()))
	}))
	method("read", fsFunc3((*descriptor).read))
	method("write", fsFunc3(func(d *descriptor, p bind.View, off uint64) (uint64, error) {
		n, err := d.WriteAt(p, off)
		return uint64(n), err
	}))
	method("stat", fsFunc1(func(d *descriptor) (descriptorStat, error) { return statOf(d.Stat()) }))
	method("metadata-hash", fsFunc1(func(d *descriptor) (files.Hash, error) { return d.Hash() }))
	method("is-same-object", bind.Func2(func(_ context.Context, d, other *descriptor) (bool, error) {
		return d.Same(other.Descriptor), nil
	}))
}

func addPathMethods(method func(name string, f bind.Func)) {
	method("open-at", fsFunc5((*descriptor).open))
	method("read-directory", fsFunc1(func(d *descriptor) (*entryStream, error) {
		l, err := d.List()
		return &entryStream{listing: l}, err
	}))
	method("create-directory-at", fsFunc2(func(d *descriptor, name string) (bind.Unit, error) {
		return unit(d.CreateDirectory(name))
	}))
	method("stat-at", fsFunc3(func(d *descriptor, flags uint8, name string) (descriptorStat, error) {
		return statOf(d.StatAt(flags, name))
	}))
	method("metadata-hash-at", fsFunc3(func(d *descriptor, flags uint8, name string) (files.Hash, error) {
		return d.HashAt(flags, name)
	}))
	method("set-times-at", fsFunc5(
		func(d *descriptor, flags uint8, name string, access, modified newTimestamp) (bind.Unit, error) {
			return unit(d.SetTimesAt(flags, name, access.time(), modified.time()))
		}))
	method("readlink-at", fsFunc2(func(d *descriptor, name string) (string, error) { return d.Readlink(name) }))
	method("remove-directory-at", fsFunc2(func(d *descriptor, name string) (bind.Unit, error) {
		return unit(d.RemoveDirectory(name))
	}))
	method("unlink-file-at", fsFunc2(func(d *descriptor, name string) (bind.Unit, error) { return unit(d.Unlink(name)) }))
	method("symlink-at", fsFunc3(func(d *descriptor, target, name string) (bind.Unit, error) {
		return unit(d.Symlink(target, name))
	}))
	method("rename-at", fsFunc4(func(d *descriptor, from string, to *descriptor, name string) (bind.Unit, error) {
		return unit(d.Rename(from, to.Descriptor, name))
	}))
	method("link-at", fsFunc5(func(d *descriptor, flags uint8, from string, to *descriptor, name string) (bind.Unit, error) {
		return unit(d.Link(flags, from, to.Descriptor, name))
	}))
}

// descriptorStat is the record descriptor-stat.
type descriptorStat struct {
	Type                      files.Type
	LinkCount                 uint64
	Size                      uint64
	DataAccessTimestamp       bind.Option[Datetime]
	DataModificationTimestamp bind.Option[Datetime]
	StatusChangeTimestamp     bind.Option[Datetime]
}

func statOf(s files.Stat, err error) (descriptorStat, error) {
	at := func(t time.Time) bind.Option[Datetime] {
		if t.IsZero() {
			return bind.None[Datetime]()
		}
		return bind.Some(datetimeOf(t))
	}
	return descriptorStat{
		Type: s.Type, LinkCount: s.Links, Size: s.Size,
		DataAccessTimestamp: at(s.Accessed), DataModificationTimestamp: at(s.Modified), StatusChangeTimestamp: at(s.Changed),
	}, err
}

// newTimestamp is the variant new-timestamp.
type newTimestamp struct {
	Case      uint8 // 0 no-change, 1 now, 2 timestamp
	Timestamp Datetime
}

func (t newTimestamp) time() files.Time {
	if t.Case != 2 {
		return files.Time{Now: t.Case == 1}
	}
	return files.Time{To: time.Unix(int64(min(t.Timestamp.Seconds, math.MaxInt64)), int64(t.Timestamp.Nanoseconds))}
}

// directoryEntry is the record directory-entry.
type directoryEntry struct {
	Type files.Type
	Name string
}

// entryStream is the resource directory-entry-stream.
type entryStream struct {
	listing *files.Listing
	entries []files.Entry
}

func (s *entryStream) next() (bind.Option[directoryEntry], error) {
	if len(s.entries) == 0 {
		var err error
		if s.entries, err = s.listing.Next(); err == io.EOF {
			return bind.None[directoryEntry](), nil
		} else if err != nil {
			return bind.None[directoryEntry](), err
		}
	}
	e := s.entries[0]
	s.entries = s.entries[1:]
	return bind.Some(directoryEntry(e)), nil
}

func (d *descriptor) read(length, off uint64) (bind.Tuple2[[]byte, bool], error) {
	buf := make([]byte, min(length, maxRead))
	n, err := d.ReadAt(buf, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return bind.Tuple2[[]byte, bool]{}, err
	}
	return bind.Tuple2[[]byte, bool]{V0: buf[:n], V1: err != nil}, nil
}

func (d *descriptor) readStream(off uint64) (*InputStream, error) {
	r, err := d.Reader(off)
	if err != nil {
		return nil, err
	}
	d.Retain()
	return NewInputStream(&fileInput{r, d.Descriptor}, &d.Parent), nil
}

// fileInput is an [Input] over a file, which it keeps open.
type fileInput struct {
	r    io.Reader
	file *files.Descriptor
}

func (i *fileInput) Read(n int) ([]byte, error) {
	buf := make([]byte, n)
	got, err := i.r.Read(buf)
	return buf[:got], err
}

func (i *fileInput) Ready() <-chan struct{} { return closed }

func (i *fileInput) Close() error {
	i.file.Release()
	return nil
}

func (d *descriptor) writeStream(w io.Writer, err error) (*OutputStream, error) {
	if err != nil {
		return nil, err
	}
	d.Retain()
	release := func() error {
		d.Descriptor.Release()
		return nil
	}
	return NewOutputStream(WriteTo(w, nil, release), &d.Parent), nil
}
