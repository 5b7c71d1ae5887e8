package component_test

import (
	"errors"
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
		opts := component.CheckOptions{Features: features(c.Fields["features"])}
		for _, cmd := range script.Commands {
			if path, ok := script.Binary(cmd); ok {
				s.Check(fmt.Sprintf("%s:%d", c.Name, cmd.Line), judge(path, cmd, opts))
			}
		}
	}
	s.Finish()
}

func judge(path string, cmd wast.Command, opts component.CheckOptions) error {
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

func verdict(path string, opts component.CheckOptions) error {
	f, err := component.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, errs := component.Check(f, opts)
	return errors.Join(errs.Err())
}

func features(list string) component.Features {
	f := component.DefaultFeatures
	for _, n := range strings.Split(list, ",") {
		n = strings.ReplaceAll(strings.TrimPrefix(n, "component_model_"), "_", "-")
		n, off := strings.TrimSuffix(n, "=false"), strings.HasSuffix(n, "=false")
		n = strings.TrimSuffix(n, "=true")
		if m, ok := strings.CutPrefix(n, "-"); ok {
			n, off = m, true
		}
		n = strings.TrimPrefix(n, "cm-")
		bit := map[string]component.Features{
			"async": component.FeatureAsync, "more-async-builtins": component.FeatureMoreAsyncBuiltins, "threading": component.FeatureThreading,
			"async-stackful": component.FeatureAsyncStackful, "implements": component.FeatureImplements,
			"fixed-length-lists": component.FeatureFixedLengthLists, "map": component.FeatureMap, "forward": component.FeatureForward,
			"gc": component.FeatureGC, "cm64": component.FeatureMemory64, "memory64": component.FeatureMemory64, "values": component.FeatureValues,
			"canon-names": component.FeatureCanonicalNames, "error-context": component.FeatureErrorContext, "accessors": component.FeatureAccessors,
			"nested-names": component.FeatureNestedNames, "shared-everything-threads": component.FeatureSharedEverything,
		}[n]
		if off {
			f &^= bit
		} else {
			f |= bit
		}
	}
	return f
}
