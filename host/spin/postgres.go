package spin

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/edgelint/edgelint/host/bind"
)

// Limits of the postgres interfaces.
const (
	// MaxPostgresConnections bounds the connections of a component to one address.
	// Opening one more waits until another one is closed.
	MaxPostgresConnections = 64
	// MaxPostgresPools bounds the addresses to which a component's connections are
	// kept.
	MaxPostgresPools = 16
)

// resetTimeout is how long a session may take to become as new.
const resetTimeout = 5 * time.Second

// resetSession makes a session as new.
const resetSession = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; " +
	"SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES"

// pgPools are the connections of a component, by address.
type pgPools struct {
	mu   sync.Mutex
	list []pgPool // the one used last is the last one
	done bool
}

type pgPool struct {
	key pgKey
	*pgxpool.Pool
}

// pgKey is what connections of one pool have in common.
type pgKey struct {
	address string
	root    [sha256.Size]byte // of the authority's certificate
}

// get is the pool of a key, made by open if there is none.
func (p *pgPools) get(key pgKey, open func() (*pgxpool.Pool, error)) (*pgxpool.Pool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		return nil, errClosed
	}
	if i := slices.IndexFunc(p.list, func(x pgPool) bool { return x.key == key }); i >= 0 {
		found := p.list[i]
		p.list = append(slices.Delete(p.list, i, i+1), found)
		return found.Pool, nil
	}
	pool, err := open()
	if err != nil {
		return nil, err
	}
	if len(p.list) == MaxPostgresPools {
		go p.list[0].Close() // once nobody uses its connections
		p.list = slices.Delete(p.list, 0, 1)
	}
	p.list = append(p.list, pgPool{key, pool})
	return pool, nil
}

// close closes the connections. It waits for those in use, but not for long.
func (p *pgPools) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = true
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for _, pool := range p.list {
			pool.Close()
		}
	}()
	select {
	case <-closed:
	case <-time.After(resetTimeout):
	}
}

// pgConnection is the resource connection of the postgres interfaces: a session
// that is given back to its pool when it is dropped.
type pgConnection struct {
	conn  *pgxpool.Conn
	turn  turn
	leave func()
}

// openPostgres opens a connection that the manifest grants. root is the
// certificate of an authority to trust, nil for none.
func (s *services) openPostgres(ctx context.Context, gate *gate, address string, root *x509.Certificate) (
	*pgConnection, error,
) {
	a, err := parsePostgresAddress(address)
	if err != nil {
		return nil, failure(dbConnectionFailed, err)
	}
	for _, h := range a.hosts {
		if !s.permits(h.destination) {
			return nil, failure(dbConnectionFailed, fmt.Errorf("address postgres://%s is not permitted", h.text))
		}
	}
	leave, err := gate.enter(ctx)
	if err != nil {
		return nil, failure(dbConnectionFailed, err)
	}
	key := pgKey{address: address}
	if root != nil {
		key.root = sha256.Sum256(root.Raw)
	}
	pool, err := s.pools.get(key, func() (*pgxpool.Pool, error) { return s.newPostgresPool(a, root) })
	if err != nil {
		leave()
		return nil, failure(dbConnectionFailed, err)
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		leave()
		return nil, failure(dbConnectionFailed, err)
	}
	return &pgConnection{conn: conn, turn: newTurn(), leave: leave}, nil
}

// close gives the session back as soon as nobody reads from it.
func (c *pgConnection) close() {
	giveBack := func() {
		c.conn.Release()
		c.leave()
	}
	select {
	case c.turn <- struct{}{}:
		giveBack()
	default:
		go func() {
			c.turn <- struct{}{}
			giveBack()
		}()
	}
}

