package interop

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// appSize is that of a Python application's component.
const appSize = 40 << 20

// BenchmarkTools pushes and pulls a component of 40 MB with each program, to a
// registry on loopback, so that one run compares them:
//
//	go test -run xxx -bench Tools -benchtime 5x
func BenchmarkTools(b *testing.B) {
	dir := b.TempDir()
	ours := filepath.Join(dir, "edgepack")
	build := exec.Command("go", "build", "-o", ours, "./cmd/edgepack")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	wasm := filepath.Join(dir, "app.wasm")
	if err := os.WriteFile(wasm, bigComponent(), 0o600); err != nil {
		b.Fatal(err)
	}
	layout := filepath.Join(dir, "layout")
	if out, err := exec.Command(ours, "pack", "--no-lint", wasm, "-o", layout).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	host, _ := registry(b, kind{})
	out := filepath.Join(dir, "out")
	tools := []struct {
		name       string
		push, pull func(ref string) []string
	}{
		{
			"edgepack",
			func(ref string) []string { return []string{ours, "push", "--no-lint", "-q", wasm, ref} },
			func(ref string) []string { return []string{ours, "pull", "-q", ref, "-o", out} },
		},
		{
			"crane",
			func(ref string) []string { return []string{program(b, "crane"), "push", layout, ref} },
			func(ref string) []string {
				return []string{program(b, "crane"), "pull", "--format=oci", ref, out + ".layout"}
			},
		},
		{
			"oras",
			func(ref string) []string {
				return []string{
					program(b, "oras"), "push", "--plain-http", "--disable-path-validation", ref,
					wasm + ":application/wasm",
				}
			},
			func(ref string) []string {
				return []string{
					program(b, "oras"), "pull", "--plain-http", "-o", out + ".oras", "--allow-path-traversal",
					ref,
				}
			},
		},
	}
	// The first to write pays for the pages of the file system: let all.
	for n := range 4 {
		for _, c := range tools {
			run(b, c.push(fmt.Sprintf("%s/warm-%s-%d:1", host, c.name, n)))
		}
	}
	for _, c := range tools {
		n := 0
		ref := fmt.Sprintf("%s/warm-%s-0:1", host, c.name)
		b.Run("push/"+c.name, func(b *testing.B) {
			b.SetBytes(appSize)
			for b.Loop() {
				n++
				ref = fmt.Sprintf("%s/%s-%d:1", host, c.name, n)
				run(b, c.push(ref))
			}
		})
		b.Run("pull/"+c.name, func(b *testing.B) {
			b.SetBytes(appSize)
			for b.Loop() {
				for _, old := range []string{out, out + ".layout", out + ".oras"} {
					if err := os.RemoveAll(old); err != nil {
						b.Fatal(err)
					}
				}
				run(b, c.pull(ref))
			}
		})
	}
}

func run(b *testing.B, args []string) {
	b.Helper()
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		b.Fatalf("%v: %v: %s", args, err, out)
	}
}

// bigComponent is a component with a custom section of random bytes.
func bigComponent() []byte {
	content := make([]byte, appSize)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	data := append([]byte("\x00asm\x0d\x00\x01\x00"), 0)
	data = binary.AppendUvarint(data, uint64(len(content)+2))
	return append(append(data, 1, 'x'), content...)
}
