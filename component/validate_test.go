package component_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
)

// section is a section of a component: a vector of items, or raw content.
func section(id byte, items ...string) string {
	return raw(id, vector(items...))
}

func raw(id byte, content string) string {
	return string(append([]byte{id}, leb(len(content))...)) + content
}

func vector(items ...string) string {
	return string(leb(len(items))) + strings.Join(items, "")
}

// named is the name of an import or export.
func named(name string) string { return "\x00" + string(leb(len(name))) + name }

func parse(tb testing.TB, sections ...string) *component.File {
	tb.Helper()
	f, err := component.Parse([]byte(preamble + strings.Join(sections, "")))
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestValidateCollectsIndependentErrorsOnly(t *testing.T) {
	t.Parallel()
	f := parse(
		t,
		section(
			7,
			"\x6d\x00",          // 0: an empty enum
			"\x70\x00",          // 1: a list of it: no fault of its own
			"\x6e\x01\x01A",     // 2: flags
			"\x70\x09",          // 3: a list of what is not there
			"\x69\x02",          // 4: own of flags
			"\x6b\x04",          // 5: an option of that: no fault of its own
			"\x72\x01\x01_\x79", // 6: a record with a bad label
		),
		section(10, named("x")+"\x01\x05", named("")+"\x05\x00"),
	)
	_, errs := component.Validate(t.Context(), f, component.ValidateOptions{})
	want := []string{
		"root/type[0]: the enum type is empty", "root/type[3]: there is no type 9",
		"root/type[4]: type 2 is a flags type",
		`root/type[6]: the name of a field: "_" is not in kebab case`, `root/import "": the name "" is not valid`,
	}
	for i, w := range want {
		if i >= len(errs) || !strings.Contains(errs[i].Error(), w) {
			t.Errorf("error %d: want %q in %v", i, w, list(errs))
		}
	}
	if len(errs) != len(want) {
		t.Errorf("%d errors, want %d: %v", len(errs), len(want), list(errs))
	}
	for _, e := range errs {
		if e.Rule == "" || e.Offset <= 0 {
			t.Errorf("%v: rule %q, offset 0x%x", e, e.Rule, e.Offset)
		}
	}
}

func list(errs component.ErrorList) string { return fmt.Sprint(errs.Unwrap()) }

func TestMaxErrorsBoundsTheList(t *testing.T) {
	t.Parallel()
	items := make([]string, 500)
	for i := range items {
		items[i] = "\x70\xff\x07" // a list of type 1023
	}
	f := parse(t, section(7, items...))
	for limit, want := range map[int]int{0: component.MaxErrors, 1: 1, 7: 7, 1000: 500} {
		if _, errs := component.Validate(t.Context(), f,
			component.ValidateOptions{MaxErrors: limit}); len(errs) != want {
			t.Errorf("limit %d: %d errors, want %d", limit, len(errs), want)
		}
	}
}

// twoFuncs is a core module whose second function leaves its result out.
const twoFuncs = "\x00asm\x01\x00\x00\x00" +
	"\x01\x05\x01\x60\x00\x01\x7f" + "\x03\x03\x02\x00\x00" + "\x0a\x09\x02\x04\x00\x41\x00\x0b\x02\x00\x0b"

func TestFaultsOfFunctionBodiesNameTheirModule(t *testing.T) {
	t.Parallel()
	nested := preamble + raw(1, twoFuncs)
	for path, f := range map[string]*component.File{
		"root/component[1]/module[0]/func[1]": parse(t, raw(4, preamble), raw(4, nested)),
		"root/module[1]/func[1]": parse(t, raw(1, twoFuncs[:8]), raw(1, twoFuncs), raw(1,
			twoFuncs[:8])),
	} {
		_, errs := component.Validate(t.Context(), f, component.ValidateOptions{})
		if len(errs) != 1 || errs[0].Path != path {
			t.Errorf("%v, want one error at %s", list(errs), path)
		}
		if _, errs := component.Check(f, component.CheckOptions{}); len(errs) > 0 {
			t.Errorf("Check looks into function bodies: %v", list(errs))
		}
	}
	f, err := component.Parse([]byte(twoFuncs))
	if err != nil {
		t.Fatal(err)
	}
	_, errs := component.Validate(t.Context(), f, component.ValidateOptions{})
	if len(errs) != 1 || errs[0].Path != "root/func[1]" {
		t.Errorf("%v, want one error at root/func[1]", list(errs))
	}
}

func TestValidateStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := open(t, fixture(t, "guide-p2.wasm"))
	_, errs := component.Validate(ctx, f, component.ValidateOptions{})
	if !errors.Is(errs.Err(), context.Canceled) {
		t.Errorf("%v, want context.Canceled", errs.Err())
	}
}

