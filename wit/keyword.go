package wit

import "github.com/edgelint/edgelint/wit/syntax"

// Escape gives name as an identifier in WIT text: keywords get a percent sign.
func Escape(name string) string {
	if syntax.IsKeyword(name) {
		return "%" + name
	}
	return name
}
