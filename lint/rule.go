package lint

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Rule is one check.
type Rule struct {
	// ID is "EL" and four digits; the first two tell the group: 01 format,
	// 02 WIT, 03 imports, exports and worlds, 04 Python, 05 size, 06 security,
	// 07 OCI, 08 spin.toml, 09 running. An ID is never used for another rule.
	ID string
	// Name is the rule's name in kebab case.
	Name string
	// Severity is that of findings which do not name another.
	Severity Severity
	// Doc is what `edgelint explain` and the rule's page show.
	Doc Doc
	// OnInvalid makes the rule run on artifacts that could not be decoded, too.
	OnInvalid bool
	// OnManifest makes it a rule about Spin applications: it runs on manifests,
	// and not on binaries.
	OnManifest bool
	// Run reports what it finds in pass. An error is a fault of the rule, not
	// of the artifact.
	Run func(ctx context.Context, pass *Pass) error
}

// Doc is the documentation of a rule. All parts are plain text; Bad and Good are
// examples, in the language at hand.
type Doc struct {
	Title string // one sentence without full stop
	Text  string // what it means, why it matters, what to do
	Bad   string // an example that the rule reports
	Good  string // the same made right
}

// Severity is how much a finding matters. The zero value is not valid in a
// finding: it stands for the rule's own severity.
type Severity uint8

// The severities, from what is only worth knowing to what will fail.
const (
	Note Severity = iota + 1
	Warning
	Error
)

var severityNames = [...]string{"invalid", "note", "warning", "error"}

// String is the severity's name.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return severityNames[0]
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity is the severity of a name.
func ParseSeverity(name string) (Severity, error) {
	for s := Note; s <= Error; s++ {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: expected note, warning or error", name)
}

var (
	idPattern   = regexp.MustCompile(`^EL\d{4}$`)
	namePattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// Validate checks that rules are well formed and can be told apart.
func Validate(rules []*Rule) error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range rules {
		switch {
		case !idPattern.MatchString(r.ID):
			errs = append(errs, fmt.Errorf("rule %q: the ID is not EL and four digits", r.ID))
		case !namePattern.MatchString(r.Name):
			errs = append(errs, fmt.Errorf("rule %s: the name %q is not in kebab case", r.ID, r.Name))
		case seen[r.ID] || seen[r.Name]:
			errs = append(errs, fmt.Errorf("rule %s[%s]: the ID or name is taken", r.ID, r.Name))
		case r.Severity < Note || r.Severity > Error:
			errs = append(errs, fmt.Errorf("rule %s: no severity", r.ID))
		case r.Doc.Title == "" || r.Doc.Text == "" || r.Doc.Bad == "" || r.Doc.Good == "":
			errs = append(errs, fmt.Errorf("rule %s: the documentation lacks a title, text or example", r.ID))
		case strings.HasSuffix(r.Doc.Title, "."):
			errs = append(errs, fmt.Errorf("rule %s: the title ends in a full stop", r.ID))
		case r.Run == nil:
			errs = append(errs, fmt.Errorf("rule %s: nothing to run", r.ID))
		}
		seen[r.ID], seen[r.Name] = true, true
	}
	return errors.Join(errs...)
}
