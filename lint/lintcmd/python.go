package lintcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
)

func (c *Command) pythonVerb() cli.Verb {
	var asJSON, all bool
	return cli.Verb{
		Name: "python", Args: "FILE", Summary: "print what is in a component's frozen Python", MinArgs: 1, MaxArgs: 1,
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVar(&asJSON, "json", false, "print all facts as JSON")
			fs.BoolVar(&all, "all", false, "list the modules of the SDK and of the standard library, too")
		},
		Run: func(ctx context.Context, args []string) error { return c.python(ctx, args[0], asJSON, all) },
	}
}

// python prints what is known of the interpreter frozen in a component.
func (c *Command) python(ctx context.Context, name string, asJSON, all bool) error {
	path, err := c.file(ctx, name)
	if err != nil {
		return err
	}
	f, err := openFile(name, path)
	if err != nil {
		return err
	}
	defer f.Close()
	snap, err := python.Read(f)
	if errors.Is(err, python.ErrNotPython) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err != nil {
		return err
	}
	facts := factsOf(snap)
	if asJSON {
		return json.NewEncoder(c.Stdout).Encode(facts)
	}
	return facts.text(c.Stdout, all)
}

// pythonFacts is what `edgelint python --json` prints.
type pythonFacts struct {
	Python        string         `json:"python"`
	Tier          string         `json:"tier"`
	Gaps          []string       `json:"gaps,omitempty"`
	Path          []string       `json:"path"`
	Handlers      []handlerFacts `json:"handlers"`
	Distributions []distFacts    `json:"distributions"`
	Modules       []moduleFacts  `json:"modules"`
	Native        []string       `json:"native"`
	Functions     []funcFacts    `json:"functions"` // of the app itself
	Types         []shareFacts   `json:"types"`
	ImageBytes    int64          `json:"image_bytes"`
	HeapBytes     int64          `json:"heap_bytes"`
	Files         []string       `json:"files,omitempty"` // tier strings only
}

type handlerFacts struct {
	Class    string   `json:"class"`
	Protocol string   `json:"protocol"`
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Methods  []string `json:"methods"`
}

type distFacts struct {
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Dir      string   `json:"dir"`
	Packages []string `json:"packages"` // loaded
}

type moduleFacts struct {
	Name         string   `json:"name"`
	Origin       string   `json:"origin"`
	File         string   `json:"file,omitempty"`
	Distribution string   `json:"distribution,omitempty"`
	Bytes        int64    `json:"bytes"`
	Objects      int      `json:"objects"`
	Imports      []string `json:"imports,omitempty"` // of the app's modules
}

type funcFacts struct {
	Name    string        `json:"name"`
	File    string        `json:"file"`
	Line    int           `json:"line"`
	Reached bool          `json:"reached"` // by a request
	Imports []importFacts `json:"imports,omitempty"`
	Uses    []useFacts    `json:"uses,omitempty"`
}

type importFacts struct {
	Module string `json:"module"`
	Line   int    `json:"line"`
}

type useFacts struct {
	Name   string `json:"name"`
	Line   int    `json:"line"`
	Called bool   `json:"called"`
}

type shareFacts struct {
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	Objects int    `json:"objects"`
}

func factsOf(s *python.Snapshot) *pythonFacts {
	f := &pythonFacts{
		Python: s.Python.String(), Tier: s.Tier.String(), Gaps: s.Gaps, Path: s.Path,
		Handlers: []handlerFacts{}, Distributions: []distFacts{}, Modules: []moduleFacts{}, Native: []string{},
		Functions: []funcFacts{}, Types: []shareFacts{},
	}
	for _, h := range s.Handlers {
		facts := handlerFacts{Class: h.QualName(), Protocol: h.Protocol, File: h.File, Line: h.Line}
		for _, m := range h.Methods {
			facts.Methods = append(facts.Methods, fmt.Sprintf("%s (line %d)", m.Name(), m.FirstLine()))
		}
		f.Handlers = append(f.Handlers, facts)
	}
	for _, d := range s.Distributions {
		f.Distributions = append(f.Distributions, distFacts{d.NormalName(), d.Version, d.Dir, d.Packages})
	}
	for _, n := range s.Native {
		f.Native = append(f.Native, n.File)
	}
	if s.Strings != nil {
		f.Files = s.Strings.Files
	}
	f.addSizes(s)
	f.addFunctions(flow.Analyze(s))
	return f
}

