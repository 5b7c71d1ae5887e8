package memory

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// backing is an image in a memfd, and a read-only mapping of it.
type backing struct {
	fd   int
	data []byte
}

func (b *backing) content() []byte { return b.data }

func (img *Image) make(fill func([]byte) error) error {
	fd, err := unix.MemfdCreate("edgelint-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return fmt.Errorf("memfd: %w", err)
	}
	img.fd = fd
	if err := img.write(fill); err != nil {
		img.Close()
		return err
	}
	return nil
}

func (img *Image) write(fill func([]byte) error) error {
	if err := unix.Ftruncate(img.fd, int64(img.size)); err != nil {
		return err
	}
	if img.size == 0 {
		return nil
	}
	rw, err := unix.Mmap(img.fd, 0, int(img.size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	err = fill(rw)
	if uerr := unix.Munmap(rw); err == nil {
		err = uerr
	}
	if err != nil {
		return err
	}
	// Nobody can change the image from here on, nor cut the file under a mapping.
	seals := unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(img.fd), unix.F_ADD_SEALS, seals); err != nil {
		return err
	}
	img.data, err = unix.Mmap(img.fd, 0, int(img.size), unix.PROT_READ, unix.MAP_PRIVATE)
	return err
}

// Close releases the image. Closing twice does no harm.
func (img *Image) Close() error {
	if img.data != nil {
		if err := unix.Munmap(img.data); err != nil {
			return err
		}
		img.data = nil
	}
	if img.fd < 0 {
		return nil
	}
	fd := img.fd
	img.fd = -1
	return unix.Close(fd)
}

// mapping is a reservation of address space, of which the beginning is in use: the
// image, mapped privately, and zeros behind it.
type mapping struct{ reserved []byte }

func (m *mapping) bytes() []byte { return m.reserved }

// Map makes a memory of the image that can grow to max bytes without moving.
func (img *Image) Map(max uint64) (*Memory, error) {
	max = (max + pageSize - 1) &^ (pageSize - 1)
	if max < img.size || max == 0 {
		max = img.size + pageSize
	}
	addr, err := unix.MmapPtr(-1, 0, nil, uintptr(max), unix.PROT_NONE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("reserving %d bytes of address space: %w", max, err)
	}
	m := &Memory{image: img, size: img.size}
	m.reserved = unsafe.Slice((*byte)(addr), max)
	if img.size == 0 {
		return m, nil
	}
	_, err = unix.MmapPtr(img.fd, 0, addr, uintptr(img.size), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_FIXED|unix.MAP_NORESERVE)
	if err != nil {
		m.Free()
		return nil, fmt.Errorf("mapping the image: %w", err)
	}
	return m, nil
}

// Free releases the memory. Freeing twice does no harm.
func (m *Memory) Free() {
	if m.reserved == nil {
		return
	}
	b := m.reserved
	m.reserved = nil
	// It fails only for addresses that are not ours.
	_ = unix.MunmapPtr(unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)))
}

func (m *Memory) grow(size uint64) []byte {
	if size > uint64(len(m.reserved)) {
		return nil
	}
	if size > m.size {
		if err := unix.Mprotect(m.reserved[m.size:size], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
	}
	return m.reserved[:size:size]
}
