package component

import (
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/wit"
)

// DecodePackage reads a binary WIT package (WIT.md, "Package Format"), such as
// [EncodePackage] and "wasm-tools component wit --wasm" write. The set holds the
// package, which is the one returned, and of the packages that it refers to the
// interfaces and types in question. The file is checked first, with all
// proposals allowed.
func DecodePackage(f *File) (*wit.Resolve, wit.PackageID, error) {
	if f.Root == nil {
		return nil, wit.NoPackage, errCoreModule
	}
	info, err := f.checked()
	if err != nil {
		return nil, wit.NoPackage, err
	}
	switch packageEncoding(f.Root, info) {
	case notPackage:
		return nil, wit.NoPackage, errNotPackage
	case oldPackage:
		return nil, wit.NoPackage, errors.New("the binary WIT package has the form used until 2023: encode it anew")
	}
	d := newWITDecoder()
	pkg, err := d.packageOf(info.Root)
	if err == nil {
		err = f.restoreDocs(d.r, pkg)
	}
	if err != nil {
		return nil, wit.NoPackage, fmt.Errorf("WIT package: %w", err)
	}
	return d.r, pkg, nil
}

var errNotPackage = errors.New("the file is not a binary WIT package: those export component types alone")

type packageForm uint8

const (
	notPackage packageForm = iota
	oldPackage             // one component type with all interfaces and worlds
	newPackage             // a component type for each
)

func packageEncoding(c *Component, info *Info) packageForm {
	scope := info.Component(c)
	if scope == nil || len(c.Imports) > 0 || len(c.Exports) == 0 {
		return notPackage
	}
	for _, e := range scope.Exports {
		item, ok := e.(*TypeItem)
		if !ok {
			return notPackage
		}
		if _, ok := item.Created.(*ComponentType); !ok {
			return notPackage
		}
	}
	name, isInterface := wit.ParseInterfaceName(c.Exports[0].Name.full())
	switch {
	case !isInterface:
		return newPackage
	case name.Interface == "wit":
		return oldPackage
	}
	return notPackage
}

// packageOf decodes the exports of the component that encodes a package. Each
// is a component type with one export: a component for a world, an instance for
// an interface.
func (d *witDecoder) packageOf(root *ComponentType) (wit.PackageID, error) {
	for name, e := range root.Exports.All() {
		t := e.(*TypeItem).Created.(*ComponentType)
		if t.Exports.Len() != 1 {
			return wit.NoPackage, fmt.Errorf("%s: want one export, found %d", name.Name, t.Exports.Len())
		}
		if err := d.packageItem(t); err != nil {
			return wit.NoPackage, fmt.Errorf("%s: %w", name.Name, err)
		}
	}
	return d.finish()
}

func (d *witDecoder) packageItem(t *ComponentType) error {
	extern, e := t.Exports.At(0)
	name, ok := wit.ParseInterfaceName(extern.full())
	if !ok {
		return fmt.Errorf("%q is not the full name of an interface or world", extern.Name)
	}
	if d.own.Name == (wit.PackageName{}) {
		d.own.Name = name.Package
	}
	if d.own.Name != name.Package {
		return fmt.Errorf("it belongs to package %s, and what stands before to %s", name.Package, d.own.Name)
	}
	switch e := e.(type) {
	case *InstanceType:
		return d.packageInterface(name, t.Imports, e)
	case *ComponentType:
		return d.packageWorld(name, e)
	}
	return errors.New("it is neither an interface nor a world")
}

func (d *witDecoder) packageInterface(name wit.InterfaceName, imports Items, t *InstanceType) error {
	for extern, e := range imports.All() {
		used, ok := wit.ParseInterfaceName(extern.full())
		inst, isInstance := e.(*InstanceType)
		if !ok || !isInstance {
			return fmt.Errorf("import %q is no interface", extern.Name)
		}
		if _, err := d.referred(used, inst); err != nil {
			return err
		}
	}
	if d.own.Interfaces.Has(name.Interface) {
		return errors.New("the interface is defined twice")
	}
	id, err := d.interfaceBody(name.Interface, t)
	if err != nil {
		return err
	}
	d.own.Interfaces.Set(name.Interface, id)
	d.named[name.String()] = id
	return nil
}

