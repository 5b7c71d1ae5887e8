package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

var (
	magic            = []byte("\x00asm")
	componentVersion = []byte("\x0d\x00\x01\x00")
	moduleVersion    = []byte("\x01\x00\x00\x00")
)

// kind is what a Wasm binary is.
type kind int

const (
	kindComponent kind = iota + 1
	kindModule
)

// checkWasm tells a component from a core module and refuses everything else.
func checkWasm(w Wasm) (kind, error) {
	head := make([]byte, len(magic)+len(componentVersion))
	n, err := w.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		return 0, errors.New(
			"native code, precompiled for one machine and one runtime; pack the .wasm it was made from",
		)
	case !bytes.HasPrefix(head, magic):
		return 0, fmt.Errorf("not a Wasm binary: it begins with %q", head)
	case bytes.Equal(head[len(magic):], componentVersion):
		return kindComponent, nil
	case bytes.Equal(head[len(magic):], moduleVersion):
		return kindModule, nil
	}
	return 0, fmt.Errorf("Wasm binary of an unknown version: %x", head[len(magic):])
}
