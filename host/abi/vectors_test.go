package abi_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/internal/corpus"
	"github.com/edgelint/edgelint/internal/conformance"
)

// The vectors of the corpus are made with definitions.py of the specification.

// vector is one line of the corpus; a kind of vector uses some of its fields.
type vector struct {
	Name           string
	Type           json.RawMessage
	Params         []json.RawMessage
	Result         json.RawMessage
	Value          json.RawMessage
	Encoding       string
	SourceEncoding string `json:"source_encoding"`
	SourceUnits    string `json:"source_units"`
	Ptr            uint32
	MemorySize     uint32 `json:"memory_size"`
	Memory         [][2]any
	Outcome        string
	Flat           json.RawMessage
	Realloc        [][5]uint32
	Align, Size    uint32
	Align64        uint32 `json:"align64"`
	Size64         uint32 `json:"size64"`
	Core           map[string][2][]string
}

// vectors runs a suite: judge is called for each line of a file of the corpus.
func vectors(t *testing.T, kind, about string, judge func(v vector) error) {
	t.Helper()
	s := conformance.Start(t, "cabi-"+kind, about)
	f, err := os.Open(filepath.Join(conformance.Shared(t), "corpus", "cabi", kind+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		s.Check(v.Name, judge(v))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	s.Finish()
}

func encodingOf(name string) abi.Encoding {
	return map[string]abi.Encoding{"utf8": abi.UTF8, "utf16": abi.UTF16, "latin1+utf16": abi.Latin1UTF16}[name]
}

// testMemory is a memory with the allocator that the vectors were made with: it
// bumps up from 4096, keeps blocks that shrink and copies blocks that grow.
type testMemory struct {
	bytes []byte
	next  uint32
	calls [][5]uint32
}

func (m *testMemory) Size() uint32 { return uint32(len(m.bytes)) }

func (m *testMemory) Read(off, n uint32) ([]byte, bool) {
	if uint64(off)+uint64(n) > uint64(len(m.bytes)) {
		return nil, false
	}
	return m.bytes[off : off+n], true
}

func (m *testMemory) realloc(_ context.Context, old, oldSize, align, size uint32) (uint32, error) {
	ptr := old
	if old == 0 || size > oldSize {
		ptr = uint32(uint64(m.next+align-1) &^ uint64(align-1))
		if uint64(ptr)+uint64(size) > uint64(len(m.bytes)) {
			return 0, abi.Trapf("out of memory")
		}
		copy(m.bytes[ptr:], m.bytes[old:old+oldSize])
		m.next = ptr + size
	}
	m.calls = append(m.calls, [5]uint32{old, oldSize, align, size, ptr})
	return ptr, nil
}

func newTestContext(t testing.TB, size uint32, encoding string) (*testMemory, *abi.Context) {
	m := &testMemory{bytes: make([]byte, size), next: 4096}
	cx := &abi.Context{}
	opts := &abi.Options{Memory: m, Realloc: m.realloc, Encoding: encodingOf(encoding)}
	cx.Start(t.Context(), opts, &abi.Instance{})
	return m, cx
}

// differs compares a memory with the runs of bytes that should be in it, and the
// calls of realloc.
func (m *testMemory) differs(v vector) error {
	want := make([]byte, len(m.bytes))
	for _, run := range v.Memory {
		b, err := hex.DecodeString(run[1].(string))
		if err != nil {
			return err
		}
		copy(want[int(run[0].(float64)):], b)
	}
	for i := range want {
		if want[i] != m.bytes[i] {
			return fmt.Errorf("byte %d is %#x, want %#x", i, m.bytes[i], want[i])
		}
	}
	if fmt.Sprint(m.calls) != fmt.Sprint(v.Realloc) && len(m.calls)+len(v.Realloc) > 0 {
		return fmt.Errorf("calls of realloc %v, want %v", m.calls, v.Realloc)
	}
	return nil
}

func coreNames(types []abi.CoreType) string {
	names := []string{}
	for _, t := range types {
		names = append(names, t.String())
	}
	return fmt.Sprint(names)
}

func TestLayoutVectors(t *testing.T) {
	vectors(t, "layout", "alignment, size and flat form of types, in memories with 32-bit and 64-bit addresses",
		func(v vector) error {
			typ, err := corpus.ParseType(v.Type)
			if err != nil {
				return err
			}
			var flat []string
			if err := json.Unmarshal(v.Flat, &flat); err != nil {
				return err
			}
			l, wide := typ.Layout(), typ.Layout64()
			got := []any{l.Align, l.Size, wide.Align, wide.Size, coreNames(l.Flat)}
			want := []any{v.Align, v.Size, v.Align64, v.Size64, fmt.Sprint(flat)}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				return fmt.Errorf("%s: align, size, 64-bit align, size, flat: %v, want %v", typ, got, want)
			}
			return nil
		})
}

func TestSignatureVectors(t *testing.T) {
	conventions := map[string]abi.Convention{
		"lift-sync": abi.LiftSync, "lower-sync": abi.LowerSync, "lift-async-callback": abi.LiftCallback,
		"lift-async-stackful": abi.LiftStackful, "lower-async": abi.LowerAsync,
	}
	vectors(t, "signature", "core function types of component functions, lifted and lowered, sync and async",
		func(v vector) error {
			var params []abi.Field
			for _, p := range v.Params {
				typ, err := corpus.ParseType(p)
				if err != nil {
					return err
				}
				params = append(params, abi.Field{Type: typ})
			}
			result, err := corpus.ParseType(v.Result)
			if err != nil {
				return err
			}
			ft := abi.NewFuncType(false, result, params...)
			for name, want := range v.Core {
				s := ft.Signature(conventions[name])
				got := coreNames(s.Params) + coreNames(s.Results)
				if w := fmt.Sprint(want[0]) + fmt.Sprint(want[1]); got != w {
					return fmt.Errorf("%s of %s: %s, want %s", name, ft, got, w)
				}
			}
			return nil
		})
}

func TestStoreVectors(t *testing.T) {
	vectors(t, "store", "values written to memory: the bytes, and each call of realloc", func(v vector) error {
		m, cx := newTestContext(t, 1<<17, v.Encoding)
		typ, err := corpus.ParseType(v.Type)
		if err != nil {
			return err
		}
		value, err := corpus.ParseValue(v.Value, typ, textFrom(encodingOf(v.SourceEncoding)))
		if err != nil {
			return err
		}
		if err := cx.StoreValue(typ, value, v.Ptr); err != nil {
			return err
		}
		return m.differs(v)
	})
}

func TestLowerFlatVectors(t *testing.T) {
	vectors(t, "lower-flat", "values lowered to core values: these, the memory, and each call of realloc",
		func(v vector) error {
			m, cx := newTestContext(t, 1<<17, v.Encoding)
			typ, err := corpus.ParseType(v.Type)
			if err != nil {
				return err
			}
			value, err := corpus.ParseValue(v.Value, typ, textFrom(encodingOf(v.SourceEncoding)))
			if err != nil {
				return err
			}
			var want [][2]string
			if err := json.Unmarshal(v.Flat, &want); err != nil {
				return err
			}
			flat := make([]uint64, typ.Layout().FlatLen)
			if err := cx.LowerFlat(typ, value, flat); err != nil {
				return err
			}
			for i, w := range want {
				if got := strconv.FormatUint(flat[i], 10); got != w[1] || typ.Layout().Flat[i].String() != w[0] {
					return fmt.Errorf("flat value %d: %s %s, want %v", i, typ.Layout().Flat[i], got, w)
				}
			}
			return m.differs(v)
		})
}

func TestStringVectors(t *testing.T) {
	vectors(t, "string", "strings between all pairs of encodings: the bytes, and each call of realloc",
		func(v vector) error {
			m, cx := newTestContext(t, 1<<17, v.Encoding)
			var text string
			if err := json.Unmarshal(v.Value, &text); err != nil {
				return err
			}
			from := encodingOf(v.SourceEncoding)
			if units := strconv.FormatUint(uint64(unitsIn(text, from)), 10); units != v.SourceUnits {
				return fmt.Errorf("source has %s units, want %s", units, v.SourceUnits)
			}
			flat := make([]uint64, 2)
			if err := cx.LowerFlat(abi.TypeString, textFrom(from)(text), flat); err != nil {
				return err
			}
			var want [2]string
			if err := json.Unmarshal(v.Result, &want); err != nil {
				return err
			}
			if got := fmt.Sprint(flat[0], flat[1]); got != want[0]+" "+want[1] {
				return fmt.Errorf("pointer and length %s, want %v", got, want)
			}
			return m.differs(v)
		})
}

func TestLoadVectors(t *testing.T) {
	vectors(t, "load", "values read from memory, or the trap", func(v vector) error {
		m, cx := newTestContext(t, v.MemorySize, v.Encoding)
		for _, run := range v.Memory {
			b, err := hex.DecodeString(run[1].(string))
			if err != nil {
				return err
			}
			copy(m.bytes[int(run[0].(float64)):], b)
		}
		typ, err := corpus.ParseType(v.Type)
		if err != nil {
			return err
		}
		got, err := cx.LoadValue(typ, v.Ptr)
		if v.Outcome == "trap" {
			if err == nil {
				return fmt.Errorf("loaded %s, want a trap", got)
			}
			return nil
		}
		if err != nil {
			return err
		}
		want, err := corpus.ParseValue(v.Value, typ, abi.String)
		if err != nil {
			return err
		}
		if g, w := got.String(), want.String(); g != w {
			return fmt.Errorf("loaded %s, want %s", g, w)
		}
		return nil
	})
}

// textFrom makes strings as if they had been lifted from a memory of an encoding.
func textFrom(from abi.Encoding) corpus.Text {
	return func(s string) abi.Value { return abi.TextValue(s, from, unitsIn(s, from)) }
}

// unitsIn is the length of a string as a memory of an encoding says it.
func unitsIn(s string, e abi.Encoding) uint32 {
	if e == abi.UTF8 {
		return uint32(len(s))
	}
	units := uint32(len(utf16.Encode([]rune(s))))
	beyondLatin1 := strings.ContainsFunc(s, func(r rune) bool { return r > 0xff })
	if e == abi.Latin1UTF16 && beyondLatin1 {
		units |= 1 << 31
	}
	return units
}
