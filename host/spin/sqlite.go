package spin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"modernc.org/sqlite"
)

// Limits of the sqlite interfaces.
const (
	// MaxResultBytes bounds the result of one query.
	MaxResultBytes = 128 << 20
	// MaxConnections bounds the connections of an application to a database: to use
	// one more waits until another one is closed. An instance that opens more gets
	// an error, as it would wait for itself.
	MaxConnections = 256
)

// sqlDatabase is what a label of sqlite_databases stands for.
type sqlDatabase interface {
	// connect makes a connection, which opens when it is first used.
	connect() sqlConnection
	// batch runs any number of statements.
	batch(ctx context.Context, statements string) error
	// String says where the data is.
	String() string
	close() error
}

// sqlConnection is a connection to a database. Nobody else uses it, for it may be
// in a transaction.
type sqlConnection interface {
	// start begins the first statement of a text. Its rows, which must be closed,
	// end with ctx.
	start(ctx context.Context, text string, params []sqliteValue) (columns []string, rows rowReader, err error)
	changes(ctx context.Context) (uint64, error)
	lastInsertRowID(ctx context.Context) (int64, error)
	close()
}

// rowReader reads the rows of a query.
type rowReader interface {
	// next is the next row; ok is false after the last one.
	next() (row rowResult, ok bool, err error)
	close()
}

// connection is the resource of the sqlite interfaces.
type connection struct{ sqlConnection }

// execute runs a statement and gathers its rows.
func (c *connection) execute(ctx context.Context, text string, params []sqliteValue) (queryResult, error) {
	result := queryResult{Columns: []string{}, Rows: []rowResult{}}
	columns, rows, err := c.start(ctx, text, params)
	if err != nil {
		return result, err
	}
	defer rows.close()
	result.Columns = append(result.Columns, columns...)
	size := 0
	for {
		row, ok, err := rows.next()
		if err != nil || !ok {
			return result, err
		}
		if size += row.size(); size > MaxResultBytes {
			return result, errTooLarge
		}
		result.Rows = append(result.Rows, row)
	}
}

// sqliteDatabase is an SQLite database in this process.
type sqliteDatabase struct {
	*database
	attach bool // statements may attach other files
}

// newSQLiteDatabase makes the database in a file. If path is "" each connection has
// one of its own in memory, as with Spin.
func newSQLiteDatabase(path string, attach bool) *sqliteDatabase {
	d := newDatabase(path, "", MaxConnections, 0)
	d.apart = path == ""
	return &sqliteDatabase{d, attach}
}

func (d *sqliteDatabase) connect() sqlConnection { return &sqliteConnection{database: d} }

func (d *sqliteDatabase) String() string {
	if d.path == "" {
		return "a temporary in-memory database"
	}
	return fmt.Sprintf("%q", d.path)
}

var errNobodySees = errors.New("it is kept in memory, a new one for each connection, where nobody would see " +
	"what the statements do: give it a file")

func (d *sqliteDatabase) batch(ctx context.Context, statements string) error {
	if d.path == "" {
		return errNobodySees
	}
	db, err := d.get()
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statements)
	return err
}

func (d *sqliteDatabase) open(ctx context.Context, authorize sqlite.AuthorizerFn) (*sql.Conn, error) {
	if d.attach {
		authorize = nil
	}
	return d.guarded(ctx, authorize)
}

// sqliteConnection is a connection to a database in this process.
type sqliteConnection struct {
	database *sqliteDatabase

	mu      sync.Mutex
	conn    *sql.Conn
	vacuum  bool // the statement that is being prepared is VACUUM
	begun   bool // there may be a transaction
	writes  int  // of this connection, which other connections wait for
	queries int  // whose rows are still being read
	closed  bool
}

// authorize keeps statements away from other files. VACUUM attaches the file ""
// itself, and VACUUM INTO one of that name; the name that ATTACH computes is not
// known, and "" here.
func (c *sqliteConnection) authorize(
	action sqlite.AuthorizerActionCode, name, _, _, _ string,
) sqlite.AuthorizerReturnCode {
	if action != sqlite.AuthAttach || name == ":memory:" || name == "" && c.vacuum {
		return sqlite.AuthorizerOK
	}
	return sqlite.AuthorizerDeny
}

func (c *sqliteConnection) get(ctx context.Context) (_ *sql.Conn, err error) {
	if c.conn == nil {
		c.conn, err = c.database.open(ctx, c.authorize)
	}
	return c.conn, err
}

// close closes the connection, or leaves that to the last query whose rows are still
// being read.
func (c *sqliteConnection) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.closeUnused()
}

func (c *sqliteConnection) closeUnused() {
	if c.closed && c.queries == 0 && c.conn != nil {
		_ = c.conn.Close() // an open transaction is rolled back; nobody is left to be told
		c.conn = nil
	}
}

