package python

import (
	"iter"

	"github.com/edgelint/edgelint/python/bytecode"
	"github.com/edgelint/edgelint/python/heap"
)

// File is a source file that live code comes from.
type File struct {
	// Path is the guest path, or a name in angle brackets for code that no
	// file has.
	Path string
	// Origin says whose it is.
	Origin Origin
	// Distribution is the installed distribution it belongs to, if known.
	Distribution *Distribution
	// Module is the loaded module of this file, nil if there is none.
	Module *Module
}

// Code is a live code object.
type Code struct {
	// Object is the code object.
	Object heap.Object
	// File is where it comes from.
	File *File
	// Parent is the code object whose constants hold this one; nil for the
	// code of a function that stands at top level or in a class body.
	Parent *Code
	// Functions are the live functions that run this code; empty for code
	// that only the parent makes functions of.
	Functions []heap.Object

	snap      *Snapshot
	firstLine int
}

// Name is the name of the function, "<lambda>" and the like included.
func (c *Code) Name() string { return c.Object.Name() }

// QualName is the dotted name in the file: "Handler.handle_request".
func (c *Code) QualName() string { return c.Object.QualName() }

// FirstLine is the line where the definition starts, decorators included.
func (c *Code) FirstLine() int { return c.firstLine }

// Lines is the line table.
func (c *Code) Lines() bytecode.LineTable {
	return bytecode.Lines(c.Object.LineTable(), c.FirstLine())
}

// Handlers is the exception table.
func (c *Code) Handlers() []bytecode.Handler { return bytecode.Handlers(c.Object.ExceptionTable()) }

// Instructions yields the instructions.
func (c *Code) Instructions() iter.Seq[bytecode.Instr] {
	return c.snap.table.Instructions(c.Object.CodeUnits())
}

// Module is the module whose names the code sees as globals, or nil.
func (c *Code) Module() *Module {
	for at := c; at != nil; at = at.Parent {
		for _, fn := range at.Functions {
			if m := c.snap.moduleOfGlobals(fn.Globals()); m != nil {
				return m
			}
		}
	}
	return c.File.Module
}

func (s *Snapshot) moduleOfGlobals(globals heap.Object) *Module {
	m := s.byName[globals.Get("__name__").Text()]
	if m != nil && m.Globals() == globals {
		return m
	}
	return nil
}

// wellFormed reports whether the instructions decode to the last unit.
func (c *Code) wellFormed() bool {
	end := 0
	for in := range c.Instructions() {
		if in.Op == bytecode.Unknown {
			return false
		}
		end = in.Next
	}
	return end > 0 && end == len(c.Object.CodeUnits())
}

// CodeOf is the code of a function, or of a code object, nil if it is not live.
func (s *Snapshot) CodeOf(o heap.Object) *Code {
	if o.IsFunction() {
		o = o.Code()
	}
	return s.codeAt[o.Addr()]
}

// addFunction records a live function's code.
func (s *Snapshot) addFunction(fn heap.Object) {
	c := s.addCode(fn.Code(), nil, 0)
	if c != nil && len(c.Functions) < maxShared {
		c.Functions = append(c.Functions, fn)
	}
}

// addCode records a code object and those nested in it.
func (s *Snapshot) addCode(o heap.Object, parent *Code, depth int) *Code {
	if c := s.codeAt[o.Addr()]; c != nil {
		if c.Parent == nil && !parent.within(c) {
			c.Parent = parent
		}
		return c
	}
	if !o.IsCode() || depth > maxNesting || len(s.Codes) >= maxCodes {
		return nil
	}
	c := &Code{Object: o, Parent: parent, File: s.fileOf(o), snap: s, firstLine: o.FirstLine()}
	s.codeAt[o.Addr()] = c
	s.Codes = append(s.Codes, c)
	for k := range o.Consts().Elems() {
		if k.IsCode() {
			s.addCode(k, c, depth+1)
		}
	}
	return c
}

// within reports whether the code is c or nested in it, as a damaged heap may
// have it both ways round.
func (c *Code) within(outer *Code) bool {
	for at := c; at != nil; at = at.Parent {
		if at == outer {
			return true
		}
	}
	return false
}

// fileOf is the file of a code object.
func (s *Snapshot) fileOf(code heap.Object) *File {
	name := code.FileNameObject()
	if f := s.fileAt[name.Addr()]; f != nil {
		return f
	}
	path := name.Text()
	f := s.files[path]
	if f == nil {
		f = &File{Path: path}
		s.files[path] = f
	}
	s.fileAt[name.Addr()] = f
	return f
}
