package component_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/wast"
)

func TestVerdictsOfTheSpecificationSuites(t *testing.T) {
	s := conformance.Start(t, "validation", "Modules and components are valid or invalid as the suites say")
	for _, c := range conformance.Cases(t, "wast") {
		script, err := wast.Read(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		opts := component.ValidateOptions{Features: features(t, c.Fields["features"])}
		for _, cmd := range script.Commands {
			if path, ok := script.Binary(cmd); ok {
				s.Check(fmt.Sprintf("%s:%d", c.Name, cmd.Line), judge(path, cmd, opts))
			}
		}
	}
	s.Finish()
}

func judge(path string, cmd wast.Command, opts component.ValidateOptions) error {
	err := verdict(path, opts)
	switch cmd.Type {
	case wast.AssertInvalid, wast.AssertMalformed:
		if err == nil {
			return fmt.Errorf("valid, but the suite says %q", cmd.Text)
		}
		return nil
	}
	return err
}

func verdict(path string, opts component.ValidateOptions) error {
	f, err := component.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, errs := component.Validate(context.Background(), f, opts)
	return errs.Err()
}

// features are those that a suite's harness enables: a list as wasm-tools takes it,
// or settings of Wasmtime.
func features(t *testing.T, list string) component.Features {
	t.Helper()
	list = strings.NewReplacer("component_model_memory64=true", "cm64", "component_model_", "cm-", "_",
		"-").Replace(list)
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if strings.HasPrefix(name, "hogs-") {
			continue // not about the language
		}
		if n, ok := strings.CutSuffix(name, "=false"); ok {
			name = "-" + n
		}
		names = append(names, strings.TrimSuffix(name, "=true"))
	}
	f, err := component.ParseFeatures(strings.Join(names, ","))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
