package rules

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
)

var incompleteFacts = pythonRule(lint.Rule{
	ID: "EL0440", Name: "incomplete-python-facts", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The frozen Python interpreter could not be read in full",
		Text: "The rules of group 04 judge what they can read of the interpreter that the component " +
			"holds. CPython 3.12 and 3.14, as in componentize-py 0.9 to 0.25, are read in full; of others " +
			"only the strings. What is not read is not judged.",
		Bad:  "a component of componentize-py 0.8, with CPython 3.11",
		Good: "a component of componentize-py 0.17 (spin-sdk 3) or 0.25 (spin-sdk 5)",
	},
}, func(j *pyJudge) {
	for _, gap := range j.snap.Gaps {
		j.pass.Report(lint.Finding{
			Message: "Python " + j.snap.Python.String() + ": " + gap,
			Help:    "rebuild with a current spin-sdk, or update edgelint", Key: gap,
		})
	}
})

var nativeExtension = pythonRule(lint.Rule{
	ID: "EL0441", Name: "native-extension", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "A native extension module is linked into the component",
		Text: "Extension modules built for WASI become part of the component. They are listed so that the " +
			"software bill of materials names them.",
		Bad:  "numpy/_core/_multiarray_umath.cpython-314-wasm32-wasi.so",
		Good: "packages in pure Python only",
	},
}, func(j *pyJudge) {
	for _, n := range j.snap.Native {
		message := n.File + " is linked in"
		if d := n.Distribution; d != nil {
			message += fmt.Sprintf(" (%s %s)", d.NormalName(), d.Version)
		}
		f := lint.Finding{Message: message, Key: n.File, Help: "nothing to do: `edgelint sbom` lists it"}
		if n.Module == nil {
			f.Details = []string{"no module of the app imports it: without it the component is smaller"}
		}
		j.pass.Report(f)
	}
})

var nativeBeside = pythonRule(lint.Rule{
	ID: "EL0442", Name: "native-package", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "A package on the app's path has native code for another machine",
		Text: "componentize-py links only extension modules built for WASI (wasm32-wasi in their names). " +
			"Those of wheels for Linux, macOS or Windows are left out: importing them fails at build, or " +
			"the package falls back to a slower way.",
		Bad:  "fastmath/_core.cpython-312-x86_64-linux-gnu.so",
		Good: "a package in pure Python, or a wheel built for WASI",
	},
}, func(j *pyJudge) {
	packages := map[string]string{} // folder to an example
	works := map[string]bool{}      // folders of packages that are installed and loaded
	note := func(file string) {
		dir := path.Dir(file)
		if old, ok := packages[dir]; !ok || file < old {
			packages[dir] = file
		}
	}
	for _, dir := range j.snap.Directories() {
		names, _ := j.snap.Listing(dir)
		for _, name := range names {
			if isForeignNative(name) && !strings.HasPrefix(dir, "/python") && !j.isToolchain(dir) {
				folder := strings.TrimLeft(dir, "/0123456789")
				note(folder + "/" + name)
				m := j.snap.Module(strings.ReplaceAll(folder, "/", "."))
				works[folder] = m != nil && m.Distribution != nil && !j.isOwn(dir)
			}
		}
	}
	j.walkTree(note)
	for _, dir := range slices.SortedFunc(keys(packages), cmp.Compare) {
		f := lint.Finding{
			Message: strings.TrimPrefix(packages[dir], "/") + " is native code for another machine: it is not in the component",
			Help:    "use a package in pure Python, or a wheel built for WASI", Key: dir,
		}
		if works[dir] {
			f.Severity = lint.Note
			f.Details = []string{"the package is loaded all the same: it has the same in Python"}
		}
		j.pass.Report(f)
	}
})

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// isOwn reports whether a guest directory is in the entry of the python path
// that holds the app.
func (j *pyJudge) isOwn(dir string) bool {
	for _, h := range j.snap.Handlers {
		entry, _, _ := strings.Cut(strings.TrimPrefix(h.File, "/"), "/")
		if strings.HasPrefix(dir+"/", "/"+entry+"/") {
			return true
		}
	}
	return false
}

// isToolchain reports whether a guest directory is of the tools that build the
// component, which are installed beside its packages.
func (j *pyJudge) isToolchain(dir string) bool {
	return strings.HasSuffix(dir, "/componentize_py") || strings.Contains(dir, "/componentize_py/")
}

// isForeignNative tells files of native code that no component can hold.
func isForeignNative(name string) bool {
	switch path.Ext(name) {
	case ".so":
		return !strings.Contains(name, "wasm32-wasi")
	case ".pyd", ".dylib":
		return true
	}
	return false
}

// walkTree calls note with native files in the folder of the app's sources.
// Virtual environments and hidden folders are left out: they are not on the
// app's path.
func (j *pyJudge) walkTree(note func(string)) {
	const mostEntries = 1 << 15
	if j.py.Dir == "" || !j.hasSources() {
		return
	}
	seen := 0
	_ = fs.WalkDir(os.DirFS(j.py.Dir), ".", func(name string, e fs.DirEntry, err error) error {
		if seen++; seen > mostEntries {
			return fs.SkipAll
		}
		if err != nil {
			return fs.SkipDir
		}
		if e.IsDir() {
			if base := e.Name(); name != "." && (strings.HasPrefix(base, ".") || base == "venv" || base == "node_modules" ||
				base == "site-packages" || base == "componentize_py") {
				return fs.SkipDir
			}
			return nil
		}
		if isForeignNative(e.Name()) {
			note(name)
		}
		return nil
	})
}

