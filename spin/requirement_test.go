package spin

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/wit"
)

func TestRequirementsMatchAsCargoDoes(t *testing.T) {
	t.Parallel()
	for requirement, c := range map[string]struct{ match, not string }{
		"*":                {"0.0.0 1.2.3 1.2.3+b", "1.2.3-a"},
		"1.2.3":            {"1.2.3 1.2.4 1.9.0 1.2.3+build", "1.2.2 2.0.0 0.9.0 1.2.3-a 1.3.0-a"},
		"^1.2.3":           {"1.2.3 1.9.0", "1.2.2 2.0.0"},
		"0.2.3":            {"0.2.3 0.2.9", "0.2.2 0.3.0 1.0.0"},
		"0.0.3":            {"0.0.3", "0.0.2 0.0.4 0.1.0"},
		"1.2":              {"1.2.0 1.3.0", "1.1.9 2.0.0"},
		"0.0":              {"0.0.0 0.0.9", "0.1.0"},
		"0":                {"0.0.0 0.9.0", "1.0.0"},
		"1":                {"1.0.0 1.9.9", "0.9.9 2.0.0 2.0.0-a"},
		"~1.2.3":           {"1.2.3 1.2.9", "1.2.2 1.3.0"},
		"~1.2":             {"1.2.0 1.2.9", "1.1.9 1.3.0 1.2.0-a"},
		"~1":               {"1.0.0 1.9.0", "0.9.0 2.0.0"},
		"~1.2.*":           {"1.2.0 1.2.9", "1.3.0"},
		"1.*":              {"1.0.0 1.9.0", "2.0.0 1.0.0-a"},
		"1.2.x":            {"1.2.0 1.2.9", "1.3.0"},
		"0.*":              {"0.0.1 0.9.0", "1.0.0"},
		"=1.2.3":           {"1.2.3 1.2.3+b", "1.2.4 1.2.3-a"},
		"=1.2":             {"1.2.0 1.2.9", "1.3.0"},
		">1.2.3":           {"1.2.4 2.0.0", "1.2.3 1.2.2"},
		">1.2":             {"1.3.0 2.0.0", "1.2.9"},
		">= 1.2, < 1.5":    {"1.2.0 1.4.9", "1.1.9 1.5.0"},
		"<=1.2":            {"1.2.9 0.1.0", "1.3.0"},
		"<1.2":             {"1.1.9", "1.2.0"},
		"1.2.3-b":          {"1.2.3-b 1.2.3-c 1.2.3 1.2.4", "1.2.3-a 1.2.4-b"},
		"=1.2.3-b.2":       {"1.2.3-b.2", "1.2.3 1.2.3-b.10"},
		">1.2.3-b.2":       {"1.2.3-b.10 1.2.3", "1.2.3-b.1 1.2.3-b.2"},
		">=1.2.3-b, <=1.2": {"1.2.3", "1.2.3-c 1.3.0"},
	} {
		r, err := ParseRequirement(requirement)
		if err != nil {
			t.Errorf("%s: %v", requirement, err)
			continue
		}
		for _, version := range strings.Fields(c.match) {
			if !r.Match(wit.Version(version)) {
				t.Errorf("%s does not match %s", requirement, version)
			}
		}
		for _, version := range strings.Fields(c.not) {
			if r.Match(wit.Version(version)) {
				t.Errorf("%s matches %s", requirement, version)
			}
		}
	}
	if (Requirement{}).Match("1.0.0") || !Exactly("1.2.3-a+b").Match("1.2.3-a") || Exactly("1.2.3").Match("1.2.4") {
		t.Error("the zero value or an exact requirement is wrong")
	}
}

func TestTextThatIsNoRequirementIsRefused(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                       `"" is no number`,
		"a":                      `"a" is no number`,
		"1.2.3.4":                "three numbers",
		"1,":                     `"" is no number`,
		"1.*.3":                  "after a wildcard",
		"*, 1":                   `"*" is no number`,
		"01":                     `"01" is no number`,
		"1.2-a":                  "comes after three numbers",
		"1.2.3-":                 "pre-release",
		"==1":                    `"=1" is no number`,
		"1 2":                    "no number",
		"99999999999999999999":   "no number",
		strings.Repeat("1,", 40): "at most 32 parts",
		">=1.2.3 <2":             `"3 <2" is no number`,
	} {
		if r, err := ParseRequirement(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.20q: %v, %v", text, r, err)
		}
	}
}

func FuzzParseRequirement(f *testing.F) {
	for _, seed := range []string{"*", "^1.2", ">=1.2.3-a.1+b, <2", "~0.0.*"} {
		f.Add(seed, "1.2.3-a")
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		r, err := ParseRequirement(text)
		if err == nil && r.Match(wit.Version(version)) && wit.Version(version).Parts() == (wit.VersionParts{}) && version != "0.0.0" &&
			!strings.HasPrefix(version, "0.0.0+") {
			t.Errorf("%q matches %q", text, version)
		}
	})
}
