package component

import (
	"errors"
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/wit"
)

// ErrWITPackage says that a file is no component but a binary WIT package.
var ErrWITPackage = errors.New("the file is a binary WIT package, not a component")

// World gives the world of a component, what it imports and exports, as a set
// of WIT packages: the world "root" of package root:component, and the packages
// of the interfaces that it names, as far as the component uses them. It is what
// "wasm-tools component wit" finds. The file is checked first, with all
// proposals allowed; see [Info.World] for one that has been checked already.
//
// Imports that WIT cannot express are left out, see [Component.NotInWIT]. The
// error is [ErrWITPackage] for what [DecodePackage] reads.
func (f *File) World() (*wit.Resolve, wit.WorldID, error) {
	info, err := f.checked()
	if err != nil {
		return nil, wit.NoWorld, err
	}
	return info.World(f)
}

// World is [File.World] for the file that the Info is about.
func (i *Info) World(f *File) (*wit.Resolve, wit.WorldID, error) {
	if f.Root == nil {
		return nil, wit.NoWorld, errCoreModule
	}
	if packageEncoding(f.Root, i) != notPackage {
		return nil, wit.NoWorld, ErrWITPackage
	}
	d := newWITDecoder()
	world, pkg, err := d.component(f.Root, i)
	if err == nil {
		err = f.restoreDocs(d.r, pkg)
	}
	if err != nil {
		return nil, wit.NoWorld, fmt.Errorf("world of the component: %w", err)
	}
	return d.r, world, nil
}

var errCoreModule = errors.New("the file is a core module, not a component")

// checked gives what there is to know of a file without faults.
func (f *File) checked() (*Info, error) {
	info, errs := Check(f, CheckOptions{Features: AllFeatures})
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return info, nil
}

// The names given to the world of a component, which has none of its own.
const (
	rootNamespace = "root"
	rootPackage   = "component"
	rootWorld     = "root"
)

// witDecoder turns resolved component types into a WIT model. Types of the
// component become definitions where they are first met; a type that is met
// again, or is an alias of one, becomes an alias of that definition.
type witDecoder struct {
	r *wit.Resolve
	// own is the package that is being decoded, the others are foreign:
	// known as far as they are referred to.
	own     *wit.Package
	foreign wit.Ordered[wit.PackageName, *wit.Package]
	// home is the foreign package of an interface.
	home map[wit.InterfaceID]int
	// named finds the interfaces of own by their full names.
	named     map[string]wit.InterfaceID
	resources map[ownedName]wit.TypeID
	types     map[AnyType]wit.TypeID
}

type ownedName struct {
	owner wit.Owner
	name  string
}

func newWITDecoder() *witDecoder {
	return &witDecoder{
		r: &wit.Resolve{}, own: &wit.Package{},
		home: map[wit.InterfaceID]int{}, named: map[string]wit.InterfaceID{},
		resources: map[ownedName]wit.TypeID{}, types: map[AnyType]wit.TypeID{},
	}
}

// component decodes the imports and exports of a component, in file order.
func (d *witDecoder) component(c *Component, info *Info) (wit.WorldID, wit.PackageID, error) {
	d.own.Name = wit.PackageName{Namespace: rootNamespace, Name: rootPackage}
	world := &wit.World{Name: rootWorld, Package: wit.NoPackage}
	d.r.Worlds = append(d.r.Worlds, world)
	d.own.Worlds.Set(rootWorld, 0)
	scope := info.Component(c)
	if scope == nil {
		return wit.NoWorld, wit.NoPackage, errors.New("the component was not checked")
	}
	owner := wit.WorldOwner(0)
	for _, def := range c.Order {
		var err error
		switch def.Kind {
		case DefImport:
			err = d.worldImport(world, owner, c.Imports[def.Index].Name, scope.Imports[def.Index])
		case DefExport:
			err = d.worldExport(world, owner, c.Exports[def.Index].Name, scope.Exports[def.Index])
		}
		if err != nil {
			return wit.NoWorld, wit.NoPackage, err
		}
	}
	pkg, err := d.finish()
	return 0, pkg, err
}

func (d *witDecoder) worldImport(w *wit.World, owner wit.Owner, name ExternName, e Entity) error {
	var key wit.WorldKey
	var item wit.WorldItem
	var err error
	if !name.inWIT(sortOf(e)) {
		return nil
	}
	switch e := e.(type) {
	case *InstanceType:
		key, item, err = d.worldInstance(name, e)
	case *FuncType:
		key = wit.NameKey(name.Name)
		item, err = d.function(name, e, owner)
	case *TypeItem:
		key = wit.NameKey(name.Name)
		var id wit.TypeID
		id, err = d.namedType(name, e, owner)
		item = &wit.TypeItem{ID: id}
	case nil:
		err = errUnresolved
	default:
		return nil
	}
	if err != nil {
		return fmt.Errorf("import %q: %w", name.Name, err)
	}
	w.Imports.Set(key, item)
	return nil
}

func (d *witDecoder) worldExport(w *wit.World, owner wit.Owner, name ExternName, e Entity) error {
	var key wit.WorldKey
	var item wit.WorldItem
	var err error
	if !name.inWIT(sortOf(e)) {
		return fmt.Errorf("export %q: WIT has no functions or types under the names of interfaces", name.Name)
	}
	switch e := e.(type) {
	case *InstanceType:
		key, item, err = d.worldInstance(name, e)
	case *FuncType:
		key = wit.NameKey(name.Name)
		item, err = d.function(name, e, owner)
	case nil:
		err = errUnresolved
	default:
		err = fmt.Errorf("WIT has no exports of the sort %v", SortOf(e))
	}
	if err != nil {
		return fmt.Errorf("export %q: %w", name.Name, err)
	}
	w.Exports.Set(key, item)
	return nil
}

