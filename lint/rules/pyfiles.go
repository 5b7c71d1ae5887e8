package rules

import (
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python/flow"
)

var fileAccess = callRule(lint.Rule{
	ID: "EL0420", Name: "file-access", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The code opens files while it answers a request",
		Text: "A component sees only the files that the host mounts: those in `files` of spin.toml, " +
			"read-only, or none. The app's own sources and the data files of its packages are not there: " +
			"they were read at build. Opening anything else raises `FileNotFoundError: [Errno 44]`.",
		Bad:  "def handle_request(self, request):\n    page = open(\"page.html\").read()",
		Good: "PAGE = open(\"page.html\").read()    # at top level: read once, at build",
	},
}, calls{
	names: []string{
		"builtins.open", "_io.open", "io.open", "os.open", "posix.open", "os.listdir", "posix.listdir",
		"os.scandir", "posix.scandir", "os.walk", "os.mkdir", "posix.mkdir", "os.makedirs", "os.remove",
		"posix.remove", "os.unlink", "posix.unlink", "os.rename", "posix.rename", "os.replace",
		"posix.replace", "os.rmdir", "posix.rmdir", "os.stat", "posix.stat", "shutil.copy",
		"shutil.copyfile", "shutil.copytree", "shutil.rmtree", "shutil.move",
		"tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "tempfile.TemporaryDirectory",
		"tempfile.mkstemp", "tempfile.mkdtemp", "tempfile.SpooledTemporaryFile", "pathlib.Path.open",
		"pathlib.Path.read_text", "pathlib.Path.read_bytes", "pathlib.Path.write_text",
		"pathlib.Path.write_bytes", "pathlib.Path.iterdir", "pathlib.Path.mkdir", "pathlib.Path.unlink",
		"pathlib.Path.glob", "pathlib._local.Path.open", "pathlib._local.Path.read_text",
		"pathlib._local.Path.read_bytes", "pathlib._local.Path.write_text", "sqlite3.connect",
		"_sqlite3.connect", "shelve.open", "dbm.open", "fileinput.input", "glob.glob",
	},
	attrs:   []string{"read_text", "write_text", "read_bytes", "write_bytes", "iterdir"},
	raises:  []string{"OSError", "IOError", "FileNotFoundError"},
	message: "%s touches files, and the host mounts none but those in spin.toml",
	help: "read the file at top level, so that it is in the snapshot; list it in `files` of spin.toml; " +
		"for data that changes use spin_sdk.key_value or spin_sdk.sqlite",
	unless: func(j *pyJudge, u *flow.Use) bool {
		return strings.HasPrefix(u.Path, "importlib.resources.") || j.mountsKnown(u)
	},
})

// mountsKnown reports whether the manifest tells what becomes of opening a path:
// it mounts it, or path-not-mounted reports it.
func (j *pyJudge) mountsKnown(u *flow.Use) bool {
	name, writes, ok := literalPath(u)
	if !ok {
		return false
	}
	for _, c := range j.pass.Artifact.Uses {
		if writes && !c.Sees(name) {
			return false
		}
	}
	return len(j.pass.Artifact.Uses) > 0
}

var metadata = callRule(lint.Rule{
	ID: "EL0421", Name: "package-metadata", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code reads metadata or data files of packages while it answers a request",
		Text: "The build's file system is gone when a request comes: importlib.metadata raises " +
			"PackageNotFoundError, pkgutil.get_data and importlib.resources raise FileNotFoundError. " +
			"Values that the top level of a module reads are kept in the snapshot.",
		Bad:  "def handle_request(self, request):\n    v = importlib.metadata.version(\"spin-sdk\")",
		Good: "VERSION = importlib.metadata.version(\"spin-sdk\")    # at top level",
	},
}, calls{
	names: []string{
		"importlib.metadata.version", "importlib.metadata.distribution", "importlib.metadata.metadata",
		"importlib.metadata.requires", "importlib.metadata.files", "importlib.metadata.entry_points",
		"importlib.metadata.distributions", "importlib.metadata.packages_distributions",
		"pkgutil.get_data", "pkgutil.iter_modules", "pkgutil.walk_packages", "inspect.getsource",
		"inspect.getsourcelines", "importlib.resources.files", "importlib.resources.read_text",
		"importlib.resources.read_binary", "importlib.resources.open_text",
		"importlib.resources.open_binary", "importlib.resources.contents",
		"importlib.resources._common.files", "importlib.resources._functional.read_text",
		"importlib.resources._functional.read_binary", "importlib.resources._legacy.read_text",
		"importlib.resources._legacy.read_binary", "pkg_resources.get_distribution",
		"pkg_resources.resource_string",
	},
	raises:  []string{"PackageNotFoundError", "ModuleNotFoundError", "ImportError", "OSError", "IOError", "FileNotFoundError"},
	message: "%s reads what lay in the build's file system, which is gone",
	help:    "read it once at top level, so that the value is in the snapshot",
})

var dynamicCode = callRule(lint.Rule{
	ID: "EL0408", Name: "dynamic-code", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The code runs text as code",
		Text: "eval, exec and compile run whatever they are given, and what it needs cannot be checked " +
			"before deployment: imports in it fail, since the build's files are gone. If the text comes " +
			"from a request, whoever sends it runs code in the component.",
		Bad:  "eval(request.body)",
		Good: "json.loads(request.body)    # or ast.literal_eval",
	},
}, calls{
	names:   []string{"builtins.eval", "builtins.exec"},
	message: "%s runs text as code",
	help:    "parse the text instead (json.loads, ast.literal_eval)",
})