// TestInstantiationMakesResourcesOfItsOwn instantiates a component that exports a
// resource twice, and passes the one instance's resource off as the other's.
func TestInstantiationMakesResourcesOfItsOwn(t *testing.T) {
	t.Parallel()
	maker := preamble + section(7, "\x3f\x7f\x00") + section(11, named("r")+"\x03\x00\x00")
	taker := preamble + section(10, named("r")+"\x03\x01") + section(7, "\x69\x00",
		"\x40\x01\x01x\x01\x01\x00") +
		section(10, named("f")+"\x01\x02")
	f := parse(
		t, raw(4, maker), raw(4, taker),
		section(5, "\x00\x00\x00", "\x00\x00\x00"),
		section(6, "\x03\x00\x00\x01r", "\x03\x00\x01\x01r", "\x03\x00\x00\x01r"),
		section(7, "\x69\x00", "\x40\x01\x01x\x03\x01\x00"),
		section(11, named("r0")+"\x03\x00\x00"),
	)
	info, errs := component.Check(f, component.CheckOptions{})
	if len(errs) > 0 {
		t.Fatal(list(errs))
	}
	root := info.Component(f.Root)
	first, second := root.Types[0].(*component.ResourceType), root.Types[1].(*component.ResourceType)
	if first.Resource == second.Resource || root.Types[2] != root.Types[0] {
		t.Errorf("types %v: two instances must have two resources, two aliases of one export one type",
			root.Types[:3])
	}
	made := info.Component(f.Root.Components[0]).Types[0].(*component.ResourceType).Resource
	for i, r := range []*component.ResourceType{first, second} {
		if r.Resource.Origin != made || root.Instantiations[i].Resources[made] != r.Resource {
			t.Errorf("instance %d: resource %v does not lead back to the component's", i, r.Resource)
		}
	}
	exported := root.Types[5].(*component.ResourceType)
	if exported.AliasOf != first || exported.Resource != first.Resource {
		t.Errorf("an export of a type must be an alias of it, not of %v", exported.AliasOf)
	}
}

func TestAliasesOfTypesKnowWhatTheyAreAliasesOf(t *testing.T) {
	t.Parallel()
	f := parse(
		t, section(7, "\x72\x01\x01a\x79"),
		section(10, named("one")+"\x03\x00\x00", named("two")+"\x03\x00\x01"),
		section(7, "\x40\x01\x01x\x02\x01\x00"), section(10, named("f")+"\x01\x03"),
	)
	info, errs := component.Check(f, component.CheckOptions{})
	if len(errs) > 0 {
		t.Fatal(list(errs))
	}
	root := info.Component(f.Root)
	record, one, two := root.Types[0].(*component.ValueType), root.Types[1].(*component.ValueType),
		root.Types[2].(*component.ValueType)
	if record.AliasOf != nil || one.AliasOf != record || two.AliasOf != one {
		t.Errorf("chain of aliases: %p <- %p <- %p", record, one.AliasOf, two.AliasOf)
	}
	e, _ := info.Root.Imports.Get("two")
	if item := e.(*component.TypeItem); item.Created != two || item.Referenced != one {
		t.Errorf("import: created %v, referenced %v", item.Created, item.Referenced)
	}
	e, _ = info.Root.Imports.Get("f")
	if p := e.(*component.FuncType).Params[0].Type; p != two {
		t.Errorf("the parameter's type is %p, want that of the second import, %p", p, two)
	}
	if flat, ok := two.Flat(); !ok || len(flat) != 1 {
		t.Errorf("flat: %v, %v", flat, ok)
	}
}

