// Package glob matches paths the way spin.toml means its patterns, which are
// those of Rust's glob crate: ? and * within one path element, ** for any number
// of elements, [a-z] and [!a-z]. A leading dot is nothing special.
//
//	p, err := glob.Compile("static/**/*.html")
//	p.Match("static/a/b.html") // true
package glob

import (
	"fmt"
	"regexp"
	"strings"
)

// Pattern is a compiled pattern.
type Pattern struct {
	text    string
	strict  *regexp.Regexp
	relaxed *regexp.Regexp
}

// maxLength bounds a pattern, in bytes.
const maxLength = 4096

// Compile reads a pattern. ** must stand alone between slashes.
func Compile(pattern string) (*Pattern, error) {
	if len(pattern) > maxLength {
		return nil, fmt.Errorf("pattern of %d bytes: the limit is %d", len(pattern), maxLength)
	}
	p := &Pattern{text: pattern}
	var err error
	if p.strict, err = compile(pattern, "[^/]"); err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	p.relaxed, err = compile(pattern, `(?s:.)`)
	return p, err
}

// Match reports whether a slash-separated path matches, * and ? standing for
// anything but a slash: what finding files by a pattern means.
func (p *Pattern) Match(path string) bool { return p.strict.MatchString(path) }

// MatchText reports whether a path matches when * and ? stand for slashes too:
// what excluding files by a pattern means.
func (p *Pattern) MatchText(path string) bool { return p.relaxed.MatchString(path) }

// String is the pattern's text.
func (p *Pattern) String() string { return p.text }

// HasMeta reports whether a pattern has any special character.
func HasMeta(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }

func compile(pattern, one string) (*regexp.Regexp, error) {
	var re strings.Builder
	re.WriteString(`\A`)
	for i := 0; i < len(pattern); {
		rest := pattern[i:]
		switch {
		case strings.HasPrefix(rest, "**"):
			alone := i == 0 || pattern[i-1] == '/'
			if !alone || len(rest) > 2 && rest[2] != '/' {
				return nil, fmt.Errorf("** must stand alone between slashes (at character %d)", i+1)
			}
			if len(rest) == 2 {
				re.WriteString(`(?s:.*)`)
				i += 2
			} else {
				re.WriteString(`(?:(?s:.*)/)?`)
				i += 3
			}
		case rest[0] == '*':
			re.WriteString(one + "*")
			i++
		case rest[0] == '?':
			re.WriteString(one)
			i++
		case rest[0] == '[':
			class, n, err := compileClass(rest)
			if err != nil {
				return nil, fmt.Errorf("%w (at character %d)", err, i+1)
			}
			re.WriteString(class)
			i += n
		default:
			n := strings.IndexAny(rest, "*?[")
			if n < 0 {
				n = len(rest)
			}
			re.WriteString(regexp.QuoteMeta(rest[:n]))
			i += n
		}
	}
	re.WriteString(`\z`)
	return regexp.Compile(re.String())
}

// compileClass reads a character class at the start of s and its length. A ]
// right after the opening is a member.
func compileClass(s string) (class string, n int, err error) {
	n, not := 1, ""
	if strings.HasPrefix(s[n:], "!") {
		n, not = 2, "^"
	}
	if n >= len(s) {
		return "", 0, fmt.Errorf("[ is not closed")
	}
	end := strings.IndexByte(s[n+1:], ']')
	if end < 0 {
		return "", 0, fmt.Errorf("[ is not closed")
	}
	members := s[n : n+1+end]
	var out strings.Builder
	runes := []rune(members)
	for i := 0; i < len(runes); i++ {
		fmt.Fprintf(&out, `\x{%x}`, runes[i])
		if i+2 < len(runes) && runes[i+1] == '-' {
			if runes[i+2] < runes[i] {
				return "", 0, fmt.Errorf("range %c-%c is backwards", runes[i], runes[i+2])
			}
			fmt.Fprintf(&out, `-\x{%x}`, runes[i+2])
			i += 2
		}
	}
	return "[" + not + out.String() + "]", n + 1 + end + 1, nil
}
