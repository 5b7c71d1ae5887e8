package component

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/edgelint/edgelint/wit"
)

// restoreDocs puts the docs and feature gates of the package-docs section, if
// there is one, into a decoded package.
func (f *File) restoreDocs(r *wit.Resolve, pkg wit.PackageID) error {
	var section *Custom
	for i := range f.Root.Customs {
		if f.Root.Customs[i].Name != packageDocsSection {
			continue
		}
		if section != nil {
			return fmt.Errorf("more than one section %q", packageDocsSection)
		}
		section = &f.Root.Customs[i]
	}
	if section == nil {
		return nil
	}
	if section.Body.Len > MaxPackageDocs {
		return fmt.Errorf("section %q is larger than %d bytes", packageDocsSection, MaxPackageDocs)
	}
	data, err := f.Bytes(section.Body)
	if err != nil {
		return err
	}
	if err := injectPackageDocs(r, pkg, data); err != nil {
		return fmt.Errorf("section %q: %w", packageDocsSection, err)
	}
	return nil
}

// The JSON form of a package-docs section.
type (
	docsOfPackage struct {
		Docs       *string
		Worlds     map[string]docsOfWorld
		Interfaces map[string]docsOfInterface
	}
	docsOfWorld struct {
		Docs                     *string
		Stability                stabilityDoc
		Interfaces               map[string]docsOfInterface
		Types                    map[string]docsOfType
		Funcs                    map[string]docsOfFunction
		InterfaceExports         map[string]docsOfInterface `json:"interface_exports"`
		FuncExports              map[string]docsOfFunction  `json:"func_exports"`
		InterfaceImportStability map[string]stabilityDoc    `json:"interface_import_stability"`
		InterfaceExportStability map[string]stabilityDoc    `json:"interface_export_stability"`
		InterfaceImportDocs      map[string]string          `json:"interface_import_docs"`
		InterfaceExportDocs      map[string]string          `json:"interface_export_docs"`
	}
	docsOfInterface struct {
		Docs      *string
		Stability stabilityDoc
		Funcs     map[string]docsOfFunction
		Types     map[string]docsOfType
	}
	docsOfType struct {
		Docs      *string
		Stability stabilityDoc
		Items     map[string]string
	}
	docsOfFunction struct {
		Docs      *string
		Stability stabilityDoc
	}
	stabilityDoc struct{ wit.Stability }
)

// UnmarshalJSON reads docs and stability or, as in version 0 of the section,
// docs alone.
func (d *docsOfFunction) UnmarshalJSON(data []byte) error {
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] != '{' {
		return json.Unmarshal(data, &d.Docs)
	}
	type plain docsOfFunction
	return decodeStrictly(data, (*plain)(d))
}

// UnmarshalJSON reads {"stable": {...}}, {"unstable": {...}} or "unknown".
func (d *stabilityDoc) UnmarshalJSON(data []byte) error {
	if string(data) == `"unknown"` {
		d.Stability = wit.Stability{}
		return nil
	}
	var form struct {
		Stable *struct{ Since, Deprecated wit.Version }
		// Features are arbitrary names.
		Unstable *struct {
			Feature    string
			Deprecated wit.Version
		}
	}
	if err := decodeStrictly(data, &form); err != nil {
		return err
	}
	switch {
	case form.Stable != nil && form.Unstable == nil:
		s := form.Stable
		d.Stability = wit.Stability{Level: wit.Stable, Since: s.Since, Deprecated: s.Deprecated}
		if _, err := wit.ParseVersion(string(s.Since)); err != nil {
			return err
		}
	case form.Unstable != nil && form.Stable == nil:
		s := form.Unstable
		d.Stability = wit.Stability{Level: wit.Unstable, Feature: s.Feature, Deprecated: s.Deprecated}
	default:
		return errors.New("a stability is one of stable and unstable")
	}
	if d.Deprecated != "" {
		_, err := wit.ParseVersion(string(d.Deprecated))
		return err
	}
	return nil
}

// decodeStrictly reads one JSON value, in which every member must be known.
func decodeStrictly(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("there is more behind the JSON value")
	}
	return nil
}

func injectPackageDocs(r *wit.Resolve, id wit.PackageID, data []byte) error {
	if len(data) == 0 || data[0] > packageDocsVersion {
		return fmt.Errorf("want a section of version %d", packageDocsVersion)
	}
	var top docsOfPackage
	if err := decodeStrictly(data[1:], &top); err != nil {
		return err
	}
	pkg := r.Packages[id]
	setDocs(&pkg.Docs, top.Docs)
	err := eachDoc(top.Worlds, "world", pkg.Worlds.Get, func(id wit.WorldID, d docsOfWorld) error {
		return d.inject(r, r.Worlds[id])
	})
	if err != nil {
		return err
	}
	return eachDoc(top.Interfaces, "interface", pkg.Interfaces.Get,
		func(id wit.InterfaceID, d docsOfInterface) error { return d.inject(r, r.Interfaces[id]) })
}

