package wit

import "strings"

// MismatchKind is the kind of a [Mismatch].
type MismatchKind uint8

// The kinds of mismatch.
const (
	// MissingImport: the component imports what the world does not offer.
	MissingImport MismatchKind = iota + 1
	// MissingExport: the world demands an export that the component lacks.
	MissingExport
	// MissingItem: a function or type of an interface is missing on the side
	// that should supply it: the world for imports, the component for exports.
	MissingItem
	// DifferentSort: the same name is a function here and an interface or type
	// there.
	DifferentSort
	// DifferentType: a function or type is not the same on both sides.
	DifferentType
	// NotInWIT: the component imports something that no world can offer, such
	// as a core module.
	NotInWIT
)

var mismatchKinds = [...]string{
	"invalid", "missing import", "missing export", "missing item", "different sort", "different type",
	"not in WIT",
}

// String is the kind in words, such as "missing import".
func (k MismatchKind) String() string {
	if int(k) < len(mismatchKinds) {
		return mismatchKinds[k]
	}
	return mismatchKinds[0]
}

// Mismatch is one reason for which a component does not fit a world.
type Mismatch struct {
	Kind MismatchKind
	// Export tells whether it is about an export; else it is about an import.
	Export bool
	// Name is the import or export: the component's name of it, or, for a
	// MissingExport, the world's.
	Name string
	// Counterpart is what Name was compared with on the other side, if it goes
	// by another version there. For what is missing it is the nearest thing that
	// is there: another version of the same interface, the highest if there are
	// several. Else it is "".
	Counterpart string
	// Item is the function or type of the interface that it is about, "" if it
	// is about the whole.
	Item string
	// Where leads from Item to the place of a DifferentType: "parameter url",
	// "result", "record response", "field status", "list element". It is empty if
	// the item as such differs.
	Where []string
	// Component and Target are what stands in that place on either side, as
	// WIT writes it, or in words; "" for what is not there at all.
	Component, Target string
}

// String is the mismatch as one sentence.
func (m Mismatch) String() string {
	if m.Item == "" && m.Kind != DifferentSort && m.Kind != DifferentType {
		return m.Subject() + " " + m.Problem()
	}
	return m.Subject() + ": " + m.Problem()
}

// Subject names the import or export that the mismatch is about, such as
// "import wasi:http/types@0.2.9 (against wasi:http/types@0.2.0)".
func (m Mismatch) Subject() string {
	s := "import " + m.Name
	if m.Export {
		s = "export " + m.Name
	}
	if m.Counterpart != "" && m.Kind != MissingImport && m.Kind != MissingExport {
		s += " (against " + m.Counterpart + ")"
	}
	return s
}

// Problem says what is wrong with the subject, such as "is not offered" or
// "send, parameter body: list<u8> in the component, string in the world".
func (m Mismatch) Problem() string {
	place := m.Where
	if m.Item != "" {
		place = append([]string{m.Item}, m.Where...)
	}
	where := strings.Join(place, ", ")
	switch m.Kind {
	case MissingImport:
		return "is not offered" + unlessEmpty("; the nearest that is: ", m.Counterpart)
	case MissingExport:
		return "is missing" + unlessEmpty("; the component exports ", m.Counterpart)
	case NotInWIT:
		return "is a " + m.Component + ", which no world can offer"
	case MissingItem:
		if m.Export {
			return where + " is missing in the component; the world has " + m.Target
		}
		return where + " is not offered; the component expects " + m.Component
	}
	if where != "" {
		where += ": "
	}
	return where + orAbsent(m.Component) + " in the component, " + orAbsent(m.Target) + " in the world"
}

func unlessEmpty(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func orAbsent(s string) string {
	if s == "" {
		return "absent"
	}
	return s
}
