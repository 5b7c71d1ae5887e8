package memory

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
	"unsafe"
)

// pagemap is the open page map of this process, /proc/self/pagemap. A page of a
// private mapping of a file that was written is an anonymous page; one that was
// only read is a page of the file.
type pagemap struct {
	*os.File
	buffers sync.Pool // *[]byte
}

// Bits of an entry of the page map.
const (
	pagemapPresent = 1 << 63
	pagemapSwapped = 1 << 62
	pagemapFile    = 1 << 61 // or shared

	pagemapEntry = 8 // bytes
)

// openPagemap opens the page map. It is nil if there is none that can be used.
func openPagemap() *pagemap {
	if os.Getpagesize() != pageSize {
		return nil
	}
	f, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return nil
	}
	p := &pagemap{File: f}
	if !p.works() {
		f.Close()
		return nil
	}
	return p
}

// works tells whether the page map says the truth about an image of three pages of
// which one is written and one read: some sandboxes have one that does not.
func (p *pagemap) works() bool {
	img, err := (&Tracker{}).NewImage(65536, func(b []byte) error {
		b[0], b[pageSize], b[2*pageSize] = 1, 2, 3
		return nil
	})
	if err != nil {
		return false
	}
	defer img.Close()
	m, err := img.Map(65536)
	if err != nil {
		return false
	}
	defer m.Free()
	b := m.bytes()
	b[pageSize] += b[0]
	found := []int{}
	err = p.changed(b[:65536], func(page int) error {
		found = append(found, page)
		return nil
	})
	return err == nil && len(found) == 1 && found[0] == 1
}

// changed yields the pages of a private mapping of a file that were written.
func (p *pagemap) changed(b []byte, yield func(page int) error) error {
	buf, _ := p.buffers.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	defer p.buffers.Put(buf)
	size := len(b) / pageSize * pagemapEntry
	if cap(*buf) < size {
		*buf = make([]byte, size)
	}
	entries := (*buf)[:size]
	first := uintptr(unsafe.Pointer(unsafe.SliceData(b))) / pageSize
	if _, err := p.ReadAt(entries, int64(first*pagemapEntry)); err != nil {
		return fmt.Errorf("pagemap: %w", err)
	}
	for page := range len(b) / pageSize {
		e := binary.NativeEndian.Uint64(entries[page*pagemapEntry:])
		if e&pagemapFile != 0 || e&(pagemapPresent|pagemapSwapped) == 0 {
			continue
		}
		if err := yield(page); err != nil {
			return err
		}
	}
	return nil
}
