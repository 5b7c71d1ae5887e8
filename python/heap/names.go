package heap

// Name is the __name__ of a module, class, function or code object.
func (o Object) Name() string {
	switch {
	case o.addr == 0:
		return ""
	case o.IsClass():
		return o.className()
	case o.IsFunction():
		return o.ref(offFuncName).Text()
	case o.IsBuiltin():
		return o.h.img.cstring(o.h.img.u32(o.u32(offBuiltinDef)))
	case o.IsCode():
		return o.ref(offCodeName).Text()
	case o.IsModule():
		return o.Get("__name__").Text()
	}
	return ""
}

// QualName is the __qualname__ of a class, function or code object, and the
// name of anything else that has one.
func (o Object) QualName() string {
	switch {
	case o.addr == 0:
		return ""
	case o.IsClass():
		return o.classQualName()
	case o.IsFunction():
		return o.ref(offFuncQualName).Text()
	case o.IsCode():
		return o.ref(offCodeQualName).Text()
	case o.IsBuiltin():
		return o.builtinQualName()
	}
	return o.Name()
}

// builtinQualName puts the class before the name of a method written in C.
func (o Object) builtinQualName() string {
	self := o.ref(offBuiltinSelf)
	switch {
	case self.addr == 0 || self.IsModule():
		return o.Name()
	case self.IsClass():
		return self.QualName() + "." + o.Name()
	}
	return self.Type().QualName() + "." + o.Name()
}

// ModuleName is the __module__ of a class or function.
func (o Object) ModuleName() string {
	switch {
	case o.addr == 0:
		return ""
	case o.IsClass():
		return o.classModule()
	case o.IsFunction():
		return o.ref(offFuncModule).Text()
	case o.IsBuiltin():
		if m := o.ref(offBuiltinModule); m.IsStr() {
			return m.Text()
		}
		if self := o.ref(offBuiltinSelf); self.IsClass() {
			return self.ModuleName()
		}
		return "builtins"
	}
	return ""
}

// Code is the code object of a function.
func (o Object) Code() Object {
	if !o.IsFunction() {
		return Object{}
	}
	return o.ref(offFuncCode)
}

// Globals is the dict in which a function looks its global names up.
func (o Object) Globals() Object {
	if !o.IsFunction() {
		return Object{}
	}
	return o.ref(offFuncGlobals)
}

// Closure is the tuple of cells that a function closes over, in the order of
// its code's free variables.
func (o Object) Closure() Object {
	if !o.IsFunction() {
		return Object{}
	}
	return o.ref(offFuncClosure)
}

// Defaults is the tuple of a function's default arguments, and KwDefaults the
// dict of those that go by keyword alone.
func (o Object) Defaults() Object {
	if !o.IsFunction() {
		return Object{}
	}
	return o.ref(offFuncDefaults)
}

// KwDefaults is the dict of a function's defaults of keyword-only arguments.
func (o Object) KwDefaults() Object {
	if !o.IsFunction() {
		return Object{}
	}
	return o.ref(offFuncKwDefaults)
}

// Wrapped is what a bound method, staticmethod, classmethod, cell,
// functools.partial or a wrapper made with functools.wraps stands for.
func (o Object) Wrapped() Object {
	k := o.known()
	switch {
	case o.addr == 0:
		return Object{}
	case o.IsMethod(), o.IsCell(), o.typed(k.staticMethod), o.typed(k.classMethod):
		return o.ref(offWrapped)
	case o.IsPartial():
		return o.ref(offWrapped)
	case o.IsClass(), o.IsModule(), o.IsDict():
		return Object{}
	}
	return o.Dict().Get("__wrapped__")
}

// Self is the object that a bound method is bound to.
func (o Object) Self() Object {
	switch {
	case o.IsMethod():
		return o.ref(offMethodSelf)
	case o.IsBuiltin():
		return o.ref(offBuiltinSelf)
	}
	return Object{}
}

// Accessors are the getter, setter and deleter of a property.
func (o Object) Accessors() (get, set, del Object) {
	if !o.IsProperty() {
		return Object{}, Object{}, Object{}
	}
	return o.ref(offWrapped), o.ref(offPropertySetter), o.ref(offPropertyDeleter)
}
