//go:build linux || darwin

package files

import (
	"path/filepath"
	"syscall"
	"testing"
)

func TestPipesAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	d, top := open(t)
	if err := syscall.Mkfifo(filepath.Join(top, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := d.OpenAt(0, "pipe", 0, FlagRead)
	check(t, "open", err, CodeUnsupported)
	if s, err := d.StatAt(0, "pipe"); err != nil || s.Type != TypeFIFO {
		t.Errorf("the pipe is of type %d: %v", s.Type, err)
	}
}
