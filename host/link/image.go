package link

import "github.com/edgelint/edgelint/component/core"

// Image is the memory that a module begins with, as its data segments make it.
type Image struct {
	// Size is the initial size of the memory in bytes.
	Size int64

	module *core.Module
}

// pageSize is the size of a page of linear memory.
const pageSize = 1 << 16

// Image is the initial memory of a module that defines one and fills it from
// active data segments at constant addresses. It is false if the module is not of
// this kind, or would trap when it is instantiated.
func (m *Module) Image() (*Image, bool) {
	src := m.Source
	if src.ImportedMemories > 0 || len(src.Memories) != 1 || src.Memories[0].Is64 || src.Memories[0].CustomPage ||
		src.Memories[0].Shared || src.Memories[0].Min > 1<<16 {
		return nil, false
	}
	img := &Image{Size: int64(src.Memories[0].Min) * pageSize, module: src}
	active := false
	for _, s := range src.Data {
		if s.Mode != core.SegmentActive {
			continue
		}
		active = true
		if s.Start.Op != core.ConstI32 || int64(uint32(s.Start.Value))+s.Content.Len > img.Size {
			return nil, false
		}
	}
	return img, active
}

// Fill writes the image to zeroed memory of at least its size.
func (img *Image) Fill(dst []byte) error {
	for _, s := range img.module.Data {
		if s.Mode != core.SegmentActive {
			continue
		}
		b, err := img.module.Bytes(s.Content)
		if err != nil {
			return err
		}
		copy(dst[uint32(s.Start.Value):], b)
	}
	return nil
}
