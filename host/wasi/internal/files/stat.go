package files

import (
	"hash/maphash"
	"os"
	"time"
)

// Type is a type of file. The numbers are those of WASI 0.2's enum
// descriptor-type.
type Type uint8

// The types of files.
const (
	TypeUnknown Type = iota
	TypeBlockDevice
	TypeCharacterDevice
	TypeDirectory
	TypeFIFO
	TypeSymbolicLink
	TypeRegularFile
	TypeSocket
)

func typeOf(m os.FileMode) Type {
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

// Stat are the attributes of a file. Times that the system does not keep are zero.
type Stat struct {
	Type                        Type
	Links, Size                 uint64
	Accessed, Modified, Changed time.Time
}

func statOf(info os.FileInfo) Stat {
	s := Stat{
		Type: typeOf(info.Mode()), Links: 1, Size: uint64(max(info.Size(), 0)), Modified: info.ModTime(),
	}
	addSystemStat(&s, info)
	return s
}

// Hash is the record metadata-hash-value.
type Hash struct{ Lower, Upper uint64 }

// hashSeeds make metadata hashes of one process comparable.
var hashSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func hashOf(info os.FileInfo) Hash {
	hash := func(seed maphash.Seed) uint64 {
		return maphash.Comparable(seed, struct {
			identity
			size     int64
			mode     os.FileMode
			modified int64
		}{identityOf(info), info.Size(), info.Mode(), info.ModTime().UnixNano()})
	}
	return Hash{hash(hashSeeds[0]), hash(hashSeeds[1])}
}

// Time is a time to set: now, a given one, or the zero value for no change.
type Time struct {
	Now bool
	To  time.Time
}

// at is the time to set, zero for no change.
func (t Time) at() time.Time {
	if t.Now {
		return time.Now()
	}
	return t.To
}

func (d *Descriptor) stat() (os.FileInfo, error) {
	if d.file != nil {
		return d.file.Stat()
	}
	return d.root.Stat(".")
}

// Type is the type of the file.
func (d *Descriptor) Type() (Type, error) {
	info, err := d.stat()
	if err != nil {
		return 0, err
	}
	return typeOf(info.Mode()), nil
}

// Stat are the attributes of the file.
func (d *Descriptor) Stat() (Stat, error) {
	info, err := d.stat()
	if err != nil {
		return Stat{}, err
	}
	return statOf(info), nil
}

// Hash is the metadata hash of the file.
func (d *Descriptor) Hash() (Hash, error) {
	info, err := d.stat()
	if err != nil {
		return Hash{}, err
	}
	return hashOf(info), nil
}

// SetTimes sets the times of the file.
func (d *Descriptor) SetTimes(access, modified Time) error {
	switch {
	case !d.writable:
		return CodeNotPermitted
	case d.file == nil:
		return d.root.Chtimes(".", access.at(), modified.at())
	}
	return setTimes(d.file, access.at(), modified.at())
}

// Same reports whether two descriptors are of the same file.
func (d *Descriptor) Same(other *Descriptor) bool {
	a, errA := d.stat()
	b, errB := other.stat()
	return errA == nil && errB == nil && os.SameFile(a, b)
}
