package lint

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/edgelint/edgelint/internal/binary"
	"github.com/edgelint/edgelint/spin"
)

// MaxInput bounds what is read from a stream, in bytes.
const MaxInput = 1 << 30

// Source is where an artifact comes from.
type Source struct {
	// Name is what reports call the artifact.
	Name string
	// Open gives the artifact's bytes and their number. The closer may be nil.
	Open func() (io.ReaderAt, int64, io.Closer, error)
	// Dir is the folder that the artifact lies in, where its sources may be;
	// "" if it lies nowhere.
	Dir string
	// Fetch gives the file of a component's binary that a manifest names by a URL
	// or as a package; nil leaves such binaries unjudged.
	Fetch func(spin.Source) (path string, err error)

	// Supplied reports whether something else than the platform supplies an import,
	// such as a dependency that spin.toml names; nil if nothing does.
	Supplied func(imported string) bool

	manifest bool
}

// Path is the artifact in a file, or the Spin application of a manifest: a file
// whose name ends in .toml, or a folder with a spin.toml.
func Path(name string) Source {
	if filepath.Ext(name) == ".toml" {
		return Manifest(name)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		manifest := filepath.Join(name, ManifestName)
		if _, err := os.Stat(manifest); err == nil {
			return Manifest(manifest)
		}
	}
	return file(name)
}

func file(name string) Source {
	return Source{Name: name, Dir: filepath.Dir(name), Open: func() (io.ReaderAt, int64, io.Closer, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, 0, nil, err
		}
		info, err := f.Stat()
		if err == nil && info.IsDir() {
			err = &os.PathError{Op: "read", Path: name, Err: fmt.Errorf("is a directory without a spin.toml; name the component in it")}
		}
		if err != nil {
			f.Close()
			return nil, 0, nil, err
		}
		if !info.Mode().IsRegular() {
			defer f.Close()
			return readStream(f)
		}
		return f, info.Size(), f, nil
	}}
}

// Stream is the artifact that r gives up to its end, at most [MaxInput] bytes.
func Stream(name string, r io.Reader) Source {
	return Source{Name: name, Open: func() (io.ReaderAt, int64, io.Closer, error) { return readStream(r) }}
}

func readStream(r io.Reader) (io.ReaderAt, int64, io.Closer, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err != nil {
		return nil, 0, nil, err
	}
	if len(data) > MaxInput {
		return nil, 0, nil, fmt.Errorf("the input is longer than %d bytes", MaxInput)
	}
	return binary.Data(data), int64(len(data)), nil, nil
}
