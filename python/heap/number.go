package heap

import (
	"math"
	"math/big"
	"time"
)

const digitBits = 30

// Int is the value of an int that fits in 64 bits.
func (o Object) Int() (int64, bool) {
	if !o.IsInt() {
		return 0, false
	}
	tag := o.u32(offIntTag)
	digits := tag >> 3
	if digits > 3 {
		return 0, false
	}
	var v uint64
	for i := digits; i > 0; i-- {
		d := uint64(o.u32(offIntDigits + 4*(i-1)))
		if v > math.MaxInt64>>digitBits || d >= 1<<digitBits {
			return 0, false
		}
		v = v<<digitBits | d
	}
	if tag&3 == 2 {
		return -int64(v), true
	}
	return int64(v), true
}

// BigInt is the value of an int of any size, nil for any other object.
func (o Object) BigInt() *big.Int {
	if !o.IsInt() {
		return nil
	}
	tag := o.u32(offIntTag)
	v, d := new(big.Int), new(big.Int)
	for i := min(tag>>3, maxDigits); i > 0; i-- {
		v.Lsh(v, digitBits)
		v.Or(v, d.SetUint64(uint64(o.u32(offIntDigits+4*(i-1)))&(1<<digitBits-1)))
	}
	if tag&3 == 2 {
		v.Neg(v)
	}
	return v
}

// Float is the value of a float.
func (o Object) Float() (float64, bool) {
	if !o.IsFloat() {
		return 0, false
	}
	return math.Float64frombits(o.h.img.u64(o.addr + offFloat)), true
}

// FileDescriptor is the descriptor of an open file object of module _io, -1 if
// it is closed. ok is false for any other object.
func (o Object) FileDescriptor() (fd int, ok bool) {
	for range maxBases { // a text file is around a buffer, and that around a raw file
		inner := o.Attr("buffer")
		if inner.IsNull() {
			inner = o.Attr("raw")
		}
		if inner.IsNull() {
			break
		}
		o = inner
	}
	if o.TypeName() != "_io.FileIO" {
		return 0, false
	}
	return int(int32(o.u32(offFileDescriptor))), true
}

// DateTime is the value of a datetime.datetime, as if it were in UTC.
func (o Object) DateTime() (t time.Time, ok bool) {
	if o.TypeName() != "datetime.datetime" {
		return time.Time{}, false
	}
	b := o.h.img.span(o.addr+offDateTime, dateTimeSize)
	if len(b) < dateTimeSize {
		return time.Time{}, false
	}
	micro := int(b[7])<<16 | int(b[8])<<8 | int(b[9])
	return time.Date(int(b[0])<<8|int(b[1]), time.Month(b[2]), int(b[3]), int(b[4]), int(b[5]), int(b[6]),
		micro*1000, time.UTC), true
}
