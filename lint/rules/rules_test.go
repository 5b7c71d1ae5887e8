package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/lint"
)

func TestRulesAreWellFormedAndSorted(t *testing.T) {
	if err := lint.Validate(All()); err != nil {
		t.Error(err)
	}
	byID := func(a, b *lint.Rule) int { return strings.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(All(), byID) {
		t.Error("All is not sorted by ID")
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	good := *All()[0]
	for name, change := range map[string]func(*lint.Rule){
		"not EL and four digits": func(r *lint.Rule) { r.ID = "X1" },
		"not in kebab case":      func(r *lint.Rule) { r.Name = "Not_Kebab" },
		"no severity":            func(r *lint.Rule) { r.Severity = 0 },
		"lacks a title":          func(r *lint.Rule) { r.Doc.Good = "" },
		"ends in a full stop":    func(r *lint.Rule) { r.Doc.Title += "." },
		"nothing to run":         func(r *lint.Rule) { r.Run = nil },
	} {
		bad := good
		change(&bad)
		if err := lint.Validate([]*lint.Rule{&bad}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Validate = %v, want %q", err, name)
		}
	}
	if err := lint.Validate([]*lint.Rule{&good, &good}); err == nil {
		t.Error("two rules of one ID were accepted")
	}
}

func TestWorldsNameTheHandlerTheyDemand(t *testing.T) {
	for world, want := range map[string]lint.Generation{
		"": 0, "spin-http": lint.WASI02, "wasi:http/proxy": lint.WASI02, "wasi:http/proxy@0.2.9": lint.WASI02,
		"wasi:http/service@0.3.0": lint.WASI03, "spin:up/http-trigger@3.4.0": lint.WASI02,
		"spin:up/http-trigger@4.1.0": lint.WASI03,
	} {
		if got, err := WorldHandler(world); got != want || err != nil {
			t.Errorf("WorldHandler(%q) = %v, %v; want %v", world, got, err, want)
		}
	}
	for _, world := range []string{"spin-htp", "wasi:http/proxy@0.3.0", "x"} {
		if got, err := WorldHandler(world); err == nil {
			t.Errorf("WorldHandler(%q) = %v, want an error", world, got)
		}
	}
}
