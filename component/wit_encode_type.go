package component

import (
	"fmt"

	"github.com/edgelint/edgelint/internal/binary"
	"github.com/edgelint/edgelint/wit"
)

// witEncoder writes the types of one interface or world. Types are written
// where they are first needed, into the instance type at hand or else into the
// component type around it.
type witEncoder struct {
	r     *wit.Resolve
	outer declWriter
	inst  *declWriter // the instance type that is being written, or nil
	maps  typeMaps    // of inst, or else of outer
	depth int
	err   error

	instances   map[wit.InterfaceID]uint32 // instance indices in outer
	outerTypes  map[wit.TypeID]uint32      // types of other interfaces, aliased in outer
	importTypes bool                       // named types of the world are imports
	iface       wit.InterfaceID            // whose types are defined here rather than aliased
}

// typeMaps remembers what a scope holds already: definitions by their id, and
// anonymous and function types by their structure as well.
type typeMaps struct {
	byID   map[wit.TypeID]int64
	byForm map[string]int64
}

func newTypeMaps() typeMaps {
	return typeMaps{byID: map[wit.TypeID]int64{}, byForm: map[string]int64{}}
}

func newWITEncoder(r *wit.Resolve) *witEncoder {
	return &witEncoder{
		r: r, maps: newTypeMaps(), iface: wit.NoInterface,
		instances: map[wit.InterfaceID]uint32{}, outerTypes: map[wit.TypeID]uint32{},
	}
}

// A value type is written as signed LEB128: primitives are negative numbers,
// indices are not.
var primitiveCodes = [...]int64{
	wit.Bool: -1, wit.S8: -2, wit.U8: -3, wit.S16: -4, wit.U16: -5, wit.S32: -6, wit.U32: -7, wit.S64: -8,
	wit.U64: -9, wit.F32: -10, wit.F64: -11, wit.Char: -12, wit.String: -13, wit.ErrorContext: -28,
}

func (e *witEncoder) fail(format string, args ...any) int64 {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
	return 0
}

// scope is where types are being defined.
func (e *witEncoder) scope() *declWriter {
	if e.inst != nil {
		return e.inst
	}
	return &e.outer
}

// define adds a type definition.
func (e *witEncoder) define(body []byte) int64 {
	w := e.scope()
	index := w.beginType()
	w.buf = append(w.buf, body...)
	return int64(index)
}