var errUnresolved = errors.New("its type is not known, because of an earlier fault")

// sortOf is [SortOf] for what may be unknown.
func sortOf(e Entity) Sort {
	if e == nil {
		return SortInstance
	}
	return SortOf(e)
}

// inWIT reports whether a world can have an import or export of this name and
// sort: only instances go by the names of interfaces.
func (n ExternName) inWIT(sort Sort) bool {
	return sort == SortInstance || !strings.Contains(n.Name, ":")
}

// worldInstance decodes an imported or exported instance: an interface known by
// its full name, one that implements an interface under a name of its own, or
// one written in place.
func (d *witDecoder) worldInstance(name ExternName, t *InstanceType) (wit.WorldKey, wit.WorldItem, error) {
	item := &wit.InterfaceItem{ID: wit.NoInterface, ExternalID: externalID(name)}
	var key wit.WorldKey
	var err error
	parsed, isInterface := wit.ParseInterfaceName(name.full())
	switch {
	case name.Attributes&AttrImplements != 0:
		parsed, isInterface = wit.ParseInterfaceName(implemented(name))
		if !isInterface {
			return key, nil, fmt.Errorf("%q is not the name of an interface", name.Implements)
		}
		key = wit.NameKey(name.Name)
		item.ID, err = d.referred(parsed, t)
	case isInterface:
		item.ID, err = d.referred(parsed, t)
		key = wit.InterfaceKey(item.ID)
	default:
		key = wit.NameKey(name.Name)
		item.ID, err = d.interfaceBody("", t)
	}
	return key, item, err
}

// implemented is the name in the implements attribute with its version whole:
// there, a version suffix belongs to that name.
func implemented(name ExternName) string {
	if name.Attributes&AttrVersionSuffix != 0 {
		return name.Implements + name.VersionSuffix
	}
	return name.Implements
}

func externalID(name ExternName) wit.ExternalID {
	return wit.ExternalID{Value: name.ExternalID, Present: name.Attributes&AttrExternalID != 0}
}

// referred gives the interface of a name, and learns from a type of it. Of
// foreign packages nothing is known but what is referred to, so that what is new
// is added; an interface of the package itself is complete.
func (d *witDecoder) referred(name wit.InterfaceName, t *InstanceType) (wit.InterfaceID, error) {
	id, local := d.named[name.String()]
	if !local {
		id = d.foreignInterface(name)
	}
	iface := d.r.Interfaces[id]
	owner := wit.InterfaceOwner(id)
	for item, e := range t.Exports.All() {
		if err := d.referredItem(iface, owner, local, item, e); err != nil {
			return id, fmt.Errorf("%s of interface %s: %w", item.Name, name, err)
		}
	}
	return id, nil
}

func (d *witDecoder) referredItem(
	iface *wit.Interface, owner wit.Owner, local bool, name ExternName, e Entity,
) error {
	switch e := e.(type) {
	case *TypeItem:
		if id, ok := iface.Types.Get(name.Name); ok {
			d.types[e.Created] = id
			if v, ok := e.Referenced.(*ValueType); ok {
				return d.match(id, v)
			}
			return nil
		}
	case *FuncType:
		if iface.Functions.Has(name.Name) {
			return nil
		}
	}
	if local {
		return errors.New("the interface does not define it")
	}
	return d.interfaceItem(iface, owner, name, e)
}

// interfaceItem adds a type or function to an interface.
func (d *witDecoder) interfaceItem(iface *wit.Interface, owner wit.Owner, name ExternName, e Entity) error {
	switch e := e.(type) {
	case *TypeItem:
		id, err := d.namedType(name, e, owner)
		if err != nil {
			return err
		}
		iface.Types.Set(name.Name, id)
	case *FuncType:
		f, err := d.function(name, e, owner)
		if err != nil {
			return err
		}
		iface.Functions.Set(name.Name, f)
	case nil:
		return errUnresolved
	default:
		return fmt.Errorf("WIT has no items of the sort %v in interfaces", SortOf(e))
	}
	return nil
}

// interfaceBody adds a new interface. Its name is "" if it is written in place.
func (d *witDecoder) interfaceBody(name string, t *InstanceType) (wit.InterfaceID, error) {
	iface := &wit.Interface{Name: name, Package: wit.NoPackage}
	id := wit.InterfaceID(len(d.r.Interfaces))
	d.r.Interfaces = append(d.r.Interfaces, iface)
	for item, e := range t.Exports.All() {
		if err := d.interfaceItem(iface, wit.InterfaceOwner(id), item, e); err != nil {
			return id, fmt.Errorf("%s: %w", item.Name, err)
		}
	}
	return id, nil
}

// foreignInterface gives an interface of another package, maybe a new one.
func (d *witDecoder) foreignInterface(name wit.InterfaceName) wit.InterfaceID {
	pkg, ok := d.foreign.Get(name.Package)
	if !ok {
		pkg = &wit.Package{Name: name.Package}
		d.foreign.Set(name.Package, pkg)
	}
	id, ok := pkg.Interfaces.Get(name.Interface)
	if !ok {
		id = wit.InterfaceID(len(d.r.Interfaces))
		d.r.Interfaces = append(d.r.Interfaces, &wit.Interface{Name: name.Interface, Package: wit.NoPackage})
		pkg.Interfaces.Set(name.Interface, id)
		d.home[id] = d.foreign.Index(name.Package)
	}
	return id
}
