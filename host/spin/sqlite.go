package spin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"

	"modernc.org/sqlite"

	"github.com/edgelint/edgelint/host/bind"
)

// Limits of the sqlite interfaces.
const (
	// MaxResultBytes bounds the result of one query.
	MaxResultBytes = 128 << 20
	// MaxConnections bounds the connections of an application to a database.
	// Opening one more waits until another one is closed.
	MaxConnections = 256
)

// databases is the SQLite database of an application, whose connections are the
// components' own: none is used again, for it may be in a transaction.
type databases struct{ database }

func (d *databases) connect(ctx context.Context, authorize sqlite.AuthorizerFn) (*sql.Conn, error) {
	db, err := d.get()
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(MaxConnections)
	db.SetMaxIdleConns(0)
	return d.guarded(ctx, authorize)
}

// connection is the resource of the sqlite interfaces. It is opened by the first
// statement.
type connection struct {
	databases *databases
	conn      *sql.Conn
	vacuum    bool // the statement is VACUUM
}

// authorize keeps statements away from other files. VACUUM attaches the file ""
// itself, and VACUUM INTO one of that name; the name that ATTACH computes is not
// known, and "" here.
func (c *connection) authorize(action sqlite.AuthorizerActionCode, name, _, _, _ string) sqlite.AuthorizerReturnCode {
	if action != sqlite.AuthAttach || name == ":memory:" || name == "" && c.vacuum {
		return sqlite.AuthorizerOK
	}
	return sqlite.AuthorizerDeny
}

func (c *connection) get(ctx context.Context) (_ *sql.Conn, err error) {
	if c.conn == nil {
		c.conn, err = c.databases.connect(ctx, c.authorize)
	}
	return c.conn, err
}

func (c *connection) close() {
	if c.conn != nil {
		_ = c.conn.Close() // an open transaction is rolled back; nobody is left to be told
	}
}

// number is the value of an SQL function of the connection.
func (c *connection) number(ctx context.Context, function string) (n int64, err error) {
	conn, err := c.get(ctx)
	if err != nil {
		return 0, err
	}
	err = conn.QueryRowContext(ctx, "SELECT "+function).Scan(&n)
	return n, err
}

// timeTypes are the declared types that the driver makes times of.
var timeTypes = []string{"DATE", "DATETIME", "TIMESTAMP"}

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
		return append([]byte{}, v.Blob...) // nil would be NULL
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
	case time.Time: // of RETURNING, which cannot be put into another query
		text := v.Format(time.DateTime)
		return sqliteValue{Case: 2, Text: text}, len(text)
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

func (c *connection) execute(ctx context.Context, text string, params []sqliteValue) (queryResult, error) {
	result := queryResult{Columns: []string{}, Rows: []rowResult{}}
	conn, err := c.get(ctx)
	if err != nil {
		return result, err
	}
	args := make([]any, len(params))
	for i, p := range params {
		args[i] = p.arg()
	}
	statement := firstStatement(text)
	word, _ := nextWord(statement)
	c.vacuum = word == "VACUUM"
	rows, err := conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return result, err
	}
	plain, wrapped, err := withoutTimes(rows, statement)
	if err != nil {
		return result, errors.Join(err, rows.Close())
	}
	if wrapped {
		columns, _ := rows.Columns()
		if err := rows.Close(); err != nil {
			return result, err
		}
		if rows, err = conn.QueryContext(ctx, plain, args...); err != nil {
			return result, err
		}
		result.Columns = append(result.Columns, columns...)
	}
	return result, result.read(rows)
}

// withoutTimes is a query with the same result, but without columns that the
// driver would turn from texts into times because they are declared as such. Only
// queries that change nothing can be put into another one.
func withoutTimes(rows *sql.Rows, statement string) (plain string, wrapped bool, err error) {
	types, err := rows.ColumnTypes()
	if err != nil || !isQuery(statement) {
		return "", false, err
	}
	var names, values []string
	for i, t := range types {
		names = append(names, fmt.Sprintf("c%d", i))
		values = append(values, fmt.Sprintf("+c%d", i))
		wrapped = wrapped || slices.Contains(timeTypes, strings.ToUpper(t.DatabaseTypeName()))
	}
	return fmt.Sprintf("WITH q(%s) AS (%s\n) SELECT %s FROM q", strings.Join(names, ","), statement,
		strings.Join(values, ",")), wrapped, nil
}

// read reads all rows and closes them.
func (q *queryResult) read(rows *sql.Rows) error {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	if len(q.Columns) == 0 {
		q.Columns = append(q.Columns, columns...)
	}
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
			size += n + int(unsafe.Sizeof(sqliteValue{}))
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
	v3.Func("[method]connection.last-insert-rowid", bind.Func1(func(ctx context.Context, c *connection) (int64, error) {
		return c.number(ctx, "last_insert_rowid()")
	}))
	v3.Func("[method]connection.changes", bind.Func1(func(ctx context.Context, c *connection) (uint64, error) {
		n, err := c.number(ctx, "changes()")
		return uint64(n), err
	}))
}

func (g *grants) addSQLiteInterface(i *bind.Interface) {
	bind.Resource(i, "connection", func(_ context.Context, c *connection) error {
		c.close()
		return nil
	})
	i.Func("[static]connection.open", bind.Func1(func(_ context.Context, label string) (
		bind.Result[*connection, sqliteError], error,
	) {
		if !g.permits(g.component.SQLiteDatabases, "sqlite_databases", label, "SQLite database") {
			return bind.Err[*connection](sqliteError{Case: sqliteAccessDenied}), nil
		}
		return bind.Ok[sqliteError](&connection{databases: g.app.dbs}), nil
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
