// Package bytecode decodes what a CPython 3.12 or 3.14 code object is made of:
// its instructions as they lie in memory (specialized ones and inline caches
// included), its line table and its exception table.
//
//	table, _ := bytecode.ForVersion(3, 14)
//	lines := bytecode.Lines(code.LineTable(), code.FirstLine())
//	for in := range table.Instructions(code.CodeUnits()) {
//		fmt.Println(lines.At(in.Start).Line, in.Op, in.Arg)
//	}
//
// Every input decodes to something: what is cut off or unknown ends the
// sequence or becomes the instruction [Unknown].
package bytecode

//go:generate go run ./gen -o ops.go gen/opcodes.tsv
