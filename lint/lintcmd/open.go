package lintcmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/edgelint/edgelint/component"
)

// file is the path that a name stands for: itself, or that of the one component of an
// artifact.
func (c *Command) file(ctx context.Context, name string) (string, error) {
	if c.Pull == nil {
		return name, nil
	}
	paths, ok, err := c.Pull(ctx, name)
	switch {
	case !ok:
		return name, nil
	case err == nil && len(paths) != 1:
		err = fmt.Errorf("%s holds %d components: fetch it with edgepack pull, and name one of them", name, len(paths))
	}
	if err != nil {
		return "", err
	}
	return paths[0], nil
}

// openFile opens the binary of a path; errors call it by name.
func openFile(name, path string) (*component.File, error) {
	f, err := component.Open(path)
	if _, named := errors.AsType[*fs.PathError](err); err != nil && !named {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, err
}
