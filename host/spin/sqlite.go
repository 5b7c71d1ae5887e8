package spin

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/edgelint/edgelint/host/bind"
)

// databases are the SQLite databases of an application.
type databases struct{ lazyDB }

func newDatabases(stateDir string) *databases {
	return &databases{lazyDB{open: func() (*sql.DB, error) { return openSQLite(stateDir, "sqlite_db.db") }}}
}

// Limits on what a query returns.
const (
	// MaxResultBytes bounds the result of one query.
	MaxResultBytes = 128 << 20
)

// connection is the resource of the sqlite interfaces.
type connection struct {
	db        *lazyDB
	lastRowID int64
	changes   uint64
}

// sqliteError is the variant error of the sqlite interfaces.
type sqliteError struct {
	Case uint8 // 0 no-such-database, 1 access-denied, 2 invalid-connection, 3 database-full, 4 io
	Io   string
}

const (
	sqliteAccessDenied = 1
	sqliteIO           = 4
)

// sqliteValue is the variant value.
type sqliteValue struct {
	Case    uint8 // 0 integer, 1 real, 2 text, 3 blob, 4 null
	Integer int64
	Real    float64
	Text    string
	Blob    []byte
}

// arg is the value as the driver takes it.
func (v sqliteValue) arg() any {
	switch v.Case {
	case 0:
		return v.Integer
	case 1:
		return v.Real
	case 2:
		return v.Text
	case 3:
		return v.Blob
	}
	return nil
}

// sqliteValueOf is a value that the driver gave, and its size in bytes.
func sqliteValueOf(v any) (sqliteValue, int) {
	switch v := v.(type) {
	case int64:
		return sqliteValue{Case: 0, Integer: v}, 8
	case float64:
		return sqliteValue{Case: 1, Real: v}, 8
	case string:
		return sqliteValue{Case: 2, Text: v}, len(v)
	case []byte:
		return sqliteValue{Case: 3, Blob: v}, len(v)
	case bool:
		if v {
			return sqliteValue{Case: 0, Integer: 1}, 8
		}
		return sqliteValue{Case: 0}, 8
	case nil:
		return sqliteValue{Case: 4}, 1
	default:
		text := fmt.Sprint(v)
		return sqliteValue{Case: 2, Text: text}, len(text)
	}
}

type rowResult struct{ Values []sqliteValue }

// queryResult is the record query-result.
type queryResult struct {
	Columns []string
	Rows    []rowResult
}

func (c *connection) execute(ctx context.Context, statement string, params []sqliteValue) (queryResult, error) {
	result := queryResult{Columns: []string{}, Rows: []rowResult{}}
	db, err := c.db.get()
	if err != nil {
		return result, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return result, err
	}
	defer conn.Close()
	args := make([]any, len(params))
	for i, p := range params {
		args[i] = p.arg()
	}
	rows, err := conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return result, err
	}
	if err := result.read(rows); err != nil {
		return result, err
	}
	return result, conn.QueryRowContext(ctx, "SELECT last_insert_rowid(), changes()").Scan(&c.lastRowID, &c.changes)
}

// read reads all rows and closes them.
func (q *queryResult) read(rows *sql.Rows) error {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	q.Columns = append(q.Columns, columns...)
	cells, size := make([]any, len(columns)), 0
	into := make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := rowResult{make([]sqliteValue, len(cells))}
		for i, cell := range cells {
			var n int
			row.Values[i], n = sqliteValueOf(cell)
			size += n
		}
		if size > MaxResultBytes {
			return fmt.Errorf("query result exceeds limit of %d bytes", MaxResultBytes)
		}
		q.Rows = append(q.Rows, row)
	}
	return rows.Err()
}

func (g *grants) addSQLite(imports *bind.Imports) {
	for _, name := range []string{"fermyon:spin/sqlite@2.0.0", "spin:sqlite/sqlite@3.0.0"} {
		g.addSQLiteInterface(imports.Interface(name))
	}
	v3 := imports.Interface("spin:sqlite/sqlite@3.0.0")
	v3.Func("[method]connection.last-insert-rowid", bind.Func1(func(_ context.Context, c *connection) (int64, error) {
		return c.lastRowID, nil
	}))
	v3.Func("[method]connection.changes", bind.Func1(func(_ context.Context, c *connection) (uint64, error) {
		return c.changes, nil
	}))
}

func (g *grants) addSQLiteInterface(i *bind.Interface) {
	bind.Resource[*connection](i, "connection", nil)
	i.Func("[static]connection.open", bind.Func1(func(_ context.Context, label string) (
		bind.Result[*connection, sqliteError], error,
	) {
		if !g.permits(g.component.SQLiteDatabases, "sqlite_databases", label, "SQLite database") {
			return bind.Err[*connection](sqliteError{Case: sqliteAccessDenied}), nil
		}
		return bind.Ok[sqliteError](&connection{db: &g.app.dbs.lazyDB}), nil
	}))
	i.Func("[method]connection.execute", bind.Func3(func(ctx context.Context, c *connection, statement string,
		params []sqliteValue,
	) (bind.Result[queryResult, sqliteError], error) {
		result, err := c.execute(ctx, statement, params)
		if err != nil {
			return bind.Err[queryResult](sqliteError{Case: sqliteIO, Io: err.Error()}), nil
		}
		return bind.Ok[sqliteError](result), nil
	}))
}
