//go:build !linux

package memory

type backing struct{ heapBacking }

func (img *Image) make(fill func([]byte) error) error {
	img.data = make([]byte, img.size)
	return fill(img.data)
}

// Close releases the image. Closing twice does no harm.
func (img *Image) Close() error { return nil }

type mapping struct{ heapMapping }

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
