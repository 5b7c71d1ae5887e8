package core_test

import (
	"bytes"
	"encoding/hex"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/conformance"
)

// TestVerdicts runs testdata/verdicts: NAME.wat is a module for people, NAME.hex
// what wasm-tools made of it, NAME.verdict what validation with all features
// says. With -update, and wasm-tools on the PATH, the latter two are made anew.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	conformance.Golden(t, "testdata/verdicts/*.txtar", judged)
}

// judged is the archive with the verdicts of this run.
func judged(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	binaries := map[string][]byte{}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".hex"); ok {
			binaries[name] = f.Data
		}
	}
	out := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".wat")
		if !ok {
			continue
		}
		text := binaries[name]
		if conformance.Update() {
			text = assemble(t, f.Data, text)
		}
		data := fromHex(t, text)
		verdict := "valid"
		if err := validate(t, data, core.AllFeatures); err != nil {
			verdict = err.Error()
		}
		out.Files = append(out.Files, f,
			txtar.File{Name: name + ".hex", Data: text},
			txtar.File{Name: name + ".verdict", Data: []byte(verdict + "\n")})
	}
	return out
}

// assemble is the binary form of a module in lines of hexadecimal digits; the
// one before, if wasm-tools is not there.
func assemble(t *testing.T, text, before []byte) []byte {
	t.Helper()
	tool, err := exec.LookPath("wasm-tools")
	if err != nil {
		return before
	}
	cmd := exec.Command(tool, "parse")
	cmd.Stdin = bytes.NewReader(text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	data, err := cmd.Output()
	if err != nil {
		t.Fatalf("wasm-tools: %v\n%s", &stderr, text)
	}
	const width = 32
	var b bytes.Buffer
	for len(data) > 0 {
		n := min(width, len(data))
		b.WriteString(hex.EncodeToString(data[:n]) + "\n")
		data = data[n:]
	}
	return b.Bytes()
}

// fromHex decodes hexadecimal digits; what follows a semicolon in a line is a
// comment.
func fromHex(t *testing.T, text []byte) []byte {
	t.Helper()
	var digits []byte
	for line := range bytes.Lines(text) {
		code, _, _ := bytes.Cut(line, []byte(";"))
		digits = append(digits, bytes.Join(bytes.Fields(code), nil)...)
	}
	data, err := hex.DecodeString(string(digits))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
