package bytecode

import "sort"

// Position is a stretch of code units that comes from one place of the source.
type Position struct {
	// Start and End are byte offsets of code units.
	Start, End int
	// Line and EndLine count from 1; 0 means that the code has no line.
	Line, EndLine int
	// Col and EndCol count bytes from 0; -1 means unknown.
	Col, EndCol int
}

// LineTable is the decoded line table of a code object, in order of offsets.
type LineTable []Position

// Forms of an entry of the line table, by the code in its first byte. See
// Objects/locations.md in CPython.
const (
	formOneLine0 = 10
	formNoColumn = 13
	formLong     = 14
	formNone     = 15
)

// Lines decodes co_linetable. A damaged table decodes up to the damage.
func Lines(table []byte, firstLine int) LineTable {
	r := reader{table}
	var lines LineTable
	line, at := firstLine, 0
	for len(r.b) > 0 {
		head := r.byte()
		if head&0x80 == 0 {
			return lines
		}
		p := Position{Start: at, End: at + unitSize*(int(head&7)+1), Col: -1, EndCol: -1}
		at = p.End
		r.position(&p, head>>3&0xf, &line)
		lines = append(lines, p)
	}
	return lines
}

// position reads the rest of an entry of the given form.
func (r *reader) position(p *Position, form byte, line *int) {
	switch {
	case form == formNone:
		return
	case form == formLong:
		*line += r.signed()
		p.Line, p.EndLine = *line, *line+r.varint()
		p.Col, p.EndCol = r.varint()-1, r.varint()-1
		return
	case form == formNoColumn:
		*line += r.signed()
	case form >= formOneLine0:
		*line += int(form - formOneLine0)
		p.Col, p.EndCol = int(r.byte()), int(r.byte())
	default:
		second := r.byte()
		p.Col = int(form)<<3 | int(second>>4)
		p.EndCol = p.Col + int(second&0xf)
	}
	p.Line, p.EndLine = *line, *line
}

// At is the position of the unit at an offset; its Line is 0 if there is none.
func (t LineTable) At(offset int) Position {
	i := sort.Search(len(t), func(i int) bool { return t[i].End > offset })
	if i == len(t) || t[i].Start > offset {
		return Position{Start: offset, End: offset, Col: -1, EndCol: -1}
	}
	return t[i]
}

// reader takes numbers off a table; past the end it reads zeros.
type reader struct{ b []byte }

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// varint reads a number in groups of 6 bits, the least significant first.
func (r *reader) varint() int {
	v := uint32(0)
	for shift := 0; ; shift += 6 {
		c := r.byte()
		if shift < 30 {
			v |= uint32(c&0x3f) << shift
		}
		if c&0x40 == 0 {
			return int(v)
		}
	}
}

// signed reads a number whose lowest bit is its sign.
func (r *reader) signed() int {
	v := r.varint()
	if v&1 != 0 {
		return -(v >> 1)
	}
	return v >> 1
}
