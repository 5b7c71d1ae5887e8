package files

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func addSystemStat(s *Stat, info os.FileInfo) {
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Links = uint64(sys.Nlink)
		s.Accessed, s.Changed = time.Unix(sys.Atimespec.Unix()), time.Unix(sys.Ctimespec.Unix())
	}
}

// setTimes sets the times of an open file, to a microsecond; the zero time changes
// nothing.
func setTimes(f *os.File, access, modified time.Time) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var old Stat
	addSystemStat(&old, info)
	if access.IsZero() {
		access = old.Accessed
	}
	if modified.IsZero() {
		modified = info.ModTime()
	}
	times := []unix.Timeval{unix.NsecToTimeval(access.UnixNano()), unix.NsecToTimeval(modified.UnixNano())}
	return control(f, func(fd int) error { return unix.Futimes(fd, times) })
}
