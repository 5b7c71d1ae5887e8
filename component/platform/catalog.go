package platform

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/wit"
)

// catalogData is a binary WIT package whose one world imports every interface
// that a profile offers or calls, compressed. A test writes it from the
// published packages.
//
//go:embed catalog.wasm.gz
var catalogData []byte

// catalog is the set of all interfaces that the profiles speak of.
type catalog struct {
	set        *wit.Resolve
	interfaces []catalogEntry // in an order in which each comes after what it uses
}

type catalogEntry struct {
	name wit.InterfaceName
	id   wit.InterfaceID
}

// loadCatalog decodes the catalog, once.
var loadCatalog = sync.OnceValues(func() (*catalog, error) {
	c, err := readCatalog(bytes.NewReader(catalogData))
	if err != nil {
		return nil, fmt.Errorf("catalog of platforms: %w", err)
	}
	return c, nil
})

func readCatalog(r io.Reader) (*catalog, error) {
	zr, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(zr)
	if err != nil {
		return nil, err
	}
	f, err := component.Parse(data)
	if err != nil {
		return nil, err
	}
	set, pkg, err := component.DecodePackage(f)
	if err != nil {
		return nil, err
	}
	world, ok := set.Packages[pkg].Worlds.Get(catalogWorld)
	if !ok {
		return nil, fmt.Errorf("there is no world %s", catalogWorld)
	}
	c := &catalog{set: set}
	for key := range set.Worlds[world].Imports.Keys() {
		name, ok := wit.ParseInterfaceName(set.KeyName(key))
		if !ok {
			return nil, fmt.Errorf("%s is not the name of an interface", set.KeyName(key))
		}
		c.interfaces = append(c.interfaces, catalogEntry{name, key.Interface})
	}
	return c, nil
}

// catalogWorld is the name of the world in the catalog.
const catalogWorld = "catalog"

// world gives what a host offers as a world: the interfaces of its offers, and,
// if it is not "", an export. The set is the catalog's with that world added.
func (c *catalog) world(p *Profile, export string) (*wit.Resolve, wit.WorldID, error) {
	w := &wit.World{Name: p.Name, Package: wit.NoPackage}
	exported := false
	for _, e := range c.interfaces {
		if p.offer(e.name) != nil {
			w.Imports.Set(wit.InterfaceKey(e.id), &wit.InterfaceItem{ID: e.id})
		}
		if e.name.String() == export {
			w.Exports.Set(wit.InterfaceKey(e.id), &wit.InterfaceItem{ID: e.id})
			exported = true
		}
	}
	if export != "" && !exported {
		return nil, wit.NoWorld, fmt.Errorf("%s: the catalog lacks the handler %s", p.Name, export)
	}
	set := *c.set
	set.Worlds = append(append([]*wit.World(nil), c.set.Worlds...), w)
	return &set, wit.WorldID(len(set.Worlds) - 1), nil
}

// offer gives the group of interfaces through which the host links one, nil if
// it does not.
func (p *Profile) offer(name wit.InterfaceName) *offer {
	for i := range p.offers {
		if p.offers[i].matches(name) {
			return &p.offers[i]
		}
	}
	return nil
}
