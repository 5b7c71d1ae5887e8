package report

import "github.com/edgelint/edgelint/lint"

// style writes ANSI colours, or none.
type style struct{ on bool }

func (s style) wrap(code, text string) string {
	if !s.on {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string  { return s.wrap("1", text) }
func (s style) dim(text string) string   { return s.wrap("2", text) }
func (s style) red(text string) string   { return s.wrap("31", text) }
func (s style) green(text string) string { return s.wrap("32", text) }

func (s style) severity(sev lint.Severity) string {
	switch sev {
	case lint.Error:
		return s.wrap("1;31", sev.String())
	case lint.Warning:
		return s.wrap("1;33", sev.String())
	}
	return s.wrap("1;36", sev.String())
}
