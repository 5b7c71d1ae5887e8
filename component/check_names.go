package component

import (
	"fmt"
	"strings"
)

// externs are the imports or the exports of a scope.
type externs struct {
	kind  string // "import" or "export"
	list  []ExternName
	types []Entity
	index nameIndex
	keys  nameIndex // the names in the form in which they must differ

	// The resources that methods may belong to: those that the items introduce,
	// none in a bag of exports.
	resources     map[*ResourceType]string
	resourceNames map[string]struct{}
	named         named
}

func newExterns(kind string, n int) externs {
	ns := externs{kind: kind}
	if n > 0 {
		ns.list, ns.types = make([]ExternName, 0, n), make([]Entity, 0, n)
		ns.index, ns.keys = newNameIndex(n), newNameIndex(n)
	}
	return ns
}

func (ns *externs) items() Items {
	if len(ns.list) == 0 {
		return Items{}
	}
	return Items{&itemNames{ns.list, ns.index}, ns.types}
}

// addName checks the name of an import or export against the grammar, the type of
// the item and the other names of the scope, and adds the item.
func (s *scope) addName(ns *externs, name *ExternName, e Entity, off int64) {
	parsed, err := parseExternName(name.Name, s.features)
	key := "\x00" + name.Name // unlike that of any valid name
	switch {
	case err != nil:
		s.failErr(off, ruleExtern, fmt.Errorf("the name %q is not valid: %w", name.Name, err))
	case e != nil:
		s.checkName(ns, name, parsed, e, off)
		fallthrough
	default:
		key = parsed.key()
	}
	if prev, fresh := ns.keys.add(key); !fresh {
		err := conflict(name.full(), ns.list[prev].full())
		s.failErr(off, ruleUnique, fmt.Errorf("the %s name %w", ns.kind, err))
		return
	}
	ns.index.add(name.Name)
	ns.list, ns.types = append(ns.list, *name), append(ns.types, e)
	s.addWeight(&s.w, e, off)
}

// addWeight adds the weight of an item to that of its scope.
func (s *scope) addWeight(w *weight, e Entity, off int64) bool {
	if e == nil {
		return true
	}
	fault := w.add(e.weight())
	if fault != "" {
		s.fail(off, ruleLimit, "%s", fault)
	}
	return fault == ""
}

// conflict says that a name is not strongly unique.
func conflict(name, prev string) error {
	if name == prev {
		return fmt.Errorf("%q is given twice", name)
	}
	return fmt.Errorf("%q conflicts with %q: names must differ by more than case and hyphens", name, prev)
}

// checkName checks a well-formed name.
func (s *scope) checkName(ns *externs, name *ExternName, parsed externName, e Entity, off int64) {
	s.checkAttributes(name, parsed, e, off)
	if err := ns.checkAnnotations(parsed, e); err != nil {
		s.failErr(off, ruleExtern, fmt.Errorf("the %s %q: %w", ns.kind, name.Name, err))
	} else if parsed.accessor == annotSet {
		s.checkSetter(ns, parsed, e, off)
	}
}

// checkAttributes checks what a name carries beside itself, and its version.
func (s *scope) checkAttributes(name *ExternName, parsed externName, e Entity, off int64) {
	_, isInstance := e.(*InstanceType)
	hasSuffix := name.Attributes&AttrVersionSuffix != 0
	hasImplements := name.Attributes&AttrImplements != 0
	if name.Attributes != 0 && s.features&(FeatureImplements|FeatureCanonicalNames) == 0 {
		s.need(FeatureImplements, off, "a name with attributes")
		return
	}
	if hasSuffix && s.need(FeatureCanonicalNames, off, "a version suffix") {
		switch {
		case !isInstance:
			s.fail(off, ruleCanonicalName, "only instances can have a version suffix")
		case name.VersionSuffix == "":
			s.fail(off, ruleCanonicalName, "the version suffix is empty")
		case !hasImplements && !parsed.iface:
			s.fail(off, ruleCanonicalName, "a version suffix takes the name of an interface")
		}
	}
	if hasImplements && s.need(FeatureImplements, off, "implements") {
		if err := s.checkImplements(name, parsed, isInstance); err != nil {
			s.failErr(off, ruleExtern, err)
		}
	}
	if name.Attributes&AttrExternalID != 0 {
		s.need(FeatureImplements, off, "an external-id")
	}
	if parsed.iface {
		if err := checkVersion(name.Name, name.VersionSuffix, hasSuffix); err != nil {
			s.failErr(off, ruleExtern, fmt.Errorf("the name %q: %w", name.Name, err))
		}
	}
}

