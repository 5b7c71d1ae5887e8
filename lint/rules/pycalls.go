package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
	"github.com/edgelint/edgelint/python/heap"
)

// calls describes what a rule about uses of library functions looks for.
type calls struct {
	// names are dotted names, matched by the way the code reached them and by
	// what the object itself is called.
	names []string
	// packages and verbs together name functions and classes of whole
	// packages: any of the verbs in any module of the packages.
	packages, verbs []string
	// attrs are attributes of values that are unknown, for methods that
	// hardly anything else has.
	attrs []string
	// raises are the exceptions of a call that fails; a handler for one of
	// them makes the finding a note.
	raises []string
	// message says what is wrong; %s is what the code calls.
	message, help string
	// unless excuses a use.
	unless func(j *pyJudge, u *flow.Use) bool
}

// callRule makes a rule of calls.
func callRule(r lint.Rule, c calls) *lint.Rule {
	return pythonRule(r, func(j *pyJudge) {
		libraries, inApp := map[string]*libraryUse{}, false
		for _, fn := range j.py.Program.Functions() {
			for _, u := range fn.Uses {
				if !u.Happens() || !c.matches(u) || c.unless != nil && c.unless(j, u) {
					continue
				}
				if fn.Code.File.Origin != python.OriginUser {
					name := libraryName(fn.Code.File)
					libraries[name] = libraries[name].add(fn, u, c)
					continue
				}
				c.report(j, fn, u)
				inApp = true
			}
		}
		if inApp { // what the app itself does matters more
			clear(libraries)
		}
		for _, name := range slices.Sorted(maps.Keys(libraries)) {
			libraries[name].report(j, name, c)
		}
		c.frozen(j)
	})
}

// matches reports whether a use is one that the rule looks for.
func (c *calls) matches(u *flow.Use) bool {
	if u.Is(c.names...) {
		return true
	}
	if u.Object.IsClass() {
		for base := range u.Object.MRO() {
			if base.IsHeapType() && slices.Contains(c.names, base.ModuleName()+"."+base.QualName()) {
				return true
			}
		}
	}
	if u.Object.IsNull() && u.Absent.IsNull() && slices.Contains(c.attrs, u.Attr) {
		return true
	}
	return c.inPackages(u)
}

func (c *calls) inPackages(u *flow.Use) bool {
	if u.Object.IsFunction() && strings.Contains(u.Object.QualName(), ".") {
		return false // a method: the object that it is of was reported
	}
	return c.named(u, u.Name) || c.named(u, u.Path)
}

// named reports whether a name is one of the verbs in one of the packages. In
// a package that is not loaded it must stand at the top: requests.get.
func (c *calls) named(u *flow.Use, name string) bool {
	top, rest, _ := strings.Cut(name, ".")
	return slices.Contains(c.packages, top) && slices.Contains(c.verbs, lastName(name)) &&
		(!u.Object.IsNull() || rest == lastName(name))
}

// written is how a finding names what is used: as the code has it, with what
// it is where that differs.
func written(u *flow.Use) string {
	name := u.Path
	if name == "" || !u.Object.IsNull() && !u.Object.IsClass() && strings.HasPrefix(u.Written, "(") {
		name = u.Name
	}
	switch {
	case name == "" || name == u.Written || strings.Contains(name, "()"):
		return u.Written
	case u.Name != "" && lastName(u.Name) != lastName(u.Written):
		return fmt.Sprintf("%s (%s)", u.Written, u.Name)
	case lastName(name) != lastName(u.Written) || !strings.Contains(u.Written, "."):
		return fmt.Sprintf("%s (%s)", u.Written, name)
	}
	return name
}

func lastName(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

func (c *calls) report(j *pyJudge, fn *flow.Function, u *flow.Use) {
	caught := u.Guard.Caught(c.raises...)
	f := lint.Finding{
		Message: fmt.Sprintf(c.message, written(u)), Help: c.help, Key: lastName(u.Written),
	}
	if m := u.Absent; !m.IsNull() {
		caught = u.Guard.Asked() || u.Guard.Caught("AttributeError")
		f.Details = []string{fmt.Sprintf("this build of Python has no %s.%s: the call raises AttributeError", m.Name(), u.Attr)}
	}
	j.report(fn, u.Position, caught, f)
}

// frozen reports partial functions that modules of the app made while they
// were imported: they stand for what they wrap.
func (c *calls) frozen(j *pyJudge) {
	for m := range j.appModules {
		for k, v := range m.Globals().Items() {
			if !v.IsPartial() {
				continue
			}
			inner := v.Wrapped()
			u := &flow.Use{Object: inner, Name: inner.ModuleName() + "." + inner.QualName(), Attr: inner.Name()}
			if c.matches(u) && (c.unless == nil || !c.unless(j, u)) {
				name := k.Text()
				j.atImport(m, j.bindingLine(m, name), lint.Finding{
					Message: fmt.Sprintf(c.message, name+", a partial of "+u.Name+","), Help: c.help, Key: name,
				})
			}
		}
	}
}

// bindingLine is the line where a module binds a name, 0 without its source.
func (j *pyJudge) bindingLine(m *python.Module, name string) int {
	if f := j.py.Source(m.File); f != nil {
		return f.Binding(name)
	}
	return 0
}

// libraryUse counts the uses in one distribution.
type libraryUse struct {
	count int
	fn    *flow.Function // of the first
	use   *flow.Use
}

// add counts a use in a function that a request reaches.
func (l *libraryUse) add(fn *flow.Function, u *flow.Use, c calls) *libraryUse {
	if !fn.Reached() || u.Guard.Caught(c.raises...) || u.Guard.Asked() {
		return l
	}
	if l == nil {
		l = &libraryUse{fn: fn, use: u}
	}
	l.count++
	return l
}

// libraryName is the distribution that a file belongs to, with its version,
// or the package that it is in.
func libraryName(f *python.File) string {
	if d := f.Distribution; d != nil {
		return d.NormalName() + " " + d.Version
	}
	pos, _, _ := strings.Cut(strings.TrimLeft(f.Path, "/0123456789"), "/")
	return pos
}

// report notes what a library does on its own.
func (l *libraryUse) report(j *pyJudge, name string, c calls) {
	if l == nil {
		return
	}
	places := "in one place"
	if l.count > 1 {
		places = fmt.Sprintf("in %d places", l.count)
	}
	j.report(l.fn, l.use.Position, false, lint.Finding{
		Message: name + ": " + fmt.Sprintf(c.message, written(l.use)),
		Details: []string{"only the library does so, " + places},
		Help:    "this matters if the app uses that part of it",
		Key:     name,
	})
}

// constText is an argument's constant text.
func constText(a flow.Arg) (string, bool) {
	if a.Const.IsStr() {
		return a.Const.Text(), true
	}
	return "", false
}

// isException reports whether an object is an exception class.
func isException(o heap.Object) bool {
	for class := range o.MRO() {
		if class.Name() == "BaseException" {
			return true
		}
	}
	return false
}
