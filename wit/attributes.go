package wit

import "github.com/edgelint/edgelint/wit/syntax"

// readStability is the gate that attributes make, and where they are wrong: the
// problem's place and text.
func readStability(attrs []syntax.Attribute) (st Stability, problem *attributeProblem) {
	var since, unstable, deprecated *syntax.Attribute
	for i := range attrs {
		a := &attrs[i]
		var dst **syntax.Attribute
		switch a.Name.Name {
		case "since":
			dst = &since
		case "unstable":
			dst = &unstable
		case "deprecated":
			dst = &deprecated
		default:
			continue
		}
		if *dst != nil {
			return st, &attributeProblem{a.Name.Span, "@" + a.Name.Name + " is given twice"}
		}
		*dst = a
	}
	switch {
	case since != nil && unstable != nil:
		return st, &attributeProblem{since.Name.Span, "an item cannot be both @since and @unstable"}
	case since != nil:
		st = Stability{Level: Stable, Since: Version(since.Value)}
	case unstable != nil:
		st = Stability{Level: Unstable, Feature: unstable.Value}
	case deprecated != nil:
		return st, &attributeProblem{deprecated.Name.Span, "@deprecated needs @since or @unstable beside it"}
	}
	if deprecated != nil {
		st.Deprecated = Version(deprecated.Value)
	}
	return st, nil
}

// attributeProblem is something wrong with attributes.
type attributeProblem struct {
	span    Span
	message string
}

// readExternalID is the external id that attributes give.
func readExternalID(attrs []syntax.Attribute) (id ExternalID, problem *attributeProblem) {
	for i := range attrs {
		if attrs[i].Name.Name != "external-id" {
			continue
		}
		if id.Present {
			return id, &attributeProblem{attrs[i].Name.Span, "@external-id is given twice"}
		}
		id = ExternalID{Value: attrs[i].Value, Present: true}
	}
	return id, nil
}

// attributes reads both and reports what is wrong.
func (b *builder) attributes(attrs []syntax.Attribute) (Stability, ExternalID) {
	if len(attrs) == 0 {
		return Stability{}, ExternalID{}
	}
	for i := range attrs {
		if name := attrs[i].Name.Name; name == "since" || name == "deprecated" {
			b.version(syntax.Version{Text: attrs[i].Value, Span: attrs[i].Span})
		}
	}
	st, problem := readStability(attrs)
	if problem != nil {
		b.report(problem.span, problem.message, "")
	}
	external, problem := readExternalID(attrs)
	if problem != nil {
		b.report(problem.span, problem.message, "")
	}
	return st, external
}
