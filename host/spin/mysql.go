package spin

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/edgelint/edgelint/host/bind"
)

// mysqlPorts are the schemes of MySQL URLs.
var mysqlPorts = map[string]uint16{"mysql": 3306}

// mysqlConnection is the resource connection of the mysql interfaces.
type mysqlConnection struct {
	conn  driver.Conn
	wire  *mysqlWire
	turn  turn
	leave func()
}

// mysqlTuning are options of Spin's client that change nothing a component sees.
var mysqlTuning = []string{
	"prefer_socket", "pool_min", "pool_max", "inactive_connection_ttl", "ttl_check_interval", "abs_conn_ttl",
	"abs_conn_ttl_jitter", "conn_ttl", "tcp_keepalive", "tcp_nodelay", "max_allowed_packet", "wait_timeout",
	"stmt_cache_size", "compression", "reset_connection", "secure_auth", "client_found_rows",
	"verify_ca", "verify_identity", "built_in_roots", // servers are always verified
}

// mysqlConfig reads an address such as mysql://user:password@example.com/db. Its
// connections are given to use.
func (s *services) mysqlConfig(u *url.URL, d destination, use func(*mysqlWire)) (*mysql.Config, error) {
	var security *tls.Config
	c := mysql.NewConfig()
	c.Net, c.Addr = "tcp", d.hostport()
	c.DialFunc = func(ctx context.Context, network, hostport string) (net.Conn, error) {
		conn, err := s.dial(ctx, network, hostport)
		if err != nil {
			return nil, err
		}
		wire := newMySQLWire(conn, security)
		use(wire)
		return wire, nil
	}
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.DBName = strings.TrimPrefix(u.Path, "/")
	c.Logger = &mysql.NopLogger{}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the options of the address cannot be read")
	}
	secure, clear := false, false
	for key, values := range query {
		switch yes := values[0] == "true"; {
		case strings.EqualFold(key, "ssl-mode") || strings.EqualFold(key, "sslmode"):
			secure = secure || !strings.EqualFold(values[0], "disabled")
		case key == "require_ssl": // which Spin does without, and then sends passwords for all to see
			secure = secure || yes
		case key == "enable_cleartext_plugin":
			clear = yes
		case !slices.Contains(mysqlTuning, key):
			return nil, fmt.Errorf("unknown option `%s`", key)
		}
	}
	if secure {
		security = s.tls.config(d.hostport())
		c.Net = "unix" // of which the driver thinks that nobody listens, as nobody does to TLS
		c.AllowCleartextPasswords = clear
	}
	return c, nil
}

// openMySQL opens a connection that the manifest grants.
func (s *services) openMySQL(ctx context.Context, gate *gate, address string) (*mysqlConnection, error) {
	u, d, err := parseAddress(address, mysqlPorts)
	if err != nil || !s.permits(d) {
		return nil, failure(dbConnectionFailed, fmt.Errorf("address %s is not permitted", address))
	}
	c := &mysqlConnection{turn: newTurn()}
	config, err := s.mysqlConfig(u, d, func(wire *mysqlWire) { c.wire = wire })
	if err != nil {
		return nil, failure(dbConnectionFailed, err)
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, failure(dbConnectionFailed, err)
	}
	if c.leave, err = gate.enter(ctx); err != nil {
		return nil, failure(dbConnectionFailed, err)
	}
	err = c.use(func() (err error) {
		c.conn, err = connector.Connect(ctx)
		return err
	})
	if err != nil {
		c.leave()
		return nil, failure(dbConnectionFailed, cmp.Or(ctx.Err(), err))
	}
	return c, nil
}

// use uses the driver, which panics on packets that are not what it expects, and
// does not say why a connection is of no use.
func (c *mysqlConnection) use(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errMySQLMessage
		}
		if err == nil || c.wire == nil {
			return
		}
		if c.wire.err == nil && errors.Is(err, errMySQLMessage) {
			c.wire.err = err
			_ = c.wire.Close()
		}
		if c.wire.err != nil && err != io.EOF {
			err = c.wire.err
		}
	}()
	return do()
}

// close closes the connection as soon as nobody reads from it.
func (c *mysqlConnection) close() {
	go func() {
		c.turn <- struct{}{}
		_ = c.use(c.conn.Close) // nobody is left to be told
		c.leave()
	}()
}

// arg is the value as the driver takes it.
func (v dbValue) arg() driver.Value {
	switch v.Case {
	case dbBoolean:
		return v.Boolean
	case dbInt8:
		return int64(v.Int8)
	case dbInt16:
		return int64(v.Int16)
	case dbInt32:
		return int64(v.Int32)
	case dbInt64:
		return v.Int64
	case dbUint8:
		return uint64(v.Uint8)
	case dbUint16:
		return uint64(v.Uint16)
	case dbUint32:
		return uint64(v.Uint32)
	case dbUint64:
		return v.Uint64
	case dbFloating32:
		return float64(v.Floating32)
	case dbFloating64:
		return v.Floating64
	case dbStr:
		return v.Str
	case dbBinary:
		return append([]byte{}, v.Binary...) // nil would be NULL
	}
	return nil
}

