//go:build !linux && !darwin

package files

import (
	"os"
	"time"
)

func addSystemStat(*Stat, os.FileInfo) {}

// identity tells files apart as far as their names do.
type identity struct{ name string }

func identityOf(info os.FileInfo) identity { return identity{info.Name()} }

// setTimes fails: package os cannot set the times of an open file, and its path may
// be another file's by now.
func setTimes(*os.File, time.Time, time.Time) error { return CodeUnsupported }

func rename(a, b entry) error {
	if a.root.Name() != b.root.Name() {
		return CodeCrossDevice
	}
	return a.root.Rename(a.name, b.name)
}

func link(a, b entry) error {
	if a.root.Name() != b.root.Name() {
		return CodeCrossDevice
	}
	return a.root.Link(a.name, b.name)
}
