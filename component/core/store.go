package core

import (
	"encoding/binary"
	"slices"

	ibinary "github.com/edgelint/edgelint/internal/binary"
)

// TypeID is the identity of a type in a [TypeStore].
type TypeID uint32

// TypeStore holds the types of any number of modules, each once: recursion
// groups that are equal by the rules of the core specification (section 3.1.3)
// have equal [TypeID]s, whichever module defines them. A store must not be used
// by several goroutines at once; what it handed out may be read by all.
//
// The zero value is an empty store.
type TypeStore struct {
	types  typeList
	depths []uint8           // number of declared supertypes above each type
	groups map[string]TypeID // canonical encoding of a group to its first type
	key    []byte
}

// Type is the type of an ID, with [TypeID]s in place of type indices.
func (s *TypeStore) Type(id TypeID) SubType { return s.types[id] }

// Len is the number of types.
func (s *TypeStore) Len() int { return len(s.types) }

// TypeScope tells which types indices refer to while a group is interned.
type TypeScope struct {
	// Base is the index of the group's first type.
	Base uint32
	// Lookup gives the type of an index below Base, false if that is no core type.
	Lookup func(index uint32) (TypeID, bool)
}

// Intern checks a recursion group (core specification, section 3.2) and gives
// the ID of its first type; the others follow. The group's indices are those of
// the scope.
func (s *TypeStore) Intern(g RecGroup, scope TypeScope, features Features) (TypeID, error) {
	if g.Explicit && !features.Has(GC) {
		return 0, fault(g.Offset, "a recursion group requires the gc feature")
	}
	if !g.Explicit && len(g.Types) == 1 && isPlainFunc(&g.Types[0]) {
		return s.add(g, g.Types, features) // the usual: no references to resolve
	}
	c := canonicalizer{scope: scope, len: uint32(len(g.Types)), gc: features.Has(GC)}
	types := slices.Clone(g.Types)
	for i := range types {
		if err := c.subType(&types[i], uint32(i)); err != nil {
			return 0, err
		}
	}
	return s.add(g, types, features)
}

// isPlainFunc reports whether a type is a function over numbers and abstract
// references.
func isPlainFunc(t *SubType) bool {
	return t.Kind == CompositeFunc && t.Super == NoIndex && t.Descriptor == NoIndex && t.Describes == NoIndex &&
		!slices.ContainsFunc(t.Func.Params, ValType.isIndexed) &&
		!slices.ContainsFunc(t.Func.Results, ValType.isIndexed)
}

// add finds the canonical types in the store or puts them there.
func (s *TypeStore) add(g RecGroup, types []SubType, features Features) (TypeID, error) {
	s.key = s.key[:0]
	for i := range types {
		s.key = appendSubType(s.key, &types[i])
	}
	if id, ok := s.groups[string(s.key)]; ok {
		return id, nil
	}
	first := len(s.types)
	if uint64(first+len(types)) > uint64(indexMask) {
		return 0, fault(g.Offset, "more than %d types in all modules", indexMask)
	}
	for i := range types {
		s.types = append(s.types, types[i])
		s.types[first+i].absolute(uint32(first))
		s.depths = append(s.depths, 0)
	}
	if err := s.checkGroup(TypeID(first), features); err != nil {
		s.types, s.depths = s.types[:first], s.depths[:first]
		return 0, err
	}
	if s.groups == nil {
		s.groups = map[string]TypeID{}
	}
	s.groups[string(s.key)] = TypeID(first)
	return TypeID(first), nil
}

func fault(offset int64, format string, args ...any) *Error {
	return place(ibinary.Errorf(offset, format, args...), "")
}

// canonicalizer turns indices of a scope into IDs, or into indices relative to
// the group for its own types.
type canonicalizer struct {
	scope TypeScope
	len   uint32
	gc    bool
	at    int64 // offset of the type at hand
}

func (c *canonicalizer) subType(t *SubType, i uint32) error {
	c.at = t.Offset
	self := c.scope.Base + i
	if t.Super != NoIndex && t.Super >= self {
		return fault(c.at, "supertype %d must be defined before its subtype %d", t.Super, self)
	}
	if t.Describes != NoIndex && t.Describes >= self {
		return fault(c.at, "described type %d must be defined before its descriptor %d", t.Describes, self)
	}
	for _, index := range []*uint32{&t.Super, &t.Descriptor, &t.Describes} {
		if err := c.index(index); err != nil {
			return err
		}
	}
	if t.Kind == CompositeCont {
		if err := c.index(&t.Cont); err != nil {
			return err
		}
	}
	var err error
	if t.Func.Params, err = c.valTypes(t.Func.Params); err != nil {
		return err
	}
	if t.Func.Results, err = c.valTypes(t.Func.Results); err != nil {
		return err
	}
	t.Fields = slices.Clone(t.Fields)
	for i := range t.Fields {
		if t.Fields[i].Type, err = c.valType(t.Fields[i].Type); err != nil {
			return err
		}
	}
	return nil
}