// mysqlTypes are the types of MySQL that the interface can express.
var mysqlTypes = map[string]uint8{
	"TINYINT": dbInt8, "UNSIGNED TINYINT": dbUint8, "SMALLINT": dbInt16, "UNSIGNED SMALLINT": dbUint16,
	"MEDIUMINT": dbInt32, "UNSIGNED MEDIUMINT": dbUint32, "INT": dbInt32, "UNSIGNED INT": dbUint32,
	"BIGINT": dbInt64, "UNSIGNED BIGINT": dbUint64, "FLOAT": dbFloating32, "DOUBLE": dbFloating64,
	"CHAR": dbStr, "VARCHAR": dbStr, "TINYTEXT": dbStr, "TEXT": dbStr, "MEDIUMTEXT": dbStr, "LONGTEXT": dbStr,
	"ENUM": dbStr, "SET": dbStr,
	"BINARY": dbBinary, "VARBINARY": dbBinary, "TINYBLOB": dbBinary, "BLOB": dbBinary, "MEDIUMBLOB": dbBinary,
	"LONGBLOB": dbBinary,
}

// mysqlRows is a result that is being read.
type mysqlRows struct {
	c         *mysqlConnection
	statement driver.Stmt
	rows      driver.Rows
	columns   []dbColumn
	cells     []driver.Value
	end       error // after the last row that was read
}

// query starts a query. Statements are always prepared, as by Spin's client.
func (c *mysqlConnection) query(ctx context.Context, text string, params []dbValue) (*mysqlRows, error) {
	r := &mysqlRows{c: c}
	err := c.use(func() (err error) {
		if r.statement, err = c.conn.(driver.ConnPrepareContext).PrepareContext(ctx, text); err != nil {
			return err
		}
		if n := r.statement.NumInput(); n != len(params) {
			return fmt.Errorf("the statement has %d parameters, and %d are given", n, len(params))
		}
		args := make([]driver.NamedValue, len(params))
		for i, p := range params {
			args[i] = driver.NamedValue{Ordinal: i + 1, Value: p.arg()}
		}
		if r.rows, err = r.statement.(driver.StmtQueryContext).QueryContext(ctx, args); err != nil {
			return err
		}
		for i, name := range r.rows.Columns() {
			kind, ok := mysqlTypes[r.rows.(driver.RowsColumnTypeDatabaseTypeName).ColumnTypeDatabaseTypeName(i)]
			if !ok {
				kind = dbOtherType
			}
			r.columns = append(r.columns, dbColumn{strings.ToValidUTF8(name, "\uFFFD"), kind})
		}
		r.cells = make([]driver.Value, len(r.columns))
		return nil
	})
	if err != nil {
		_ = r.close() // what it has to say comes after that
		return nil, err
	}
	return r, nil
}

// close reads what is left of the result, so that the connection stays of use.
func (r *mysqlRows) close() (err error) {
	if r.statement == nil {
		return nil
	}
	for r.rows != nil && r.read() == nil {
	}
	if r.end != io.EOF {
		err = r.end
	}
	return r.c.use(func() error {
		if r.rows != nil {
			err = cmp.Or(err, r.rows.Close())
		}
		return cmp.Or(err, r.statement.Close())
	})
}

// read reads one more row into the cells.
func (r *mysqlRows) read() error {
	if r.end != nil {
		return r.end
	}
	r.c.wire.step()
	err := r.c.use(func() error {
		r.end = r.rows.Next(r.cells)
		return r.end
	})
	if r.end != io.EOF {
		r.end = err
	}
	return r.end
}

// next is the next row, and what it takes in memory.
func (r *mysqlRows) next() (row []dbValue, size int, err error) {
	switch err := r.read(); {
	case err == io.EOF:
		return nil, 0, io.EOF
	case err != nil:
		return nil, 0, failure(dbOther, err)
	}
	row = make([]dbValue, len(r.cells))
	for i, cell := range r.cells {
		if row[i], err = mysqlValue(cell, r.columns[i]); err != nil {
			return nil, 0, failure(dbValueConversionFailed, err)
		}
		size += row[i].size()
	}
	if size > MaxResultBytes {
		return nil, 0, failure(dbOther, errTooLarge)
	}
	return row, size, nil
}

