package spin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/internal/atomicfile"
	"github.com/edgelint/edgelint/spin"
)

// maxSourceSize bounds a component that is downloaded, in bytes.
const maxSourceSize = 512 << 20

// Source is the path of a component's binary. One that the manifest gives by its
// URL is downloaded, unless it is in Config.SourceDir already, and must have the
// digest of the manifest.
func (a *App) Source(ctx context.Context, id string) (string, error) {
	c, ok := a.manifest.Component(id)
	switch {
	case !ok:
		return "", fmt.Errorf("the application has no component %q", id)
	case c.Source.Package != "":
		return "", errNoSource(c)
	}
	path, err := a.sourcePath(ctx, c.Source)
	if err != nil {
		err = fmt.Errorf("%s: component %s: source %w", c.Source.Pos, id, err)
	}
	return path, err
}

// sourcePath is the path of a file, downloaded if it is given by its URL.
func (a *App) sourcePath(ctx context.Context, s spin.Source) (string, error) {
	switch {
	case s.URL != "":
		path, err := a.download(ctx, s)
		if err != nil {
			err = fmt.Errorf("%s: %w", s.URL, err)
		}
		return path, err
	case filepath.IsAbs(s.Path):
		return s.Path, nil
	}
	return filepath.Join(a.config.Dir, filepath.FromSlash(s.Path)), nil
}

func errNoSource(c *spin.Component) error {
	return fmt.Errorf("%s: component %s: packages are not fetched as source: fetch %s and name the file",
		c.Source.Pos, c.ID, c.Source.Package)
}

func (a *App) download(ctx context.Context, s spin.Source) (string, error) {
	want, ok := strings.CutPrefix(s.Digest, "sha256:")
	if sum, err := hex.DecodeString(want); !ok || err != nil || len(sum) != sha256.Size {
		return "", fmt.Errorf("the digest %q is not sha256: and 64 hexadecimal digits", s.Digest)
	}
	dir := a.config.SourceDir
	if dir == "" {
		temp, err := os.MkdirTemp("", "edgerun-source-")
		if err != nil {
			return "", err
		}
		a.temps = append(a.temps, temp)
		dir = temp
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, strings.ToLower(want)+".wasm")
	if f, err := os.Open(path); err == nil {
		defer f.Close()
		if copyVerified(io.Discard, f, want) == nil {
			return path, nil
		}
	}
	body, err := getSource(ctx, s.URL)
	if err != nil {
		return "", err
	}
	defer body.Close()
	return path, atomicfile.Write(path, 0o644, func(w io.Writer) error { return copyVerified(w, body, want) })
}

func getSource(ctx context.Context, url string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		res.Body.Close()
		return nil, errors.New(res.Status)
	}
	return res.Body, nil
}

// copyVerified copies what must have a digest.
func copyVerified(w io.Writer, r io.Reader, want string) error {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(r, maxSourceSize+1))
	switch got := hex.EncodeToString(sum.Sum(nil)); {
	case err != nil:
		return err
	case n > maxSourceSize:
		return fmt.Errorf("it is larger than %d MiB", maxSourceSize>>20)
	case !strings.EqualFold(got, want):
		return fmt.Errorf("its digest is sha256:%s, and the manifest says sha256:%s", got, want)
	}
	return nil
}
