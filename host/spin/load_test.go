package spin

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

func TestManyClientsLoseNothing(t *testing.T) {
	t.Parallel()
	const clients, times = 100, 5
	for _, dir := range []string{"", t.TempDir()} {
		file := ""
		if dir != "" {
			file = filepath.Join(dir, "kv.db")
		}
		s := &store{newSQLiteStore("default", file)}
		db := newSQLiteDatabase(filepath.Join(t.TempDir(), "db.db"), false)
		if err := db.batch(t.Context(), "CREATE TABLE t(a); CREATE TABLE n(a); INSERT INTO n VALUES (0)"); err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		var wg sync.WaitGroup
		for i := range clients {
			wg.Go(func() {
				for j := range times {
					if err := s.set(ctx, fmt.Sprint(i, " ", j), nil); err != nil {
						t.Error(err)
					}
					if _, err := s.increment(ctx, "sum", 1); err != nil {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				for range times {
					c := &connection{db.connect()} // as each request has its own
					for _, statement := range []string{
						"INSERT INTO t VALUES (1)", "BEGIN IMMEDIATE", "UPDATE n SET a = a + 1", "COMMIT", "SELECT count(*) FROM t",
					} {
						if _, err := c.execute(ctx, statement, nil); err != nil {
							t.Errorf("%s: %v", statement, err)
						}
					}
					c.close()
				}
			})
		}
		wg.Wait()
		keys, err := s.keys(ctx)
		sum, err2 := s.increment(ctx, "sum", 0)
		if len(keys) != clients*times+1 || sum != clients*times || err != nil || err2 != nil {
			t.Errorf("%d keys, sum %d, %v, %v", len(keys), sum, err, err2)
		}
		c := &connection{db.connect()}
		got := run(t, c, "SELECT (SELECT count(*) FROM t), (SELECT a FROM n)").Rows[0].Values
		if got[0].Integer != clients*times || got[1].Integer != clients*times {
			t.Errorf("rows %d, sum %d", got[0].Integer, got[1].Integer)
		}
		c.close()
		for _, err := range []error{s.close(), db.close()} {
			if err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWritesDoNotWaitForTheirOwnConnection(t *testing.T) {
	t.Parallel()
	db := newSQLiteDatabase(filepath.Join(t.TempDir(), "db.db"), false)
	defer db.close()
	c := &connection{db.connect()}
	defer c.close()
	run(t, c, "CREATE TABLE t(a)")
	_, rows, err := c.start(t.Context(), "INSERT INTO t VALUES (1), (2), (3) RETURNING a", nil)
	if err != nil {
		t.Fatal(err)
	}
	run(t, c, "INSERT INTO t VALUES (4)") // while the rows are there
	if _, ok, err := rows.next(); !ok || err != nil {
		t.Errorf("the first row: %v, %v", ok, err)
	}
	rows.close()
	for _, statement := range []string{"BEGIN", "INSERT INTO t VALUES (5)", "COMMIT", "INSERT INTO t VALUES (6)"} {
		run(t, c, statement)
	}
	other := &connection{db.connect()}
	defer other.close()
	run(t, other, "INSERT INTO t VALUES (7)")
	if n := len(run(t, c, "SELECT * FROM t").Rows); n != 7 {
		t.Errorf("%d rows", n)
	}
}

func TestConnectionsCloseAfterTheirRows(t *testing.T) {
	t.Parallel()
	db := newSQLiteDatabase("", false)
	c := &connection{db.connect()}
	_, rows, err := c.start(t.Context(), "SELECT 1 UNION SELECT 2", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.close()
	for i := range 2 {
		if row, ok, err := rows.next(); !ok || err != nil || row.Values[0].Integer != int64(i+1) {
			t.Errorf("row %d: %+v, %v, %v", i, row, ok, err)
		}
	}
	rows.close()
	if err := db.close(); err != nil {
		t.Error(err)
	}
}
