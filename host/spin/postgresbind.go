package spin

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/edgelint/edgelint/host/bind"
)

func (s *services) addPostgres(imports *bind.Imports) {
	gate := s.newGate(imports, s.grants.app.limits.postgres)
	v2 := pgVersion[dbValue, dbError, dbRowSet]{param: pgParameterOfValue, rows: dbRowSetOf, fail: dbErrorOf}
	v2.add(s, gate, imports.Interface("fermyon:spin/postgres@2.0.0"))
	v3 := pgVersion[pgValue3, dbError, pgRowSet3]{param: pgParameterOf3, rows: pgRowSet3Of, fail: dbErrorOf}
	v3.add(s, gate, imports.Interface("spin:postgres/postgres@3.0.0"))
	v4 := pgVersion[pgParameter, pgError, pgRowSet]{
		param: func(p pgParameter) (pgParameter, error) { return p, nil },
		rows:  func(set pgRowSet) pgRowSet { return set }, fail: pgErrorOf,
	}
	i := imports.Interface("spin:postgres/postgres@4.2.0")
	v4.add(s, gate, i)
	// What version 4.2 has besides.
	i.Func("[static]connection.open-async", v4.open(s, gate))
	i.Func("[method]connection.execute-async", v4.execute())
	i.Func("[method]connection.query-async", bind.Func3(queryPostgresAsync))
	s.addPostgresBuilder(gate, i)
}

// pgVersion is what differs between the versions of the interface: their
// parameters P, errors E and sets of rows R.
type pgVersion[P, E, R any] struct {
	param func(P) (pgParameter, error)
	rows  func(pgRowSet) R
	fail  func(error) E
}

func (v pgVersion[P, E, R]) add(s *services, gate *gate, i *bind.Interface) {
	bind.Resource(i, "connection", func(_ context.Context, c *pgConnection) error {
		c.close()
		return nil
	})
	i.Func("[static]connection.open", v.open(s, gate))
	i.Func("[method]connection.execute", v.execute())
	i.Func("[method]connection.query", bind.Func3(func(ctx context.Context, c *pgConnection, text string, list []P) (
		bind.Result[R, E], error,
	) {
		params, err := v.params(list)
		if err != nil {
			return outcome(*new(R), err, v.fail)
		}
		set, err := c.query(ctx, text, params)
		return outcome(v.rows(set), err, v.fail)
	}))
}

func (v pgVersion[P, E, R]) open(s *services, gate *gate) bind.Func {
	return bind.Func1(func(ctx context.Context, address string) (bind.Result[*pgConnection, E], error) {
		c, err := s.openPostgres(ctx, gate, address, nil)
		return outcome(c, err, v.fail)
	})
}

func (v pgVersion[P, E, R]) execute() bind.Func {
	return bind.Func3(func(ctx context.Context, c *pgConnection, text string, list []P) (bind.Result[uint64, E], error) {
		params, err := v.params(list)
		if err != nil {
			return outcome(uint64(0), err, v.fail)
		}
		n, err := c.execute(ctx, text, params)
		return outcome(n, err, v.fail)
	})
}

func (v pgVersion[P, E, R]) params(list []P) (params []pgParameter, err error) {
	params = make([]pgParameter, len(list))
	for i, p := range list {
		if params[i], err = v.param(p); err != nil {
			return nil, err
		}
	}
	return params, nil
}

// queryPostgresAsync is query of version 4.2 whose rows come in a stream.
func queryPostgresAsync(ctx context.Context, c *pgConnection, text string, params []pgParameter) (
	bind.Result[queryStream[pgColumn, pgValue, pgError], pgError], error,
) {
	columns, rows, err := c.queryRows(ctx, text, params)
	if err != nil {
		return bind.Err[queryStream[pgColumn, pgValue, pgError]](pgErrorOf(err)), nil
	}
	return bind.Ok[pgError](streamRows(ctx, columns, rows, pgErrorOf)), nil
}

// pgBuilder is the resource connection-builder.
type pgBuilder struct {
	address string
	root    *x509.Certificate
}

// setRoot makes connections trust an authority besides those of the system.
func (b *pgBuilder) setRoot(text string) error {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return failure(dbOther, errors.New("invalid root certificate: it is not a PEM certificate"))
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return failure(dbOther, fmt.Errorf("invalid root certificate: %w", err))
	}
	b.root = cert
	return nil
}

