package lintcmd

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/edgelint/edgelint/component"
)

// openFile opens a binary. Errors name it.
func openFile(path string) (*component.File, error) {
	f, err := component.Open(path)
	if _, named := errors.AsType[*fs.PathError](err); err != nil && !named {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, err
}
