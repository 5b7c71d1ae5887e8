package component

import "github.com/edgelint/edgelint/internal/binary"

// Opcodes of the types that hold declarations, and the sort byte of types.
const (
	opComponentType = 0x41
	opInstanceType  = 0x42
	sortByteType    = 0x03
)

// declWriter writes the declarations of a component type or instance type and
// counts the indices that they take.
type declWriter struct {
	buf                     []byte
	decls, types, instances uint32
}

// finish gives the type that the declarations make up.
func (w *declWriter) finish(opcode byte) []byte {
	return append(binary.AppendU32([]byte{opcode}, w.decls), w.buf...)
}

// beginType begins a type declaration and gives its index; the caller appends
// the type.
func (w *declWriter) beginType() uint32 {
	w.buf = append(w.buf, 0x01)
	w.decls++
	w.types++
	return w.types - 1
}

// aliasType declares an alias of a type that an instance exports.
func (w *declWriter) aliasType(instance uint32, name string) uint32 {
	w.buf = append(w.buf, 0x02, sortByteType, 0x00)
	w.buf = binary.AppendName(binary.AppendU32(w.buf, instance), name)
	w.decls++
	w.types++
	return w.types - 1
}

// aliasOuterType declares an alias of a type of the scope around this one.
func (w *declWriter) aliasOuterType(index uint32) uint32 {
	w.buf = append(w.buf, 0x02, sortByteType, 0x02, 0x01)
	w.buf = binary.AppendU32(w.buf, index)
	w.decls++
	w.types++
	return w.types - 1
}

func (w *declWriter) imports(name ExternName, desc ExternDesc) { w.extern(0x03, name, desc) }

func (w *declWriter) export(name ExternName, desc ExternDesc) { w.extern(0x04, name, desc) }

func (w *declWriter) extern(opcode byte, name ExternName, desc ExternDesc) {
	w.buf = appendExternDesc(appendExternName(append(w.buf, opcode), name), desc)
	w.decls++
	switch desc.Sort {
	case SortType:
		w.types++
	case SortInstance:
		w.instances++
	}
}

// appendExternName appends a name with its attributes (Binary.md,
// "externname").
func appendExternName(b []byte, n ExternName) []byte {
	if n.Attributes == 0 {
		return binary.AppendName(append(b, 0x00), n.Name)
	}
	b = binary.AppendName(append(b, 0x02), n.Name)
	count := len(b)
	b = append(b, 0)
	for i, value := range [...]string{n.Implements, n.VersionSuffix, n.ExternalID} {
		if n.Attributes&(1<<i) != 0 {
			b[count]++
			b = binary.AppendName(append(b, byte(i)), value)
		}
	}
	return b
}

// appendExternDesc appends the type of an import or export (Binary.md,
// "externtype").
func appendExternDesc(b []byte, d ExternDesc) []byte {
	switch d.Sort {
	case SortCoreModule:
		b = append(b, 0x00, 0x11)
	case SortFunc:
		b = append(b, 0x01)
	case SortType:
		if d.Bound == BoundSub {
			return append(b, sortByteType, 0x01)
		}
		b = append(b, sortByteType, 0x00)
	case SortComponent:
		b = append(b, 0x04)
	case SortInstance:
		b = append(b, 0x05)
	}
	return binary.AppendU32(b, d.Index)
}
