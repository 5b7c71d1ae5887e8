package rules

import (
	"context"
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/lint"
)

const buildHelp = "build the app with componentize-py, e.g. `componentize-py -w spin-http componentize app -o app.wasm`"

var notWasm = &lint.Rule{
	ID: "EL0101", Name: "not-wasm", Severity: lint.Error, OnInvalid: true,
	Doc: lint.Doc{
		Title: "The file is not a WebAssembly binary",
		Text: "A WebAssembly binary begins with the bytes 00 61 73 6d. This file does not: it is empty, text, an archive " +
			"or something else. Often the path names the app's source, or the build failed and left an empty file.",
		Bad:  "edgelint app.py",
		Good: "edgelint app.wasm",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		if err := pass.Artifact.DecodeErr; errors.Is(err, component.ErrNotWasm) {
			pass.Report(atError(err, buildHelp))
		}
		return nil
	},
}

var truncated = &lint.Rule{
	ID: "EL0102", Name: "truncated", Severity: lint.Error, OnInvalid: true,
	Doc: lint.Doc{
		Title: "The file ends too early",
		Text: "A section claims more bytes than the file has: a copy, download or build was cut short, or the size of the " +
			"section is wrong. The finding tells how many bytes are missing at least.",
		Bad:  "head -c 9000000 app.wasm > cut.wasm; edgelint cut.wasm",
		Good: "edgelint app.wasm",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		err := pass.Artifact.DecodeErr
		if e, ok := errors.AsType[*component.Error](err); ok && e.Missing > 0 {
			f := atError(err, "copy, download or build the file again")
			f.Details = append(f.Details, fmt.Sprintf("the file has %d bytes and needs at least %d more",
				pass.Artifact.Size, e.Missing))
			pass.Report(f)
		}
		return nil
	},
}

var malformed = &lint.Rule{
	ID: "EL0103", Name: "malformed", Severity: lint.Error, OnInvalid: true,
	Doc: lint.Doc{
		Title: "The binary is malformed",
		Text: "The bytes at the place named do not follow the binary format of components or core modules. No runtime " +
			"will load the file. The tool that wrote it has a bug, or the file was damaged.",
		Bad:  "a section with an unknown id",
		Good: "the output of componentize-py, unchanged",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		err := pass.Artifact.DecodeErr
		e, ok := errors.AsType[*component.Error](err)
		if !ok || e.Missing > 0 || errors.Is(err, component.ErrNotWasm) || errors.Is(err, component.ErrVersion) {
			return nil
		}
		pass.Report(atError(err, "build the file again; if it stays, report it to the tool that wrote it"))
		return nil
	},
}

var coreModule = &lint.Rule{
	ID: "EL0104", Name: "core-module", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The file is a core module, not a component",
		Text: "Spin and other hosts of wasi:http run components. A core module lacks the layer that says which interfaces " +
			"it imports and exports. Compilers write core modules; componentize-py and `wasm-tools component new` make components.",
		Bad:  "edgelint libapp.wasm",
		Good: "wasm-tools component new libapp.wasm -o app.wasm; edgelint app.wasm",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		if pass.Artifact.File.Module == nil {
			return nil
		}
		pass.Report(lint.Finding{
			Span:    &lint.Span{Off: 4, Len: 4},
			Message: "this is a core module; an HTTP handler must be a component",
			Help:    "make a component of it with `wasm-tools component new`, or " + buildHelp,
		})
		return nil
	},
}

var unknownVersion = &lint.Rule{
	ID: "EL0105", Name: "unknown-version", Severity: lint.Error, OnInvalid: true,
	Doc: lint.Doc{
		Title: "The binary's version is unknown",
		Text: "The preamble names a version of the format that no released runtime loads: a component of before 2023, or " +
			"one of a format to come.",
		Bad:  "a component written by a tool of 2022 (version 12, layer 1)",
		Good: "a component of version 13, layer 1, as every current tool writes",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		if err := pass.Artifact.DecodeErr; errors.Is(err, component.ErrVersion) {
			pass.Report(atError(err, "build the file again with a current tool"))
		}
		return nil
	},
}

var invalid = &lint.Rule{
	ID: "EL0106", Name: "invalid", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The component is not valid",
		Text: "The file can be decoded, but breaks a rule of the specification: an index that names nothing, a function " +
			"used at another type than its own, code that does not type-check. No runtime will load it. All that are found " +
			"are reported; begin with the first, as the others can follow from it.",
		Bad:  "(component (import \"f\" (func (type 3)))) ;; there is no type 3",
		Good: "the output of componentize-py, unchanged",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		for _, e := range pass.Artifact.Faults() {
			f := atError(e, "build the file again; if it stays, report it to the tool that wrote it")
			if e.Rule != "" {
				f.Details = []string{"the rule: " + string(e.Rule)}
			}
			f.Key = e.Path + ": " + e.Err.Error()
			pass.Report(f)
		}
		return nil
	},
}

// atError is a finding at the place of a decoding error.
func atError(err error, help string) lint.Finding {
	f := lint.Finding{Message: err.Error(), Help: help}
	if e, ok := errors.AsType[*component.Error](err); ok {
		f.Message, f.Path, f.Span = e.Err.Error(), e.Path, &lint.Span{Off: e.Offset}
	}
	return f
}
