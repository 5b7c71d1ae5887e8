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
	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/wit"
)

// fmtFlags are the flags of `edgelint fmt`.
type fmtFlags struct{ diff, list, write bool }

const fmtText = `A PATH is a .wit file, a folder of them, at any depth, or - for standard input.

Exit status: 0 done; with --diff or --list: 0 all is formatted, 1 something is not; 2 trouble.`

func (c *Command) fmtVerb() cli.Verb {
	var f fmtFlags
	return cli.Verb{
		Name: "fmt", Args: "PATH...", Summary: "format WIT files", Text: fmtText, MinArgs: 1, MaxArgs: -1,
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVarP(&f.diff, "diff", "d", false, "print what would change as a diff")
			fs.BoolVarP(&f.list, "list", "l", false, "print the names of files that are not formatted")
			fs.BoolVarP(&f.write, "write", "w", false, "write the result to the file rather than to standard output")
		},
		Run: func(_ context.Context, args []string) error { return c.fmt(f, args) },
	}
}

// fmt formats WIT files.
func (c *Command) fmt(f fmtFlags, paths []string) error {
	if f.write && (f.diff || f.list) {
		return cli.Usagef("-w changes files, -d and -l do not: choose")
	}
	files, err := witFiles(paths)
	if err != nil {
		return err
	}
	var errs []error
	unformatted := false
	for _, file := range files {
		changed, err := c.formatFile(file, f)
		errs = append(errs, err)
		unformatted = unformatted || changed
	}
	if err := errors.Join(errs...); err != nil || !unformatted || !f.diff && !f.list {
		return err
	}
	return cli.Status(ExitFindings)
}

// witFiles lists the WIT files of paths; folders are searched at any depth.
func witFiles(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		if p == "-" {
			files = append(files, p)
			continue
		}
		before := len(files)
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (name == p || filepath.Ext(name) == witSuffix) {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s holds no %s files", p, witSuffix)
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
