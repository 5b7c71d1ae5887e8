package files

import (
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func addSystemStat(s *Stat, info os.FileInfo) {
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Links = uint64(sys.Nlink)
		s.Accessed, s.Changed = time.Unix(sys.Atim.Unix()), time.Unix(sys.Ctim.Unix())
	}
}

// setTimes sets the times of an open file; the zero time changes nothing.
func setTimes(f *os.File, access, modified time.Time) error {
	times := [2]unix.Timespec{{Nsec: unix.UTIME_OMIT}, {Nsec: unix.UTIME_OMIT}}
	for i, t := range []time.Time{access, modified} {
		if !t.IsZero() {
			times[i] = unix.Timespec{Sec: t.Unix(), Nsec: int64(t.Nanosecond())}
		}
	}
	return control(f, func(fd int) error {
		// Without a path, the system call is for the file descriptor itself.
		_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0)
		if errno != 0 {
			return errno
		}
		return nil
	})
}
