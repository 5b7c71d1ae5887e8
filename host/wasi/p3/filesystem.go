package p3

import (
	"context"
	"io"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/files"
)

// descriptor is the resource descriptor.
type descriptor = *files.Descriptor

// fileError is the variant error-code of wasi:filesystem.
type fileError struct {
	Case  uint8
	Other bind.Option[string]
}

// fileErrorOf is the variant's case of an error, of which there is none for
// would-block any more.
func fileErrorOf(err error) fileError {
	code := uint8(files.CodeOf(err))
	if code > wouldBlock {
		code--
	}
	return fileError{Case: code}
}

const wouldBlock = 1 // in WASI 0.2's error-code

// fileType is the variant descriptor-type.
type fileType struct {
	Case  uint8
	Other bind.Option[string]
}

const otherType = 7

func fileTypeOf(t files.Type) fileType {
	if t == files.TypeUnknown {
		return fileType{Case: otherType}
	}
	return fileType{Case: uint8(t) - 1}
}

// fileStat is the record descriptor-stat.
type fileStat struct {
	Type                      fileType
	LinkCount                 uint64
	Size                      uint64
	DataAccessTimestamp       bind.Option[instant]
	DataModificationTimestamp bind.Option[instant]
	StatusChangeTimestamp     bind.Option[instant]
}

func fileStatOf(s files.Stat, err error) (fileStat, error) {
	at := func(t time.Time) bind.Option[instant] {
		if t.IsZero() {
			return bind.None[instant]()
		}
		return bind.Some(instantOf(t))
	}
	return fileStat{
		Type: fileTypeOf(s.Type), LinkCount: s.Links, Size: s.Size,
		DataAccessTimestamp: at(s.Accessed), DataModificationTimestamp: at(s.Modified), StatusChangeTimestamp: at(s.Changed),
	}, err
}

// newTimestamp is the variant new-timestamp.
type newTimestamp struct {
	Case      uint8 // 0 no-change, 1 now, 2 timestamp
	Timestamp instant
}

func (t newTimestamp) time() files.Time {
	if t.Case != 2 {
		return files.Time{Now: t.Case == 1}
	}
	return files.Time{To: time.Unix(t.Timestamp.Seconds, int64(t.Timestamp.Nanoseconds))}
}

// directoryEntry is the record directory-entry.
type directoryEntry struct {
	Type fileType
	Name string
}

// fileResult is result<T, error-code>.
type fileResult[T any] = bind.Result[T, fileError]

func fileOutcome[T any](v T, err error) (fileResult[T], error) {
	if err != nil {
		return bind.Err[T](fileErrorOf(err)), nil
	}
	return bind.Ok[fileError](v), nil
}

// fileFunc1 to fileFunc5 make functions whose Go error becomes an error-code.
func fileFunc1[T any](f func(d descriptor) (T, error)) bind.Func {
	return bind.Func1(func(_ context.Context, d descriptor) (fileResult[T], error) { return fileOutcome(f(d)) })
}

func fileFunc2[A, T any](f func(d descriptor, a A) (T, error)) bind.Func {
	return bind.Func2(func(_ context.Context, d descriptor, a A) (fileResult[T], error) { return fileOutcome(f(d, a)) })
}

func fileFunc3[A, B, T any](f func(d descriptor, a A, b B) (T, error)) bind.Func {
	return bind.Func3(func(_ context.Context, d descriptor, a A, b B) (fileResult[T], error) {
		return fileOutcome(f(d, a, b))
	})
}

func fileFunc4[A, B, C, T any](f func(d descriptor, a A, b B, c C) (T, error)) bind.Func {
	return bind.Func4(func(_ context.Context, d descriptor, a A, b B, c C) (fileResult[T], error) {
		return fileOutcome(f(d, a, b, c))
	})
}

func fileFunc5[A, B, C, D, T any](f func(d descriptor, a A, b B, c C, e D) (T, error)) bind.Func {
	return bind.Func5(func(_ context.Context, d descriptor, a A, b B, c C, e D) (fileResult[T], error) {
		return fileOutcome(f(d, a, b, c, e))
	})
}

// unit is the result of what has none but an error.
func unit(err error) (bind.Unit, error) { return bind.Unit{}, err }

func (o offer) filesystem() {
	types := o.iface("filesystem/types")
	bind.Resource(types, "descriptor", func(_ context.Context, d descriptor) error {
		d.Release()
		return nil
	})
	method := func(name string, f bind.Func) { types.Func("[method]descriptor."+name, f) }
	addFileStreams(method)
	addFileMethods(method)
	addPathMethods(method)
	mounts := o.cfg.Mounts
	o.iface("filesystem/preopens").Func("get-directories", bind.Func0(
		func(context.Context) ([]bind.Tuple2[descriptor, string], error) {
			dirs := make([]bind.Tuple2[descriptor, string], 0, len(mounts))
			for _, m := range mounts {
				dirs = append(dirs, bind.Tuple2[descriptor, string]{V0: files.New(m.Root, m.Writable), V1: m.Guest})
			}
			return dirs, nil
		}))
}

