package binary

// AppendU32 appends v as unsigned LEB128, in as few bytes as it takes.
func AppendU32(b []byte, v uint32) []byte {
	for ; v >= 0x80; v >>= 7 {
		b = append(b, byte(v)|0x80)
	}
	return append(b, byte(v))
}

// AppendS64 appends v as signed LEB128, in as few bytes as it takes.
func AppendS64(b []byte, v int64) []byte {
	for v < -0x40 || v >= 0x40 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v)&0x7f)
}

// AppendName appends a string with its length in front.
func AppendName(b []byte, s string) []byte {
	return append(AppendU32(b, uint32(len(s))), s...)
}

// AppendSection appends a section: its id, its size and its content, which is
// given in parts.
func AppendSection(b []byte, id byte, parts ...[]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	b = AppendU32(append(b, id), uint32(size))
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// AppendCustom appends a custom section.
func AppendCustom(b []byte, name string, data []byte) []byte {
	return AppendSection(b, 0, AppendName(nil, name), data)
}
