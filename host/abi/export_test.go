package abi

// TextValue is a string as if it had been lifted from a memory.
func TextValue(s string, from Encoding, units uint32) Value {
	return Value{kind: KindString, text: Text{s: s, from: from, units: units}}
}