// hasSources reports whether a source of the app lies in the folder, so that
// it is the app's.
func (j *pyJudge) hasSources() bool {
	for m := range j.appModules {
		if j.py.Source(m.File) != nil {
			return true
		}
	}
	return false
}

var staleSource = pythonRule(lint.Rule{
	ID: "EL0443", Name: "stale-source", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "A source file beside the component is not the one it was built from",
		Text: "Functions of the component begin on other lines than in the file: it was edited after the " +
			"build, or is of another app. Excerpts and what the top level of modules does are not shown.",
		Bad:  "app.py edited, app.wasm not rebuilt",
		Good: "spin build && edgelint app.wasm",
	},
}, func(j *pyJudge) {
	for _, name := range j.py.Stale {
		j.pass.Report(lint.Finding{
			Message: name + " is not what the component was built from",
			Help:    "rebuild the component, or name the folder of its sources with --source", Key: name,
		})
	}
})

// knownBugs are faults of released tools that matter to deployed apps.
var knownBugs = []struct {
	distribution, before, what string
}{
	{"spin-sdk", "3.2.1", "requests to http://self go to a wrong address"},
}

var oldSDK = pythonRule(lint.Rule{
	ID: "EL0444", Name: "old-sdk", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The component was built with an SDK or toolchain that has known faults",
		Text: "The versions are those that were installed when the component was built. Newer ones have " +
			"the fault that the finding names mended.",
		Bad:  "spin-sdk==3.1.0 in requirements.txt",
		Good: "spin-sdk==3.4.1, or spin-sdk==5.0.0 for async handlers",
	},
}, func(j *pyJudge) {
	for _, bug := range knownBugs {
		d, ok := j.snap.Distribution(bug.distribution)
		if !ok || !older(d.Version, bug.before) {
			continue
		}
		j.pass.Report(lint.Finding{
			Message: fmt.Sprintf("built with %s %s: %s", d.NormalName(), d.Version, bug.what),
			Help:    fmt.Sprintf("build with %s %s or later", bug.distribution, bug.before), Key: bug.distribution + bug.before,
		})
	}
	for _, d := range j.snap.Distributions {
		if d.NormalName() == "spin-sdk" && strings.HasPrefix(d.Version, "4.") {
			j.pass.Report(lint.Finding{
				Message: "built with spin-sdk " + d.Version + ": it targets a release candidate of WASI 0.3 that few hosts serve",
				Help:    "build with spin-sdk 5, for wasi:http/handler@0.3.0", Key: "spin-sdk 4",
			})
		}
	}
})

// older compares versions of the form 1.2.3 number by number.
func older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range max(len(a), len(b)) {
		x, y := number(a, i), number(b, i)
		if x != y {
			return x < y
		}
	}
	return false
}

func number(parts []string, i int) int {
	n := 0
	if i < len(parts) {
		for _, c := range parts[i] {
			if c < '0' || c > '9' {
				break
			}
			n = min(n*10+int(c-'0'), 1<<20)
		}
	}
	return n
}

var debugLeftover = callRule(lint.Rule{
	ID: "EL0445", Name: "debugger", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code starts a debugger",
		Text: "breakpoint() and pdb.set_trace() wait for commands from a standard input that is empty: " +
			"the request ends in an exception.",
		Bad:  "breakpoint()",
		Good: "print(value, file=sys.stderr)    # standard error is in the host's log",
	},
}, calls{
	names: []string{
		"builtins.breakpoint", "pdb.set_trace", "pdb.post_mortem", "pdb.run", "ipdb.set_trace",
		"debugpy.listen", "debugpy.breakpoint", "pydevd.settrace", "pudb.set_trace", "IPython.embed",
		"code.interact", "builtins.help",
	},
	message: "%s starts a debugger or console, which has no one to talk to",
	help:    "remove it",
})

var debugModule = pythonRule(lint.Rule{
	ID: "EL0446", Name: "development-module", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The app imports modules that serve development only",
		Text: "Test runners, debuggers and profilers that the app imports at top level are part of the " +
			"component: they make it larger and do nothing in it.",
		Bad:  "import pytest    # in app.py",
		Good: "import it in the tests alone",
	},
}, func(j *pyJudge) {
	for m := range j.appModules {
		for k, v := range m.Globals().Items() {
			name := v.Name()
			if v.IsModule() && slices.Contains(developmentModules, name) {
				j.atImport(m, j.bindingLine(m, k.Text()), lint.Finding{
					Message: fmt.Sprintf("%s imports %s, which serves development only", m.Name, name),
					Help:    "remove the import", Key: m.Name + ":" + name,
				})
			}
		}
	}
})

var developmentModules = []string{
	"pytest", "_pytest", "unittest", "pdb", "ipdb", "debugpy", "pydevd", "IPython", "cProfile", "profile",
	"tracemalloc", "doctest", "hypothesis", "coverage", "mypy", "pudb", "trace", "timeit",
}
