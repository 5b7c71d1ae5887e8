package python

import (
	"slices"
	"strings"

	"github.com/edgelint/edgelint/python/heap"
)

// readObjects walks all live objects once: for functions, and for the objects
// that answer the component's exports.
func (s *Snapshot) readObjects() {
	s.files, s.fileAt, s.codeAt = map[string]*File{}, map[uint32]*File{}, map[uint32]*Code{}
	answers := map[heap.Object]heap.Object{} // class to the exported protocol, or no object
	for o := range s.heap.Tracked() {
		if o.IsFunction() {
			s.addFunction(o)
			continue
		}
		if o.IsClass() {
			s.addClass(o)
			continue
		}
		class := o.Type()
		if !class.IsHeapType() {
			continue
		}
		protocol, seen := answers[class]
		if !seen {
			protocol = exportedProtocol(class)
			answers[class] = protocol
		}
		if !protocol.IsNull() && len(s.Handlers) < maxInstances {
			s.addHandler(class, protocol, o)
		}
	}
	if len(s.Codes) == 0 {
		s.gap("the collector's lists are broken: functions were found by their shape")
		for fn := range s.heap.Functions() {
			s.addFunction(fn)
		}
	}
	if len(s.Handlers) == 0 {
		s.searchHandlerClasses()
	}
	slices.SortStableFunc(s.Handlers, func(a, b *Handler) int { return strings.Compare(a.QualName(), b.QualName()) })
}

// placeAll finds the origin of every module and file, now that the handlers
// tell which directory is the app's own.
func (s *Snapshot) placeAll() {
	for _, h := range s.Handlers {
		if m := s.byName[h.Module]; m != nil {
			if entry, _, ok := entryOf(m.File); ok && s.dirs[entry] != nil {
				s.dirs[entry].user = true
			}
		}
	}
	for _, m := range s.Modules {
		s.place(m)
		if f := s.files[m.File]; f != nil && f.Module == nil {
			f.Module = m
		}
	}
	for _, f := range s.files {
		at := s.fileOrigin(f.Path)
		f.Origin, f.Distribution = at.origin, at.dist
	}
	for _, c := range s.Classes {
		if m := s.byName[c.Module]; m != nil {
			c.Origin = m.Origin
		}
	}
	for _, h := range s.Handlers {
		h.readMethods(s)
	}
	slices.SortFunc(s.Codes, compareCodes)
}

func compareCodes(a, b *Code) int {
	switch {
	case a.File != b.File:
		return strings.Compare(a.File.Path, b.File.Path)
	case a.FirstLine() != b.FirstLine():
		return a.FirstLine() - b.FirstLine()
	}
	return int(int64(a.Object.Addr()) - int64(b.Object.Addr()))
}
