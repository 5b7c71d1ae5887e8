package component

// ModuleNames gives what the core modules of a component are called, parallel to
// [Component.CoreModules]: by its component-name section, or by the name under
// which they are linked to others, as in "libc.so"; "" for modules without a name.
// Names are for messages: nothing depends on them.
func (f *File) ModuleNames(c *Component) []string {
	names := make([]string, len(c.CoreModules))
	given, _ := f.Names(c) // what comes before a fault is as good as any
	for index, def := range c.Space(SortCoreModule) {
		if def.Kind == DefCoreModule {
			names[def.Index] = given.Items[SortCoreModule][uint32(index)]
		}
	}
	for i := range c.CoreInstances {
		for _, arg := range c.CoreInstances[i].Args {
			if m, ok := c.moduleOf(arg.Instance); ok && names[m] == "" && isLibrary(arg.Name) {
				names[m] = arg.Name
			}
		}
	}
	return names
}

// isLibrary reports whether the name of an instantiation argument is that of a
// library, rather than of what it is linked as ("env", an interface).
func isLibrary(name string) bool {
	const suffix = ".so"
	return len(name) > len(suffix) && name[len(name)-len(suffix):] == suffix
}

// moduleOf finds the core module behind a core instance: the one that was
// instantiated, or, for a bag of exports, the one that the exports come from if
// they all come from one.
func (c *Component) moduleOf(instance uint32) (module uint32, ok bool) {
	def, ok := c.Lookup(SortCoreInstance, instance)
	if !ok || def.Kind != DefCoreInstance {
		return 0, false
	}
	inst := &c.CoreInstances[def.Index]
	if !inst.Inline {
		def, ok = c.Lookup(SortCoreModule, inst.Module)
		return def.Index, ok && def.Kind == DefCoreModule
	}
	for i, e := range inst.Exports {
		from, ok := c.exporter(e.Sort, e.Index)
		if !ok || i > 0 && from != module {
			return 0, false
		}
		module = from
	}
	return module, len(inst.Exports) > 0
}

// exporter finds the core module that a core definition is an export of.
func (c *Component) exporter(sort Sort, index uint32) (module uint32, ok bool) {
	def, ok := c.Lookup(sort, index)
	if !ok || def.Kind != DefAlias || c.Aliases[def.Index].Kind != AliasCoreExport {
		return 0, false
	}
	from, ok := c.Lookup(SortCoreInstance, c.Aliases[def.Index].Instance)
	if !ok || from.Kind != DefCoreInstance || c.CoreInstances[from.Index].Inline {
		return 0, false
	}
	def, ok = c.Lookup(SortCoreModule, c.CoreInstances[from.Index].Module)
	return def.Index, ok && def.Kind == DefCoreModule
}
