// Package syntax reads and formats the text of WIT files: it makes a syntax tree
// of one file, with the place of every name and with all comments, and does not
// look names up. Package wit does that; it is what most programs want.
//
//	var sources syntax.Sources
//	file, err := syntax.Parse(&sources, "a.wit", text)
//	if err != nil {
//		fmt.Print(err.(syntax.ErrorList).Detail()) // each error with an excerpt
//	}
//	for _, item := range file.Items {
//		if i, ok := item.(*syntax.Interface); ok {
//			fmt.Println(i.Name.Name, len(i.Items))
//		}
//	}
//
// The parser goes on after errors, so that one run shows them all. Text is never
// trusted: its size and nesting are bounded by the limits of limits.go.
package syntax
