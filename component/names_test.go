package component_test

import (
	"slices"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
)

const preamble = "\x00asm\x0d\x00\x01\x00"

func TestNamesAreReadBySort(t *testing.T) {
	t.Parallel()
	body := "\x0ecomponent-name" +
		"\x00\x04\x03app" + // the component's own name
		"\x01\x06\x00\x11\x01\x00\x01m" + // core modules: 0 = m
		"\x01\x05\x01\x01\x07\x01f" + // functions: 7 = f
		"\x01\x02\x09\x00" + // an unknown sort
		"\x07\x01\x00" // an unknown subsection
	f, err := component.Parse([]byte(preamble + "\x00" + string(rune(len(body))) + body))
	if err != nil {
		t.Fatal(err)
	}
	names, err := f.Names(f.Root)
	if err != nil {
		t.Fatal(err)
	}
	if names.Component != "app" || names.Items[component.SortCoreModule][0] != "m" || names.Items[component.SortFunc][7] != "f" {
		t.Errorf("names = %+v", names)
	}
}

func TestDamagedNamesDoNotMakeTheComponentInvalid(t *testing.T) {
	t.Parallel()
	body := "\x0ecomponent-name" + "\x00\x04\x03app" + "\x01\x7f"
	f, err := component.Parse([]byte(preamble + "\x00" + string(rune(len(body))) + body))
	if err != nil {
		t.Fatal(err)
	}
	names, err := f.Names(f.Root)
	if err == nil || names.Component != "app" {
		t.Errorf("Names = %+v, %v; want the name before the damage and an error", names, err)
	}
}

func TestProducersNameTheToolchain(t *testing.T) {
	t.Parallel()
	f, err := component.Open(fixture(t, "guide-p3.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := f.Producers(f.Root)
	if err != nil {
		t.Fatal(err)
	}
	isWitComponent := func(p core.Producer) bool { return p.Name == "wit-component" && p.Version != "" }
	if !slices.ContainsFunc(p.ProcessedBy, isWitComponent) {
		t.Errorf("producers = %+v, want wit-component with a version", p)
	}
}