// addPostgresBuilder adds what version 4.1 has besides. Unlike Spin it checks the
// allow-list in build, too.
func (s *services) addPostgresBuilder(gate *gate, i *bind.Interface) {
	bind.Resource[*pgBuilder](i, "connection-builder", nil)
	i.Func("[constructor]connection-builder", bind.Func1(func(_ context.Context, address string) (*pgBuilder, error) {
		return &pgBuilder{address: address}, nil
	}))
	i.Func("[method]connection-builder.set-ca-root", bind.Func2(func(_ context.Context, b *pgBuilder, text string) (
		bind.Result[bind.Unit, pgError], error,
	) {
		return outcome(bind.Unit{}, b.setRoot(text), pgErrorOf)
	}))
	for _, name := range []string{"build", "build-async"} {
		i.Func("[method]connection-builder."+name, bind.Func1(func(ctx context.Context, b *pgBuilder) (
			bind.Result[*pgConnection, pgError], error,
		) {
			c, err := s.openPostgres(ctx, gate, b.address, b.root)
			return outcome(c, err, pgErrorOf)
		}))
	}
}

// pgError is the variant error of spin:postgres@4.
type pgError struct {
	Case                           uint8 // as in dbError
	ConnectionFailed, BadParameter string
	QueryFailed                    pgQueryError
	ValueConversionFailed, Other   string
}

// pgQueryError is the variant query-error.
type pgQueryError struct {
	Case    uint8 // 0 text, 1 db-error
	Text    string
	DBError pgServerError
}

// pgServerError is the record db-error.
type pgServerError struct {
	AsText, Severity, Code, Message string
	Detail                          bind.Option[string]
	Extras                          []bind.Tuple2[string, string]
}

func pgErrorOf(err error) pgError {
	kind, text := failureKind(err), err.Error()
	if kind != dbQueryFailed {
		e := dbErrorOf(err)
		return pgError{
			Case: kind, ConnectionFailed: e.ConnectionFailed, BadParameter: e.BadParameter,
			ValueConversionFailed: e.ValueConversionFailed, Other: e.Other,
		}
	}
	e := pgError{Case: kind, QueryFailed: pgQueryError{Text: text}}
	if sent, ok := errors.AsType[*pgconn.PgError](err); ok {
		e.QueryFailed = pgQueryError{Case: 1, DBError: pgServerError{
			AsText: text, Severity: sent.Severity, Code: sent.Code, Message: sent.Message,
			Detail: bind.Option[string]{Some: sent.Detail != "", Value: sent.Detail}, Extras: pgExtras(sent),
		}}
	}
	return e
}

// pgExtras is what else the server said of an error, under Spin's names.
func pgExtras(sent *pgconn.PgError) []bind.Tuple2[string, string] {
	line := ""
	if sent.Line != 0 {
		line = strconv.Itoa(int(sent.Line))
	}
	var extras []bind.Tuple2[string, string]
	for _, x := range []bind.Tuple2[string, string]{
		{V0: "column", V1: sent.ColumnName},
		{V0: "constraint", V1: sent.ConstraintName},
		{V0: "routine", V1: sent.Routine},
		{V0: "hint", V1: sent.Hint},
		{V0: "table", V1: sent.TableName},
		{V0: "datatype", V1: sent.DataTypeName},
		{V0: "schema", V1: sent.SchemaName},
		{V0: "file", V1: sent.File},
		{V0: "line", V1: line},
		{V0: "where_", V1: sent.Where},
	} {
		if x.V1 != "" {
			extras = append(extras, x)
		}
	}
	return extras
}

// pgValue3 is the variants db-value and parameter-value of version 3: the cases of
// version 4 up to pgTimestamp, and two more.
type pgValue3 struct {
	Case       uint8
	Boolean    bool
	Int8       int8
	Int16      int16
	Int32      int32
	Int64      int64
	Floating32 float32
	Floating64 float64
	Str        string
	Binary     []byte
	Date       pgDate
	Time       pgTime
	Datetime   pgDatetime
	Timestamp  int64
}

