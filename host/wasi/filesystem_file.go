package wasi

import (
	"cmp"
	"hash/maphash"
	"io"
	"math"
	"os"
	"time"

	"github.com/edgelint/edgelint/host/bind"
)

// DescriptorType is the enum descriptor-type.
type DescriptorType uint8

// The descriptor types.
const (
	TypeUnknown DescriptorType = iota
	TypeBlockDevice
	TypeCharacterDevice
	TypeDirectory
	TypeFIFO
	TypeSymbolicLink
	TypeRegularFile
	TypeSocket
)

func typeOf(m os.FileMode) DescriptorType {
	switch {
	case m.IsRegular():
		return TypeRegularFile
	case m.IsDir():
		return TypeDirectory
	case m&os.ModeSymlink != 0:
		return TypeSymbolicLink
	case m&os.ModeCharDevice != 0:
		return TypeCharacterDevice
	case m&os.ModeDevice != 0:
		return TypeBlockDevice
	case m&os.ModeNamedPipe != 0:
		return TypeFIFO
	case m&os.ModeSocket != 0:
		return TypeSocket
	}
	return TypeUnknown
}

// DescriptorStat is the record descriptor-stat.
type DescriptorStat struct {
	Type                      DescriptorType
	LinkCount                 uint64
	Size                      uint64
	DataAccessTimestamp       bind.Option[Datetime]
	DataModificationTimestamp bind.Option[Datetime]
	StatusChangeTimestamp     bind.Option[Datetime]
}

func statOf(info os.FileInfo) DescriptorStat {
	modified := bind.Some(datetimeOf(info.ModTime()))
	return DescriptorStat{
		Type: typeOf(info.Mode()), LinkCount: 1, Size: uint64(max(info.Size(), 0)),
		DataAccessTimestamp: modified, DataModificationTimestamp: modified, StatusChangeTimestamp: modified,
	}
}

// NewTimestamp is the variant new-timestamp.
type NewTimestamp struct {
	Case      uint8 // 0 no-change, 1 now, 2 timestamp
	Timestamp Datetime
}

// in is the timestamp's time; the zero time leaves a file's time as it is.
func (t NewTimestamp) in() time.Time {
	switch t.Case {
	case 1:
		return time.Now()
	case 2:
		return time.Unix(int64(min(t.Timestamp.Seconds, math.MaxInt64)), int64(t.Timestamp.Nanoseconds))
	}
	return time.Time{}
}

// MetadataHash is the record metadata-hash-value.
type MetadataHash struct{ Lower, Upper uint64 }

// hashSeeds make metadata hashes of one process comparable.
var hashSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func hashOf(info os.FileInfo) MetadataHash {
	hash := func(seed maphash.Seed) uint64 {
		return maphash.Comparable(seed, struct {
			name     string
			size     int64
			mode     os.FileMode
			modified int64
		}{info.Name(), info.Size(), info.Mode(), info.ModTime().UnixNano()})
	}
	return MetadataHash{hash(hashSeeds[0]), hash(hashSeeds[1])}
}

func addFileMethods(method func(name string, f bind.Func)) {
	method("read-via-stream", fsFunc2((*Descriptor).readStream))
	method("write-via-stream", fsFunc2(func(d *Descriptor, off uint64) (*OutputStream, error) {
		if off > math.MaxInt64 {
			return nil, codeError(CodeInvalid)
		}
		return d.writeStream(int64(off))
	}))
	method("append-via-stream", fsFunc1(func(d *Descriptor) (*OutputStream, error) { return d.writeStream(-1) }))
	method("advise", fsFunc4(func(d *Descriptor, _, _ uint64, _ uint8) (bind.Unit, error) { return bind.Unit{}, nil }))
	method("sync-data", fsFunc1((*Descriptor).sync))
	method("sync", fsFunc1((*Descriptor).sync))
	method("get-flags", fsFunc1(func(d *Descriptor) (uint8, error) { return d.flags, nil }))
	method("get-type", fsFunc1(func(d *Descriptor) (DescriptorType, error) {
		info, err := d.stat()
		if err != nil {
			return 0, err
		}
		return typeOf(info.Mode()), nil
	}))
	method("set-size", fsFunc2(func(d *Descriptor, size uint64) (bind.Unit, error) {
		if err := d.needFile(flagWrite); err != nil || size > math.MaxInt64 {
			return bind.Unit{}, cmp.Or[error](err, codeError(CodeInvalid))
		}
		return bind.Unit{}, d.file.Truncate(int64(size))
	}))
	// os has no way to set the times of an open file, and its path may be
	// another file's by now.
	method("set-times", fsFunc3(func(*Descriptor, NewTimestamp, NewTimestamp) (bind.Unit, error) {
		return bind.Unit{}, codeError(CodeUnsupported)
	}))
	method("read", fsFunc3((*Descriptor).read))
	method("write", fsFunc3((*Descriptor).write))
	method("stat", fsFunc1(func(d *Descriptor) (DescriptorStat, error) {
		info, err := d.stat()
		if err != nil {
			return DescriptorStat{}, err
		}
		return statOf(info), nil
	}))
	method("metadata-hash", fsFunc1(func(d *Descriptor) (MetadataHash, error) {
		info, err := d.stat()
		if err != nil {
			return MetadataHash{}, err
		}
		return hashOf(info), nil
	}))
}

func (d *Descriptor) stat() (os.FileInfo, error) {
	if d.file != nil {
		return d.file.Stat()
	}
	return d.root.Stat(".")
}

// needFile checks that the descriptor is a file opened for what flag says.
func (d *Descriptor) needFile(flag uint8) error {
	switch {
	case d.file == nil:
		return codeError(CodeIsDirectory)
	case d.flags&flag == 0:
		return codeError(CodeBadDescriptor)
	}
	return nil
}

func (d *Descriptor) sync() (bind.Unit, error) {
	if d.file == nil {
		return bind.Unit{}, nil
	}
	return bind.Unit{}, d.file.Sync()
}

func (d *Descriptor) readStream(off uint64) (*InputStream, error) {
	if err := d.needFile(flagRead); err != nil || off > math.MaxInt64 {
		return nil, cmp.Or[error](err, codeError(CodeInvalid))
	}
	return NewInputStream(&fileInput{d.file, int64(off)}, &d.Parent), nil
}

func (d *Descriptor) writeStream(off int64) (*OutputStream, error) {
	if err := d.needFile(flagWrite); err != nil {
		return nil, err
	}
	return NewOutputStream(WriteTo(&offsetWriter{d.file, off}, nil, nil), &d.Parent), nil
}

func (d *Descriptor) read(length, off uint64) (bind.Tuple2[[]byte, bool], error) {
	type result = bind.Tuple2[[]byte, bool]
	if err := d.needFile(flagRead); err != nil || off > math.MaxInt64 {
		return result{}, cmp.Or[error](err, codeError(CodeInvalid))
	}
	buf := make([]byte, min(length, maxRead))
	n, err := d.file.ReadAt(buf, int64(off))
	if err != nil && err != io.EOF {
		return result{}, err
	}
	return result{V0: buf[:n], V1: err == io.EOF}, nil
}

func (d *Descriptor) write(p bind.View, off uint64) (uint64, error) {
	if err := d.needFile(flagWrite); err != nil || off > math.MaxInt64 {
		return 0, cmp.Or[error](err, codeError(CodeInvalid))
	}
	n, err := d.file.WriteAt(p, int64(off))
	return uint64(n), err
}