func addFileStreams(method func(name string, f bind.Func)) {
	method("read-via-stream", bind.Func2(
		func(_ context.Context, d descriptor, off uint64) (incoming[byte, fileError], error) {
			r, err := d.Reader(off)
			if err != nil {
				return failed[byte](err, fileErrorOf), nil
			}
			d.Retain()
			return produced(func(_ context.Context, w *bind.Writer[byte]) error {
				return copyOut(w, r)
			}, fileErrorOf, d.Release), nil
		}))
	method("write-via-stream", bind.Func3(
		func(_ context.Context, d descriptor, data *bind.Stream[byte], off uint64) (*bind.Future[outcome[fileError]], error) {
			w, err := d.Writer(off)
			return writeFile(d, data, w, err), nil
		}))
	method("append-via-stream", bind.Func2(
		func(_ context.Context, d descriptor, data *bind.Stream[byte]) (*bind.Future[outcome[fileError]], error) {
			w, err := d.Appender()
			return writeFile(d, data, w, err), nil
		}))
	method("read-directory", bind.Func1(
		func(_ context.Context, d descriptor) (incoming[directoryEntry, fileError], error) {
			l, err := d.List()
			if err != nil {
				return failed[directoryEntry](err, fileErrorOf), nil
			}
			return produced(func(_ context.Context, w *bind.Writer[directoryEntry]) error {
				return listTo(w, l)
			}, fileErrorOf, func() { _ = l.Close() }), nil
		}))
}

func writeFile(d descriptor, data *bind.Stream[byte], w io.Writer, err error) *bind.Future[outcome[fileError]] {
	if err != nil {
		return refused(data, err, fileErrorOf)
	}
	d.Retain()
	return consumed(data, func(context.Context) io.Writer { return w }, fileErrorOf, d.Release)
}

func listTo(w *bind.Writer[directoryEntry], l *files.Listing) error {
	for {
		found, err := l.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		entries := make([]directoryEntry, 0, len(found))
		for _, e := range found {
			entries = append(entries, directoryEntry{fileTypeOf(e.Type), e.Name})
		}
		if _, err := w.Write(entries); err != nil {
			return err
		}
	}
}

func addFileMethods(method func(name string, f bind.Func)) {
	method("advise", fileFunc4(func(d descriptor, _, _ uint64, _ uint8) (bind.Unit, error) { return unit(d.Advise()) }))
	sync := fileFunc1(func(d descriptor) (bind.Unit, error) { return unit(d.Sync()) })
	method("sync-data", sync)
	method("sync", sync)
	method("get-flags", fileFunc1(func(d descriptor) (uint8, error) { return d.Flags(), nil }))
	method("get-type", fileFunc1(func(d descriptor) (fileType, error) {
		t, err := d.Type()
		return fileTypeOf(t), err
	}))
	method("set-size", fileFunc2(func(d descriptor, size uint64) (bind.Unit, error) { return unit(d.SetSize(size)) }))
	method("set-times", fileFunc3(func(d descriptor, access, modified newTimestamp) (bind.Unit, error) {
		return unit(d.SetTimes(access.time(), modified.time()))
	}))
	method("stat", fileFunc1(func(d descriptor) (fileStat, error) { return fileStatOf(d.Stat()) }))
	method("metadata-hash", fileFunc1(descriptor.Hash))
	method("is-same-object", bind.Func2(func(_ context.Context, d, other descriptor) (bool, error) {
		return d.Same(other), nil
	}))
}

func addPathMethods(method func(name string, f bind.Func)) {
	method("open-at", fileFunc5(descriptor.OpenAt))
	method("create-directory-at", fileFunc2(func(d descriptor, name string) (bind.Unit, error) {
		return unit(d.CreateDirectory(name))
	}))
	method("stat-at", fileFunc3(func(d descriptor, flags uint8, name string) (fileStat, error) {
		return fileStatOf(d.StatAt(flags, name))
	}))
	method("metadata-hash-at", fileFunc3(descriptor.HashAt))
	method("set-times-at", fileFunc5(
		func(d descriptor, flags uint8, name string, access, modified newTimestamp) (bind.Unit, error) {
			return unit(d.SetTimesAt(flags, name, access.time(), modified.time()))
		}))
	method("readlink-at", fileFunc2(descriptor.Readlink))
	method("remove-directory-at", fileFunc2(func(d descriptor, name string) (bind.Unit, error) {
		return unit(d.RemoveDirectory(name))
	}))
	method("unlink-file-at", fileFunc2(func(d descriptor, name string) (bind.Unit, error) { return unit(d.Unlink(name)) }))
	method("symlink-at", fileFunc3(func(d descriptor, target, name string) (bind.Unit, error) {
		return unit(d.Symlink(target, name))
	}))
	method("rename-at", fileFunc4(func(d descriptor, from string, to descriptor, name string) (bind.Unit, error) {
		return unit(d.Rename(from, to, name))
	}))
	method("link-at", fileFunc5(func(d descriptor, flags uint8, from string, to descriptor, name string) (bind.Unit, error) {
		return unit(d.Link(flags, from, to, name))
	}))
}
