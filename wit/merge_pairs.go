package wit

import (
	"errors"
	"fmt"
)

// mergePairs finds the parts that two sets have in common, and checks that they
// agree as far as it matters: that types of the same name are the same is not
// checked.
type mergePairs struct {
	into, from *Resolve
	pkgs       map[PackageID]PackageID // from what is in from to what is in into
	interfaces map[InterfaceID]InterfaceID
	worlds     map[WorldID]WorldID
	types      map[TypeID]TypeID
}

func newMergePairs(into, from *Resolve) *mergePairs {
	return &mergePairs{
		into: into, from: from,
		pkgs: map[PackageID]PackageID{}, interfaces: map[InterfaceID]InterfaceID{},
		worlds: map[WorldID]WorldID{}, types: map[TypeID]TypeID{},
	}
}

func (p *mergePairs) packages() error {
	for id, pkg := range p.from.Packages {
		if to, ok := p.into.PackageNames.Get(pkg.Name); ok {
			p.pkgs[PackageID(id)] = to
			for name, id := range pkg.Interfaces.All() {
				if to, ok := p.into.Packages[to].Interfaces.Get(name); ok {
					if err := p.iface(id, to); err != nil {
						return fmt.Errorf("the interface `%s`: %w", p.from.InterfaceName(id), err)
					}
				}
			}
		}
	}
	for id, pkg := range p.from.Packages {
		to, ok := p.pkgs[PackageID(id)]
		if !ok {
			continue
		}
		for name, id := range pkg.Worlds.All() {
			if to, ok := p.into.Packages[to].Worlds.Get(name); ok {
				if err := p.world(id, to); err != nil {
					return fmt.Errorf("the world `%s`: %w", p.from.WorldName(id), err)
				}
			}
		}
	}
	return nil
}

func (p *mergePairs) iface(from, into InterfaceID) error {
	p.interfaces[from] = into
	a, b := p.from.Interfaces[from], p.into.Interfaces[into]
	for name, id := range a.Types.All() {
		if to, ok := b.Types.Get(name); ok {
			p.types[id] = to
		}
	}
	for name, f := range a.Functions.All() {
		if g, ok := b.Functions.Get(name); ok {
			if err := sameFunction(f, g); err != nil {
				return fmt.Errorf("the function `%s`: %w", name, err)
			}
		}
	}
	return nil
}

// sameFunction checks that two functions agree in all but what their types are
// made of.
func sameFunction(f, g *Function) error {
	switch {
	case f.Kind != g.Kind || f.Accessor != g.Accessor || f.Async != g.Async:
		return errors.New("one is of another kind than the other")
	case len(f.Params) != len(g.Params):
		return fmt.Errorf("one has %d parameters, the other %d", len(f.Params), len(g.Params))
	case (f.Result == None) != (g.Result == None):
		return errors.New("one gives a result, the other does not")
	}
	for i, p := range f.Params {
		q := g.Params[i]
		if p.Name != q.Name {
			return fmt.Errorf("a parameter is called `%s` in one and `%s` in the other", p.Name, q.Name)
		}
		if !sameType(p.Type, q.Type) {
			return fmt.Errorf("the types of the parameter `%s` differ", p.Name)
		}
	}
	if !sameType(f.Result, g.Result) {
		return errors.New("the types of the result differ")
	}
	return nil
}

func sameType(a, b Type) bool {
	_, x := a.ID()
	_, y := b.ID()
	return a == b || x && y
}

// key is the key in the set that is merged into.
func (p *mergePairs) key(key WorldKey) WorldKey {
	if !key.IsInterface() {
		return key
	}
	if to, ok := p.interfaces[key.Interface]; ok {
		return InterfaceKey(to)
	}
	return InterfaceKey(NoInterface)
}

func (p *mergePairs) world(from, into WorldID) error {
	p.worlds[from] = into
	a, b := p.from.Worlds[from], p.into.Worlds[into]
	if err := p.worldItems(&a.Imports, &b.Imports, "import"); err != nil {
		return err
	}
	return p.worldItems(&a.Exports, &b.Exports, "export")
}

func (p *mergePairs) worldItems(from, into *Ordered[WorldKey, WorldItem], verb string) error {
	if from.Len() != into.Len() {
		return fmt.Errorf("one has %d %ss, the other %d", from.Len(), verb, into.Len())
	}
	for key, item := range from.All() {
		other, ok := into.Get(p.key(key))
		if !ok {
			return fmt.Errorf("one has no %s `%s`", verb, p.from.KeyName(key))
		}
		if err := p.worldItem(item, other); err != nil {
			return fmt.Errorf("the %s `%s`: %w", verb, p.from.KeyName(key), err)
		}
	}
	return nil
}

var errItemKind = errors.New("one is of another kind than the other")

func (p *mergePairs) worldItem(from, into WorldItem) error {
	switch from := from.(type) {
	case *InterfaceItem:
		into, ok := into.(*InterfaceItem)
		if !ok {
			return errItemKind
		}
		if p.from.Interfaces[from.ID].Name == "" && p.into.Interfaces[into.ID].Name == "" {
			return p.iface(from.ID, into.ID)
		}
		if to, ok := p.interfaces[from.ID]; !ok || to != into.ID {
			return errors.New("they are different interfaces")
		}
	case *Function:
		if _, ok := into.(*Function); !ok {
			return errItemKind
		}
	case *TypeItem:
		into, ok := into.(*TypeItem)
		if !ok {
			return errItemKind
		}
		p.types[from.ID] = into.ID
	}
	return nil
}
