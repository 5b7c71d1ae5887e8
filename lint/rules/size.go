package rules

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python"
)

// Sizes below which the rules of this group say nothing, in bytes.
const (
	leastDebugData = 100_000
	leastUnused    = 100_000
	leastConstant  = 1_000_000
)

var debugData = &lint.Rule{
	ID: "EL0501", Name: "debug-data", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The component carries debugging data that nothing reads",
		Text: "Core modules keep DWARF and the names of functions in custom sections. No host needs them " +
			"to run the component; they are stored, pushed and pulled with it. componentize-py up to 0.21 " +
			"leaves them in.",
		Bad:  "an app.wasm of 37 MB",
		Good: "wasm-tools strip -a app.wasm -o app.wasm    # 19 MB",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		c := pass.Artifact.Component()
		if c == nil {
			return nil
		}
		names := pass.Artifact.File.ModuleNames(c)
		var parts []share
		total := int64(0)
		for i, m := range c.CoreModules {
			if n := debugBytes(m.Module); n > 0 {
				parts = append(parts, share{cmp.Or(names[i], m.Path), n})
				total += n
			}
		}
		if total < leastDebugData {
			return nil
		}
		pass.Report(lint.Finding{
			Message: fmt.Sprintf("%s of %s are debugging data", megabytes(total), megabytes(pass.Artifact.Size)),
			Details: largest(parts),
			Help: fmt.Sprintf("`edgepack push --strip` and `wasm-tools strip -a` leave %s",
				megabytes(pass.Artifact.Size-total)),
			Key: "debug",
		})
		return nil
	},
}

type share struct {
	name  string
	bytes int64
}

// largest lists the largest shares, a line each.
func largest(parts []share) []string {
	const most = 5
	slices.SortStableFunc(parts, func(a, b share) int { return cmp.Compare(b.bytes, a.bytes) })
	var lines []string
	for _, p := range parts[:min(most, len(parts))] {
		if p.bytes >= leastDebugData {
			lines = append(lines, fmt.Sprintf("%s: %s", p.name, megabytes(p.bytes)))
		}
	}
	return lines
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// debugBytes is the size of the custom sections that only debuggers read.
func debugBytes(m *core.Module) int64 {
	n := int64(0)
	if m == nil {
		return 0
	}
	for _, s := range m.Sections {
		if s.ID == core.SectionCustom && (s.Name == "name" || strings.HasPrefix(s.Name, ".debug_") ||
			s.Name == "external_debug_info" || s.Name == "sourceMappingURL") {
			n += s.Content.Len
		}
	}
	return n
}

var unusedDistribution = pythonRule(lint.Rule{
	ID: "EL0502", Name: "unused-distribution", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "A distribution is in the component and no request seems to use it",
		Text: "What the top level of the app imports becomes part of the component, with all that it " +
			"imports in turn. The rule names distributions of which a request reaches no function, as far " +
			"as can be seen: what is only used at build could be imported there alone.",
		Bad:  "import pandas    # for one constant",
		Good: "copy the constant",
	},
}, func(j *pyJudge) {
	if len(j.snap.Handlers) == 0 {
		return
	}
	used := map[*python.Distribution]bool{}
	for _, fn := range j.py.Program.Functions() {
		if fn.Reached() {
			used[fn.Code.File.Distribution] = true
		}
	}
	unused := map[*python.Distribution]int64{} // and their bytes
	for _, m := range j.snap.Modules {
		if m.Origin == python.OriginThirdParty && m.Distribution != nil && !used[m.Distribution] {
			unused[m.Distribution] = 0
		}
	}
	if len(unused) == 0 {
		return
	}
	for _, sh := range j.snap.Sizes().Modules {
		d := j.snap.Module(sh.Name).Distribution
		if _, ok := unused[d]; ok {
			unused[d] += sh.Bytes
		}
	}
	for _, d := range j.snap.Distributions {
		if n := unused[d]; n >= leastUnused {
			j.pass.Report(lint.Finding{
				Message: fmt.Sprintf("%s %s takes %s of memory, and no request seems to use it",
					d.NormalName(), d.Version, megabytes(n)),
				Help: "if nothing needs it, do not import it: the component is smaller and starts faster",
				Key:  d.NormalName(),
			})
		}
	}
})

var largeConstant = pythonRule(lint.Rule{
	ID: "EL0503", Name: "large-constant", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "A global variable of the app holds much data",
		Text: "Data that the top level of the app reads or computes is part of the component, and of the " +
			"memory of every instance. Files that the host mounts, or a store of the host, keep it out.",
		Bad:  "WORDS = open(\"words.txt\").read().split()    # 10 MB",
		Good: "`files` in spin.toml, or spin_sdk.sqlite",
	},
}, func(j *pyJudge) {
	for m := range j.appModules {
		for k, v := range m.Globals().Items() {
			name := k.Text()
			if strings.HasPrefix(name, "__") || v.IsModule() || v.IsClass() || v.IsFunction() {
				continue
			}
			if n := j.snap.Weigh(v, 4*leastConstant); n >= leastConstant {
				size := megabytes(n)
				if n >= 4*leastConstant {
					size = "more than " + megabytes(4*leastConstant)
				}
				j.atImport(m, j.bindingLine(m, name), lint.Finding{
					Message: fmt.Sprintf("%s.%s holds %s of data", m.Name, name, size),
					Help:    "mount it as a file, or keep it in a store of the host", Key: m.Name + "." + name,
				})
			}
		}
	}
})
