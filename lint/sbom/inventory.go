package sbom

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/wit"
)

// Inventory is what a component is made of.
type Inventory struct {
	// Name is the component's file name, SHA256 its digest in hex.
	Name   string
	SHA256 string
	// Items are the parts, sorted by kind, name and version.
	Items []Item
	// Tools made the component.
	Tools []Tool
	// Gaps says what could not be read.
	Gaps []string
}

// Kind is the kind of a part.
type Kind uint8

// The kinds of parts.
const (
	KindInterpreter  Kind = iota + 1 // CPython
	KindDistribution                 // a Python distribution
	KindLibrary                      // a library of native code
	KindWIT                          // a WIT package that it imports or exports
)

var kindNames = [...]string{"invalid", "interpreter", "distribution", "library", "wit-package"}

// String is the kind's name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[0]
}

// Item is one part of a component.
type Item struct {
	Kind Kind
	Name string
	// Version is "" if it is unknown.
	Version string
	// PURL is the package URL, CPE the name in the vulnerability database;
	// "" if there is none.
	PURL, CPE string
	// Path is where a library lay at build, "" if unknown.
	Path string
}

// Tool is a tool that the producers section names.
type Tool struct{ Name, Version string }

// String is the tool's name with its version, if it has one.
func (t Tool) String() string { return strings.TrimSpace(t.Name + " " + t.Version) }

// Take reads the inventory of a component.
func Take(f *component.File, name string) (*Inventory, error) {
	inv := &Inventory{Name: path.Base(strings.ReplaceAll(name, "\\", "/"))}
	h := sha256.New()
	if _, err := io.Copy(h, f.Section(component.Range{Len: f.Size})); err != nil {
		return nil, err
	}
	inv.SHA256 = hex.EncodeToString(h.Sum(nil))
	snap, err := python.Read(f)
	switch {
	case err == nil:
		inv.addPython(snap)
	case !errors.Is(err, python.ErrNotPython):
		return nil, err
	}
	if f.Root != nil {
		inv.addWIT(f.Root)
		inv.addProducers(f, f.Root)
	} else if p, err := f.Module.Producers(); err == nil {
		inv.addTools(p)
	}
	slices.SortFunc(inv.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Version, b.Version))
	})
	inv.Items = slices.Compact(inv.Items)
	slices.SortFunc(inv.Tools, func(a, b Tool) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Version, b.Version))
	})
	inv.Tools = slices.Compact(inv.Tools)
	return inv, nil
}

func (inv *Inventory) add(item Item) { inv.Items = append(inv.Items, item) }

func (inv *Inventory) addPython(s *python.Snapshot) {
	inv.Gaps = append(inv.Gaps, s.Gaps...)
	if s.Python.Major > 0 {
		v := s.Python.String()
		inv.add(Item{
			Kind: KindInterpreter, Name: "cpython", Version: v, PURL: "pkg:generic/cpython@" + v,
			CPE: "cpe:2.3:a:python:python:" + v + ":*:*:*:*:*:*:*",
		})
	}
	for _, d := range s.Distributions {
		// componentize-py's runtime is part of every component it makes; other
		// distributions are if a module of theirs is loaded.
		if len(d.Packages) == 0 && d.NormalName() != "componentize-py" && s.Tier != python.TierStrings {
			continue
		}
		inv.add(Item{
			Kind: KindDistribution, Name: d.NormalName(), Version: d.Version,
			PURL: "pkg:pypi/" + d.NormalName() + "@" + escape(d.Version),
		})
	}
	if s.Heap() == nil {
		return
	}
	for _, lib := range s.Heap().Image().Libraries {
		if strings.HasSuffix(lib.Name, ".so") && !strings.Contains(lib.Name, "libcomponentize_py_bindings") {
			inv.add(Item{Kind: KindLibrary, Name: path.Base(lib.Name), Path: libraryPath(lib.Name)})
		}
	}
}

// libraryPath is the guest path of an extension module.
func libraryPath(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return ""
}

// addWIT adds the packages of what the component imports and exports.
func (inv *Inventory) addWIT(c *component.Component) {
	add := func(name string) {
		n, ok := wit.ParseInterfaceName(name)
		if !ok {
			return
		}
		id := n.Package.Namespace + ":" + n.Package.Name
		purl := "pkg:generic/" + n.Package.Namespace + "/" + n.Package.Name
		version := string(n.Package.Version)
		if version != "" {
			purl += "@" + escape(version)
		}
		inv.add(Item{Kind: KindWIT, Name: id, Version: version, PURL: purl})
	}
	for _, i := range c.Imports {
		add(i.Name.Name)
	}
	for _, e := range c.Exports {
		add(e.Name.Name)
	}
}

// addProducers adds the tools that the producers sections of a component and
// of what is nested in it name. A section that does not decode is left out.
func (inv *Inventory) addProducers(f *component.File, c *component.Component) {
	if p, err := f.Producers(c); err == nil {
		inv.addTools(p)
	}
	for _, m := range c.CoreModules {
		if m.Module == nil {
			continue
		}
		if p, err := m.Module.Producers(); err == nil {
			inv.addTools(p)
		}
	}
	for _, nested := range c.Components {
		inv.addProducers(f, nested)
	}
}

func (inv *Inventory) addTools(p core.Producers) {
	for _, list := range [][]core.Producer{p.ProcessedBy, p.SDK, p.Language} {
		for _, t := range list {
			inv.Tools = append(inv.Tools, Tool{t.Name, t.Version})
		}
	}
}

// escape keeps a version's plus sign in a package URL.
func escape(version string) string { return strings.ReplaceAll(version, "+", "%2B") }
