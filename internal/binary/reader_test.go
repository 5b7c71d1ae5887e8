package binary

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

func TestIntegersFollowTheLEB128Rules(t *testing.T) {
	t.Parallel()
	u32 := func(r *Reader) int64 { return int64(r.U32()) }
	u64 := func(r *Reader) int64 { return int64(r.U64()) }
	s32 := func(r *Reader) int64 { return int64(r.S32()) }
	s33, s64 := (*Reader).S33, (*Reader).S64
	for _, c := range []struct {
		name  string
		read  func(*Reader) int64
		bytes string
		want  int64
		fault string
	}{
		{"u32 one byte", u32, "\x7f", 127, ""},
		{"u32 padded", u32, "\x80\x80\x80\x80\x00", 0, ""},
		{"u32 largest", u32, "\xff\xff\xff\xff\x0f", 0xffffffff, ""},
		{"u32 too large", u32, "\xff\xff\xff\xff\x10", 0, "too large for a u32 (at offset 0x14)"},
		{"u32 too long", u32, "\x80\x80\x80\x80\x80\x00", 0, "too long for a u32 (at offset 0x14)"},
		{"u32 cut", u32, "\x80\x80", 0, "at least 1 more byte is needed (at offset 0x12)"},
		{"u32 absent", u32, "", 0, "unexpected end"},
		{"u64 largest", u64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", -1, ""},
		{"u64 too large", u64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 0, "too large for a u64"},
		{"u64 too long", u64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x80", 0, "too long for a u64"},
		{"s32 minus one", s32, "\x7f", -1, ""},
		{"s32 two bytes", s32, "\x80\x7f", -128, ""},
		{"s32 smallest", s32, "\x80\x80\x80\x80\x78", -1 << 31, ""},
		{"s32 largest", s32, "\xff\xff\xff\xff\x07", 1<<31 - 1, ""},
		{"s32 too large", s32, "\xff\xff\xff\xff\x0f", 0, "too large for a s32"},
		{"s32 too long", s32, "\xff\xff\xff\xff\xff", 0, "too long for a s32"},
		{"s33 one byte", s33, "\x40", -64, ""},
		{"s33 largest", s33, "\xff\xff\xff\xff\x0f", 1<<32 - 1, ""},
		{"s33 smallest", s33, "\x80\x80\x80\x80\x70", -1 << 32, ""},
		{"s33 too large", s33, "\xff\xff\xff\xff\x1f", 0, "too large for a s33"},
		{"s64 smallest", s64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", -1 << 63, ""},
		{"s64 largest", s64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", 1<<63 - 1, ""},
		{"s64 too large", s64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 0, "too large for a s64"},
	} {
		r := NewReader([]byte(c.bytes), 0x10)
		got := c.read(&r)
		checkError(t, c.name, r.Err(), c.fault)
		if got != c.want {
			t.Errorf("%s: read %d, want %d", c.name, got, c.want)
		}
		if c.fault == "" && r.More() {
			t.Errorf("%s: %d bytes left", c.name, r.Len())
		}
	}
}

func TestVectorsAndNamesAreBoundedByTheInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, bytes string
		read        func(*Reader)
		fault       string
		missing     int64
	}{
		{"count", "\x02ab", func(r *Reader) { r.Bytes(r.Count("types", 2)) }, "", 0},
		{
			"count above the limit", "\x03abc", func(r *Reader) { r.Count("types", 2) },
			"3 types exceed the limit of 2 (at offset 0x0)", 0,
		},
		{
			"count above the bytes", "\xff\xff\xff\x0f", func(r *Reader) { r.Count("types", 1<<30) },
			"33554431 types announced but only 0 bytes remain (at offset 0x0)", 33554431,
		},
		{"name", "\x03abc", func(r *Reader) { r.Name() }, "", 0},
		{"name cut", "\x05abc", func(r *Reader) { r.Name() }, "at least 2 more bytes are needed (at offset 0x4)", 2},
		{"name not UTF-8", "\x03a\xc0b", func(r *Reader) { r.Name() }, "malformed UTF-8 encoding in a name (at offset 0x2)", 0},
		{
			"name too long", "\xa1\x8d\x06" + strings.Repeat("a", MaxString+1), func(r *Reader) { r.Name() },
			"name of 100001 bytes exceeds the limit of 100000", 0,
		},
		{
			"long name", "\xa1\x8d\x06" + strings.Repeat("a", MaxString+1), func(r *Reader) { r.LongName() }, "", 0,
		},
		{"word cut", "ab", func(r *Reader) { r.Word() }, "at least 2 more bytes are needed (at offset 0x2)", 2},
		{"double cut", "abcdefg", func(r *Reader) { r.Double() }, "at least 1 more byte is needed (at offset 0x7)", 1},
		{"flag", "\x02", func(r *Reader) { r.Flag("shared") }, "shared must be 0x00 or 0x01, found 0x02 (at offset 0x0)", 0},
		{"rest", "a", func(*Reader) {}, "unexpected bytes at the end of the test: 1 (at offset 0x0)", 0},
	} {
		r := NewReader([]byte(c.bytes), 0)
		c.read(&r)
		r.Finish("test")
		checkError(t, c.name, r.Err(), c.fault)
		if e, ok := errors.AsType[*Error](r.Err()); ok && e.Missing != c.missing {
			t.Errorf("%s: %d bytes missing, want %d", c.name, e.Missing, c.missing)
		}
	}
}

func TestReaderKeepsItsFirstError(t *testing.T) {
	t.Parallel()
	r := NewReader([]byte("\x80"), 7)
	r.U32()
	r.Fail(1, "later")
	r.Adopt(errors.New("later"))
	if r.Name() != "" || r.U64() != 0 || r.S64() != 0 || r.Byte() != 0 || r.Peek() != 0 || r.Rest() == nil {
		t.Error("a failed reader must read zeros")
	}
	checkError(t, "first", r.Err(), "(at offset 0x8)")
}

func TestSubReaderReportsFileOffsets(t *testing.T) {
	t.Parallel()
	r := NewReader([]byte("\x02\x01\x80\x05"), 100)
	sub := r.Part(int64(r.U32()))
	sub.Byte()
	sub.U32()
	checkError(t, "sub", sub.Err(), "(at offset 0x67)")
	if r.Byte() != 5 || r.Err() != nil {
		t.Error("the parent must go on behind the part")
	}
	r.Adopt(sub.Err())
	checkError(t, "adopted", r.Err(), "(at offset 0x67)")
}

// FuzzReader checks the integers against encoding/binary's decoder, which knows
// the same encoding without the rules on its length.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"\x00", "\x80\x7f", "\xff\xff\xff\xff\x0f", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(data, 0)
		got := r.U64()
		want, n := binary.Uvarint(data)
		if (r.Err() == nil) != (n > 0) {
			t.Fatalf("%x: error %v, encoding/binary read %d bytes", data, r.Err(), n)
		}
		if r.Err() == nil && (got != want || r.Offset() != int64(n)) {
			t.Fatalf("%x: read %d in %d bytes, want %d in %d", data, got, r.Offset(), want, n)
		}
		for _, read := range []func(*Reader) int64{(*Reader).S33, (*Reader).S64} {
			r := NewReader(data, 0)
			if v := read(&r); r.Err() == nil && len(data) > 0 && (v < 0) != (data[r.Offset()-1]&0x40 != 0) {
				t.Fatalf("%x: sign of %d", data, v)
			}
		}
	})
}

func checkError(t *testing.T, name string, err error, want string) {
	t.Helper()
	switch {
	case err == nil && want != "":
		t.Errorf("%s: no error, want %q", name, want)
	case err != nil && (want == "" || !strings.HasSuffix(err.Error(), want) && !strings.Contains(err.Error(), want)):
		t.Errorf("%s: error %q, want %q", name, err, want)
	}
}
