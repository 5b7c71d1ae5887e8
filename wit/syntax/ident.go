package syntax

import (
	"fmt"
	"strings"
)

// CheckIdent tells what is wrong with name as an identifier, or "". Identifiers
// are words joined by hyphens; a word has letters of one case and digits, and
// the first word begins with a letter (component model, "label").
func CheckIdent(name string) string {
	if name == "" {
		return "an identifier needs at least one letter"
	}
	for first := true; ; first = false {
		word, rest, more := strings.Cut(name, "-")
		if problem := checkWord(word, first); problem != "" {
			return problem
		}
		if !more {
			return ""
		}
		name = rest
	}
}

func checkWord(word string, first bool) string {
	if word == "" {
		return "an identifier needs a letter or digit on both sides of each hyphen"
	}
	if first && isDigit(word[0]) {
		return "an identifier begins with a letter"
	}
	lower, upper := false, false
	for _, r := range word {
		switch {
		case r >= 'a' && r <= 'z':
			lower = true
		case r >= 'A' && r <= 'Z':
			upper = true
		case r >= '0' && r <= '9':
		default:
			return fmt.Sprintf("the character %q does not belong in an identifier: use letters, digits and hyphens", r)
		}
	}
	if lower && upper {
		return fmt.Sprintf("the word %q mixes upper and lower case", word)
	}
	return ""
}
