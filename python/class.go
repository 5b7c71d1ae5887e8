package python

import "github.com/edgelint/edgelint/python/heap"

// Class is a live class made at run time, by a class statement or by a C
// module.
type Class struct {
	// Name is the qualified name, and Module the name of the module that
	// defines it.
	Name, Module string
	// Origin says whose it is.
	Origin Origin
	// Object is the class.
	Object heap.Object
}

func (s *Snapshot) addClass(o heap.Object) {
	if o.IsHeapType() && len(s.Classes) < maxClasses {
		s.Classes = append(s.Classes, &Class{Name: o.QualName(), Module: o.ModuleName(), Object: o})
	}
}
