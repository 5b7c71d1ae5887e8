package spin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/spin"
)

// Config says where an application's state lives and what its variables are.
type Config struct {
	// StateDir is the folder of the default stores, ".spin" beside spin.toml;
	// "" keeps everything in memory.
	StateDir string
	// Variables are the values of application variables; they win over the
	// providers.
	Variables map[string]string
	// Providers are asked for variables in order.
	Providers []Provider
	// Denied is told of each refusal; nil tells nobody.
	Denied func(Denial)
}

// Denial is a call that the manifest does not permit.
type Denial struct {
	Component string
	// What was refused, and the line for the component's table in spin.toml
	// that would permit it.
	What, Grant string
}

// App is the state that the components of one application share.
type App struct {
	manifest *spin.Manifest
	config   Config
	stores   *stores
	dbs      *databases
	values   *variables
}

// NewApp opens the state of an application. It fails if a component is granted a
// store or database that does not exist, or if a required variable has no value.
func NewApp(ctx context.Context, m *spin.Manifest, cfg Config) (*App, error) {
	a := &App{manifest: m, config: cfg, values: newVariables(m, cfg)}
	a.stores, a.dbs = newStores(cfg.StateDir), newDatabases(cfg.StateDir)
	err := errors.Join(a.checkLabels(), a.values.checkRequired(ctx))
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close closes the stores and databases.
func (a *App) Close() error { return errors.Join(a.stores.close(), a.dbs.close()) }

func (a *App) checkLabels() error {
	var errs []error
	for _, c := range a.manifest.Components {
		for _, l := range c.KeyValueStores {
			if l.Value != defaultLabel {
				errs = append(errs, fmt.Errorf("%s: component %s: unknown key_value_stores label %q: only %q exists",
					l.Pos, c.ID, l.Value, defaultLabel))
			}
		}
		for _, l := range c.SQLiteDatabases {
			if l.Value != defaultLabel {
				errs = append(errs, fmt.Errorf("%s: component %s: unknown sqlite_databases label %q: only %q exists",
					l.Pos, c.ID, l.Value, defaultLabel))
			}
		}
	}
	return errors.Join(errs...)
}

// defaultLabel is the label of the store and the database that always exist.
const defaultLabel = "default"

// AddComponent offers a component what the manifest grants it. An unknown id is
// granted nothing.
func (a *App) AddComponent(imports *bind.Imports, id string) {
	c, ok := a.manifest.Component(id)
	if !ok {
		c = &spin.Component{ID: id}
	}
	g := &grants{app: a, component: c}
	g.addVariables(imports)
	g.addKeyValue(imports)
	g.addWASIKeyValue(imports)
	g.addSQLite(imports)
}

// grants is what one component may do.
type grants struct {
	app       *App
	component *spin.Component
}

// permits reports whether a label is in a list of the manifest, and tells of the
// refusal if it is not.
func (g *grants) permits(list []spin.String, key, label, what string) bool {
	if slices.ContainsFunc(list, func(s spin.String) bool { return s.Value == label }) {
		return true
	}
	g.denied(fmt.Sprintf("%s %q", what, label), fmt.Sprintf("%s = [%q]", key, label))
	return false
}

func (g *grants) denied(what, grant string) {
	if g.app.config.Denied != nil {
		g.app.config.Denied(Denial{g.component.ID, what, grant})
	}
}