const (
	pgNull3        = pgTimestamp + 1
	pgUnsupported3 = pgTimestamp + 2
	pgOther3       = pgTimestamp + 1 // of db-data-type
)

// pgRowSet3 is the record row-set of version 3.
type pgRowSet3 struct {
	Columns []dbColumn
	Rows    [][]pgValue3
}

func pgParameterOf3(v pgValue3) (pgParameter, error) {
	p := pgParameter{
		Case: v.Case, Boolean: v.Boolean, Int8: v.Int8, Int16: v.Int16, Int32: v.Int32, Int64: v.Int64,
		Floating32: v.Floating32, Floating64: v.Floating64, Str: v.Str, Binary: v.Binary,
		Date: v.Date, Time: v.Time, Datetime: v.Datetime, Timestamp: v.Timestamp,
	}
	if v.Case == pgNull3 {
		p.Case = pgNull
	}
	return p, nil
}

func pgRowSet3Of(set pgRowSet) (out pgRowSet3) {
	for _, c := range set.Columns {
		out.Columns = append(out.Columns, dbColumn{c.Name, min(c.DataType.Case, pgOther3)})
	}
	for _, row := range set.Rows {
		values := make([]pgValue3, len(row))
		for i, v := range row {
			values[i] = pgValue3{
				Case: v.Case, Boolean: v.Boolean, Int8: v.Int8, Int16: v.Int16, Int32: v.Int32, Int64: v.Int64,
				Floating32: v.Floating32, Floating64: v.Floating64, Str: v.Str, Binary: v.Binary,
				Date: v.Date, Time: v.Time, Datetime: v.Datetime, Timestamp: v.Timestamp,
			}
			switch {
			case v.Case == pgNull:
				values[i].Case = pgNull3
			case v.Case > pgTimestamp:
				values[i].Case = pgUnsupported3
			}
		}
		out.Rows = append(out.Rows, values)
	}
	return out
}

// pgOfRdbms are the cases of dbValue that PostgreSQL has, by those of pgValue.
var pgOfRdbms = map[uint8]uint8{
	dbBoolean: pgBoolean, dbInt8: pgInt8, dbInt16: pgInt16, dbInt32: pgInt32, dbInt64: pgInt64,
	dbFloating32: pgFloating32, dbFloating64: pgFloating64, dbStr: pgStr, dbBinary: pgBinary, dbNull: pgNull,
}

// rdbmsOfPg is pgOfRdbms the other way round.
var rdbmsOfPg = func() map[uint8]uint8 {
	m := map[uint8]uint8{}
	for rdbms, pg := range pgOfRdbms {
		m[pg] = rdbms
	}
	return m
}()

const noUnsigned = "Postgres does not support unsigned integers" // as Spin says

func pgParameterOfValue(v dbValue) (pgParameter, error) {
	kind, ok := pgOfRdbms[v.Case]
	if !ok {
		//lint:ignore ST1005 the words are Spin's own
		return pgParameter{}, failure(dbValueConversionFailed, errors.New(noUnsigned))
	}
	return pgParameter{
		Case: kind, Boolean: v.Boolean, Int8: v.Int8, Int16: v.Int16, Int32: v.Int32, Int64: v.Int64,
		Floating32: v.Floating32, Floating64: v.Floating64, Str: v.Str, Binary: v.Binary,
	}, nil
}

func dbRowSetOf(set pgRowSet) (out dbRowSet) {
	for _, c := range set.Columns {
		kind, ok := rdbmsOfPg[c.DataType.Case]
		if !ok || c.DataType.Case == pgOther {
			kind = dbOtherType
		}
		out.Columns = append(out.Columns, dbColumn{c.Name, kind})
	}
	for _, row := range set.Rows {
		values := make([]dbValue, len(row))
		for i, v := range row {
			kind, ok := rdbmsOfPg[v.Case]
			if !ok {
				kind = dbUnsupported
			}
			values[i] = dbValue{
				Case: kind, Boolean: v.Boolean, Int8: v.Int8, Int16: v.Int16, Int32: v.Int32, Int64: v.Int64,
				Floating32: v.Floating32, Floating64: v.Floating64, Str: v.Str, Binary: v.Binary,
			}
		}
		out.Rows = append(out.Rows, values)
	}
	return out
}
