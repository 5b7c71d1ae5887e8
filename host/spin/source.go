package spin

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/edgelint/edgelint/internal/sources"
	"github.com/edgelint/edgelint/spin"
)

// Content is a binary that can be fetched.
type Content = sources.Content

// Source is the path of a component's binary. One that the manifest gives by its URL
// or as a package is fetched, unless it is in Config.SourceDir already, and must have
// the digest of the manifest or the registry.
func (a *App) Source(ctx context.Context, id string) (string, error) {
	c, ok := a.manifest.Component(id)
	if !ok {
		return "", fmt.Errorf("the application has no component %q", id)
	}
	path, err := a.sourcePath(ctx, c.Source)
	if err != nil {
		err = fmt.Errorf("%s: component %s: source %w", c.Source.Pos, id, err)
	}
	return path, err
}

// sourcePath is the path of a file, fetched if it is not given by its path.
func (a *App) sourcePath(ctx context.Context, s spin.Source) (string, error) {
	switch {
	case s.Path == "":
		return a.sources.Fetch(ctx, s)
	case filepath.IsAbs(s.Path):
		return s.Path, nil
	}
	return filepath.Join(a.config.Dir, filepath.FromSlash(s.Path)), nil
}
