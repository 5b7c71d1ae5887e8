package source

import "strings"

// MaxSize is the longest text that [Parse] looks at, in bytes.
const MaxSize = 1 << 23

// File is a source file.
type File struct {
	// Name is the file's name as it was given.
	Name string
	// Lines are the lines without their ends.
	Lines []string
	// Statements are the logical lines that run while the module is imported,
	// in order: at top level, in class bodies and in compound statements
	// there, but not in functions, nor under `if __name__ == "__main__"` or
	// `if TYPE_CHECKING`.
	Statements []Statement
}

// Statement is a logical line.
type Statement struct {
	Line, EndLine int
	// Class is the dotted name of the class whose body it is in, or "".
	Class string
	// Keyword is the statement's first word if it is a keyword: "import",
	// "from", "class", "with"; "" for expressions and assignments.
	Keyword string
	// Targets are the names that it binds, if it is an assignment to names, an
	// import, or the definition of a function or class.
	Targets []string
	// Modules are the modules that it imports, as written: "os.path", ".util".
	Modules []string
	// Names are the dotted names in its expressions, those inside a lambda
	// left out.
	Names []Name
}

// Name is a dotted name in an expression.
type Name struct {
	Dotted    string
	Line, Col int // from 1; columns in bytes
	// Called reports that a call follows; Argument that it is an argument of
	// a call itself.
	Called, Argument bool
}

// Parse reads a source text.
func Parse(name string, text []byte) *File {
	if len(text) > MaxSize {
		text = text[:MaxSize]
	}
	s := strings.TrimPrefix(string(text), "\ufeff")
	f := &File{Name: name, Lines: strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")}
	r := reader{file: f, scan: scanner{text: s, line: 1}}
	r.read()
	return f
}

// Line is a line's text, "" if there is none. Lines count from 1.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.Lines) {
		return ""
	}
	return f.Lines[n-1]
}

// Binding is the line of the last statement that binds a name at the top level
// of the module ("cache") or in a class body ("Metrics.last"); 0 if none does.
func (f *File) Binding(name string) int {
	class := ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		class, name = name[:i], name[i+1:]
	}
	line := 0
	for _, s := range f.Statements {
		if s.Class != class {
			continue
		}
		for _, t := range s.Targets {
			if t == name {
				line = s.Line
			}
		}
	}
	return line
}