func (c *sqliteConnection) changes(ctx context.Context) (uint64, error) {
	n, err := c.number(ctx, "changes()")
	return uint64(n), err
}

func (c *sqliteConnection) lastInsertRowID(ctx context.Context) (int64, error) {
	return c.number(ctx, "last_insert_rowid()")
}

// number is the value of an SQL function of the connection.
func (c *sqliteConnection) number(ctx context.Context, function string) (n int64, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
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

func sqliteErrorOf(err error) sqliteError { return sqliteError{Case: sqliteIO, Io: err.Error()} }

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

// sqliteValueOf is a value that the driver gave.
func sqliteValueOf(v any) sqliteValue {
	switch v := v.(type) {
	case int64:
		return sqliteValue{Case: 0, Integer: v}
	case float64:
		return sqliteValue{Case: 1, Real: v}
	case string:
		return sqliteValue{Case: 2, Text: v}
	case []byte:
		return sqliteValue{Case: 3, Blob: v}
	case time.Time: // of RETURNING, which cannot be put into another query
		return sqliteValue{Case: 2, Text: v.Format(time.DateTime)}
	case nil:
		return sqliteValue{Case: 4}
	default:
		return sqliteValue{Case: 2, Text: fmt.Sprint(v)}
	}
}

type rowResult struct{ Values []sqliteValue }

// size is about how many bytes the row takes.
func (r rowResult) size() (n int) {
	for _, v := range r.Values {
		n += v.size()
	}
	return n
}

// size is about how many bytes the value takes.
func (v sqliteValue) size() int { return int(unsafe.Sizeof(v)) + len(v.Text) + len(v.Blob) }

// queryResult is the record query-result.
type queryResult struct {
	Columns []string
	Rows    []rowResult
}

func (c *sqliteConnection) start(
	ctx context.Context, text string, params []sqliteValue,
) ([]string, rowReader, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	conn, err := c.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	statement := firstStatement(text)
	word, _ := nextWord(statement)
	c.vacuum = word == "VACUUM"
	done, err := c.gate(ctx, word, statement)
	if err != nil {
		return nil, nil, err
	}
	rows, columns, err := query(ctx, conn, statement, params)
	if err != nil {
		done()
		return nil, nil, err
	}
	if word == "COMMIT" || word == "END" {
		c.begun = false
	}
	c.queries++
	r := &sqliteRows{
		conn: c, rows: rows, done: done, cells: make([]any, len(columns)), into: make([]any, len(columns)),
	}
	for i := range r.cells {
		r.into[i] = &r.cells[i]
	}
	return columns, r, nil
}

// gate lets statements that may write outside of a transaction wait for each other.
// Those inside of one hold SQLite's own lock, or will want it while they hold others,
// and must not wait here. done ends the write.
func (c *sqliteConnection) gate(ctx context.Context, word, statement string) (done func(), err error) {
	inside := c.begun
	c.begun = inside || word == "BEGIN" || word == "SAVEPOINT"
	if inside || c.writes > 0 || isQuery(statement) {
		return func() {}, nil
	}
	end, err := c.database.write(ctx)
	if err != nil {
		return nil, err
	}
	c.writes++
	return func() {
		c.writes--
		end()
	}, nil
}

// query begins a statement, and gives its columns.
func query(ctx context.Context, conn *sql.Conn, statement string, params []sqliteValue) (*sql.Rows, []string, error) {
	args := make([]any, len(params))
	for i, p := range params {
		args[i] = p.arg()
	}
	rows, err := conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, nil, err
	}
	columns, err := rows.Columns()
	if err != nil {
		return nil, nil, errors.Join(err, rows.Close())
	}
	plain, wrapped, err := withoutTimes(rows, statement)
	if err != nil {
		return nil, nil, errors.Join(err, rows.Close())
	}
	if wrapped {
		if err := rows.Close(); err != nil {
			return nil, nil, err
		}
		rows, err = conn.QueryContext(ctx, plain, args...)
	}
	return rows, columns, err
}

// sqliteRows are the rows of a query in this process.
type sqliteRows struct {
	conn        *sqliteConnection
	rows        *sql.Rows
	done        func() // ends the write
	cells, into []any
}

func (r *sqliteRows) next() (row rowResult, ok bool, err error) {
	if !r.rows.Next() {
		return row, false, r.rows.Err()
	}
	if err := r.rows.Scan(r.into...); err != nil {
		return row, false, err
	}
	row.Values = make([]sqliteValue, len(r.cells))
	for i, cell := range r.cells {
		row.Values[i] = sqliteValueOf(cell)
	}
	return row, true, nil
}

func (r *sqliteRows) close() {
	_ = r.rows.Close()
	r.conn.mu.Lock()
	defer r.conn.mu.Unlock()
	r.done()
	r.conn.queries--
	r.conn.closeUnused()
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
