// Package fetch gives commands that work on files the artifacts of registries.
package fetch

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/internal/edgepack"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/spin"
)

// Fetcher pulls artifacts into folders of its own, which Close removes.
type Fetcher struct {
	Stderr io.Writer
	// Env looks up an environment variable, as [os.LookupEnv] does.
	Env func(string) (string, bool)

	dirs []string
}

// Pull gives the paths of an artifact's components: one, or those of a Spin
// application in the order of its manifest. ok is false if the name is that of a
// file, or no reference such as "registry.example.com/team/app:1.0".
func (f *Fetcher) Pull(ctx context.Context, name string) (paths []string, ok bool, err error) {
	if _, err := os.Lstat(name); err == nil {
		return nil, false, nil
	}
	if _, err := oci.ParseReference(name); err != nil {
		return nil, false, nil
	}
	paths, err = f.components(ctx, name)
	return paths, true, err
}

// PullOne is Pull for a caller that takes one component.
func (f *Fetcher) PullOne(ctx context.Context, name string) (path string, ok bool, err error) {
	paths, ok, err := f.Pull(ctx, name)
	switch {
	case !ok || err != nil:
		return "", ok, err
	case len(paths) != 1:
		return "", true, fmt.Errorf("%s has %d components, expected one", name, len(paths))
	}
	return paths[0], true, nil
}

func (f *Fetcher) components(ctx context.Context, ref string) ([]string, error) {
	dir, err := os.MkdirTemp("", "edgelint-")
	if err != nil {
		return nil, err
	}
	f.dirs = append(f.dirs, dir)
	out := filepath.Join(dir, "artifact")
	cmd := edgepack.Command{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: f.Stderr, Env: f.Env}
	if code := cmd.Main(ctx, []string{"pull", "--quiet", "--out", out, ref}); code != 0 {
		return nil, fmt.Errorf("%s could not be pulled", ref)
	}
	if info, err := os.Stat(out); err != nil || !info.IsDir() {
		return []string{out}, err
	}
	return sources(out)
}

// sources are the components of the application in a folder.
func sources(dir string) ([]string, error) {
	file := filepath.Join(dir, "spin.toml")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := spin.Parse(file, data)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, c := range m.Components {
		if c.Source.Path != "" {
			paths = append(paths, filepath.Join(dir, filepath.FromSlash(c.Source.Path)))
		}
	}
	return paths, nil
}

// Close removes what was pulled.
func (f *Fetcher) Close() error {
	var first error
	for _, d := range f.dirs {
		if err := os.RemoveAll(d); first == nil {
			first = err
		}
	}
	f.dirs = nil
	return first
}
