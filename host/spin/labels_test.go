package spin

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/spin"
)

const labelsManifest = `spin_manifest_version = 2
[application]
name = "test"
[component.one]
source = "app.wasm"
key_value_stores = ["default", "file", "same", "memory"]
sqlite_databases = ["default", "file", "memory"]
`

// runtimeConfig reads a runtime configuration that is in a folder.
func runtimeConfig(t *testing.T, dir, text string) *spin.RuntimeConfig {
	t.Helper()
	c, err := spin.ParseRuntimeConfig(filepath.Join(dir, "runtime-config.toml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLabelsAreApartWhateverTheirFiles(t *testing.T) {
	t.Chdir(t.TempDir()) // where paths of databases begin
	dir := t.TempDir()   // and those of stores
	a := newApp(t, labelsManifest, Config{Runtime: runtimeConfig(t, dir, `
[key_value_store.file]
type = "spin"
path = "sub/own.db"
[key_value_store.same]
type = "spin"
path = "sub/own.db"
[key_value_store.memory]
type = "spin"
[sqlite_database.file]
type = "spin"
path = "sub/own.db"
[sqlite_database.memory]
type = "spin"
`)})
	g, ctx := grantsOf(t, a, "one"), t.Context()
	for _, label := range []string{"default", "file", "same", "memory"} {
		s, ok := g.openStore(label)
		if !ok {
			t.Fatalf("no store %s", label)
		}
		if keys, err := s.keys(ctx); len(keys) != 0 || err != nil {
			t.Errorf("the store %s has the keys %q, %v", label, keys, err)
		}
		if err := s.set(ctx, label, []byte("x")); err != nil {
			t.Error(err)
		}
		again, _ := g.openStore(label)
		if keys, err := again.keys(ctx); !slices.Equal(keys, []string{label}) || err != nil {
			t.Errorf("the store %s has the keys %q, %v", label, keys, err)
		}
	}
	if err := a.ExecuteSQL(ctx, "file", "CREATE TABLE t(a); INSERT INTO t VALUES (1)"); err != nil {
		t.Errorf("the database in a file: %v", err)
	}
	c := &connection{a.databases["file"].connect()}
	run(t, c, "SELECT * FROM t")
	c.close()
	for _, label := range []string{"default", "memory"} {
		if err := a.ExecuteSQL(ctx, label, "CREATE TABLE t(a)"); !errors.Is(err, errNobodySees) {
			t.Errorf("the database %s: %v", label, err)
		}
		one, two := &connection{a.databases[label].connect()}, &connection{a.databases[label].connect()}
		run(t, one, "CREATE TABLE t(a)")
		run(t, two, "CREATE TABLE t(a)")
		run(t, one, "INSERT INTO t VALUES (1)")
		if rows := run(t, two, "SELECT * FROM t").Rows; len(rows) != 0 {
			t.Errorf("connections to the database %s in memory share it", label)
		}
		one.close()
		again := &connection{a.databases[label].connect()}
		run(t, again, "CREATE TABLE t(a)")
		again.close()
		two.close()
	}
	for _, file := range []string{filepath.Join(dir, "sub/own.db"), "sub/own.db"} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	if err := a.ExecuteSQL(ctx, "none", "SELECT 1"); err == nil || !strings.Contains(err.Error(), `label "none"`) {
		t.Errorf("a label that is not defined: %v", err)
	}
}

func TestFilesAreAttachedOnlyWhereTheOperatorAllowsIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := newApp(t, labelsManifest[:strings.Index(labelsManifest, "key_value")]+`sqlite_databases = ["default"]`,
		Config{Runtime: runtimeConfig(t, dir, `
[sqlite_database.default]
type = "spin"
path = '`+filepath.Join(dir, "a.db")+`'
allow_attach_file = true
`)})
	c := connect(t, a)
	run(t, c, "ATTACH '"+filepath.Join(dir, "b.db")+"' AS b")
	run(t, c, "CREATE TABLE b.t(a)")
	if _, err := os.Stat(filepath.Join(dir, "b.db")); err != nil {
		t.Error(err)
	}
}

func TestLabelsWithoutBackendStopTheStart(t *testing.T) {
	t.Parallel()
	m, err := spin.Parse("spin.toml", []byte(labelsManifest))
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewApp(t.Context(), m, Config{Runtime: runtimeConfig(t, "", `
[key_value_store.file]
type = "aws_dynamo"
region = "eu"
table = "t"
[key_value_store.fil]
type = "azure_cosmos"
account = "a"
database = "d"
container = "c"
[key_value_store.same]
type = "redis"
url = "redis://localhost/notanumber"
`)})
	want := `spin.toml:6:32: component one: runtime-config.toml:2:18: key_value_store.file: there is no client for aws_dynamo here: use spin or redis
spin.toml:6:40: component one: runtime-config.toml:13:1: key_value_store.same.url: redis: invalid database number: "notanumber"
spin.toml:6:48: component one: unknown key_value_stores label "memory": there is default, fil, file, same; define it in a runtime configuration, as [key_value_store.memory]
spin.toml:7:32: component one: unknown sqlite_databases label "file": there is default; define it in a runtime configuration, as [sqlite_database.file]
spin.toml:7:40: component one: unknown sqlite_databases label "memory": there is default; define it in a runtime configuration, as [sqlite_database.memory]`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v", err)
	}
}
