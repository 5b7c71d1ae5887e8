package lintcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/wit"
)

// witFlags are the flags of `edgelint wit`.
type witFlags struct {
	json, wasm bool
	output     string
	opts       wit.Options
}

func (c *Command) witVerb() cli.Verb {
	var f witFlags
	return cli.Verb{
		Name: "wit", Args: "PATH", Summary: "print the world of a component, or a WIT package", MinArgs: 1, MaxArgs: 1,
		Text: "PATH is a component, a binary WIT package, a .wit file or a folder of them.",
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVarP(&f.json, "json", "j", false, "print the resolved packages as JSON, as wasm-tools does")
			fs.BoolVarP(&f.wasm, "wasm", "w", false, "write the package in binary form")
			fs.StringVarP(&f.output, "output", "o", "", "write to this `file` rather than to standard output")
			fs.StringSliceVar(&f.opts.Features, "features", nil, "keep the items behind these @unstable `features`")
			fs.BoolVar(&f.opts.AllFeatures, "all-features", false, "keep all @unstable items")
		},
		Run: func(ctx context.Context, args []string) error { return c.wit(ctx, f, args[0]) },
	}
}

// wit prints the world of a component, or a WIT package, as WIT, JSON or in
// binary form.
func (c *Command) wit(ctx context.Context, f witFlags, name string) error {
	if f.json && f.wasm {
		return cli.Usagef("--json and --wasm exclude each other")
	}
	path, err := c.file(ctx, name)
	if err != nil {
		return err
	}
	set, pkg, err := readPackage(path, f.opts)
	if err != nil {
		return err
	}
	if f.output == "" {
		return writePackage(c.Stdout, set, pkg, f)
	}
	out, err := os.Create(f.output)
	if err != nil {
		return err
	}
	return errors.Join(writePackage(out, set, pkg, f), out.Close())
}

func writePackage(w io.Writer, set *wit.Resolve, pkg wit.PackageID, f witFlags) error {
	switch {
	case f.json:
		return wit.WriteJSON(w, set)
	case f.wasm:
		data, err := component.EncodePackage(set, pkg)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	return wit.Print(w, set, pkg, wit.PrintOptions{})
}

// readPackage reads WIT text from a file or folder, or what a binary holds.
func readPackage(path string, opts wit.Options) (*wit.Resolve, wit.PackageID, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, wit.NoPackage, err
	}
	opts.DecodeBinary = decodePackage
	if info.IsDir() {
		opts.Root = path
		return wit.Load(os.DirFS(path), ".", opts)
	}
	if filepath.Ext(path) == witSuffix {
		opts.Root = filepath.Dir(path)
		return wit.Load(os.DirFS(opts.Root), filepath.Base(path), opts)
	}
	f, err := openFile(path, path)
	if err != nil {
		return nil, wit.NoPackage, err
	}
	defer f.Close()
	set, pkg, err := packageOf(f)
	if err != nil {
		return nil, wit.NoPackage, fmt.Errorf("%s: %w", path, err)
	}
	return set, pkg, nil
}

func decodePackage(data []byte) (*wit.Resolve, wit.PackageID, error) {
	f, err := component.Parse(data)
	if err != nil {
		return nil, wit.NoPackage, err
	}
	return component.DecodePackage(f)
}

// packageOf is the package of a component's world, or the one that a binary WIT
// package holds.
func packageOf(f *component.File) (*wit.Resolve, wit.PackageID, error) {
	resolve, world, err := f.World()
	if errors.Is(err, component.ErrWITPackage) {
		return component.DecodePackage(f)
	}
	if err != nil {
		return nil, wit.NoPackage, err
	}
	return resolve, resolve.Worlds[world].Package, nil
}