// eachDoc hands every entry of docs, in the order of names, to inject together
// with the item that it is about, which must exist.
func eachDoc[D, I any](
	docs map[string]D, what string, find func(string) (I, bool), inject func(I, D) error,
) error {
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		item, ok := find(name)
		if !ok {
			return fmt.Errorf("docs for %s %q, which is not there", what, name)
		}
		if err := inject(item, docs[name]); err != nil {
			return fmt.Errorf("%s %q: %w", what, name, err)
		}
	}
	return nil
}

func setDocs(to *wit.Docs, text *string) {
	if text != nil {
		*to = wit.Docs{Text: *text, Present: true}
	}
}

func (d docsOfWorld) inject(r *wit.Resolve, w *wit.World) error {
	setDocs(&w.Docs, d.Docs)
	w.Stability = d.Stability.Stability
	type items = wit.Ordered[wit.WorldKey, wit.WorldItem]
	err := d.injectInline(r, w)
	for _, half := range []struct {
		items     *items
		stability map[string]stabilityDoc
		docs      map[string]string
	}{
		{&w.Imports, d.InterfaceImportStability, d.InterfaceImportDocs},
		{&w.Exports, d.InterfaceExportStability, d.InterfaceExportDocs},
	} {
		named := map[string]*wit.InterfaceItem{}
		for key, item := range half.items.All() {
			if item, ok := item.(*wit.InterfaceItem); ok {
				named[r.KeyName(key)] = item
			}
		}
		find := func(name string) (*wit.InterfaceItem, bool) { item, ok := named[name]; return item, ok }
		err = errors.Join(err,
			eachDoc(half.stability, "interface", find, func(item *wit.InterfaceItem, s stabilityDoc) error {
				item.Stability = s.Stability
				return nil
			}),
			eachDoc(half.docs, "interface", find, func(item *wit.InterfaceItem, text string) error {
				setDocs(&item.Docs, &text)
				return nil
			}))
	}
	return err
}

// injectInline puts docs to what a world itself defines: interfaces, types and
// functions. The first maps are about imports, and about exports of which there
// is no import.
func (d docsOfWorld) injectInline(r *wit.Resolve, w *wit.World) error {
	exported := func(name string) (wit.WorldItem, bool) { return w.Exports.Get(wit.NameKey(name)) }
	either := func(name string) (wit.WorldItem, bool) {
		if item, ok := w.Imports.Get(wit.NameKey(name)); ok {
			return item, ok
		}
		return exported(name)
	}
	iface := func(item wit.WorldItem, d docsOfInterface) error {
		i, ok := item.(*wit.InterfaceItem)
		if !ok {
			return errors.New("it is not an interface")
		}
		i.Stability = d.Stability.Stability
		return d.inject(r, r.Interfaces[i.ID])
	}
	function := func(item wit.WorldItem, d docsOfFunction) error {
		f, ok := item.(*wit.Function)
		if !ok {
			return errors.New("it is not a function")
		}
		return d.inject(f)
	}
	return errors.Join(
		eachDoc(d.Interfaces, "interface", either, iface),
		eachDoc(d.InterfaceExports, "interface", exported, iface),
		eachDoc(d.Types, "type", either, func(item wit.WorldItem, d docsOfType) error {
			ty, ok := item.(*wit.TypeItem)
			if !ok {
				return errors.New("it is not a type")
			}
			return d.inject(r.Types[ty.ID])
		}),
		eachDoc(d.Funcs, "function", either, function),
		eachDoc(d.FuncExports, "function", exported, function),
	)
}

func (d docsOfInterface) inject(r *wit.Resolve, iface *wit.Interface) error {
	setDocs(&iface.Docs, d.Docs)
	iface.Stability = d.Stability.Stability
	return errors.Join(
		eachDoc(d.Types, "type", iface.Types.Get, func(id wit.TypeID, d docsOfType) error {
			return d.inject(r.Types[id])
		}),
		eachDoc(d.Funcs, "function", iface.Functions.Get, func(f *wit.Function, d docsOfFunction) error {
			return d.inject(f)
		}),
	)
}

func (d docsOfFunction) inject(f *wit.Function) error {
	f.Docs = wit.Docs{}
	setDocs(&f.Docs, d.Docs)
	f.Stability = d.Stability.Stability
	return nil
}

func (d docsOfType) inject(ty *wit.TypeDef) error {
	setDocs(&ty.Docs, d.Docs)
	ty.Stability = d.Stability.Stability
	left := len(d.Items)
	for name, docs := range itemDocs(ty.Kind) {
		if text, ok := d.Items[name]; ok {
			setDocs(docs, &text)
			left--
		}
	}
	if left > 0 {
		return errors.New("docs for fields or cases that it does not have")
	}
	return nil
}
