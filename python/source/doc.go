// Package source reads Python source files for what a snapshot cannot tell: the
// lines of statements that ran while the module was imported.
//
//	f := source.Parse("app.py", text)
//	for _, stmt := range f.Statements {
//		for _, name := range stmt.Names {
//			fmt.Println(name.Line, name.Dotted, name.Called)
//		}
//	}
//
// It is a tokenizer and a reader of indentation, no parser: what it does not
// understand it skips, and no text is an error.
package source
