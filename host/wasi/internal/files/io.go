package files

import (
	"io"
	"math"
	"os"
)

// ReadAt reads at most len(p) bytes; io.EOF means that there are no more.
func (d *Descriptor) ReadAt(p []byte, off uint64) (int, error) {
	if err := d.needFile(FlagRead); err != nil {
		return 0, err
	}
	if off > math.MaxInt64 {
		return 0, CodeInvalid
	}
	return d.file.ReadAt(p, int64(off))
}

// WriteAt writes all of p.
func (d *Descriptor) WriteAt(p []byte, off uint64) (int, error) {
	if err := d.needFile(FlagWrite); err != nil {
		return 0, err
	}
	if off > math.MaxInt64 {
		return 0, CodeInvalid
	}
	return d.file.WriteAt(p, int64(off))
}

// Reader reads the file from an offset on.
func (d *Descriptor) Reader(off uint64) (io.Reader, error) {
	if _, err := d.ReadAt(nil, off); err != nil && err != io.EOF {
		return nil, err
	}
	return &reader{d.file, int64(off)}, nil
}

type reader struct {
	file *os.File
	off  int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.file.ReadAt(p, r.off)
	r.off += int64(n)
	if n > 0 {
		return n, nil
	}
	return n, err
}

// Writer writes to the file from an offset on.
func (d *Descriptor) Writer(off uint64) (io.Writer, error) {
	if err := d.needFile(FlagWrite); err != nil {
		return nil, err
	}
	if off > math.MaxInt64 {
		return nil, CodeInvalid
	}
	return &writer{d.file, int64(off)}, nil
}

// Appender writes to the end of the file, wherever that is at each write.
func (d *Descriptor) Appender() (io.Writer, error) {
	if err := d.needFile(FlagWrite); err != nil {
		return nil, err
	}
	return &writer{d.file, -1}, nil
}

// writer writes to a file at a moving offset; negative appends.
type writer struct {
	file *os.File
	off  int64
}

func (w *writer) Write(p []byte) (int, error) {
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

// SetSize cuts or extends the file.
func (d *Descriptor) SetSize(size uint64) error {
	if err := d.needFile(FlagWrite); err != nil {
		return err
	}
	if size > math.MaxInt64 {
		return CodeInvalid
	}
	return d.file.Truncate(int64(size))
}

// Advise takes advice on a file's use, which changes nothing.
func (d *Descriptor) Advise() error {
	if d.file == nil {
		return CodeBadDescriptor
	}
	return nil
}

// Sync writes the file to the disk.
func (d *Descriptor) Sync() error {
	if d.file == nil || d.flags&FlagWrite == 0 {
		return nil
	}
	return d.file.Sync()
}