func TestFunctionsOfABagBelongToNoResource(t *testing.T) {
	t.Parallel()
	const resource, function = "\x03\x00", "\x01\x00"
	f := parse(
		t, section(10, named("r")+"\x03\x01"), section(7, "\x40\x00\x01\x00"),
		section(10, named("[static]r.f")+"\x01\x01"),
		section(5, "\x01"+vector(named("r")+resource, named("[static]r.f")+function)),
	)
	_, errs := component.Check(f, component.CheckOptions{})
	if len(errs) != 1 || errs[0].Path != `root/instance[0]/export "[static]r.f"` {
		t.Errorf("%v, want one error, about the bag's function", list(errs))
	}
}

// TestSharedTypesDoNotBlowUp checks types that are exponential when written out.
func TestSharedTypesDoNotBlowUp(t *testing.T) {
	types := []string{"\x6f\x02\x7d\x7d"}
	for i := range 60 {
		types = append(types, "\x6f\x02"+string(leb(i))+string(leb(i)))
	}
	instances := []string{"\x42\x00"}
	for i := range 60 {
		alias := "\x02\x03\x02\x01" + string(leb(i))
		instances = append(instances, "\x42"+vector(alias, "\x04"+named("a")+"\x05\x00",
			"\x04"+named("b")+"\x05\x00"))
	}
	var imports []string
	for i := range 1000 {
		imports = append(imports, named(fmt.Sprintf("i%d", i))+"\x05\x10")
	}
	for name, f := range map[string]*component.File{
		"tuples":    parse(t, section(7, types...)),
		"instances": parse(t, section(7, instances...)),
		"imports":   parse(t, section(7, instances[:17]...), section(10, imports...)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, errs := component.Check(f, component.CheckOptions{})
		runtime.ReadMemStats(&after)
		if len(errs) == 0 || !strings.Contains(errs[0].Error(), "effective size") {
			t.Errorf("%s: %v, want an error about the effective size", name, list(errs))
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
			t.Errorf("%s: %d bytes allocated", name, got)
		}
	}
}

func TestEveryCanonicalDefinitionOfRealAppsIsResolved(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		f := open(t, fixture(t, name))
		info, _ := component.Check(f, component.CheckOptions{})
		for i, c := range info.Component(f.Root).Canons {
			def := &f.Root.Canons[i]
			hasFunc := def.Op == component.CanonLift || def.Op == component.CanonLower
			if c.Core == nil || hasFunc != (c.Func != nil) ||
				(def.Op == component.CanonResourceDrop) != (c.Resource != nil) {
				t.Errorf("%s: canon[%d] %s: %+v", name, i, def.Op, c)
			}
			if memory, ok := def.Option(component.OptMemory); ok && c.Options.Memory != memory.Index {
				t.Errorf("%s: canon[%d] %s: memory %d, want %d", name, i, def.Op, c.Options.Memory,
					memory.Index)
			}
		}
	}
}

func TestFeaturesAreReadAndWrittenByName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]component.Features{
		"":                             component.DefaultFeatures,
		"all":                          component.AllFeatures,
		"default,-cm-async":            component.DefaultFeatures &^ component.FeatureAsync,
		"cm-gc, cm64":                  component.DefaultFeatures | component.FeatureGC | component.FeatureMemory64,
		component.AllFeatures.String(): component.AllFeatures,
	} {
		if got, err := component.ParseFeatures(in); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", in, got, err, want)
		}
	}
	if _, err := component.ParseFeatures("cm-asynk"); err == nil || !strings.Contains(err.Error(),
		`"cm-async"`) {
		t.Errorf("%v, want a suggestion", err)
	}
	f := parse(t, section(7, "\x66\x00"))
	without := component.CheckOptions{Features: component.DefaultFeatures &^ component.FeatureAsync}
	if _, errs := component.Check(f, without); len(errs) != 1 {
		t.Errorf("a stream without cm-async: %v", list(errs))
	}
}
