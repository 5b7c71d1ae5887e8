package heap

import (
	"math"
	"math/big"
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