// newPostgresPool makes a pool of connections to an address.
func (s *services) newPostgresPool(a *postgresAddress, root *x509.Certificate) (*pgxpool.Pool, error) {
	// All that matters is replaced: nothing of the host's environment is to get
	// into the connections of a component.
	config, err := pgxpool.ParseConfig("host=none user=none password=none dbname=none sslmode=disable")
	if err != nil {
		return nil, err
	}
	config.MaxConns, config.MinConns, config.MinIdleConns = MaxPostgresConnections, 0, 0
	config.AfterRelease = func(conn *pgx.Conn) bool {
		ctx, cancel := context.WithTimeout(context.Background(), resetTimeout)
		defer cancel()
		_, err := conn.PgConn().Exec(ctx, resetSession).ReadAll()
		return err == nil
	}
	c := &config.ConnConfig.Config
	c.Database, c.User, c.Password = a.database, a.user, a.password
	c.ConnectTimeout, c.RuntimeParams, c.ValidateConnect = a.timeout, a.parameters, a.validate
	c.KerberosSrvName, c.KerberosSpn, c.SSLNegotiation, c.RequireAuth = "", "", "", ""
	c.MaxProtocolMessageBodyLen = MaxResultBytes
	c.OnNotification = func(*pgconn.PgConn, *pgconn.Notification) {} // or else they are kept
	c.TLSConfig, c.DialFunc = nil, s.dialPostgres(postgresSecurity{a.security, root})
	c.BuildFrontend = newPostgresFrontend
	c.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	c.Host, c.Port, c.Fallbacks = a.hosts[0].host, a.hosts[0].port, nil
	for _, h := range a.hosts[1:] {
		c.Fallbacks = append(c.Fallbacks, &pgconn.FallbackConfig{Host: h.host, Port: h.port})
	}
	return pgxpool.NewWithConfig(context.Background(), config)
}

// pgColumn is the record column of spin:postgres@4.
type pgColumn struct {
	Name     string
	DataType pgDataType
}

// pgDataType is the variant db-data-type of spin:postgres@4.
type pgDataType struct {
	Case  uint8 // as in pgValue, or pgOther
	Other string
}

// pgRowSet is the record row-set of spin:postgres@4.
type pgRowSet struct {
	Columns []pgColumn
	Rows    [][]pgValue
}

// pgStatement is a statement that the server has prepared.
type pgStatement struct {
	fields  []pgconn.FieldDescription
	columns []pgColumn
	params  [][]byte
	formats []int16
}

