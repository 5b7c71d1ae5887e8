package wast_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/wast"
)

func TestScriptsOfTheCorpusNameTheirBinaries(t *testing.T) {
	t.Parallel()
	known := map[wast.CommandType]bool{
		wast.ModuleCommand: true, wast.ModuleDefinition: true, wast.ModuleInstance: true, wast.Register: true,
		wast.ActionCommand: true, wast.AssertReturn: true, wast.AssertTrap: true,
		wast.AssertUninstantiable: true,
		wast.AssertUnlinkable:     true, wast.AssertInvalid: true, wast.AssertInvalidCustom: true,
		wast.AssertMalformed: true,
	}
	binaries := 0
	for _, c := range conformance.Cases(t, "wast") {
		script, err := wast.Read(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(script.Commands) == 0 || script.Source == "" {
			t.Errorf("%s: no commands", c.Name)
		}
		for _, cmd := range script.Commands {
			if !known[cmd.Type] {
				t.Errorf("%s:%d: unknown command %q", c.Name, cmd.Line, cmd.Type)
			}
			path, ok := script.Binary(cmd)
			if !ok {
				continue
			}
			binaries++
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s:%d: %v", c.Name, cmd.Line, err)
			}
		}
	}
	if binaries < 1500 {
		t.Errorf("%d binaries, of about 1800", binaries)
	}
}

func TestReadTakesCommandsApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := `{"source_filename":"a.wast","commands":[
		{"type":"module","line":1,"name":"m","filename":"a.0.wasm","module_type":"binary"},
		{"type":"assert_malformed","line":2,"filename":"a.1.wat","module_type":"text","text":"no"},
		{"type":"module","line":3,"filename":"a.2.wat","module_type":"text","binary_filename":"a.2.wasm"},
		{"type":"assert_return","line":4,"action":{"type":"invoke","field":"f","args":[{"type":"u8","value":"7"}]},
		 "expected":[{"type":"string","value":"hi"}]}]}`
	if err := os.WriteFile(filepath.Join(dir, "case.json"), []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
	script, err := wast.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a.0.wasm", "", "a.2.wasm", ""} {
		path, ok := script.Binary(script.Commands[i])
		if ok != (want != "") || ok && path != filepath.Join(dir, want) {
			t.Errorf("command %d: binary %q, %v; want %q", i, path, ok, want)
		}
	}
	call := script.Commands[3]
	if call.Action.Field != "f" || string(call.Action.Args[0].Value) != `"7"` ||
		call.Expected[0].Type != "string" {
		t.Errorf("command 3: %+v", call)
	}
}
