//go:build linux || darwin

package files

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// identity tells files apart, whatever their names are.
type identity struct{ device, inode uint64 }

func identityOf(info os.FileInfo) identity {
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		return identity{uint64(sys.Dev), sys.Ino}
	}
	return identity{}
}

func rename(a, b entry) error {
	return between(a, b, func(from, to int) error { return unix.Renameat(from, a.name, to, b.name) })
}

func link(a, b entry) error {
	return between(a, b, func(from, to int) error { return unix.Linkat(from, a.name, to, b.name, 0) })
}

// between does something with the file descriptors of two directories.
func between(a, b entry, do func(from, to int) error) error {
	from, err := a.root.Open(".")
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := b.root.Open(".")
	if err != nil {
		return err
	}
	defer to.Close()
	return control(from, func(fd int) error {
		return control(to, func(other int) error { return do(fd, other) })
	})
}

// control does something with the file descriptor of a file.
func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = do(int(fd)) }); err != nil {
		return err
	}
	return result
}
