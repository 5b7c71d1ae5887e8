// Command specsuite packs the modules of the WebAssembly specification's test
// suite, with the verdict that the suite demands of each, into the archive that
// the tests of package core read:
//
//	go run ./component/core/internal/specsuite TESTSUITE testdata/corespec/suite.tar.gz
//
// TESTSUITE is a checkout of the suite; wasm-tools must be on the PATH to turn
// its text into binaries.
package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: specsuite TESTSUITE ARCHIVE")
		os.Exit(2)
	}
	if err := pack(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "specsuite:", err)
		os.Exit(1)
	}
}

func pack(suite, archive string) error {
	f, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	zip, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(zip)
	err = filepath.WalkDir(suite, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".wast" {
			return err
		}
		name, err := filepath.Rel(suite, strings.TrimSuffix(path, ".wast"))
		if err != nil {
			return err
		}
		return packFile(out, path, filepath.ToSlash(name))
	})
	for _, closer := range []interface{ Close() error }{out, zip, f} {
		if err == nil {
			err = closer.Close()
		}
	}
	return err
}

// command is a command of a script as wasm-tools prints it.
type command struct {
	Type, Filename string
	Line           int
	ModuleType     string `json:"module_type"`
	BinaryFilename string `json:"binary_filename"`
}

// verdict is what the suite demands of the command's module, empty if the
// command is about its text form or has none.
func (c command) verdict() string {
	if c.BinaryFilename == "" && c.ModuleType != "binary" {
		return ""
	}
	switch c.Type {
	case "module", "module_definition", "assert_unlinkable", "assert_uninstantiable":
		return "valid"
	case "assert_invalid":
		return "invalid"
	case "assert_malformed":
		return "malformed"
	}
	return ""
}

func packFile(out *tar.Writer, path, name string) error {
	dir, err := os.MkdirTemp("", "specsuite")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	text, err := exec.Command("wasm-tools", "json-from-wast", path, "--wasm-dir", dir).Output()
	if err != nil {
		fmt.Fprintf(os.Stderr, "specsuite: left out: wasm-tools cannot read %s\n", path)
		return nil
	}
	var script struct{ Commands []command }
	if err := json.Unmarshal(text, &script); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for i, c := range script.Commands {
		verdict := c.verdict()
		if verdict == "" {
			continue
		}
		file := c.BinaryFilename
		if file == "" {
			file = c.Filename
		}
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return err
		}
		h := &tar.Header{
			Name: fmt.Sprintf("%s/%03d-line-%d.%s.wasm", name, i, c.Line, verdict),
			Mode: 0o644, Size: int64(len(data)), Format: tar.FormatUSTAR,
		}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := out.Write(data); err != nil {
			return err
		}
	}
	return nil
}
