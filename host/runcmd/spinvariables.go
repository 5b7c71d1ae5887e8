package runcmd

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/edgelint/edgelint/spin"
)

// variables are the values that --variable gives: NAME=VALUE, NAME=@FILE for what a
// file holds, and @FILE.json or @FILE.toml for a file of several. The last one of a
// name counts.
func variables(list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range list {
		if file, ok := strings.CutPrefix(s, "@"); ok {
			values, err := variablesFile(file)
			if err != nil {
				return nil, err
			}
			maps.Copy(out, values)
			continue
		}
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, cli.Usagef("--variable %q is not NAME=VALUE, NAME=@FILE, @FILE.json or @FILE.toml", s)
		}
		if file, ok := strings.CutPrefix(value, "@"); ok {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("--variable %s: %w", name, err)
			}
			value = string(data)
		}
		out[name] = value
	}
	return out, nil
}

// warnOfVariables tells of values for variables that the application does not have.
func warnOfVariables(stderr io.Writer, m *spin.Manifest, values map[string]string) {
	var known []string
	for _, v := range m.Variables {
		known = append(known, v.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(known, name) {
			continue
		}
		text := fmt.Sprintf("the application has no variable %q", name)
		if near := spelling.Nearest(name, known); near != "" {
			text += fmt.Sprintf(": did you mean %q?", near)
		}
		fmt.Fprintf(stderr, "edgerun: warning: --variable: %s\n", text)
	}
}

// variablesFile reads a file of names and strings.
func variablesFile(file string) (map[string]string, error) {
	unmarshal := map[string]func([]byte, any) error{".json": json.Unmarshal, ".toml": toml.Unmarshal}[filepath.Ext(file)]
	if unmarshal == nil {
		return nil, cli.Usagef("--variable @%s: a file of variables ends in .json or .toml", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--variable: %w", err)
	}
	var values map[string]string
	if err := unmarshal(data, &values); err != nil {
		return nil, fmt.Errorf("--variable: %s: expected names with strings: %w", file, err)
	}
	return values, nil
}
