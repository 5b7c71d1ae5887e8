package lint

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/edgelint/edgelint/internal/appfiles"
	"github.com/edgelint/edgelint/spin"
)

// ManifestName is the file that describes a Spin application in its folder.
const ManifestName = "spin.toml"

// runtimeConfigName is the file beside a manifest that says how it is run.
const runtimeConfigName = "runtime-config.toml"

// App is a Spin application under judgement: its manifest, the runtime
// configuration beside it, and its components.
type App struct {
	// Manifest is what could be read of the manifest; nil if nothing could.
	Manifest *spin.Manifest
	// Faults are what is wrong with it, in file order.
	Faults spin.ErrorList
	// Runtime is the runtime-config.toml beside the manifest, nil if there is
	// none; RuntimeFaults are what is wrong with it.
	Runtime       *spin.RuntimeConfig
	RuntimeFaults spin.ErrorList
	// Components are those of the manifest, in file order.
	Components []*AppComponent
	// Dir is the manifest's folder.
	Dir string

	size  int64
	lines map[string][]string // of the manifest and the runtime configuration
}

// AppComponent is a component of an application.
type AppComponent struct {
	*spin.Component
	App *App
	// Path is the file of the component's binary; "" if its source is no file and
	// was not fetched.
	Path string
	// Artifact is the binary; nil if there is no file, or if it cannot be fetched
	// or opened, which SourceErr tells.
	Artifact  *Artifact
	SourceErr error
	// Depends are its dependencies, in file order.
	Depends []AppDependency

	mounted func() []Mounted
}

// Mounted is what one entry of a component's files mounts.
type Mounted struct {
	Entry *spin.Files
	// Seen are the paths that the component sees, without the leading slash,
	// and Names the files below the application's folder.
	Seen, Names []string
	// Err is why Spin cannot mount it.
	Err error
}

// Mounts is what the component's files mount, an element for each entry.
func (c *AppComponent) Mounts() []Mounted { return c.mounted() }

// Triggers are the application's triggers that call the component.
func (c *AppComponent) Triggers() []*spin.Trigger {
	var out []*spin.Trigger
	for i := range c.App.Manifest.Triggers {
		if t := &c.App.Manifest.Triggers[i]; t.Component.Value == c.ID {
			out = append(out, t)
		}
	}
	return out
}

// Manifest is the Spin application of a manifest. A run judges the manifest and
// the binaries of its components.
func Manifest(name string) Source {
	s := file(name)
	s.manifest = true
	return s
}

// IsManifest reports whether the source is a Spin application.
func (s Source) IsManifest() bool { return s.manifest }

// Binaries are the sources of an application's binaries, each once; the source
// itself if it is no application. A manifest that cannot be read is an error.
func (s Source) Binaries() ([]Source, error) {
	if !s.manifest {
		return []Source{s}, nil
	}
	app, err := s.readApp()
	if err != nil {
		return nil, err
	}
	if len(app.Faults) > 0 {
		return nil, app.Faults
	}
	var out []Source
	seen := map[string]bool{}
	for _, c := range app.Components {
		if c.SourceErr != nil {
			return nil, fmt.Errorf("%s: %w", c.Source.Pos, c.SourceErr)
		}
		if c.Path != "" && !seen[c.Path] {
			seen[c.Path] = true
			out = append(out, c.binary())
		}
	}
	return out, nil
}

// readApp reads the manifest of a source and what lies beside it, but for the
// components' binaries.
func (s Source) readApp() (*App, error) {
	data, err := s.readAll()
	if err != nil {
		return nil, err
	}
	app := &App{Dir: s.Dir, size: int64(len(data)), lines: map[string][]string{}}
	app.Manifest, err = spin.Parse(s.Name, data)
	app.Faults = faults(err)
	app.keep(s.Name, data)
	if err := app.readRuntime(); err != nil {
		return nil, err
	}
	if app.Manifest == nil {
		return app, nil
	}
	for i := range app.Manifest.Components {
		app.Components = append(app.Components, app.component(&app.Manifest.Components[i], s.Fetch))
	}
	return app, nil
}

// readAll reads a text file that is no longer than a manifest may be, and one
// byte of what is, so that its reader tells.
func (s Source) readAll() ([]byte, error) {
	r, size, closer, err := s.Open()
	if err != nil {
		return nil, err
	}
	if closer != nil {
		defer closer.Close()
	}
	return io.ReadAll(io.NewSectionReader(r, 0, min(size, spin.MaxManifest+1)))
}