func (f *pythonFacts) addSizes(s *python.Snapshot) {
	sizes := s.Sizes()
	f.ImageBytes, f.HeapBytes = sizes.Image, sizes.Heap
	byName := map[string]python.Share{}
	for _, sh := range sizes.Modules {
		byName[sh.Name] = sh
	}
	for _, m := range s.Modules {
		sh := byName[m.Name]
		facts := moduleFacts{
			Name: m.Name, Origin: m.Origin.String(), File: m.File, Bytes: sh.Bytes, Objects: sh.Objects,
		}
		if m.Distribution != nil {
			facts.Distribution = m.Distribution.NormalName()
		}
		if m.Origin == python.OriginUser {
			facts.Imports = m.Imports()
		}
		f.Modules = append(f.Modules, facts)
	}
	for _, sh := range sizes.Types {
		f.Types = append(f.Types, shareFacts(sh))
	}
}

func (f *pythonFacts) addFunctions(p *flow.Program) {
	for _, fn := range p.Functions() {
		if fn.Code.File.Origin != python.OriginUser {
			continue
		}
		facts := funcFacts{
			Name: fn.Code.QualName(), File: fn.Code.File.Path, Line: fn.Code.FirstLine(), Reached: fn.Reached(),
		}
		for _, imp := range fn.Imports {
			facts.Imports = append(facts.Imports, importFacts{imp.Module, imp.Position.Line})
		}
		for _, u := range fn.Uses {
			if u.Happens() && u.Path != "" {
				facts.Uses = append(facts.Uses, useFacts{u.Path, u.Position.Line, u.Role == flow.RoleCalled})
			}
		}
		f.Functions = append(f.Functions, facts)
	}
}

// text prints the facts for people.
func (f *pythonFacts) text(w io.Writer, all bool) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "python\t%s\tread by: %s\n", f.Python, f.Tier)
	for _, gap := range f.Gaps {
		fmt.Fprintf(tw, "gap\t%s\n", gap)
	}
	for _, h := range f.Handlers {
		fmt.Fprintf(tw, "handler\t%s\t%s, answers %s: %s\n", h.Class, h.File, h.Protocol, strings.Join(h.Methods, ", "))
	}
	fmt.Fprintf(tw, "memory\t%s\t%s in objects\n", bytesText(f.ImageBytes), bytesText(f.HeapBytes))
	for _, n := range f.Native {
		fmt.Fprintf(tw, "native\t%s\n", n)
	}
	for _, name := range f.Files {
		fmt.Fprintf(tw, "file\t%s\n", name)
	}
	f.distributionsText(tw)
	f.modulesText(tw, all)
	return tw.Flush()
}

func (f *pythonFacts) distributionsText(tw io.Writer) {
	if len(f.Distributions) == 0 {
		return
	}
	fmt.Fprintf(tw, "\nDISTRIBUTION\tVERSION\tLOADED AS\n")
	for _, d := range f.Distributions {
		loaded := strings.Join(d.Packages, ", ")
		if loaded == "" {
			loaded = "-"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", d.Name, d.Version, loaded)
	}
}

// modulesText lists the modules of the app and its distributions, and sums up
// the others unless all are asked for.
func (f *pythonFacts) modulesText(tw io.Writer, all bool) {
	if len(f.Modules) == 0 {
		return
	}
	fmt.Fprintf(tw, "\nMODULE\tORIGIN\tBYTES\tIMPORTS\n")
	counts, bytes := map[string]int{}, map[string]int64{}
	for _, m := range f.Modules {
		own := m.Origin == python.OriginUser.String() || m.Origin == python.OriginThirdParty.String()
		if !own && !all {
			counts[m.Origin]++
			bytes[m.Origin] += m.Bytes
			continue
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%s\n", m.Name, m.Origin, m.Bytes, strings.Join(m.Imports, " "))
	}
	for o := python.OriginUnknown; o <= python.OriginNative; o++ {
		if n := counts[o.String()]; n > 0 {
			fmt.Fprintf(tw, "(%d more)\t%s\t%d\t\n", n, o, bytes[o.String()])
		}
	}
}

// bytesText is a size for people, in units of 1000.
func bytesText(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
