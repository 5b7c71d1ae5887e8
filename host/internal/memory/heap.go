package memory

import "bytes"

// heapBacking is an image in the Go heap.
type heapBacking struct{ data []byte }

func (b *heapBacking) content() []byte { return b.data }

// heapMapping is a memory in the Go heap.
type heapMapping struct {
	data []byte
	max  uint64
}

func (m *heapMapping) bytes() []byte { return m.data }

func (m *heapMapping) grow(size uint64) []byte {
	if size > m.max {
		return nil
	}
	if size > uint64(cap(m.data)) {
		m.data = append(m.data, make([]byte, size-uint64(len(m.data)))...)
	}
	m.data = m.data[:size]
	return m.data
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