func (a *App) readRuntime() error {
	name := filepath.Join(a.Dir, runtimeConfigName)
	if err := regular(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	data, err := file(name).readAll()
	if err != nil {
		return err
	}
	a.keep(name, data)
	a.Runtime, err = spin.ParseRuntimeConfig(name, data)
	a.RuntimeFaults = faults(err)
	return nil
}

// faults is the list that an error of package spin is.
func faults(err error) spin.ErrorList {
	list, _ := errors.AsType[spin.ErrorList](err)
	return list
}

func (a *App) keep(name string, data []byte) {
	a.lines[name] = strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
}

func (a *App) component(c *spin.Component, fetch func(spin.Source) (string, error)) *AppComponent {
	out := &AppComponent{Component: c, App: a}
	if p := c.Source.Path; p != "" {
		out.Path = filepath.Join(a.Dir, filepath.FromSlash(p))
		if filepath.IsAbs(p) {
			out.Path = p
		}
	} else if fetch != nil {
		out.Path, out.SourceErr = fetch(c.Source)
	}
	out.mounted = sync.OnceValue(out.findMounts)
	return out
}

// binary is the component's binary. One that was fetched has the name that the
// manifest gives it. What all components of that binary have as dependencies is
// supplied.
func (c *AppComponent) binary() Source {
	b := file(c.Path)
	b.Supplied = func(imported string) bool {
		return !slices.ContainsFunc(c.App.Components, func(other *AppComponent) bool {
			return other.Path == c.Path && !other.Supplied(imported)
		})
	}
	if c.Source.Path == "" {
		b.Name = c.Source.Name()
	}
	return b
}

func (c *AppComponent) findMounts() []Mounted {
	var exclude []string
	for _, x := range c.ExcludeFiles {
		exclude = append(exclude, x.Value)
	}
	dir := os.DirFS(cmp.Or(c.App.Dir, "."))
	var out []Mounted
	for i := range c.Files {
		m := Mounted{Entry: &c.Files[i]}
		entry := appfiles.Mount{Pattern: m.Entry.Pattern, Source: m.Entry.Source, Destination: m.Entry.Destination}
		found, err := appfiles.New(dir, exclude)
		if err == nil {
			err = found.Add(entry)
		}
		if m.Err = err; err == nil {
			for _, f := range found.Files() {
				m.Seen, m.Names = append(m.Seen, f.Path), append(m.Names, f.Name)
			}
		}
		out = append(out, m)
	}
	return out
}

// Place is a place of the manifest, or of the runtime configuration, as a finding
// shows it.
func (a *App) Place(at spin.Position) (*Position, *Excerpt) {
	pos := &Position{File: at.File, Line: at.Line, Col: at.Col}
	lines := a.lines[at.File]
	if at.Line < 1 || at.Line > len(lines) {
		return pos, nil
	}
	line := lines[at.Line-1]
	if at.Col >= 1 && at.Col <= len(line) {
		pos.EndLine, pos.EndCol = at.Line, at.Col+tokenLength(line[at.Col-1:])
	}
	return pos, &Excerpt{Line: at.Line, Lines: []string{line}}
}

// tokenLength is the length of the key or string that a text begins with.
func tokenLength(s string) int {
	if q := s[0]; q == '"' || q == '\'' {
		if i := strings.IndexByte(s[1:], q); i >= 0 {
			return i + 2
		}
	}
	if i := strings.IndexAny(s, " \t=.]},"); i > 0 {
		return i
	}
	return max(1, len(strings.TrimRight(s, " \t")))
}

// describe is one line on what the application is.
func (a *App) describe() string {
	if a.Manifest == nil {
		return "Spin application that cannot be read"
	}
	plural := func(n int, what string) string {
		if n == 1 {
			return "1 " + what
		}
		return fmt.Sprintf("%d %ss", n, what)
	}
	return fmt.Sprintf("Spin application %s, %s, %s", a.Manifest.Name.Value,
		plural(len(a.Components), "component"), plural(len(a.Manifest.Triggers), "trigger"))
}

// Sees reports whether the component sees a file or folder of a path, which is
// relative to its root.
func (c *AppComponent) Sees(name string) bool {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return true
	}
	for _, m := range c.Mounts() {
		for _, seen := range m.Seen {
			if seen == name || strings.HasPrefix(seen, name+"/") {
				return true
			}
		}
	}
	return false
}
