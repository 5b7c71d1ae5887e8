//go:build !linux

package memory

// backing is an image in the Go heap.
type backing struct{ data []byte }

func (b *backing) content() []byte { return b.data }

func (img *Image) make(fill func([]byte) error) error {
	img.data = make([]byte, img.size)
	return fill(img.data)
}

// Close releases the image. Closing twice does no harm.
func (img *Image) Close() error { return nil }

// mapping is a memory in the Go heap.
type mapping struct {
	data []byte
	max  uint64
}

func (m *mapping) bytes() []byte { return m.data }

func (m *mapping) grow(size uint64) []byte {
	if size > m.max {
		return nil
	}
	if size > uint64(cap(m.data)) {
		m.data = append(m.data, make([]byte, size-uint64(len(m.data)))...)
	}
	m.data = m.data[:size]
	return m.data
}

// Map makes a memory of the image that can grow to max bytes.
func (img *Image) Map(max uint64) (*Memory, error) {
	m := &Memory{image: img}
	m.max = max
	m.data = append([]byte(nil), img.data...)
	return m, nil
}

// Free releases the memory.
func (m *Memory) Free() { m.data = nil }

// pagemap is what other systems have not.
type pagemap struct{}

func openPagemap() *pagemap { return nil }

func (*pagemap) Close() error { return nil }

func (*pagemap) changed([]byte, func(page int) error) error { return nil }
