package lintcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/edgelint/edgelint/wit"
)

// fmtFlags are the flags of `edgelint fmt`.
type fmtFlags struct{ diff, list, write bool }

// fmt formats WIT files.
func (c *Command) fmt(_ context.Context, args []string) (int, error) {
	var f fmtFlags
	flags := c.flags("fmt", "edgelint fmt [flags] PATH...    (.wit files, folders of them, or -)\n\n"+
		"exit status: 0 done; with -d or -l: 0 all is formatted, 1 something is not; 2 trouble")
	flags.BoolVarP(&f.diff, "diff", "d", false, "print what would change as a diff")
	flags.BoolVarP(&f.list, "list", "l", false, "print the names of files that are not formatted")
	flags.BoolVarP(&f.write, "write", "w", false, "write the result to the file rather than to standard output")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	if flags.NArg() == 0 {
		return 0, usagef("fmt takes .wit files or folders")
	}
	if f.write && (f.diff || f.list) {
		return 0, usagef("-w changes files, -d and -l do not: choose")
	}
	files, err := witFiles(flags.Args())
	if err != nil {
		return 0, err
	}
	code := ExitClean
	var errs []error
	for _, file := range files {
		changed, err := c.formatFile(file, f)
		errs = append(errs, err)
		if changed && (f.diff || f.list) {
			code = ExitFindings
		}
	}
	return code, errors.Join(errs...)
}

// witFiles lists the WIT files of paths; folders are searched at any depth.
func witFiles(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		if p == "-" {
			files = append(files, p)
			continue
		}
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (name == p || filepath.Ext(name) == witSuffix) {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

const witSuffix = ".wit"

func (c *Command) formatFile(name string, f fmtFlags) (changed bool, err error) {
	src, err := c.readInput(name)
	if err != nil {
		return false, err
	}
	out, err := wit.Format(name, src)
	if err != nil {
		return false, err
	}
	changed = !bytes.Equal(src, out)
	switch {
	case f.diff:
		_, err = c.Stdout.Write(diff.Diff(name+" (as it is)", src, name+" (formatted)", out))
	case f.list && changed:
		_, err = fmt.Fprintln(c.Stdout, name)
	case f.list:
	case f.write && name != "-":
		if changed {
			err = rewrite(name, out)
		}
	default:
		_, err = c.Stdout.Write(out)
	}
	return changed, err
}

// rewrite replaces the contents of a file and keeps its mode.
func rewrite(name string, data []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, data, info.Mode().Perm())
}

// readInput reads a file, or standard input for "-".
func (c *Command) readInput(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(c.Stdin)
	}
	return os.ReadFile(name)
}