// prepare prepares a statement with its parameters. badParameter is the error of
// values that are none.
func (c *pgConnection) prepare(ctx context.Context, text string, params []pgParameter, badParameter uint8) (
	*pgStatement, error,
) {
	described, err := c.describe(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(described.ParamOIDs) != len(params) {
		return nil, fmt.Errorf("expected %d parameters but got %d", len(described.ParamOIDs), len(params))
	}
	st := &pgStatement{fields: described.Fields}
	asked := false // the server, which forgets the statement by that
	name := func(oid uint32) (string, error) {
		if t, ok := c.conn.Conn().TypeMap().TypeForOID(oid); ok {
			return t.Name, nil
		}
		asked = true
		return c.typeName(ctx, oid)
	}
	for i := range params {
		oid := described.ParamOIDs[i]
		raw, format, err := params[i].encode(oid, func() (string, error) { return name(oid) })
		switch {
		case errors.Is(err, errType):
			return nil, fmt.Errorf("error serializing parameter %d: %w", i, err)
		case err != nil:
			return nil, failure(badParameter, err)
		}
		st.params, st.formats = append(st.params, raw), append(st.formats, format)
	}
	for _, f := range st.fields {
		column := pgColumn{f.Name, pgDataType{Case: pgOther}}
		if t, ok := pgTypes[f.DataTypeOID]; ok {
			column.DataType.Case = t.data
		} else if column.DataType.Other, err = name(f.DataTypeOID); err != nil {
			return nil, err
		}
		st.columns = append(st.columns, column)
	}
	if asked {
		_, err = c.describe(ctx, text)
	}
	return st, err
}

// describe makes a statement the one that run runs.
func (c *pgConnection) describe(ctx context.Context, text string) (*pgconn.StatementDescription, error) {
	return c.conn.Conn().PgConn().Prepare(ctx, "", text, nil)
}

// typeName is the name of a type that is not built in.
func (c *pgConnection) typeName(ctx context.Context, oid uint32) (string, error) {
	result := c.conn.Conn().PgConn().ExecParams(ctx, "SELECT typname FROM pg_catalog.pg_type WHERE oid = $1",
		[][]byte{fmt.Append(nil, oid)}, nil, nil, nil).Read()
	if result.Err != nil {
		return "", result.Err
	}
	if len(result.Rows) != 1 {
		return "unknown", nil
	}
	return string(result.Rows[0][0]), nil
}

// run starts a statement. Until its result is closed nothing else can be done.
func (c *pgConnection) run(ctx context.Context, st *pgStatement) *pgconn.ResultReader {
	return c.conn.Conn().PgConn().ExecPrepared(ctx, "", st.params, st.formats, []int16{binaryFormat})
}

// execute runs a statement and counts the rows it concerned.
func (c *pgConnection) execute(ctx context.Context, text string, params []pgParameter) (uint64, error) {
	if err := c.turn.take(ctx); err != nil {
		return 0, err
	}
	defer c.turn.pass()
	st, err := c.prepare(ctx, text, params, dbValueConversionFailed)
	if err != nil {
		return 0, err
	}
	tag, err := c.run(ctx, st).Close()
	return uint64(tag.RowsAffected()), err
}

// query runs a statement and reads all rows. As in Spin there are columns only if
// there are rows.
func (c *pgConnection) query(ctx context.Context, text string, params []pgParameter) (set pgRowSet, err error) {
	if err := c.turn.take(ctx); err != nil {
		return set, err
	}
	defer c.turn.pass()
	st, err := c.prepare(ctx, text, params, dbBadParameter)
	if err != nil {
		return set, err
	}
	result := c.run(ctx, st)
	size := 0
	for c.nextRow(result) {
		row, n, err := st.row(result.Values())
		if size += n; err == nil && size > MaxResultBytes {
			err = errTooLarge
		}
		if err != nil {
			_ = c.finish(result) // what it has to say comes after that
			return pgRowSet{}, err
		}
		set.Rows = append(set.Rows, row)
	}
	if err := c.finish(result); err != nil {
		return pgRowSet{}, err
	}
	if len(set.Rows) > 0 {
		set.Columns = st.columns
	}
	return set, nil
}

// nextRow reads one more row.
func (c *pgConnection) nextRow(result *pgconn.ResultReader) bool {
	budgetOf(c.conn.Conn().PgConn().Conn()).step()
	return result.NextRow()
}

// finish reads what is left of a result and tells what went wrong.
func (c *pgConnection) finish(result *pgconn.ResultReader) error {
	for c.nextRow(result) {
	}
	_, err := result.Close()
	if errors.Is(err, errTooLarge) {
		return errTooLarge // already a single row is
	}
	return err
}

// row reads the values of a row, and says what they take in memory.
func (st *pgStatement) row(values [][]byte) (row []pgValue, size int, err error) {
	row = make([]pgValue, len(values))
	for i, raw := range values {
		if row[i], err = decodePostgres(st.fields[i].DataTypeOID, raw); err != nil {
			return nil, 0, fmt.Errorf("error deserializing column %d: %w", i, err)
		}
		if size += row[i].size(); size > MaxResultBytes {
			return nil, 0, errTooLarge
		}
	}
	return row, size, nil
}

// queryRows starts a query whose rows come one by one. It waits for the first row,
// for without one there are no columns.
func (c *pgConnection) queryRows(ctx context.Context, text string, params []pgParameter) (
	columns []pgColumn, source rowSource[pgValue], err error,
) {
	if err := c.turn.take(ctx); err != nil {
		return nil, source, err
	}
	reading, cancel := context.WithCancel(bind.CallerContext(ctx))
	defer context.AfterFunc(ctx, cancel)()
	st, err := c.prepare(reading, text, params, dbBadParameter)
	if err != nil {
		cancel()
		c.turn.pass()
		return nil, source, err
	}
	result := c.run(reading, st)
	first := c.nextRow(result)
	if first {
		columns = st.columns
	}
	source.next = func() ([]pgValue, error) {
		if !first && !c.nextRow(result) {
			return nil, io.EOF // or an error, which closing tells
		}
		first = false
		row, _, err := st.row(result.Values())
		return row, err
	}
	source.close = func() error {
		defer c.turn.pass()
		defer cancel()
		return c.finish(result)
	}
	return columns, source, nil
}
