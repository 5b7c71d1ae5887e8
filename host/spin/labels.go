package spin

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/spin"
)

// DefaultLabel is the label of the store and the database that always exist.
const DefaultLabel = "default"

// The files of the default store and database, those of Spin.
const (
	storesFile    = "sqlite_key_value.db"
	databasesFile = "sqlite_db.db"
)

// openLabels makes the stores and databases that components are granted. It fails
// if one is not defined, or has a backend that this host has no client for.
func (a *App) openLabels() error {
	a.stores, a.databases = map[string]backend{}, map[string]sqlDatabase{}
	var errs []error
	for _, c := range a.manifest.Components {
		errs = append(errs,
			openEach(a.stores, c.ID, c.KeyValueStores, a.newStore),
			openEach(a.databases, c.ID, c.SQLiteDatabases, a.newDatabase))
	}
	return errors.Join(errs...)
}

// openEach makes what the labels of a component stand for, as far as others have not.
func openEach[T any](
	open map[string]T, component string, labels []spin.String, make func(label string) (T, error),
) error {
	var errs []error
	for _, l := range labels {
		if _, err := openLabel(open, l.Value, make); err != nil {
			errs = append(errs, fmt.Errorf("%s: component %s: %w", l.Pos, component, err))
		}
	}
	return errors.Join(errs...)
}

// openLabel is what a label stands for, made if it is not there.
func openLabel[T any](open map[string]T, label string, make func(label string) (T, error)) (T, error) {
	if made, ok := open[label]; ok {
		return made, nil
	}
	made, err := make(label)
	if err == nil {
		open[label] = made
	}
	return made, err
}

// newStore makes the key-value store of a label.
func (a *App) newStore(label string) (backend, error) {
	config, ok := a.runtime().KeyValueStore(label)
	switch {
	case !ok && label == DefaultLabel:
		return newSQLiteStore(label, a.stateFile(storesFile)), nil
	case !ok:
		var known []string
		for _, s := range a.runtime().KeyValueStores {
			known = append(known, s.Label)
		}
		return nil, unknownLabel(label, "key_value_stores", "key_value_store", known)
	case config.Type == "spin":
		return newSQLiteStore(label, a.runtime().Path(config.Path.Value)), nil
	case config.Type == "redis":
		s, err := newRedisStore(config.URL.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: key_value_store.%s.url: %w", config.URL.Pos, label, err)
		}
		return s, nil
	}
	return nil, fmt.Errorf("%s: key_value_store.%s: there is no client for %s here: use spin or redis",
		config.Pos, label, config.Type)
}

// newDatabase makes the SQLite database of a label.
func (a *App) newDatabase(label string) (sqlDatabase, error) {
	config, ok := a.runtime().SQLiteDatabase(label)
	switch {
	case !ok && label == DefaultLabel:
		return newSQLiteDatabase(a.stateFile(databasesFile), false), nil
	case !ok:
		var known []string
		for _, s := range a.runtime().SQLiteDatabases {
			known = append(known, s.Label)
		}
		return nil, unknownLabel(label, "sqlite_databases", "sqlite_database", known)
	case config.Type == "libsql":
		return newLibSQL(config.URL.Value, config.Token.Value), nil
	}
	return newSQLiteDatabase(config.Path.Value, config.AllowAttachFile), nil
}

func unknownLabel(label, key, table string, known []string) error {
	if !slices.Contains(known, DefaultLabel) {
		known = append(known, DefaultLabel)
	}
	slices.Sort(known)
	return fmt.Errorf("unknown %s label %q: there is %s; define it in a runtime configuration, as [%s.%s]",
		key, label, strings.Join(known, ", "), table, label)
}

// stateFile is the path of a file in the state's folder, "" if the state is kept in
// memory.
func (a *App) stateFile(name string) string {
	if a.config.StateDir == "" {
		return ""
	}
	return filepath.Join(a.config.StateDir, name)
}

// runtime is the runtime configuration, an empty one without any.
func (a *App) runtime() *spin.RuntimeConfig {
	if a.config.Runtime == nil {
		return &spin.RuntimeConfig{}
	}
	return a.config.Runtime
}

// closeLabels closes all stores and databases.
func (a *App) closeLabels() error {
	var errs []error
	for _, label := range slices.Sorted(maps.Keys(a.stores)) {
		errs = append(errs, a.stores[label].close())
	}
	for _, label := range slices.Sorted(maps.Keys(a.databases)) {
		errs = append(errs, a.databases[label].close())
	}
	return errors.Join(errs...)
}

// Summary says, a line each, where the data of the default store and the default
// database is, if a component is granted them.
func (a *App) Summary() []string {
	var lines []string
	if s := a.stores[DefaultLabel]; s != nil {
		lines = append(lines, fmt.Sprintf("Storing default key-value data to %s.", s))
	}
	if d := a.databases[DefaultLabel]; d != nil {
		lines = append(lines, fmt.Sprintf("Storing default SQLite data to %s.", d))
	}
	return lines
}
