package core

import (
	"errors"
	"iter"

	"github.com/edgelint/edgelint/internal/binary"
)

const (
	elementPassive  = 1 << 0 // or declared, with the next bit
	elementTable    = 1 << 1 // active: the table is written; else declared
	elementExprs    = 1 << 2
	maxDataHeader   = 64 // bytes of a data segment's usual header, and more
	maxBodyHeader   = 5
	dataPassive     = 1
	dataOfMemory    = 2
	elementKindFunc = 0
)

func (d *decoder) elements(r *binary.Reader) {
	n := r.Count("element segments", MaxElementSegments)
	d.m.Elements = make([]Element, 0, eager(n))
	for d.item = range n {
		d.m.Elements = append(d.m.Elements, readElement(r))
		if r.Err() != nil {
			return
		}
	}
}

func readElement(r *binary.Reader) Element {
	e := Element{Offset: r.Offset(), Type: FuncRef}
	flags := r.U32()
	if flags > elementPassive|elementTable|elementExprs {
		r.Fail(e.Offset, "0x%02x are no flags of an element segment", flags)
		return e
	}
	e.Exprs = flags&elementExprs != 0
	switch {
	case flags&elementPassive == 0:
		if flags&elementTable != 0 {
			e.Table = r.U32()
		}
		e.Start = readConstExpr(r)
	case flags&elementTable != 0:
		e.Mode = SegmentDeclared
	default:
		e.Mode = SegmentPassive
	}
	if flags&(elementPassive|elementTable) != 0 {
		readElementType(r, &e)
	} else if !e.Exprs {
		e.Type = FuncRef.AsNonNull()
	}
	readElementItems(r, &e)
	return e
}

func readElementType(r *binary.Reader, e *Element) {
	if e.Exprs {
		e.Type = ReadRefType(r)
		return
	}
	if c := r.Byte(); c != elementKindFunc {
		r.Fail(r.Offset()-1, "0x%02x is no kind of element: only functions, 0x00, are", c)
	}
	e.Type = FuncRef.AsNonNull()
}

func readElementItems(r *binary.Reader, e *Element) {
	n := r.Count("elements", MaxTableEntries)
	e.Count = n
	e.Items.Off = r.Offset()
	for i := 0; i < n && r.Err() == nil; i++ {
		if e.Exprs {
			readConstExpr(r)
		} else {
			r.U32()
		}
	}
	e.Items.Len = r.Offset() - e.Items.Off
}

// ElementFuncs yields the function indices of a segment without expressions.
func (m *Module) ElementFuncs(e Element) iter.Seq2[uint32, error] {
	return func(yield func(uint32, error) bool) {
		if e.Exprs {
			return
		}
		for r, err := range m.elementItems(e) {
			if err != nil {
				yield(0, err)
				return
			}
			if i := r.U32(); !yield(i, r.Err()) {
				return
			}
		}
	}
}

// ElementExprs yields the constant expressions of a segment that has them.
func (m *Module) ElementExprs(e Element) iter.Seq2[ConstExpr, error] {
	return func(yield func(ConstExpr, error) bool) {
		if !e.Exprs {
			return
		}
		for r, err := range m.elementItems(e) {
			if err != nil {
				yield(ConstExpr{}, err)
				return
			}
			if x := readConstExpr(r); !yield(x, r.Err()) {
				return
			}
		}
	}
}

// elementItems yields a reader once for every item of a segment.
func (m *Module) elementItems(e Element) iter.Seq2[*binary.Reader, error] {
	return func(yield func(*binary.Reader, error) bool) {
		b, err := m.Bytes(e.Items)
		if err != nil {
			yield(nil, err)
			return
		}
		r := binary.NewReader(b, e.Items.Off)
		for range e.Count {
			if !yield(&r, nil) || r.Err() != nil {
				return
			}
		}
	}
}

// code records where function bodies lie.
func (d *decoder) code(content Range) error {
	n, off, err := d.count(content, "function bodies", MaxFunctions)
	if err != nil {
		return err
	}
	d.m.code = content
	d.m.bodies = make([]bodyRange, 0, min(n, 8*maxEager))
	for d.item = range n {
		r, err := d.windows.Reader(off, maxBodyHeader)
		if err != nil {
			return err
		}
		size := int64(r.U32())
		at := r.Offset()
		switch {
		case r.Err() != nil:
		case size > content.End()-at:
			r.Fail(off, "a body of %d bytes, but %d remain in the section", size, content.End()-at)
		case size > MaxFunctionSize:
			r.Fail(off, "a body of %d bytes exceeds the limit of %d", size, MaxFunctionSize)
		}
		if r.Err() != nil {
			return r.Err()
		}
		d.m.bodies = append(d.m.bodies, bodyRange{uint32(at - content.Off), uint32(size)})
		off = at + size
	}
	return d.finish(off, content)
}

func (d *decoder) data(content Range) error {
	n, off, err := d.count(content, "data segments", MaxDataSegments)
	if err != nil {
		return err
	}
	d.m.Data = make([]Data, 0, eager(n))
	for d.item = range n {
		seg, err := d.segment(off, content.End())
		if err != nil {
			return err
		}
		d.m.Data = append(d.m.Data, seg)
		off = seg.Content.End()
	}
	return d.finish(off, content)
}

// count reads the length of a section's vector, and where its elements begin.
func (d *decoder) count(content Range, what string, limit int) (n int, off int64, err error) {
	src, err := d.src.Part(content.Off, content.Len)
	if err != nil {
		return 0, 0, err
	}
	r, err := binary.NewWindows(src).Reader(content.Off, 5)
	if err != nil {
		return 0, 0, err
	}
	n = r.Count(what, limit)
	return n, r.Offset(), r.Err()
}

func (d *decoder) finish(off int64, content Range) error {
	d.item = -1
	if left := content.End() - off; left > 0 {
		return binary.Errorf(off, "unexpected bytes at the end of the section: %d", left)
	}
	return nil
}

// segment reads the header of the data segment at off, which may be longer than
// what is read of it at first.
func (d *decoder) segment(off, end int64) (Data, error) {
	for window := int64(maxDataHeader); ; window *= 2 {
		r, err := d.windows.Reader(off, int(min(window, end-off)))
		if err != nil {
			return Data{}, err
		}
		seg := readData(&r)
		if r.Err() == nil && seg.Content.Len > end-seg.Content.Off {
			r.Fail(off, "a segment of %d bytes, but %d remain in the section", seg.Content.Len, end-seg.Content.Off)
			return seg, r.Err()
		}
		e, _ := errors.AsType[*binary.Error](r.Err())
		if e == nil || e.Missing == 0 || window >= end-off {
			return seg, r.Err()
		}
	}
}

func readData(r *binary.Reader) Data {
	s := Data{Offset: r.Offset()}
	switch flags := r.U32(); flags {
	case dataPassive:
		s.Mode = SegmentPassive
	case dataOfMemory:
		s.Memory = r.U32()
		s.Start = readConstExpr(r)
	case 0:
		s.Start = readConstExpr(r)
	default:
		r.Fail(s.Offset, "0x%02x are no flags of a data segment", flags)
	}
	s.Content.Len = int64(r.U32())
	s.Content.Off = r.Offset()
	return s
}
