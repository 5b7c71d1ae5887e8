package spin

import (
	"strings"
)

// firstStatement is the first statement of a text of SQL, without its semicolon:
// all that Spin runs.
func firstStatement(text string) string {
	trigger := isTrigger(text)
	for i := 0; i < len(text); {
		if text[i] == ';' && !trigger {
			return text[:i]
		}
		i += tokenLen(text[i:])
	}
	return text
}

// tokenLen is the length of the string, quoted name or comment that a text begins
// with, or 1.
func tokenLen(s string) int {
	end := ""
	switch {
	case s[0] == '\'' || s[0] == '"' || s[0] == '`':
		end = s[:1] // a doubled quote reads as two strings
	case s[0] == '[':
		end = "]"
	case strings.HasPrefix(s, "--"):
		end = "\n"
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return i + 4
		}
		return len(s)
	default:
		return 1
	}
	if i := strings.Index(s[1:], end); i >= 0 {
		return i + 2
	}
	return len(s)
}

// isTrigger reports whether a text creates a trigger, whose body has semicolons.
func isTrigger(text string) bool {
	word, rest := nextWord(text)
	if word != "CREATE" {
		return false
	}
	word, rest = nextWord(rest)
	if word == "TEMP" || word == "TEMPORARY" {
		word, _ = nextWord(rest)
	}
	return word == "TRIGGER"
}

// isQuery reports whether a statement is a query that changes nothing. It is not
// sure of queries that call functions named as statements are.
func isQuery(statement string) bool {
	switch word, rest := nextWord(statement); word {
	case "SELECT", "VALUES":
		return true
	case "WITH":
		for rest != "" {
			word, rest = nextWord(rest)
			switch word {
			case "INSERT", "UPDATE", "DELETE", "REPLACE":
				return false
			case "":
				if rest != "" {
					rest = rest[tokenLen(rest):]
				}
			}
		}
		return true
	}
	return false
}

// nextWord is the first word of a text in upper case, and what follows it. Spaces
// and comments before it are skipped.
func nextWord(s string) (word, rest string) {
	for s != "" {
		switch {
		case strings.IndexByte(" \t\r\n\f", s[0]) >= 0:
			s = s[1:]
		case strings.HasPrefix(s, "--") || strings.HasPrefix(s, "/*"):
			s = s[tokenLen(s):]
		default:
			n := strings.IndexFunc(s, func(r rune) bool { return !(r|0x20 >= 'a' && r|0x20 <= 'z') })
			if n < 0 {
				n = len(s)
			}
			return strings.ToUpper(s[:n]), s[n:]
		}
	}
	return "", ""
}
