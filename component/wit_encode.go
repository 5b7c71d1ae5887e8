package component

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/edgelint/edgelint/internal/binary"
	"github.com/edgelint/edgelint/wit"
)

// EncodePackage writes a package of a resolved set as a binary WIT package
// (WIT.md, "Package Format"), which [DecodePackage] reads back: for each
// interface and world a component type, and docs and feature gates in a custom
// section. The bytes are those that "wasm-tools component wit --wasm" writes,
// without a producers section.
func EncodePackage(r *wit.Resolve, id wit.PackageID) ([]byte, error) {
	pkg := r.Packages[id]
	out := []byte("\x00asm\x0d\x00\x01\x00")
	types := uint32(0)
	for name, iface := range pkg.Interfaces.All() {
		ty, err := encodeInterface(r, id, iface)
		if err != nil {
			return nil, fmt.Errorf("encode interface %s: %w", pkg.Name.ID(name), err)
		}
		out = appendTypeExport(out, name, types, ty)
		types += 2
	}
	for name, world := range pkg.Worlds.All() {
		ty, err := encodeWorld(r, world)
		if err != nil {
			return nil, fmt.Errorf("encode world %s: %w", pkg.Name.ID(name), err)
		}
		var wrapper declWriter
		wrapper.beginType()
		wrapper.buf = append(wrapper.buf, ty...)
		wrapper.export(ExternName{Name: pkg.Name.ID(name)}, ExternDesc{Sort: SortComponent})
		out = appendTypeExport(out, name, types, wrapper.finish(opComponentType))
		types += 2
	}
	return binary.AppendCustom(out, packageDocsSection, encodePackageDocs(r, id)), nil
}

// appendTypeExport appends a type definition, which gets the index, and its
// export, which takes the next index.
func appendTypeExport(out []byte, name string, index uint32, ty []byte) []byte {
	out = binary.AppendSection(out, byte(SectionType), []byte{1}, ty)
	export := appendExternName([]byte{1}, ExternName{Name: name})
	export = append(export, sortByteType)
	export = binary.AppendU32(export, index)
	return binary.AppendSection(out, byte(SectionExport), append(export, 0))
}

// encodeInterface gives the component type that stands for an interface: it
// imports every interface that types are used from, and exports the interface
// itself.
func encodeInterface(r *wit.Resolve, pkg wit.PackageID, id wit.InterfaceID) ([]byte, error) {
	e := newWITEncoder(r)
	for _, dep := range interfaceDeps(r, id) {
		e.iface = dep
		name := ExternName{Name: r.InterfaceName(dep)}
		if dep == id {
			e.outer.export(name, ExternDesc{Sort: SortInstance, Index: e.instance(dep, true)})
		} else {
			e.outer.imports(name, ExternDesc{Sort: SortInstance, Index: e.instance(dep, false)})
		}
	}
	return e.outer.finish(opComponentType), e.err
}

// interfaceDeps lists the interfaces that id uses types from, directly or not,
// each after those it uses, and id last.
func interfaceDeps(r *wit.Resolve, id wit.InterfaceID) []wit.InterfaceID {
	var deps []wit.InterfaceID
	seen := map[wit.InterfaceID]bool{}
	var visit func(wit.InterfaceID)
	visit = func(id wit.InterfaceID) {
		if seen[id] {
			return
		}
		seen[id] = true
		for dep := range r.Dependencies(id) {
			visit(dep)
		}
		deps = append(deps, id)
	}
	visit(id)
	return deps
}

// encodeWorld gives a world as a component type.
func encodeWorld(r *wit.Resolve, id wit.WorldID) ([]byte, error) {
	e := newWITEncoder(r)
	world := r.Worlds[id]
	for key, item := range world.Imports.All() {
		if desc, ok := e.worldItem(item); ok {
			e.outer.imports(worldItemName(r, key, item), desc)
		}
	}
	for key, item := range world.Exports.All() {
		if desc, ok := e.worldItem(item); ok {
			e.outer.export(worldItemName(r, key, item), desc)
		}
	}
	return e.outer.finish(opComponentType), e.err
}

// worldItem writes the type of an import or export; ok is false for types,
// which import themselves.
func (e *witEncoder) worldItem(item wit.WorldItem) (desc ExternDesc, ok bool) {
	e.iface = wit.NoInterface
	switch item := item.(type) {
	case *wit.InterfaceItem:
		e.iface = item.ID
		return ExternDesc{Sort: SortInstance, Index: e.instance(item.ID, true)}, true
	case *wit.Function:
		return ExternDesc{Sort: SortFunc, Index: e.function(item)}, true
	case *wit.TypeItem:
		e.importTypes = true
		e.valType(item.ID.Type())
		e.importTypes = false
	}
	return ExternDesc{}, false
}

func worldItemName(r *wit.Resolve, key wit.WorldKey, item wit.WorldItem) ExternName {
	name := ExternName{Name: r.KeyName(key)}
	if id, ok := r.Implements(key, item); ok {
		name.Implements = r.InterfaceName(id)
		name.Attributes |= AttrImplements
	}
	return withExternalID(name, r.ItemExternalID(item))
}

func withExternalID(name ExternName, id wit.ExternalID) ExternName {
	if id.Present {
		name.ExternalID = id.Value
		name.Attributes |= AttrExternalID
	}
	return name
}

// instance writes the instance type of an interface and gives its index. An
// interface that only lends types needs no functions.
func (e *witEncoder) instance(id wit.InterfaceID, functions bool) uint32 {
	inst := &declWriter{}
	outside := e.maps
	e.inst, e.maps = inst, newTypeMaps()
	iface := e.r.Interfaces[id]
	for _, ty := range iface.Types.All() {
		e.valType(ty.Type())
	}
	if functions {
		for _, f := range resourceFunctionsFirst(iface) {
			index := e.function(f)
			name := withExternalID(ExternName{Name: f.Name}, f.ExternalID)
			inst.export(name, ExternDesc{Sort: SortFunc, Index: index})
		}
	}
	e.inst, e.maps = nil, outside
	index := e.outer.beginType()
	e.outer.buf = append(e.outer.buf, inst.finish(opInstanceType)...)
	e.instances[id] = e.outer.instances
	return index
}

// resourceFunctionsFirst gives the functions of an interface in the order in
// which they are printed: with the resource that they belong to.
func resourceFunctionsFirst(iface *wit.Interface) []*wit.Function {
	rank := map[wit.TypeID]int{}
	for _, ty := range iface.Types.All() {
		rank[ty] = len(rank)
	}
	of := func(f *wit.Function) int {
		if n, ok := rank[f.Resource]; ok && f.Kind != wit.Freestanding {
			return n
		}
		return len(rank)
	}
	funcs := slices.Collect(iface.Functions.Values())
	slices.SortStableFunc(funcs, func(a, b *wit.Function) int { return cmp.Compare(of(a), of(b)) })
	return funcs
}
