package pack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/edgelint/edgelint/internal/appfiles"
	"github.com/edgelint/edgelint/spin"
)

// FromManifest makes an application of a manifest, whose paths are those of
// fsys: the manifest's folder. fetch gets sources that are not paths; nil
// refuses them. Close the application when its artifact is no longer read.
func FromManifest(m *spin.Manifest, fsys fs.FS, fetch func(spin.Source) (Wasm, error)) (App, error) {
	l := &loader{manifest: m, fsys: fsys, fetch: fetch}
	app := App{
		Name: m.Name.Value, Version: m.AppVersion.Value, Description: m.Description.Value,
		Authors: values(m.Authors), Globals: l.globals(), Variables: map[string]Variable{},
	}
	for _, v := range m.Variables {
		variable := Variable{Description: v.Description, Secret: v.Secret}
		if v.Default != nil {
			variable.Default = &v.Default.Value
		}
		app.Variables[v.Name] = variable
	}
	for _, t := range m.Triggers {
		if len(t.Dependencies) > 0 {
			return App{}, fmt.Errorf(
				"%s: the trigger has dependencies, which are not packed; compose the component first", t.Pos,
			)
		}
		trigger := Trigger{ID: t.ID, Type: t.Type, Component: t.Component.Value, Config: t.Config}
		if m.Version == 1 {
			trigger.ID = "trigger-" + t.Component.Value
		}
		app.Triggers = append(app.Triggers, trigger)
	}
	for _, c := range m.Components {
		component, err := l.component(c)
		if err != nil {
			return App{}, errors.Join(fmt.Errorf("%s: component %q: %w", c.Pos, c.ID, err), l.close())
		}
		app.Components = append(app.Components, component)
	}
	app.closers = l.closers
	return app, nil
}

// Close closes the files of the application's components. A second call does
// nothing.
func (app *App) Close() error {
	err := closeAll(app.closers)
	app.closers = nil
	return err
}

func closeAll(closers []io.Closer) error {
	var errs []error
	for _, c := range closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

func values(list []spin.String) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.Value)
	}
	return out
}

func entries(list []spin.Entry) map[string]string {
	out := map[string]string{}
	for _, e := range list {
		out[e.Name] = e.Value.Value
	}
	return out
}

// loader finds what a manifest names.
type loader struct {
	manifest *spin.Manifest
	fsys     fs.FS
	fetch    func(spin.Source) (Wasm, error)
	closers  []io.Closer
}

func (l *loader) close() error { return closeAll(l.closers) }

func (l *loader) globals() map[string]any {
	globals := map[string]any{}
	for kind, table := range l.manifest.TriggerConfig {
		globals[kind] = table
	}
	if l.manifest.Version == 1 {
		for _, kind := range l.manifest.TriggerTypes() {
			if globals[kind] == nil {
				globals[kind] = map[string]any{}
			}
		}
	}
	return globals
}

func (l *loader) component(c spin.Component) (Component, error) {
	out := Component{
		ID: c.ID, Description: c.Description,
		Environment: entries(c.Environment), Variables: entries(c.Variables),
		KeyValueStores: values(c.KeyValueStores), SQLiteDatabases: values(c.SQLiteDatabases),
		AIModels: values(c.AIModels),
		Build:    build(c.Build),
	}
	hosts, err := l.manifest.OutboundHosts(&c)
	if err != nil {
		return out, err
	}
	out.AllowedOutboundHosts = values(hosts)
	if out.Wasm, err = l.source(c.Source); err != nil {
		return out, err
	}
	for _, d := range c.Dependencies {
		dep, err := l.dependency(d)
		if err != nil {
			return out, fmt.Errorf("dependency %q: %w", d.Selector, err)
		}
		dep.InheritAll = dep.InheritAll || c.InheritConfiguration
		out.Dependencies = append(out.Dependencies, dep)
	}
	var mounts []Mount
	for _, f := range c.Files {
		mounts = append(mounts, Mount{Pattern: f.Pattern, Source: f.Source, Destination: f.Destination})
	}
	out.Files, err = Collect(l.fsys, mounts, values(c.ExcludeFiles))
	return out, err
}

func build(b *spin.Build) map[string]any {
	if b == nil {
		return nil
	}
	out := map[string]any{}
	if commands := values(b.Commands); len(commands) == 1 {
		out["command"] = commands[0]
	} else {
		out["command"] = commands
	}
	if b.Workdir != "" {
		out["workdir"] = b.Workdir
	}
	if watch := values(b.Watch); len(watch) > 0 {
		out["watch"] = watch
	}
	return out
}

// source opens a binary. It stays open until the application is closed.
func (l *loader) source(s spin.Source) (Wasm, error) {
	if s.Path == "" {
		if l.fetch == nil {
			return Wasm{}, fmt.Errorf("source is not a file; fetch %s and name the file", s.Name())
		}
		return l.fetch(s)
	}
	return l.open(s.Path)
}

func (l *loader) open(path string) (Wasm, error) {
	name, err := appfiles.Inside(path)
	if err != nil {
		return Wasm{}, err
	}
	f, err := l.fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Wasm{}, fmt.Errorf("source %s does not exist; build the component first", path)
	}
	if err != nil {
		return Wasm{}, err
	}
	l.closers = append(l.closers, f)
	info, err := f.Stat()
	if err != nil {
		return Wasm{}, err
	}
	if r, ok := f.(io.ReaderAt); ok && info.Mode().IsRegular() {
		return Wasm{r, info.Size()}, nil
	}
	return Wasm{}, fmt.Errorf("source %s is not a plain file", path)
}

func (l *loader) dependency(d spin.Dependency) (Dependency, error) {
	dep := Dependency{Name: d.Selector, Export: d.Export, InheritAll: d.InheritAll, Inherit: values(d.Inherit)}
	var err error
	source := d.Source()
	if d.Component != "" {
		c, ok := l.manifest.Component(d.Component)
		if !ok {
			return dep, fmt.Errorf("the application has no component %q", d.Component)
		}
		source = c.Source
	}
	dep.Wasm, err = l.source(source)
	return dep, err
}
