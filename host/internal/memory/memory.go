// Package memory gives linear memories that begin as copies of an image and can be
// made so again: what a WebAssembly instance wrote is found and undone, without
// making the instance anew.
//
//	tracker := memory.NewTracker()
//	image, err := tracker.NewImage(size, fill)
//	mem, err := image.Map(maxSize)
//	// … mem backs a linear memory, see experimental.WithMemoryAllocator …
//	err = mem.Reset()
//
// On Linux an image is a file in memory that is mapped privately: the kernel copies
// a page when it is first written, and can tell which pages these are. Elsewhere a
// memory is a copy in the Go heap, and pages are found by comparing them.
package memory

import (
	"bytes"
	"errors"
	"fmt"
)

// pageSize is the unit in which changes are tracked: a page of the machine, of at
// least this size.
const pageSize = 4096

// Memory is a linear memory with the content of an image. It implements
// experimental.LinearMemory of wazero.
type Memory struct {
	image *Image
	mapping
	size uint64 // what the guest sees
	// kept are the pages that were changed before Keep, as they were then.
	kept map[int][]byte
	// grown is set when the memory has become larger than its image.
	grown bool
}

// ErrGrown is the error of Reset if the memory has grown: the engine cannot make
// it smaller again.
var ErrGrown = errors.New("the memory has grown")

// Reallocate makes the memory size bytes large, and returns nil if that is more
// than its maximum. The first call gives the memory of its image.
func (m *Memory) Reallocate(size uint64) []byte {
	b := m.grow(size)
	if b == nil {
		return nil
	}
	m.grown = size > m.image.size
	m.size = size
	return b
}

// Bytes is the memory as the guest sees it.
func (m *Memory) Bytes() []byte { return m.bytes()[:m.size] }

// Changed yields the pages that may differ from the image, by number, and their
// content.
func (m *Memory) Changed(yield func(page int, content []byte) error) error {
	return m.changed(func(page int) error { return yield(page, m.page(page)) })
}

func (m *Memory) page(page int) []byte {
	off := page * pageSize
	return m.bytes()[off : off+pageSize]
}

// Keep makes the present content what Reset goes back to. It is ErrGrown if the
// memory has become larger than its image.
func (m *Memory) Keep() error {
	if m.grown {
		return ErrGrown
	}
	m.kept = map[int][]byte{}
	return m.Changed(func(page int, content []byte) error {
		if !bytes.Equal(content, m.image.page(page)) {
			m.kept[page] = bytes.Clone(content)
		}
		return nil
	})
}

// Reset undoes all changes since Keep, or since the memory was made. It returns
// the number of pages it wrote.
func (m *Memory) Reset() (int, error) {
	if m.grown {
		return 0, ErrGrown
	}
	n := 0
	err := m.Changed(func(page int, content []byte) error {
		n++
		if kept, ok := m.kept[page]; ok {
			copy(content, kept)
		} else {
			copy(content, m.image.page(page))
		}
		return nil
	})
	return n, err
}

// Tracker finds out which pages of memories were written. It is safe for use by
// many goroutines.
type Tracker struct{ pages *pagemap }

// NewTracker picks the best way that the system offers. The caller closes it when
// no memory uses it any more.
func NewTracker() *Tracker { return &Tracker{pages: openPagemap()} }

// Exact tells whether the system itself says which pages were written; otherwise
// they are found by comparing.
func (t *Tracker) Exact() bool { return t.pages != nil }

// Close releases the tracker.
func (t *Tracker) Close() error {
	if t.pages == nil {
		return nil
	}
	return t.pages.Close()
}

// changed yields the pages of a memory that may differ from its image.
func (m *Memory) changed(yield func(page int) error) error {
	img := m.image
	b := m.bytes()[:img.size]
	switch {
	case len(b) == 0:
		return nil
	case img.tracker.pages != nil:
		return img.tracker.pages.changed(b, yield)
	}
	return compare(img, b, yield)
}

// Image is the initial content of memories. It is safe for use by many goroutines.
type Image struct {
	tracker *Tracker
	size    uint64
	backing
}

// NewImage makes an image of size bytes, a multiple of 64 KiB; fill writes its
// content into zeroed memory. The caller closes it when no memory uses it any
// more.
func (t *Tracker) NewImage(size uint64, fill func([]byte) error) (*Image, error) {
	if size%65536 != 0 {
		return nil, fmt.Errorf("image of %d bytes is not whole pages", size)
	}
	img := &Image{tracker: t, size: size}
	if err := img.make(fill); err != nil {
		return nil, err
	}
	return img, nil
}

func (img *Image) page(page int) []byte {
	off := page * pageSize
	return img.content()[off : off+pageSize]
}

// compare yields the pages of b that differ from an image.
func compare(img *Image, b []byte, yield func(page int) error) error {
	image := img.content()
	for off := 0; off < len(image); off += pageSize {
		if bytes.Equal(image[off:off+pageSize], b[off:off+pageSize]) {
			continue
		}
		if err := yield(off / pageSize); err != nil {
			return err
		}
	}
	return nil
}
