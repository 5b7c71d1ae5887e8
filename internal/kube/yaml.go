package kube

import (
	"fmt"
	"strconv"
	"strings"
)

// field is a member of an object.
type field struct {
	name  string
	value any
}

// object is a mapping in the order given. Values are object, []object, []string,
// string, int and bool; empty ones but false and 0 are left out.
type object []field

// document writes an object as YAML. Strings are always in double quotes, so
// that none is taken for a number or a boolean.
func (o object) document() string {
	var b strings.Builder
	o.write(&b, 0)
	return b.String()
}

func (o object) write(b *strings.Builder, indent int) {
	for _, f := range o {
		f.write(b, indent)
	}
}

func (f field) write(b *strings.Builder, indent int) {
	pad := strings.Repeat("  ", indent)
	switch v := f.value.(type) {
	case object:
		if len(v) > 0 {
			fmt.Fprintf(b, "%s%s:\n", pad, key(f.name))
			v.write(b, indent+1)
		}
	case []object:
		if len(v) > 0 {
			fmt.Fprintf(b, "%s%s:\n", pad, key(f.name))
			for _, o := range v {
				writeItem(b, o, indent)
			}
		}
	case []string:
		if len(v) > 0 {
			fmt.Fprintf(b, "%s%s:\n", pad, key(f.name))
			for _, s := range v {
				fmt.Fprintf(b, "%s- %s\n", pad, quoted(s))
			}
		}
	case string:
		if v != "" {
			fmt.Fprintf(b, "%s%s: %s\n", pad, key(f.name), quoted(v))
		}
	case literal:
		fmt.Fprintf(b, "%s%s: %s\n", pad, key(f.name), quoted(string(v)))
	default:
		fmt.Fprintf(b, "%s%s: %v\n", pad, key(f.name), v)
	}
}

// literal is a string that is written even if it is empty.
type literal string

func writeItem(b *strings.Builder, o object, indent int) {
	var item strings.Builder
	o.write(&item, indent+1)
	text := item.String()
	pad := 2 * (indent + 1)
	b.WriteString(text[:pad-2] + "- " + text[pad:])
}

// key writes a name; those of Kubernetes need no quotes, others get them.
func key(s string) string {
	plain := s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-'
	})
	if plain {
		return s
	}
	return quoted(s)
}

// quoted is a double-quoted scalar. Go's escapes are YAML's, but for the bytes
// of broken UTF-8, which become U+FFFD.
func quoted(s string) string {
	return strconv.Quote(strings.ToValidUTF8(s, "\ufffd"))
}
