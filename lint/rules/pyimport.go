package rules

import (
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
)

var importErrors = []string{"ImportError", "ModuleNotFoundError"}

// absentImports calls judge for the imports, in the app's functions, of modules
// that cannot be imported, as far as which wants them.
func (j *pyJudge) absentImports(which func(*flow.Import) bool, judge func(fn *flow.Function, imp *flow.Import)) {
	for fn := range j.appFunctions {
		for _, imp := range fn.Imports {
			if imp.Module != "" && !j.snap.Importable(imp.Module) && which(imp) {
				judge(fn, imp)
			}
		}
	}
}

// needs names, for modules of the standard library that are Python files
// around a C module, that C module.
var needs = map[string]string{
	"bz2": "_bz2", "lzma": "_lzma", "ctypes": "_ctypes", "ssl": "_ssl", "sqlite3": "_sqlite3", "curses": "_curses",
	"tkinter": "_tkinter", "gzip": "zlib", "multiprocessing.pool": "_multiprocessing", "dbm.gnu": "_gdbm",
	"multiprocessing.synchronize": "_multiprocessing", "multiprocessing.shared_memory": "_posixshmem",
	"multiprocessing.managers": "_multiprocessing", "multiprocessing.queues": "_multiprocessing",
	"concurrent.futures.process": "_multiprocessing", "dbm.ndbm": "_dbm", "pty": "termios", "tty": "termios",
	"turtle": "_tkinter", "idlelib": "_tkinter", "nis": "nis", "crypt": "_crypt", "compression.bz2": "_bz2",
	"compression.lzma": "_lzma", "compression.zstd": "_zstd", "compression.zlib": "zlib", "compression.gzip": "zlib",
}

// lacks reports whether a module is of the standard library and not part of
// this build of Python, or needs a C module that is not, and names that.
func (j *pyJudge) lacks(module string) (c string, lacks bool) {
	for name := module; name != ""; name = parent(name) {
		if c := needs[name]; c != "" && !j.snap.IsBuiltin(c) {
			return c, true
		}
	}
	_, there := j.snap.Locate(module)
	top, _, _ := strings.Cut(module, ".")
	return module, !there && module == top && j.snap.InStdlib(module)
}

func parent(dotted string) string {
	if i := strings.LastIndexByte(dotted, '.'); i >= 0 {
		return dotted[:i]
	}
	return ""
}

var lateImport = pythonRule(lint.Rule{
	ID: "EL0401", Name: "late-import", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A function imports a module that is not in the snapshot",
		Text: "The component holds the modules that were imported while it was built, and no files. An " +
			"import while a request is answered works only for those, and for modules compiled into the " +
			"interpreter; any other raises ModuleNotFoundError.",
		Bad:  "def handle_request(self, request):\n    import csv",
		Good: "import csv    # at the top of the module: it becomes part of the component",
	},
}, func(j *pyJudge) {
	late := func(imp *flow.Import) bool { _, lacks := j.lacks(imp.Module); return !lacks }
	j.absentImports(late, func(fn *flow.Function, imp *flow.Import) {
		f := lint.Finding{
			Message: fmt.Sprintf("%s is imported while a request is answered, and is not in the component", imp.Module),
			Key:     imp.Module,
		}
		if path, ok := j.snap.Locate(imp.Module); ok {
			f.Details = []string{fmt.Sprintf("it was there when the component was built: %s", path)}
			f.Help = fmt.Sprintf("import %s at the top of a module that the app imports", imp.Module)
		} else if j.packageUnseen(imp.Module) {
			f.Help = fmt.Sprintf("import %s at the top of a module that the app imports", imp.Module)
		} else {
			f.Details = []string{"it was not installed when the component was built"}
			f.Help = fmt.Sprintf("install it before the build and import %s at the top of the module, or remove it", imp.Module)
		}
		j.report(fn, imp.Position, imp.Guard.Caught(importErrors...), f)
	})
	j.missingSubmodules()
})

// packageUnseen reports whether the build may have had a module without the
// importer ever listing its folder: its package was not imported either.
func (j *pyJudge) packageUnseen(module string) bool {
	top, _, nested := strings.Cut(module, ".")
	_, there := j.snap.Locate(top)
	return nested && there
}

// missingSubmodules reports `from package import module` where the package is
// loaded and the module was there at build, but is not loaded.
func (j *pyJudge) missingSubmodules() {
	for fn := range j.appFunctions {
		for _, imp := range fn.Imports {
			for _, name := range imp.Missing {
				full := imp.Module + "." + name
				if path, ok := j.snap.Locate(full); ok {
					j.report(fn, imp.Position, imp.Guard.Caught(importErrors...), lint.Finding{
						Message: full + " is imported while a request is answered, and is not in the component",
						Details: []string{"it was there when the component was built: " + path},
						Help:    fmt.Sprintf("import %s at the top of a module that the app imports", full), Key: full,
					})
				}
			}
		}
	}
}

var missingStdlib = pythonRule(lint.Rule{
	ID: "EL0402", Name: "missing-stdlib", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A function imports a part of the standard library that this Python was built without",
		Text: "componentize-py's Python has no ssl, ctypes, bz2, lzma, multiprocessing's C parts, fcntl " +
			"and others; up to componentize-py 0.17 no zlib either. Importing them raises " +
			"ModuleNotFoundError wherever it is done.",
		Bad:  "def handle_request(self, request):\n    import bz2",
		Good: "ask the host for it (https by spin_sdk.http.send), or use a package in pure Python",
	},
}, func(j *pyJudge) {
	lacking := func(imp *flow.Import) bool { _, lacks := j.lacks(imp.Module); return lacks }
	j.absentImports(lacking, func(fn *flow.Function, imp *flow.Import) {
		f := lint.Finding{
			Message: fmt.Sprintf("%s does not exist in this build of Python", imp.Module),
			Help:    "use a package in pure Python, or what the host provides", Key: imp.Module,
		}
		if c, _ := j.lacks(imp.Module); c != imp.Module {
			f.Details = []string{"it needs the C module " + c + ", which is not compiled in"}
		}
		if h, ok := stdlibInstead[imp.Module]; ok {
			f.Help = h
		}
		j.report(fn, imp.Position, imp.Guard.Caught(importErrors...), f)
	})
})