func (d *witDecoder) packageWorld(name wit.InterfaceName, t *ComponentType) error {
	if d.own.Worlds.Has(name.Interface) {
		return errors.New("the world is defined twice")
	}
	world := &wit.World{Name: name.Interface, Package: wit.NoPackage}
	id := wit.WorldID(len(d.r.Worlds))
	d.r.Worlds = append(d.r.Worlds, world)
	d.own.Worlds.Set(name.Interface, id)
	for extern, e := range t.Imports.All() {
		if err := d.worldImport(world, wit.WorldOwner(id), extern, e); err != nil {
			return err
		}
	}
	for extern, e := range t.Exports.All() {
		if err := d.worldExport(world, wit.WorldOwner(id), extern, e); err != nil {
			return err
		}
	}
	return nil
}

// finish moves the packages into the set, each after those it depends on.
func (d *witDecoder) finish() (wit.PackageID, error) {
	order := packageOrder{d: d, state: make([]visitState, d.foreign.Len())}
	for i := range d.foreign.Len() {
		if err := order.visit(i); err != nil {
			return wit.NoPackage, err
		}
	}
	for _, i := range order.done {
		_, pkg := d.foreign.At(i)
		if _, err := d.addPackage(pkg); err != nil {
			return wit.NoPackage, err
		}
	}
	return d.addPackage(d.own)
}

type visitState uint8

const (
	unvisited visitState = iota
	visiting
	visited
)

// packageOrder sorts the foreign packages by their dependencies.
type packageOrder struct {
	d     *witDecoder
	state []visitState
	done  []int
}

func (o *packageOrder) visit(i int) error {
	name, pkg := o.d.foreign.At(i)
	switch o.state[i] {
	case visited:
		return nil
	case visiting:
		return fmt.Errorf("package %s depends on itself", name)
	}
	o.state[i] = visiting
	for id := range pkg.Interfaces.Values() {
		for used := range o.d.r.Dependencies(id) {
			if home, foreign := o.d.home[used]; foreign && home != i {
				if err := o.visit(home); err != nil {
					return err
				}
			}
		}
	}
	o.state[i] = visited
	o.done = append(o.done, i)
	return nil
}

// addPackage adds a package to the set. The package being decoded may have been
// referred to as a foreign one, by a world whose interfaces stand elsewhere: then
// the two become one.
func (d *witDecoder) addPackage(pkg *wit.Package) (wit.PackageID, error) {
	id, ok := d.r.PackageNames.Get(pkg.Name)
	if !ok {
		id = wit.PackageID(len(d.r.Packages))
		d.r.Packages = append(d.r.Packages, &wit.Package{Name: pkg.Name})
		d.r.PackageNames.Set(pkg.Name, id)
	}
	to := d.r.Packages[id]
	for name, iface := range pkg.Interfaces.All() {
		if !to.Interfaces.Set(name, iface) {
			return id, fmt.Errorf("interface %s is referred to before it is defined", pkg.Name.ID(name))
		}
		d.r.Interfaces[iface].Package = id
	}
	for name, world := range pkg.Worlds.All() {
		to.Worlds.Set(name, world)
		w := d.r.Worlds[world]
		w.Package = id
		d.ownInlineInterfaces(&w.Imports, id)
		d.ownInlineInterfaces(&w.Exports, id)
	}
	return id, nil
}

// ownInlineInterfaces gives the interfaces written in a world to its package.
func (d *witDecoder) ownInlineInterfaces(items *wit.Ordered[wit.WorldKey, wit.WorldItem], pkg wit.PackageID) {
	for _, item := range items.All() {
		if item, ok := item.(*wit.InterfaceItem); ok && d.r.Interfaces[item.ID].Name == "" {
			d.r.Interfaces[item.ID].Package = pkg
		}
	}
}
