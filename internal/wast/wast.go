// Package wast reads test scripts of the WebAssembly specification suites as
// wasm-tools json-from-wast writes them: a case.json beside the binaries.
//
//	script, err := wast.Read(dir)
//	if err != nil {
//		return err
//	}
//	for _, c := range script.Commands {
//		if path, ok := script.Binary(c); ok {
//			fmt.Println(c.Line, c.Type, path)
//		}
//	}
package wast

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Script is one converted script.
type Script struct {
	Dir      string // where the binaries are
	Source   string // the name of the script that was converted
	Commands []Command
}

// Command is one directive of a script. Which fields are set depends on Type.
type Command struct {
	Type CommandType
	Line int // in the script

	Name       string // ModuleCommand, ModuleDefinition: the name it is remembered by, or ""
	Module     string // ModuleInstance: the definition; Register: the instance
	Instance   string // ModuleInstance: the name of the new instance
	As         string // Register: the name to import from
	Filename   string // of the binary or text, in Dir
	ModuleType string // "binary" or "text"
	// BinaryFilename is the binary made of a text that Filename names, or "".
	BinaryFilename string

	Action   *Action
	Expected []Value
	Text     string // the reference's message
}

// CommandType is the kind of a directive.
type CommandType string

// The kinds of directives.
const (
	ModuleCommand        CommandType = "module"
	ModuleDefinition     CommandType = "module_definition"
	ModuleInstance       CommandType = "module_instance"
	Register             CommandType = "register"
	ActionCommand        CommandType = "action"
	AssertReturn         CommandType = "assert_return"
	AssertTrap           CommandType = "assert_trap"
	AssertUninstantiable CommandType = "assert_uninstantiable"
	AssertUnlinkable     CommandType = "assert_unlinkable"
	AssertInvalid        CommandType = "assert_invalid"
	AssertInvalidCustom  CommandType = "assert_invalid_custom"
	AssertMalformed      CommandType = "assert_malformed"
)

// Action calls a function of an instance, or gets a global.
type Action struct {
	Type   string  `json:"type"`   // "invoke" or "get"
	Module string  `json:"module"` // the instance by name, "" for the current one
	Field  string  `json:"field"`  // the export
	Args   []Value `json:"args"`
}

// Value is an argument or an expected result. Its form depends on the type: see
// the README of the corpus.
type Value struct {
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}

// Read reads the script in a folder of the corpus.
func Read(dir string) (*Script, error) {
	data, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err != nil {
		return nil, err
	}
	var file struct {
		Source   string `json:"source_filename"`
		Commands []struct {
			Type           CommandType `json:"type"`
			Line           int         `json:"line"`
			Name           string      `json:"name"`
			Module         string      `json:"module"`
			Instance       string      `json:"instance"`
			As             string      `json:"as"`
			Filename       string      `json:"filename"`
			ModuleType     string      `json:"module_type"`
			BinaryFilename string      `json:"binary_filename"`
			Action         *Action     `json:"action"`
			Expected       []Value     `json:"expected"`
			Text           string      `json:"text"`
		} `json:"commands"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, "case.json"), err)
	}
	script := &Script{Dir: dir, Source: file.Source}
	for _, c := range file.Commands {
		script.Commands = append(script.Commands, Command(c))
	}
	return script, nil
}

// Binary is the path of the binary that a command is about; ok is false if it is
// about none, or about the text format only.
func (s *Script) Binary(c Command) (path string, ok bool) {
	switch {
	case c.BinaryFilename != "":
		return filepath.Join(s.Dir, c.BinaryFilename), true
	case c.Filename != "" && c.ModuleType == "binary":
		return filepath.Join(s.Dir, c.Filename), true
	}
	return "", false
}
