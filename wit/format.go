package wit

import "github.com/edgelint/edgelint/wit/syntax"

// Format gives the text of a WIT file in its canonical layout: two spaces a
// level, one item a line, fields and cases on lines of their own, one empty line
// at most. Only white space and commas before closing brackets change; every
// comment stays where it is among the words. Formatting the result again changes
// nothing. It fails with an [ErrorList] if the text does not parse; name is the
// file's name in the errors. The file may be part of a package; what it refers
// to need not exist.
func Format(name string, src []byte) ([]byte, error) { return syntax.Format(name, src) }
