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

// MemorySize is the initial size in bytes of the memory that the module defines,
// if it is an ordinary one: with 32-bit addresses, and not shared.
func (m *Module) MemorySize() (uint64, bool) {
	src := m.Source
	if src.ImportedMemories > 0 || len(src.Memories) != 1 {
		return 0, false
	}
	mem := src.Memories[0]
	if mem.Is64 || mem.CustomPage || mem.Shared || mem.Min > 1<<16 {
		return 0, false
	}
	return mem.Min * pageSize, true
}

// Image is the initial memory of a module that defines one and fills it from
// active data segments at constant addresses. It is false if the module is not of
// this kind, or would trap when it is instantiated.
func (m *Module) Image() (*Image, bool) {
	src := m.Source
	size, ok := m.MemorySize()
	if !ok {
		return nil, false
	}
	img := &Image{Size: int64(size), module: src}
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
