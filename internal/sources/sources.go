// Package sources gets the binaries that a spin.toml does not give by a path: by a
// URL with a digest, or as a package of a registry. What was got once is kept by
// its digest, and compared with it before it is used again.
//
//	f := &sources.Fetcher{Dir: sources.DefaultDir()}
//	defer f.Close()
//	path, err := f.Fetch(ctx, component.Source)
package sources

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
	"sync"

	"github.com/edgelint/edgelint/internal/atomicfile"
	"github.com/edgelint/edgelint/spin"
)

// maxSize bounds a binary, in bytes.
const maxSize = 512 << 20

// Content is a binary that can be fetched.
type Content struct {
	// Name says what it is, for messages.
	Name string
	// Digest is what its bytes must have: "sha256:" and 64 hexadecimal digits.
	Digest string
	// Open begins the transfer.
	Open func(context.Context) (io.ReadCloser, error)
}

// Fetcher gets binaries into a folder. It may be used by several goroutines.
type Fetcher struct {
	// Dir keeps them; "" for a temporary folder, which Close removes.
	Dir string
	// Package finds the content of a package; nil if packages cannot be fetched.
	Package func(context.Context, spin.Source) (Content, error)
	// Fetching is told of each content that is transferred; nil tells nobody.
	Fetching func(name string)

	mu   sync.Mutex
	temp string
}

// DefaultDir is the folder for binaries that the commands share, in the user's cache
// folder; "" if there is none.
func DefaultDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "edgelint", "sources")
}

// Fetch gives the path of what a source with a URL or a package is.
func (f *Fetcher) Fetch(ctx context.Context, s spin.Source) (string, error) {
	content, err := f.content(ctx, s)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.Name(), err)
	}
	path, err := f.get(ctx, content)
	if err != nil {
		return "", fmt.Errorf("%s: %w", content.Name, err)
	}
	return path, nil
}

func (f *Fetcher) content(ctx context.Context, s spin.Source) (Content, error) {
	switch {
	case s.URL != "":
		open := func(ctx context.Context) (io.ReadCloser, error) { return getURL(ctx, s.URL) }
		return Content{Name: s.URL, Digest: s.Digest, Open: open}, nil
	case s.Package == "":
		return Content{}, errors.New("the source has neither a URL nor a package")
	case f.Package == nil:
		return Content{}, errors.New("packages are not fetched here: fetch it, and name it by its path")
	}
	return f.Package(ctx, s)
}

// get transfers a content unless it is there.
func (f *Fetcher) get(ctx context.Context, c Content) (string, error) {
	want, ok := strings.CutPrefix(c.Digest, "sha256:")
	if sum, err := hex.DecodeString(want); !ok || err != nil || len(sum) != sha256.Size {
		return "", fmt.Errorf("the digest %q is not sha256: and 64 hexadecimal digits", c.Digest)
	}
	dir, err := f.dir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, strings.ToLower(want)+".wasm")
	if file, err := os.Open(path); err == nil {
		defer file.Close()
		if copyVerified(io.Discard, file, want) == nil {
			return path, nil
		}
	}
	if f.Fetching != nil {
		f.Fetching(c.Name)
	}
	body, err := c.Open(ctx)
	if err != nil {
		return "", err
	}
	defer body.Close()
	return path, atomicfile.Write(path, 0o644, func(w io.Writer) error { return copyVerified(w, body, want) })
}

// dir is the folder for binaries, made if it is not there.
func (f *Fetcher) dir() (string, error) {
	if f.Dir != "" {
		return f.Dir, os.MkdirAll(f.Dir, 0o700)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	if f.temp == "" {
		f.temp, err = os.MkdirTemp("", "edgelint-source-")
	}
	return f.temp, err
}

// Close removes what was temporary.
func (f *Fetcher) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.temp == "" {
		return nil
	}
	err := os.RemoveAll(f.temp)
	f.temp = ""
	return err
}

func getURL(ctx context.Context, url string) (io.ReadCloser, error) {
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
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(r, maxSize+1))
	switch got := hex.EncodeToString(sum.Sum(nil)); {
	case err != nil:
		return err
	case n > maxSize:
		return fmt.Errorf("it is larger than %d MiB", maxSize>>20)
	case !strings.EqualFold(got, want):
		return fmt.Errorf("its digest is sha256:%s instead of sha256:%s", got, want)
	}
	return nil
}
