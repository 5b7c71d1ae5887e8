package flow

import (
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/heap"
)

// Position is a place in a source file of the guest. Lines count from 1;
// columns count bytes from 1, 0 if unknown.
type Position struct {
	File            string
	Line, Col       int
	EndLine, EndCol int
}

// Role is what becomes of a value that code names.
type Role uint8

// The roles.
const (
	// RoleDropped is a value that nothing is done with.
	RoleDropped Role = iota
	// RoleBase is a value of which only an attribute is taken.
	RoleBase
	// RoleStored is a value that goes into a local variable: where that is
	// loaded, there is another use.
	RoleStored
	// RoleChecked is a value that is compared with, or tested for: a class in
	// an except clause, an argument of isinstance.
	RoleChecked
	// RolePassed is a value that goes elsewhere: an argument, a result, an
	// attribute of another object.
	RolePassed
	// RoleCalled is a value that is called.
	RoleCalled
)

// Use is one place where code names a value.
type Use struct {
	Position Position
	// Role is what becomes of the value.
	Role Role
	// Written is the name as the code has it: "sp.run".
	Written string
	// Path is the name with its first part resolved: "subprocess.run" even if
	// the code imported it under another name. "" if nothing is known.
	Path string
	// Object is the live object, no object if it is not known.
	Object heap.Object
	// Name is the object's own name, with the module that defines it:
	// "posix.listdir" for what os.listdir is.
	Name string
	// Attr is the last part of the written name.
	Attr string
	// Absent is the loaded module or class that the path goes through and
	// that lacks the attribute; no object if all is there.
	Absent heap.Object
	// Args are the arguments, if it is called.
	Args []Arg
	// Guard is what stands around the place.
	Guard Guard

	consumed bool
}

// Arg is an argument of a call.
type Arg struct {
	// Name is the keyword, "" for a positional argument.
	Name string
	// Const is the value, if it is a constant of the code.
	Const heap.Object
	// Prefix is what the value begins with, if it is a text that the code puts
	// together and whose beginning is known: f"https://example.com/{path}".
	Prefix string
	// Path is the name of the value, if it is known.
	Path string
	// Object is the value, if it is a live object.
	Object heap.Object
}

// Is reports whether the use names one of the given: by the path it was
// reached by, or by what the object itself is called.
func (u *Use) Is(names ...string) bool {
	for _, n := range names {
		if n == u.Path || n == u.Name {
			return true
		}
	}
	return false
}

// Happens reports whether the value is put to use: called, or handed to
// something that may call it.
func (u *Use) Happens() bool { return u.Role == RoleCalled || u.Role == RolePassed }

// Arg is the positional argument i, or else the one with the keyword; the zero
// Arg if there is none.
func (u *Use) Arg(i int, keyword string) Arg {
	for n, a := range u.Args {
		if a.Name == "" && n == i || a.Name != "" && a.Name == keyword {
			return a
		}
	}
	return Arg{}
}

// Import is one import that happens while a function runs.
type Import struct {
	Position Position
	// Module is the absolute name, "" if it is computed.
	Module string
	// Written is the call, if it is no import statement: "importlib.import_module".
	Written string
	// Names are those of `from Module import Names`.
	Names []string
	// Missing are the names among them that the loaded module does not have.
	Missing []string
	// Guard is what stands around the import.
	Guard Guard
}

// Write is one place where a function changes an object that outlives it: a
// global variable, or an object that was there when the snapshot was taken.
type Write struct {
	Position Position
	// Target is what is changed: "hits", "cache", "Metrics.last".
	Target string
	// How says in which way: "assigned", "append", "item assigned".
	How string
	// Object is the object that is changed; for a global variable the
	// module's names.
	Object heap.Object
	// Value is what a global variable had in the snapshot.
	Value heap.Object
	// Guard is what stands around the place.
	Guard Guard
}

// Literal is a constant str or bytes of a function.
type Literal struct {
	Position Position
	Object   heap.Object
}

// Function is what is known about one code object.
type Function struct {
	Code    *python.Code
	Uses    []*Use
	Imports []*Import
	Writes  []*Write

	refs  []heap.Object // live objects that it refers to
	attrs []string      // attributes that it takes of unknown values
	from  *Function     // who refers to it, on a shortest way from the handler
	root  bool          // called by the host or the SDK
	steps int           // references on that way
}
