package spin

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func connect(t *testing.T, a *App) *connection {
	t.Helper()
	c := &connection{a.databases["default"].connect()}
	t.Cleanup(c.close)
	return c
}

func run(t *testing.T, c *connection, statement string, params ...sqliteValue) queryResult {
	t.Helper()
	result, err := c.execute(t.Context(), statement, params)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return result
}

func TestSQLiteKeepsValues(t *testing.T) {
	t.Parallel()
	c := connect(t, newApp(t, storesManifest, Config{}))
	values := []sqliteValue{
		{Case: 0, Integer: -1 << 63},
		{Case: 1, Real: 0.5},
		{Case: 2, Text: "2026-11-23T10:00:00Z"},
		{Case: 3, Blob: []byte{0, 1}},
		{Case: 3, Blob: nil},
		{Case: 4},
	}
	run(t, c, "CREATE TABLE t(a INTEGER, b REAL, c DATETIME, d BLOB, e BLOB, f BOOLEAN)")
	run(t, c, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", values...)
	got := run(t, c, "SELECT *, typeof(e) AS kind FROM t -- all of it")
	if want := []string{"a", "b", "c", "d", "e", "f", "kind"}; !reflect.DeepEqual(got.Columns, want) {
		t.Errorf("columns %q", got.Columns)
	}
	values[4].Blob = nil
	if len(got.Rows) != 1 || len(got.Rows[0].Values) != 7 {
		t.Fatalf("rows: %+v", got.Rows)
	}
	for i, v := range got.Rows[0].Values[:6] {
		if len(v.Blob) == 0 {
			v.Blob = nil
		}
		if !reflect.DeepEqual(v, values[i]) {
			t.Errorf("column %d: %+v, want %+v", i, v, values[i])
		}
	}
	if kind := got.Rows[0].Values[6].Text; kind != "blob" {
		t.Errorf("an empty blob is kept as %s", kind)
	}
}

func TestSQLiteConnectionsAreApart(t *testing.T) {
	t.Parallel()
	a := newApp(t, storesManifest, Config{StateDir: t.TempDir()})
	one, two := connect(t, a), connect(t, a)
	run(t, one, "CREATE TABLE t(a)")
	run(t, one, "BEGIN")
	run(t, one, "INSERT INTO t VALUES (1)")
	if rows := run(t, two, "SELECT * FROM t").Rows; len(rows) != 0 {
		t.Errorf("an open transaction is seen: %v", rows)
	}
	one.close()
	run(t, two, "INSERT INTO t VALUES (2), (3)")
	if rows := run(t, two, "SELECT * FROM t").Rows; len(rows) != 2 {
		t.Errorf("rows after the rollback: %v", rows)
	}
	id, err := two.lastInsertRowID(t.Context())
	n, err2 := two.changes(t.Context())
	if id != 2 || n != 2 || err != nil || err2 != nil {
		t.Errorf("row %d, changes %d, %v, %v", id, n, err, err2)
	}
}

func TestInstancesDoNotWaitForThemselvesToCloseConnections(t *testing.T) {
	t.Parallel()
	g := grantsOf(t, newApp(t, storesManifest, Config{}), "one")
	ctx, gate := inInstance(t)
	gate.max = MaxConnections
	for range 2 {
		var open []*connection
		for range MaxConnections {
			c, err := g.openConnection(ctx, gate, "default")
			if err != nil || c.IsErr {
				t.Fatalf("%d: %+v, %v", len(open), c.Err, err)
			}
			run(t, c.Ok, "SELECT 1")
			open = append(open, c.Ok)
		}
		if c, err := g.openConnection(ctx, gate, "default"); err != nil || !c.IsErr || c.Err.Io != errTooMany.Error() {
			t.Errorf("one more: %+v, %v", c.Err, err)
		}
		for _, c := range open {
			c.close()
		}
	}
}

func TestSQLiteErrorsSayWhat(t *testing.T) {
	t.Parallel()
	c := connect(t, newApp(t, storesManifest, Config{}))
	run(t, c, "CREATE TABLE t(a UNIQUE)")
	run(t, c, "INSERT INTO t VALUES (1)")
	for statement, want := range map[string]string{
		"SELEC 1":                    "syntax error",
		"SELECT * FROM none":         "no such table: none",
		"INSERT INTO t VALUES (1)":   "UNIQUE constraint failed: t.a",
		"SELECT zeroblob(500000000)": "too big",
	} {
		if _, err := c.execute(t.Context(), statement, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if rows := run(t, c, "SELECT 1").Rows; len(rows) != 1 {
		t.Error("the connection is of no use after an error")
	}
}

func TestSQLiteReachesNoOtherFile(t *testing.T) {
	t.Parallel()
	c := connect(t, newApp(t, storesManifest, Config{}))
	file := filepath.Join(t.TempDir(), "stolen.db")
	for _, statement := range []string{
		"ATTACH '" + file + "' AS x", "/**/attach database '" + file + "' as x", "VACUUM INTO '" + file + "'",
		"ATTACH ? AS x",
	} {
		var params []sqliteValue
		if strings.Contains(statement, "?") {
			params = []sqliteValue{{Case: 2, Text: file}}
		}
		if _, err := c.execute(t.Context(), statement, params); err == nil {
			t.Errorf("%s was run", statement)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the file was made")
	}
	run(t, c, "ATTACH ':memory:' AS x")
	run(t, c, "VACUUM")
}

func TestTextsInColumnsOfTimesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	c := connect(t, newApp(t, storesManifest, Config{}))
	run(t, c, "CREATE TABLE t(a DATETIME, b DATE)")
	run(t, c, "INSERT INTO t VALUES ('2026-11-23T10:00:00.5Z', '2026-11-23')")
	for _, query := range []string{
		"SELECT a, b FROM t", "WITH x AS (SELECT * FROM t WHERE a <> 'insert' /* delete */) SELECT * FROM x",
	} {
		got := run(t, c, query)
		if len(got.Rows) != 1 || got.Rows[0].Values[0].Text != "2026-11-23T10:00:00.5Z" ||
			got.Rows[0].Values[1].Text != "2026-11-23" || got.Columns[0] != "a" {
			t.Errorf("%s: %+v", query, got)
		}
	}
	result := run(t, c, "WITH x(d) AS (VALUES ('2026-01-01')) INSERT INTO t SELECT d, d FROM x RETURNING a")
	if len(result.Rows) != 1 || len(run(t, c, "SELECT * FROM t").Rows) != 2 {
		t.Errorf("INSERT with RETURNING: %+v", result)
	}
}

func TestOnlyTheFirstStatementRuns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SELECT 1": "SELECT 1", "SELECT 1; DROP TABLE t": "SELECT 1", "SELECT ';''' ; x": "SELECT ';''' ",
		"SELECT \";\" -- ;\n, [;], `;` /* ; */ ; x": "SELECT \";\" -- ;\n, [;], `;` /* ; */ ",
		"SELECT 'open ; x":                          "SELECT 'open ; x", "": "", "/* ; ": "/* ; ",
		"create temp trigger a AFTER INSERT ON t BEGIN SELECT 1; END": "create temp trigger a AFTER INSERT ON t BEGIN SELECT 1; END",
	} {
		if got := firstStatement(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	c := connect(t, newApp(t, storesManifest, Config{}))
	run(t, c, "CREATE TABLE t(a); DROP TABLE t")
	run(t, c, "SELECT * FROM t")
}

func TestAWriteWhoseRowsComeToNobodyEnds(t *testing.T) {
	d := newSQLiteDatabase(filepath.Join(t.TempDir(), "db.db"), false)
	defer d.close()
	c := &connection{d.connect()}
	defer c.close()
	run(t, c, "CREATE TABLE t (x)")
	ctx, end := context.WithCancel(t.Context())
	if _, err := executeAsync(ctx, c, "INSERT INTO t VALUES (1)", nil); err != nil {
		t.Fatal(err)
	}
	end() // before the component has the stream
	ctx, cancel := context.WithTimeout(t.Context(), lockWait/2)
	defer cancel()
	done, err := d.write(ctx)
	if err != nil {
		t.Fatal("the next write waits:", err)
	}
	done()
}

func FuzzFirstStatement(f *testing.F) {
	f.Add("SELECT 1; x")
	f.Add("create trigger")
	f.Fuzz(func(t *testing.T, text string) {
		isQuery(text) // must end
		if got := firstStatement(text); !strings.HasPrefix(text, got) || firstStatement(got) != got {
			t.Errorf("%q: %q", text, got)
		}
	})
}

// BenchmarkSQLiteOpenAndQuery is what a request pays: a connection and a query.
func BenchmarkSQLiteOpenAndQuery(b *testing.B) {
	d := newSQLiteDatabase(filepath.Join(b.TempDir(), "db.db"), false)
	defer d.close()
	b.ReportAllocs()
	for b.Loop() {
		c := &connection{d.connect()}
		if _, err := c.execute(b.Context(), "SELECT 1", nil); err != nil {
			b.Fatal(err)
		}
		c.close()
	}
}
