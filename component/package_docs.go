package component

import (
	"fmt"

	"github.com/edgelint/edgelint/wit"
)

// packageDocsSection is the custom section that keeps what the types of a
// binary WIT package cannot say: doc comments and feature gates. It holds a
// version byte and a JSON object in which everything empty is left out.
const (
	packageDocsSection = "package-docs"
	packageDocsVersion = 1
)

// encodePackageDocs gives the content of a package's package-docs section.
func encodePackageDocs(r *wit.Resolve, id wit.PackageID) []byte {
	pkg := r.Packages[id]
	var top, worlds, interfaces jsonObject
	for name, world := range pkg.Worlds.All() {
		worlds.add(name, worldDocs(r, r.Worlds[world]))
	}
	for name, iface := range pkg.Interfaces.All() {
		interfaces.add(name, interfaceDocs(r, r.Interfaces[iface]))
	}
	top.add("docs", docsJSON(pkg.Docs))
	top.add("worlds", worlds.close())
	top.add("interfaces", interfaces.close())
	data := top.close()
	if data == nil {
		data = []byte("{}")
	}
	return append([]byte{packageDocsVersion}, data...)
}

func worldDocs(r *wit.Resolve, w *wit.World) []byte {
	var imports, exports worldItemDocs
	for key, item := range w.Imports.All() {
		imports.add(r, key, item)
	}
	for key, item := range w.Exports.All() {
		exports.add(r, key, item)
	}
	var o jsonObject
	o.add("docs", docsJSON(w.Docs))
	o.add("stability", stabilityJSON(w.Stability))
	o.add("interfaces", imports.interfaces.close())
	o.add("types", imports.types.close())
	o.add("funcs", imports.funcs.close())
	o.add("interface_exports", exports.interfaces.close())
	o.add("func_exports", exports.funcs.close())
	o.add("interface_import_stability", imports.stability.close())
	o.add("interface_export_stability", exports.stability.close())
	o.add("interface_import_docs", imports.docs.close())
	o.add("interface_export_docs", exports.docs.close())
	return o.close()
}

// worldItemDocs are the docs of the imports or of the exports of a world, by
// name. Interfaces written in place have their own; those named elsewhere have
// only what stands at the import or export statement.
type worldItemDocs struct{ interfaces, types, funcs, stability, docs jsonObject }

func (d *worldItemDocs) add(r *wit.Resolve, key wit.WorldKey, item wit.WorldItem) {
	name := r.KeyName(key)
	switch item := item.(type) {
	case *wit.InterfaceItem:
		if iface := r.Interfaces[item.ID]; iface.Name == "" {
			d.interfaces.add(name, interfaceDocs(r, iface))
			return
		}
		d.stability.add(name, stabilityJSON(item.Stability))
		d.docs.add(name, docsJSON(item.Docs))
	case *wit.TypeItem:
		d.types.add(name, typeDocs(r.Types[item.ID]))
	case *wit.Function:
		d.funcs.add(name, functionDocs(item))
	}
}

func interfaceDocs(r *wit.Resolve, iface *wit.Interface) []byte {
	var o, funcs, types jsonObject
	for name, f := range iface.Functions.All() {
		funcs.add(name, functionDocs(f))
	}
	for name, ty := range iface.Types.All() {
		types.add(name, typeDocs(r.Types[ty]))
	}
	o.add("docs", docsJSON(iface.Docs))
	o.add("stability", stabilityJSON(iface.Stability))
	o.add("funcs", funcs.close())
	o.add("types", types.close())
	return o.close()
}

func functionDocs(f *wit.Function) []byte {
	var o jsonObject
	o.add("docs", docsJSON(f.Docs))
	o.add("stability", stabilityJSON(f.Stability))
	return o.close()
}

func typeDocs(ty *wit.TypeDef) []byte {
	var o, items jsonObject
	for name, docs := range itemDocs(ty.Kind) {
		items.add(name, docsJSON(*docs))
	}
	o.add("docs", docsJSON(ty.Docs))
	o.add("stability", stabilityJSON(ty.Stability))
	o.add("items", items.close())
	return o.close()
}

// itemDocs ranges over the docs of the fields, flags or cases of a type.
func itemDocs(kind wit.Kind) func(yield func(string, *wit.Docs) bool) {
	return func(yield func(string, *wit.Docs) bool) {
		switch k := kind.(type) {
		case wit.Record:
			for i := range k.Fields {
				if !yield(k.Fields[i].Name, &k.Fields[i].Docs) {
					return
				}
			}
		case wit.Flags:
			for i := range k.Flags {
				if !yield(k.Flags[i].Name, &k.Flags[i].Docs) {
					return
				}
			}
		case wit.Variant:
			for i := range k.Cases {
				if !yield(k.Cases[i].Name, &k.Cases[i].Docs) {
					return
				}
			}
		case wit.Enum:
			for i := range k.Cases {
				if !yield(k.Cases[i].Name, &k.Cases[i].Docs) {
					return
				}
			}
		}
	}
}

func docsJSON(d wit.Docs) []byte {
	if !d.Present {
		return nil
	}
	return appendJSONString(nil, d.Text)
}

func stabilityJSON(s wit.Stability) []byte {
	var o, level jsonObject
	switch s.Level {
	case wit.Unstable:
		level.add("feature", appendJSONString(nil, s.Feature))
	case wit.Stable:
		level.add("since", appendJSONString(nil, string(s.Since)))
	default:
		return nil
	}
	if s.Deprecated != "" {
		level.add("deprecated", appendJSONString(nil, string(s.Deprecated)))
	}
	if s.Level == wit.Unstable {
		o.add("unstable", level.close())
	} else {
		o.add("stable", level.close())
	}
	return o.close()
}

// jsonObject writes a JSON object whose members keep their order, and of which
// nothing is left if it has no members.
type jsonObject struct{ buf []byte }

// add appends a member; an empty value adds nothing.
func (o *jsonObject) add(key string, value []byte) {
	if len(value) == 0 {
		return
	}
	sep := byte(',')
	if o.buf == nil {
		sep = '{'
	}
	o.buf = append(appendJSONString(append(o.buf, sep), key), ':')
	o.buf = append(o.buf, value...)
}

func (o *jsonObject) close() []byte {
	if o.buf == nil {
		return nil
	}
	return append(o.buf, '}')
}

// appendJSONString quotes s, escaping as little as JSON allows. (The
// encoding/json package escapes U+2028 and U+2029, too, which would change the
// bytes of a package.)
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		default:
			if c < 0x20 {
				b = fmt.Appendf(b, `\u%04x`, c)
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
}
