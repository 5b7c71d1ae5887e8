package bytecode

// Handler is an entry of the exception table: where control goes when one of
// the units from Start to End (byte offsets) raises.
type Handler struct {
	Start, End int
	Target     int
	Depth      int  // values left on the stack
	LastI      bool // the offset of the raising instruction is pushed, too
}

// Handlers decodes co_exceptiontable. A damaged table decodes up to the damage.
func Handlers(table []byte) []Handler {
	r := reader{table}
	var handlers []Handler
	for len(r.b) > 0 {
		start, ok1 := r.entryNumber()
		length, ok2 := r.entryNumber()
		target, ok3 := r.entryNumber()
		depth, ok4 := r.entryNumber()
		if !ok1 || !ok2 || !ok3 || !ok4 {
			break
		}
		handlers = append(handlers, Handler{
			Start: start * unitSize, End: (start + length) * unitSize, Target: target * unitSize,
			Depth: depth >> 1, LastI: depth&1 != 0,
		})
	}
	return handlers
}

// entryNumber reads a number in groups of 6 bits, the most significant first.
// Numbers are units of a code object: larger ones than fit are damage.
func (r *reader) entryNumber() (int, bool) {
	v := 0
	for {
		if len(r.b) == 0 || v > maxOffset>>8 {
			return 0, false
		}
		c := r.byte()
		v = v<<6 | int(c&0x3f)
		if c&0x40 == 0 {
			return v, true
		}
	}
}
