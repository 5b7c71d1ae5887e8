package binary

// The LEB128 rules are those of the core specification, section 5.2.2: at most
// ceil(N/7) bytes, and the bits of the last byte that do not fit N must repeat
// the sign (be zero for unsigned integers).

// U32 reads an unsigned LEB128 integer of 32 bits.
func (r *Reader) U32() uint32 {
	if r.pos < len(r.data) && r.data[r.pos] < 0x80 {
		r.pos++
		return uint32(r.data[r.pos-1])
	}
	return uint32(r.unsigned(32))
}

// U64 reads an unsigned LEB128 integer of 64 bits.
func (r *Reader) U64() uint64 { return r.unsigned(64) }

// S32 reads a signed LEB128 integer of 32 bits.
func (r *Reader) S32() int32 { return int32(r.signed(32)) }

// S33 reads a signed LEB128 integer of 33 bits: a type index, or a negative
// type code.
func (r *Reader) S33() int64 { return r.signed(33) }

// S64 reads a signed LEB128 integer of 64 bits.
func (r *Reader) S64() int64 { return r.signed(64) }

func (r *Reader) unsigned(bits uint) uint64 {
	var v uint64
	for shift := uint(0); ; shift += 7 {
		b := r.Byte()
		if r.err != nil {
			return 0
		}
		v |= uint64(b&0x7f) << shift
		if left := bits - shift; left <= 7 && b>>left != 0 {
			r.overlong(b, "u", bits)
			return 0
		}
		if b < 0x80 {
			return v
		}
	}
}

func (r *Reader) signed(bits uint) int64 {
	var v int64
	for shift := uint(0); ; shift += 7 {
		b := r.Byte()
		if r.err != nil {
			return 0
		}
		v |= int64(b&0x7f) << shift
		if left := bits - shift; left <= 7 {
			unused := int8(b<<1) >> left // the sign bit and the bits above it
			if b >= 0x80 || unused != 0 && unused != -1 {
				r.overlong(b, "s", bits)
				return 0
			}
		}
		if b < 0x80 {
			if left := 64 - int(shift) - 7; left > 0 {
				v = v << left >> left
			}
			return v
		}
	}
}

func (r *Reader) overlong(last byte, sign string, bits uint) {
	if last >= 0x80 {
		r.Fail(r.Offset()-1, "integer representation too long for a %s%d", sign, bits)
		return
	}
	r.Fail(r.Offset()-1, "integer too large for a %s%d", sign, bits)
}
