package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python/flow"
)

var hiddenImport = pythonRule(lint.Rule{
	ID: "EL0403", Name: "hidden-import", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A C function imports a module that is not in the snapshot",
		Text: "datetime.strptime and time.strptime are written in C and import the module _strptime when " +
			"they are first called. Unless something did so at build, they raise `ModuleNotFoundError: No " +
			"module named '_strptime'`.",
		Bad:  "datetime.strptime(text, \"%Y-%m-%d\")",
		Good: "import _strptime    # at top level: puts it into the snapshot",
	},
}, func(j *pyJudge) {
	if j.snap.Importable("_strptime") {
		return
	}
	for fn := range j.appFunctions {
		for _, u := range fn.Uses {
			known := u.Is("datetime.datetime.strptime", "time.strptime", "datetime.date.strptime", "datetime.time.strptime")
			if u.Happens() && (known || u.Attr == "strptime" && u.Path == "") {
				j.report(fn, u.Position, u.Guard.Caught(importErrors...), lint.Finding{
					Message: fmt.Sprintf("%s imports _strptime when it is called, which is not in the component", written(u)),
					Help:    "add `import _strptime` at the top of the module", Key: "_strptime",
				})
			}
		}
	}
})

var codecNotLoaded = pythonRule(lint.Rule{
	ID: "EL0404", Name: "codec-not-loaded", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code uses an encoding whose codec is not in the snapshot",
		Text: "Codecs are modules of the package encodings, imported on first use. Those not used at " +
			"build are missing: `LookupError: unknown encoding`. UTF-8, UTF-16, UTF-32, ASCII and Latin-1 " +
			"are built into str.encode and bytes.decode; open and TextIOWrapper need the module even for " +
			"Latin-1.",
		Bad:  "text.encode(\"cp1252\")",
		Good: "import encodings.cp1252    # at top level: puts it into the snapshot",
	},
}, func(j *pyJudge) {
	for fn := range j.appFunctions {
		for _, u := range fn.Uses {
			name, direct, ok := codecOf(u)
			if !ok {
				continue
			}
			module, known := j.codecModule(name)
			if !known || j.snap.Importable(module) || direct && builtinCodec(name) {
				continue
			}
			j.report(fn, u.Position, u.Guard.Caught("LookupError"), lint.Finding{
				Message: fmt.Sprintf("%s needs the codec %q, which is not in the component", written(u), name),
				Help:    "add `import " + module + "` at the top of the module", Key: name,
			})
		}
	}
})

// codecOf is the encoding that a call names; direct tells the methods that
// know some encodings without a codec.
func codecOf(u *flow.Use) (name string, direct, ok bool) {
	if u.Role != flow.RoleCalled {
		return "", false, false
	}
	if named := u.Arg(len(u.Args), "encoding"); named.Const.IsStr() {
		name, ok = constText(named)
		return name, u.Attr == "encode" || u.Attr == "decode", ok
	}
	switch {
	case u.Object.IsNull() && (u.Attr == "encode" || u.Attr == "decode"):
		name, ok = constText(u.Arg(0, "encoding"))
		return name, true, ok
	case u.Is("builtins.str", "builtins.bytes", "codecs.encode", "codecs.decode", "_codecs.encode", "_codecs.decode"):
		name, ok = constText(u.Arg(1, "encoding"))
		return name, true, ok
	case u.Is("codecs.lookup", "_codecs.lookup", "codecs.getencoder", "codecs.getdecoder", "codecs.getreader",
		"codecs.getwriter", "codecs.getincrementaldecoder", "codecs.getincrementalencoder"):
		name, ok = constText(u.Arg(0, "encoding"))
		return name, false, ok
	case u.Is("codecs.open"):
		name, ok = constText(u.Arg(2, "encoding"))
		return name, false, ok
	}
	return "", false, false
}

// codecModule is the module of a codec; known tells names that Python knows.
func (j *pyJudge) codecModule(name string) (module string, known bool) {
	name = normalCodec(name)
	aliases := j.snap.Module("encodings.aliases")
	if aliases == nil {
		return "", false
	}
	if to := aliases.Globals().Get("aliases").Get(name); to.IsStr() {
		return "encodings." + to.Text(), true
	}
	module = "encodings." + name
	_, located := j.snap.Locate(module)
	return module, located
}

// normalCodec spells a codec's name as the registry does.
func normalCodec(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return '_'
		}
		return r
	}, strings.ToLower(name))
}

// builtinCodec reports whether str.encode and bytes.decode know the name
// without its codec.
func builtinCodec(name string) bool {
	return slices.Contains([]string{
		"utf_8", "utf8", "utf_16", "utf16", "utf_32", "utf32", "utf_16_le", "utf_16_be", "utf_32_le",
		"utf_32_be", "ascii", "us_ascii", "latin_1", "latin1", "iso_8859_1", "iso8859_1",
	}, normalCodec(name))
}