func (c *canonicalizer) valTypes(types []ValType) ([]ValType, error) {
	if !slices.ContainsFunc(types, ValType.isIndexed) {
		return types, nil
	}
	types = slices.Clone(types)
	for i, t := range types {
		var err error
		if types[i], err = c.valType(t); err != nil {
			return nil, err
		}
	}
	return types, nil
}

func (c *canonicalizer) valType(t ValType) (ValType, error) {
	if !t.isIndexed() {
		return t, nil
	}
	id, space, err := c.resolve(uint32(t & indexMask))
	return t&^(indexMask|storeBit|groupBit) | ValType(id) | space, err
}

// groupIndex marks an index that is relative to the group, outside of a ValType.
const groupIndex = 1 << 31

func (c *canonicalizer) index(i *uint32) error {
	if *i == NoIndex {
		return nil
	}
	id, space, err := c.resolve(*i)
	if space == groupBit {
		id |= groupIndex
	}
	*i = id
	return err
}

func (c *canonicalizer) resolve(i uint32) (uint32, ValType, error) {
	if i >= c.scope.Base {
		local := i - c.scope.Base
		switch {
		case local >= c.len:
			return 0, 0, fault(c.at, "unknown type %d", i)
		case !c.gc:
			return 0, 0, fault(c.at, "type %d refers to its own group, which requires the gc feature", i)
		}
		return local, groupBit, nil
	}
	id, ok := c.scope.Lookup(i)
	if !ok {
		return 0, 0, fault(c.at, "unknown type %d", i)
	}
	return uint32(id), storeBit, nil
}

// absolute turns indices relative to the group into IDs, without touching the
// slices the type shares.
func (t *SubType) absolute(first uint32) {
	for _, i := range []*uint32{&t.Super, &t.Descriptor, &t.Describes, &t.Cont} {
		if *i != NoIndex && *i&groupIndex != 0 {
			*i = *i&^groupIndex + first
		}
	}
	t.Func.Params = absolute(t.Func.Params, first)
	t.Func.Results = absolute(t.Func.Results, first)
	if slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Type.isGroupRelative() }) {
		t.Fields = slices.Clone(t.Fields)
		for i := range t.Fields {
			t.Fields[i].Type = t.Fields[i].Type.absolute(first)
		}
	}
}

func absolute(types []ValType, first uint32) []ValType {
	if !slices.ContainsFunc(types, ValType.isGroupRelative) {
		return types
	}
	types = slices.Clone(types)
	for i, t := range types {
		types[i] = t.absolute(first)
	}
	return types
}

func (t ValType) isGroupRelative() bool {
	return t&(refBit|indexBit|groupBit) == refBit|indexBit|groupBit
}

func (t ValType) absolute(first uint32) ValType {
	if !t.isGroupRelative() {
		return t
	}
	return t&^groupBit | storeBit + ValType(first)
}

// appendSubType encodes a canonical type so that equal types have equal bytes.
func appendSubType(b []byte, t *SubType) []byte {
	le := binary.LittleEndian
	flags := byte(0)
	if t.Final {
		flags |= 1
	}
	if t.Shared {
		flags |= 2
	}
	b = append(b, byte(t.Kind), flags)
	for _, i := range [...]uint32{t.Super, t.Descriptor, t.Describes} {
		b = le.AppendUint32(b, i)
	}
	switch t.Kind {
	case CompositeFunc:
		b = le.AppendUint16(b, uint16(len(t.Func.Params)))
		b = le.AppendUint16(b, uint16(len(t.Func.Results)))
		for _, p := range t.Func.Params {
			b = le.AppendUint32(b, uint32(p))
		}
		for _, p := range t.Func.Results {
			b = le.AppendUint32(b, uint32(p))
		}
	case CompositeCont:
		b = le.AppendUint32(b, t.Cont)
	default:
		b = le.AppendUint16(b, uint16(len(t.Fields)))
		for _, f := range t.Fields {
			b = le.AppendUint32(b, uint32(f.Type))
			b = append(b, boolByte(f.Mutable))
		}
	}
	return b
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}
