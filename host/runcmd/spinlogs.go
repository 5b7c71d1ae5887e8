package runcmd

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// log is where an output of a component goes: to a file, and to echo.
func (a *spinApp) log(f *serveFlags, dir, name string, echo io.Writer) (io.Writer, error) {
	folder := f.spin.logDir
	if folder == "" {
		folder = filepath.Join(dir, ".spin", "logs")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:`, r) {
			return '_'
		}
		return r
	}, name)
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	a.logs = append(a.logs, file)
	return &lockedWriter{w: io.MultiWriter(file, echo)}, nil
}
