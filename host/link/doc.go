// Package link turns a component into a [Plan]: the core modules to instantiate,
// in which order and with which imports, and the host functions between them, all
// indices, aliases, nested components and bags of exports resolved.
//
//	info, errs := component.Check(file, component.CheckOptions{})
//	if err := errs.Err(); err != nil {
//		return err
//	}
//	plan, err := link.Link(file, info, imports, link.Options{})
//
// Linking happens once for a component. It runs no code and knows no engine; a
// plan is immutable, and package host runs it any number of times.
package link
