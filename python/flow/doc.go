// Package flow finds out what the code frozen in a Python component refers to.
// It runs each function's bytecode over abstract values, resolves names and
// attributes against the live objects of the snapshot, so that aliases come out
// as what they stand for, and follows references from the handler of requests
// to tell what a request can reach.
//
//	prog := flow.Analyze(snap)
//	for _, fn := range prog.Functions() {
//		for _, use := range fn.Uses {
//			if use.Is("subprocess.run") && use.Happens() {
//				fmt.Println(use.Position, use.Written, fn.Reached())
//			}
//		}
//	}
//
// The analysis is flow-insensitive in local variables and knows no types but
// those of the objects it sees: what it resolves is right, what it does not
// resolve is left out.
package flow