// function gives the index of a function's type.
func (e *witEncoder) function(f *wit.Function) uint32 {
	form := []byte{'f', boolByte(f.Async)}
	for _, p := range f.Params {
		form = binary.AppendS64(binary.AppendName(form, p.Name), int64(p.Type))
	}
	form = binary.AppendS64(append(form, 0xff), int64(f.Result))
	if index, ok := e.maps.byForm[string(form)]; ok {
		return uint32(index)
	}
	body := []byte{0x40}
	if f.Async {
		body[0] = 0x43
	}
	body = binary.AppendU32(body, uint32(len(f.Params)))
	for _, p := range f.Params {
		code := e.valType(p.Type)
		body = binary.AppendS64(binary.AppendName(body, p.Name), code)
	}
	if f.Result == wit.None {
		body = append(body, 0x01, 0x00)
	} else {
		code := e.valType(f.Result)
		body = binary.AppendS64(append(body, 0x00), code)
	}
	index := e.define(body)
	e.maps.byForm[string(form)] = index
	return uint32(index)
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// valType gives the code of a use of a type, after writing the definition if
// the scope does not hold it yet.
func (e *witEncoder) valType(t wit.Type) int64 {
	id, ok := t.ID()
	switch {
	case e.err != nil:
		return 0
	case !ok && !t.IsPrimitive():
		return e.fail("a type is missing")
	case !ok:
		return primitiveCodes[t]
	case int(id) >= len(e.r.Types):
		return e.fail("type %d is not in the set of %d types", id, len(e.r.Types))
	}
	if code, ok := e.maps.byID[id]; ok {
		return code
	}
	def := e.r.Types[id]
	form := anonymousForm(def)
	if code, ok := e.maps.byForm[form]; ok && form != "" {
		return code
	}
	if e.depth++; e.depth > wit.MaxTypeDepth {
		return e.fail("types are nested more than %d levels deep", wit.MaxTypeDepth)
	}
	code, keep := e.definition(id, def)
	e.depth--
	if keep {
		e.maps.byID[id] = code
		if form != "" {
			e.maps.byForm[form] = code
		}
	}
	return code
}

// anonymousForm tells anonymous types of the same structure; it is "" for named
// types, which are always distinct.
func anonymousForm(def *wit.TypeDef) string {
	if def.Name != "" {
		return ""
	}
	return fmt.Sprintf("%#v", def.Kind)
}

// definition writes a type definition. keep is false if the code is not to be
// remembered for the definition: that of an anonymous primitive.
func (e *witEncoder) definition(id wit.TypeID, def *wit.TypeDef) (code int64, keep bool) {
	if owner, ok := def.Owner.Interface(); ok && owner != e.iface {
		return e.aliased(owner, id, def), true
	}
	name := withExternalID(ExternName{Name: def.Name}, def.ExternalID)
	switch kind := def.Kind.(type) {
	case wit.Resource:
		if def.Name == "" {
			return e.fail("a resource has no name"), false
		}
		return int64(e.named(name, ExternDesc{Sort: SortType, Bound: BoundSub})), true
	case wit.Alias:
		code = e.valType(kind.Target)
	default:
		body := e.kind(def.Kind)
		code = e.define(body)
	}
	if def.Name == "" {
		return code, code >= 0
	}
	if code < 0 {
		code = e.define(binary.AppendS64(nil, code))
	}
	return int64(e.named(name, ExternDesc{Sort: SortType, Index: uint32(code)})), true
}

// named exports a type under its name, or imports it if it belongs to a world.
func (e *witEncoder) named(name ExternName, desc ExternDesc) uint32 {
	w := e.scope()
	if e.inst == nil && e.importTypes {
		w.imports(name, desc)
	} else {
		w.export(name, desc)
	}
	return w.types - 1
}

// aliased brings in a type of another interface.
func (e *witEncoder) aliased(owner wit.InterfaceID, id wit.TypeID, def *wit.TypeDef) int64 {
	instance, ok := e.instances[owner]
	if !ok {
		return e.fail("type %s is used from %s, which is neither imported nor exported before",
			def.Name, e.r.InterfaceName(owner))
	}
	outer, ok := e.outerTypes[id]
	if !ok {
		outer = e.outer.aliasType(instance, def.Name)
		e.outerTypes[id] = outer
	}
	if e.inst == nil {
		return int64(outer)
	}
	return int64(e.inst.aliasOuterType(outer))
}

// kind gives the body of a type definition, after writing the types it refers
// to.
func (e *witEncoder) kind(k wit.Kind) []byte {
	switch k := k.(type) {
	case wit.Record:
		return e.record(k)
	case wit.Variant:
		return e.variant(k)
	case wit.Tuple:
		return e.tuple(k)
	case wit.Flags:
		b := binary.AppendU32([]byte{0x6e}, uint32(len(k.Flags)))
		for _, f := range k.Flags {
			b = binary.AppendName(b, f.Name)
		}
		return b
	case wit.Enum:
		b := binary.AppendU32([]byte{0x6d}, uint32(len(k.Cases)))
		for _, c := range k.Cases {
			b = binary.AppendName(b, c.Name)
		}
		return b
	case wit.Handle:
		return e.handle(k)
	case wit.Result:
		ok := e.optional(k.Ok)
		return append(append([]byte{0x6a}, ok...), e.optional(k.Err)...)
	case wit.Map:
		key := e.valType(k.Key)
		return binary.AppendS64(binary.AppendS64([]byte{0x63}, key), e.valType(k.Value))
	}
	return e.container(k)
}

// container gives the body of a type around one other type.
func (e *witEncoder) container(k wit.Kind) []byte {
	switch k := k.(type) {
	case wit.Option:
		return binary.AppendS64([]byte{0x6b}, e.valType(k.Elem))
	case wit.List:
		return binary.AppendS64([]byte{0x70}, e.valType(k.Elem))
	case wit.FixedList:
		return binary.AppendU32(binary.AppendS64([]byte{0x67}, e.valType(k.Elem)), k.Len)
	case wit.Future:
		return append([]byte{0x65}, e.optional(k.Elem)...)
	case wit.Stream:
		return append([]byte{0x66}, e.optional(k.Elem)...)
	}
	e.fail("a type of kind %v cannot be encoded", k)
	return nil
}

func (e *witEncoder) record(k wit.Record) []byte {
	b := binary.AppendU32([]byte{0x72}, uint32(len(k.Fields)))
	for _, f := range k.Fields {
		b = binary.AppendS64(binary.AppendName(b, f.Name), e.valType(f.Type))
	}
	return b
}

func (e *witEncoder) variant(k wit.Variant) []byte {
	b := binary.AppendU32([]byte{0x71}, uint32(len(k.Cases)))
	for _, c := range k.Cases {
		b = append(binary.AppendName(b, c.Name), e.optional(c.Type)...)
		b = append(b, 0x00)
	}
	return b
}

func (e *witEncoder) tuple(k wit.Tuple) []byte {
	b := binary.AppendU32([]byte{0x6f}, uint32(len(k.Types)))
	for _, t := range k.Types {
		b = binary.AppendS64(b, e.valType(t))
	}
	return b
}

func (e *witEncoder) handle(k wit.Handle) []byte {
	code := e.valType(k.Resource.Type())
	if code < 0 {
		e.fail("a handle refers to what is no resource")
	}
	opcode := byte(0x69)
	if k.Borrow {
		opcode = 0x68
	}
	return binary.AppendU32([]byte{opcode}, uint32(code))
}

// optional gives a type that may be missing.
func (e *witEncoder) optional(t wit.Type) []byte {
	if t == wit.None {
		return []byte{0}
	}
	return binary.AppendS64([]byte{1}, e.valType(t))
}