// stdlibInstead says what to use in place of a module that is not there.
var stdlibInstead = map[string]string{
	"ssl":     "the host does TLS: send requests to https URLs with spin_sdk.http.send",
	"ctypes":  "native libraries cannot be loaded; link an extension module built for WASI at build",
	"sqlite3": "use spin_sdk.sqlite, with a database of the host",
	"zlib":    "build with spin-sdk 4 or later, whose Python has zlib",
	"gzip":    "build with spin-sdk 4 or later, whose Python has zlib",
}

var missingAttribute = pythonRule(lint.Rule{
	ID: "EL0405", Name: "missing-attribute", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code uses something that this build of Python's modules do not have",
		Text: "A module in the snapshot has the names that it has: functions that WASI cannot offer, such " +
			"as os.chown or time.tzset, were left out when CPython was compiled. Using one raises " +
			"AttributeError, or ImportError where it is imported by name.",
		Bad:  "os.getuid()",
		Good: "if hasattr(os, \"getuid\"): ...",
	},
}, func(j *pyJudge) {
	for fn := range j.appFunctions {
		for _, u := range fn.Uses {
			if u.Absent.IsModule() && !j.reportedElsewhere(u) {
				j.report(fn, u.Position, u.Guard.Asked() || u.Guard.Caught("AttributeError"), lint.Finding{
					Message: fmt.Sprintf("%s does not exist in this build of Python", written(u)),
					Help:    "test with hasattr before use, or do without", Key: u.Path,
				})
			}
		}
		for _, imp := range fn.Imports {
			for _, name := range imp.Missing {
				full := imp.Module + "." + name
				if _, submodule := j.snap.Locate(full); submodule {
					continue
				}
				j.report(fn, imp.Position, imp.Guard.Caught(importErrors...), lint.Finding{
					Message: fmt.Sprintf("%s does not exist in this build of Python", full),
					Help:    "do without, or catch ImportError", Key: full,
				})
			}
		}
	}
})

// reportedElsewhere reports whether a rule about calls says more of a use.
func (j *pyJudge) reportedElsewhere(u *flow.Use) bool {
	return u.Is("os.fork", "os.forkpty", "os.system", "os.kill", "os.killpg", "signal.alarm", "signal.setitimer",
		"signal.pause", "signal.sigwait", "signal.siginterrupt", "signal.pthread_kill", "socket.gethostname",
		"socket.socketpair", "os.wait", "os.waitpid", "os.startfile") ||
		strings.HasPrefix(u.Path, "os.exec") || strings.HasPrefix(u.Path, "os.spawn") ||
		strings.HasPrefix(u.Path, "os.posix_spawn") || strings.HasPrefix(u.Path, "multiprocessing.") ||
		strings.HasPrefix(u.Path, "concurrent.futures.")
}

var indirectImport = pythonRule(lint.Rule{
	ID: "EL0406", Name: "indirect-late-import", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "A library function that the code calls imports a module that is not in the snapshot",
		Text: "Libraries, and the standard library, import some modules only when they need them. Such an " +
			"import fails like one in the app's own functions. Only functions that the app calls itself " +
			"are looked into.",
		Bad:  "webbrowser.open(url)    # imports subprocess modules when it is called",
		Good: "import the module that it names at the top of the app's module",
	},
}, func(j *pyJudge) {
	for fn := range j.appFunctions {
		for _, u := range fn.Uses {
			if u.Role != flow.RoleCalled || u.Object.IsNull() || strings.HasPrefix(u.Path, "multiprocessing.") {
				continue // of multiprocessing EL0416 says more
			}
			callee := j.py.Program.Callee(u)
			if callee == nil || callee.Code.File.Origin == python.OriginUser {
				continue
			}
			for _, imp := range callee.Imports {
				if imp.Module == "" || j.snap.Importable(imp.Module) || imp.Guard.Caught(importErrors...) {
					continue
				}
				j.report(fn, u.Position, u.Guard.Caught(importErrors...), lint.Finding{
					Message: fmt.Sprintf("%s imports %s when it is called, which is not in the component", written(u), imp.Module),
					Help:    fmt.Sprintf("import %s at the top of the module, if this build of Python has it", imp.Module),
					Key:     u.Path + ":" + imp.Module,
				})
			}
		}
	}
})

var computedImport = pythonRule(lint.Rule{
	ID: "EL0407", Name: "computed-import", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "A function imports a module whose name is computed",
		Text: "Whether such an import works cannot be told before deployment: it does if the module was " +
			"imported while the component was built.",
		Bad:  "importlib.import_module(f\"plugins.{name}\")",
		Good: "import plugins.csv, plugins.json    # at top level, so that they are in the snapshot",
	},
}, func(j *pyJudge) {
	for fn := range j.appFunctions {
		for _, imp := range fn.Imports {
			if imp.Module == "" {
				j.report(fn, imp.Position, imp.Guard.Caught(importErrors...), lint.Finding{
					Message: fmt.Sprintf("%s imports a module whose name is computed: it must be in the snapshot", imp.Written),
					Help:    "import all candidates at top level", Key: imp.Written,
				})
			}
		}
	}
})
