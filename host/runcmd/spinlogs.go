package runcmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/cli"
)

// logs are the files that components' outputs go to.
type logs struct {
	dir   string    // "" for none
	echo  io.Writer // gets what the files get
	files []io.Closer
}

// openLogs makes the folder of the logs, and empties them if the flags say so.
func openLogs(s *spinSettings, f *serveFlags, stderr io.Writer) (*logs, error) {
	l := &logs{dir: s.logDir, echo: stderr}
	if f.quiet {
		l.echo = io.Discard
	}
	if l.dir == "" {
		return l, nil
	}
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return nil, err
	}
	if !f.spin.truncateLogs {
		return l, nil
	}
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_stdout.txt") || strings.HasSuffix(e.Name(), "_stderr.txt") {
			if err := os.Truncate(filepath.Join(l.dir, e.Name()), 0); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// checkFollow is an error if --follow names components that do not exist.
func checkFollow(f *serveFlags, ids []string) error {
	if f.quiet && len(f.spin.follow) > 0 {
		return cli.Usagef("--follow and --quiet exclude each other")
	}
	for _, id := range f.spin.follow {
		if !slices.Contains(ids, id) {
			return cli.Usagef("--follow %s: the application has no such component, but %s", id, strings.Join(ids, ", "))
		}
	}
	return nil
}

// output is where an output of a component goes: "stdout" or "stderr".
func (l *logs) output(f *serveFlags, id, kind string) (io.Writer, error) {
	echo := l.echo
	if len(f.spin.follow) > 0 && !slices.Contains(f.spin.follow, id) {
		echo = io.Discard
	}
	if l.dir == "" {
		return &lockedWriter{w: echo}, nil
	}
	name := fileName(fmt.Sprintf("%s_%s.txt", id, kind))
	file, err := os.OpenFile(filepath.Join(l.dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	l.files = append(l.files, file)
	return &lockedWriter{w: io.MultiWriter(file, echo)}, nil
}

// fileName is a name without what file names cannot have, as Spin writes it.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/?<>\:*|"`, r) {
			return -1
		}
		return r
	}, name)
}

func (l *logs) close() {
	for _, f := range l.files {
		_ = f.Close()
	}
}