func (s *scope) checkImplements(name *ExternName, parsed externName, isInstance bool) error {
	if parsed.iface || parsed.annotation != "" || parsed.accessor != "" {
		return fmt.Errorf("the name %q cannot implement an interface, only a label can", name.Name)
	}
	if !isInstance {
		return fmt.Errorf("only an instance can implement an interface")
	}
	iface, err := parseExternName(name.Implements, s.features)
	if err == nil && !iface.iface {
		err = fmt.Errorf("it is not that of an interface")
	}
	if err == nil {
		err = checkVersion(name.Implements, name.VersionSuffix, name.Attributes&AttrVersionSuffix != 0)
	}
	if err != nil {
		return fmt.Errorf("the name %q to be implemented: %w", name.Implements, err)
	}
	return nil
}

// checkAnnotations checks that an item has the type that its name promises.
func (ns *externs) checkAnnotations(name externName, e Entity) error {
	if name.iface || name.annotation == "" && name.accessor == "" {
		return nil
	}
	f, ok := e.(*FuncType)
	if !ok {
		return fmt.Errorf("only a function can have that name")
	}
	var err error
	switch name.annotation {
	case annotConstructor:
		err = ns.checkConstructor(name, f)
	case annotMethod:
		err = ns.checkMethod(name, f)
	case annotStatic:
		if _, ok := ns.resourceNames[name.resource()]; !ok {
			err = fmt.Errorf("there is no resource %q before it", name.resource())
		}
	}
	if err != nil || name.accessor == "" {
		return err
	}
	return checkAccessor(name, f)
}

func (ns *externs) checkConstructor(name externName, f *FuncType) error {
	if f.Async {
		return fmt.Errorf("a constructor cannot be async")
	}
	t := f.Result
	if t != nil && t.Kind == KindResult {
		t = t.Elem
	}
	if t == nil || t.Kind != KindOwn {
		return fmt.Errorf("a constructor returns own<%s> or result<own<%[1]s>, ...>", name.resource())
	}
	return ns.checkResourceName(t.Resource, name.resource())
}

func (ns *externs) checkMethod(name externName, f *FuncType) error {
	if len(f.Params) == 0 || f.Params[0].Name != "self" || f.Params[0].Type.Kind != KindBorrow {
		return fmt.Errorf("a method has a first parameter self: borrow<%s>", name.resource())
	}
	return ns.checkResourceName(f.Params[0].Type.Resource, name.resource())
}

func (ns *externs) checkResourceName(r *ResourceType, name string) error {
	switch have, ok := ns.resources[r]; {
	case !ok:
		return fmt.Errorf("the resource that it belongs to has no name here; it must be %sed before as %q",
			ns.kind, name)
	case have != name:
		return fmt.Errorf("it belongs to the resource %q, not %q", have, name)
	}
	return nil
}

func checkAccessor(name externName, f *FuncType) error {
	params := len(f.Params)
	if name.annotation == annotMethod {
		params--
	}
	noValue := f.Result == nil || f.Result.Kind == KindResult && f.Result.Elem == nil
	switch {
	case f.Async:
		return fmt.Errorf("a getter or setter cannot be async")
	case name.accessor == annotGet && params != 0:
		return fmt.Errorf("a getter has no parameters beside self")
	case name.accessor == annotGet && noValue:
		return fmt.Errorf("a getter returns a value")
	case name.accessor == annotSet && params != 1:
		return fmt.Errorf("a setter has one parameter beside self")
	case name.accessor == annotSet && !noValue:
		return fmt.Errorf("a setter returns nothing, or a result without a value")
	}
	return nil
}

// checkSetter checks a setter against the getter that must come before it.
func (s *scope) checkSetter(ns *externs, name externName, e Entity, off int64) {
	getter := strings.Replace(name.text, annotSet, annotGet, 1)
	i, ok := ns.index.find(getter)
	if !ok {
		s.fail(off, ruleExtern, "the %s %q must come after the getter %q", ns.kind, name.text, getter)
		return
	}
	get, ok := ns.types[i].(*FuncType)
	set, ok2 := e.(*FuncType)
	if !ok || !ok2 || get.Result == nil {
		return
	}
	property := get.Result
	if property.Kind == KindResult {
		property = property.Elem
	}
	if err := s.valueEqual(set.Params[len(set.Params)-1].Type, property); err != nil {
		s.failErr(off, ruleExtern, fmt.Errorf("the %s %q has not the type of its getter: %w", ns.kind,
			name.text, err))
	}
}