// mysqlValue makes a value of what the driver gave for a column.
func mysqlValue(cell driver.Value, c dbColumn) (dbValue, error) {
	v := dbValue{Case: c.DataType}
	switch cell := cell.(type) {
	case nil:
		return dbValue{Case: dbNull}, nil
	case int64:
		v.Int8, v.Int16, v.Int32, v.Int64 = int8(cell), int16(cell), int32(cell), cell
		v.Uint8, v.Uint16, v.Uint32, v.Uint64 = uint8(cell), uint16(cell), uint32(cell), uint64(cell)
	case uint64:
		v.Uint64 = cell
	case float32:
		v.Floating32 = cell
	case float64:
		v.Floating64 = cell
	case []byte:
		if c.DataType == dbBinary {
			v.Binary = bytes.Clone(cell) // which is the driver's until the next row
			return v, nil
		}
		v.Str = strings.ToValidUTF8(string(cell), "\uFFFD")
		if c.DataType == dbUint64 { // what an int64 does not hold comes as text
			var err error
			v.Uint64, err = strconv.ParseUint(v.Str, 10, 64)
			return v, err
		}
	}
	if c.DataType == dbOtherType {
		return v, fmt.Errorf("cannot convert the value %s in column %s", describeCell(cell), c.Name)
	}
	return v, nil
}

func describeCell(cell driver.Value) string {
	if b, ok := cell.([]byte); ok {
		return strconv.Quote(string(b))
	}
	return fmt.Sprint(cell)
}

// queryAll reads all rows of a query.
func (c *mysqlConnection) queryAll(ctx context.Context, text string, params []dbValue) (dbRowSet, error) {
	if err := c.turn.take(ctx); err != nil {
		return dbRowSet{}, err
	}
	defer c.turn.pass()
	rows, err := c.query(ctx, text, params)
	if err != nil {
		return dbRowSet{}, err
	}
	set := dbRowSet{Columns: rows.columns}
	for size := 0; ; {
		row, n, err := rows.next()
		if size += n; err == nil && size > MaxResultBytes {
			err = failure(dbOther, errTooLarge)
		}
		switch {
		case err == io.EOF:
			return set, rows.close()
		case err != nil:
			_ = rows.close() // what it has to say comes after that
			return dbRowSet{}, err
		}
		set.Rows = append(set.Rows, row)
	}
}

// queryRows starts a query whose rows come one by one.
func (c *mysqlConnection) queryRows(ctx context.Context, text string, params []dbValue) (
	columns []dbColumn, source rowSource[dbValue], err error,
) {
	if err := c.turn.take(ctx); err != nil {
		return nil, source, err
	}
	reading, cancel := context.WithCancel(bind.CallerContext(ctx))
	defer context.AfterFunc(ctx, cancel)()
	rows, err := c.query(reading, text, params)
	if err != nil {
		cancel()
		c.turn.pass()
		return nil, source, err
	}
	source.next = func() ([]dbValue, error) {
		row, _, err := rows.next()
		return row, err
	}
	source.close = func() error {
		defer c.turn.pass()
		defer cancel()
		return rows.close()
	}
	return rows.columns, source, nil
}

func (c *mysqlConnection) execute(ctx context.Context, text string, params []dbValue) error {
	if err := c.turn.take(ctx); err != nil {
		return err
	}
	defer c.turn.pass()
	rows, err := c.query(ctx, text, params)
	if err != nil {
		return err
	}
	return rows.close()
}

func (s *services) addMySQL(imports *bind.Imports) {
	gate := s.newGate(imports, s.grants.app.limits.mysql)
	v2, v3 := imports.Interface("fermyon:spin/mysql@2.0.0"), imports.Interface("spin:mysql/mysql@3.0.0")
	for _, i := range []*bind.Interface{v2, v3} {
		bind.Resource(i, "connection", func(_ context.Context, c *mysqlConnection) error {
			c.close()
			return nil
		})
		i.Func("[static]connection.open", bind.Func1(func(ctx context.Context, address string) (
			bind.Result[*mysqlConnection, dbError], error,
		) {
			c, err := s.openMySQL(ctx, gate, address)
			return outcome(c, err, dbErrorOf)
		}))
		i.Func("[method]connection.execute", bind.Func3(func(
			ctx context.Context, c *mysqlConnection, text string, params []dbValue,
		) (bind.Result[bind.Unit, dbError], error) {
			return outcome(bind.Unit{}, c.execute(ctx, text, params), dbErrorOf)
		}))
	}
	v2.Func("[method]connection.query", bind.Func3(func(
		ctx context.Context, c *mysqlConnection, text string, params []dbValue,
	) (bind.Result[dbRowSet, dbError], error) {
		set, err := c.queryAll(ctx, text, params)
		return outcome(set, err, dbErrorOf)
	}))
	v3.Func("[method]connection.query", bind.Func3(func(
		ctx context.Context, c *mysqlConnection, text string, params []dbValue,
	) (bind.Result[queryStream[dbColumn, dbValue, dbError], dbError], error) {
		columns, rows, err := c.queryRows(ctx, text, params)
		if err != nil {
			return bind.Err[queryStream[dbColumn, dbValue, dbError]](dbErrorOf(err)), nil
		}
		return bind.Ok[dbError](streamRows(ctx, columns, rows, dbErrorOf)), nil
	}))
}
