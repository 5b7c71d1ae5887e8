package spin

import (
	"context"
	"errors"
	"io"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/internal/servicetest"
)

func openPostgres(t *testing.T, s *services, address string) *pgConnection {
	t.Helper()
	ctx, gate := inInstance(t)
	c, err := s.openPostgres(ctx, gate, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	address := servicetest.Postgres(t)
	s, _ := servicesOf(t, &denials{}, templated(t, address))
	for name, f := range map[string]func(*testing.T, *pgConnection){
		"types": testPostgresTypes, "parameters of other types are refused": testPostgresStrictness,
		"values that are none": testPostgresBadValues, "results": testPostgresResults, "errors": testPostgresErrors,
		"custom types": testPostgresCustomTypes, "calls end with their context": testPostgresContext,
		"large results are refused": testPostgresLimit, "rows one by one": testPostgresRows,
	} {
		t.Run(name, func(t *testing.T) { f(t, openPostgres(t, s, address)) })
	}
	t.Run("addresses", func(t *testing.T) { testPostgresAddresses(t, s, address) })
	t.Run("sessions are as new", func(t *testing.T) { testPostgresReset(t, s, address) })
	t.Run("refusals", func(t *testing.T) { testPostgresRefusals(t, s, address) })
}

func some[T any](v T) bind.Option[T] { return bind.Some(v) }

func bound[T any](v T, kind uint8) bind.Option[pgBound[T]] { return bind.Some(pgBound[T]{v, kind}) }

// testPostgresTypes sends a parameter of each type, and reads it back.
func testPostgresTypes(t *testing.T, c *pgConnection) {
	null := pgParameter{Case: pgNull}
	for _, x := range []struct {
		typ   string
		param pgParameter
		want  pgValue
		data  pgDataType
	}{
		{"bool", pgParameter{Case: pgBoolean, Boolean: true}, pgValue{Boolean: true}, pgDataType{}},
		{"int2", pgParameter{Case: pgInt16, Int16: math.MinInt16}, pgValue{Case: pgInt16, Int16: math.MinInt16}, pgDataType{Case: pgInt16}},
		{"int4", pgParameter{Case: pgInt32, Int32: math.MinInt32}, pgValue{Case: pgInt32, Int32: math.MinInt32}, pgDataType{Case: pgInt32}},
		{"int8", pgParameter{Case: pgInt64, Int64: math.MinInt64}, pgValue{Case: pgInt64, Int64: math.MinInt64}, pgDataType{Case: pgInt64}},
		{"float4", pgParameter{Case: pgFloating32, Floating32: 1.5}, pgValue{Case: pgFloating32, Floating32: 1.5}, pgDataType{Case: pgFloating32}},
		{"float8", pgParameter{Case: pgFloating64, Floating64: 0.1}, pgValue{Case: pgFloating64, Floating64: 0.1}, pgDataType{Case: pgFloating64}},
		{"text", pgParameter{Case: pgStr, Str: "tëxt"}, pgValue{Case: pgStr, Str: "tëxt"}, pgDataType{Case: pgStr}},
		{"varchar", pgParameter{Case: pgStr}, pgValue{Case: pgStr}, pgDataType{Case: pgStr}},
		{"char(3)", pgParameter{Case: pgStr, Str: "a"}, pgValue{Case: pgStr, Str: "a  "}, pgDataType{Case: pgStr}},
		{"bytea", pgParameter{Case: pgBinary, Binary: []byte{0, 255}}, pgValue{Case: pgBinary, Binary: []byte{0, 255}}, pgDataType{Case: pgBinary}},
		{"bytea", pgParameter{Case: pgBinary}, pgValue{Case: pgBinary, Binary: []byte{}}, pgDataType{Case: pgBinary}},
		{"date", pgParameter{Case: pgDateCase, Date: pgDate{1969, 12, 31}}, pgValue{Case: pgDateCase, Date: pgDate{1969, 12, 31}}, pgDataType{Case: pgDateCase}},
		{"date", pgParameter{Case: pgDateCase, Date: pgDate{-43, 3, 15}}, pgValue{Case: pgDateCase, Date: pgDate{-43, 3, 15}}, pgDataType{Case: pgDateCase}},
		{
			"time",
			pgParameter{Case: pgTimeCase, Time: pgTime{23, 59, 58, 123456789}},
			pgValue{Case: pgTimeCase, Time: pgTime{23, 59, 58, 123456000}},
			pgDataType{Case: pgTimeCase},
		},
		{
			"timestamp",
			pgParameter{Case: pgDatetimeCase, Datetime: pgDatetime{1969, 7, 20, 20, 17, 40, 1000}},
			pgValue{Case: pgDatetimeCase, Datetime: pgDatetime{1969, 7, 20, 20, 17, 40, 1000}},
			pgDataType{Case: pgDatetimeCase},
		},
		{
			"timestamptz",
			pgParameter{Case: pgTimestamp, Timestamp: -1},
			pgValue{Case: pgDatetimeCase, Datetime: pgDatetime{1969, 12, 31, 23, 59, 59, 0}},
			pgDataType{Case: pgDatetimeCase},
		},
		{
			"uuid",
			pgParameter{Case: pgUUID, UUID: "FEDCBA98-fedc-fedc-fedc-fedcba987654"},
			pgValue{Case: pgUUID, UUID: "fedcba98-fedc-fedc-fedc-fedcba987654"},
			pgDataType{Case: pgUUID},
		},
		{
			"jsonb",
			pgParameter{Case: pgJsonb, Jsonb: []byte(`{ "b": [1, 2.50], "a": "x y" }`)},
			pgValue{Case: pgJsonb, Jsonb: []byte(`{"a":"x y","b":[1,2.50]}`)},
			pgDataType{Case: pgJsonb},
		},
		{
			"int4range",
			pgParameter{Case: pgRangeInt32, RangeInt32: pgRange[int32]{bound[int32](-5, pgExclusive), bound[int32](7, pgInclusive)}},
			pgValue{Case: pgRangeInt32, RangeInt32: pgRange[int32]{bound[int32](-4, pgInclusive), bound[int32](8, pgExclusive)}},
			pgDataType{Case: pgRangeInt32},
		},
		{
			"int8range",
			pgParameter{Case: pgRangeInt64, RangeInt64: pgRange[int64]{Lower: bound[int64](1<<40, pgInclusive)}},
			pgValue{Case: pgRangeInt64, RangeInt64: pgRange[int64]{Lower: bound[int64](1<<40, pgInclusive)}},
			pgDataType{Case: pgRangeInt64},
		},
		{
			"int8range",
			pgParameter{Case: pgRangeInt64, RangeInt64: pgRange[int64]{bound[int64](2, pgInclusive), bound[int64](1, pgInclusive)}},
			pgValue{Case: pgRangeInt64},
			pgDataType{Case: pgRangeInt64},
		},
		{
			"numrange",
			pgParameter{Case: pgRangeDecimal, RangeDecimal: pgRange[string]{bound("1.50", pgExclusive), bound("456789012345.789123", pgInclusive)}},
			pgValue{Case: pgRangeDecimal, RangeDecimal: pgRange[string]{bound("1.50", pgExclusive), bound("456789012345.789123", pgInclusive)}},
			pgDataType{Case: pgRangeDecimal},
		},
		{
			"numrange",
			pgParameter{Case: pgRangeDecimal, RangeDecimal: pgRange[string]{Upper: bound("10", pgExclusive)}},
			pgValue{Case: pgRangeDecimal, RangeDecimal: pgRange[string]{Upper: bound("10", pgExclusive)}},
			pgDataType{Case: pgRangeDecimal},
		},
		{
			"int4[]",
			pgParameter{Case: pgArrayInt32, ArrayInt32: []bind.Option[int32]{some[int32](1), {}, some[int32](-3)}},
			pgValue{Case: pgArrayInt32, ArrayInt32: []bind.Option[int32]{some[int32](1), {}, some[int32](-3)}},
			pgDataType{Case: pgArrayInt32},
		},
		{"int8[]", pgParameter{Case: pgArrayInt64}, pgValue{Case: pgArrayInt64, ArrayInt64: []bind.Option[int64]{}}, pgDataType{Case: pgArrayInt64}},
		{
			"numeric[]",
			pgParameter{Case: pgArrayDecimal, ArrayDecimal: []bind.Option[string]{some("100"), {}, some("200.120")}},
			pgValue{Case: pgArrayDecimal, ArrayDecimal: []bind.Option[string]{some("100"), {}, some("200.120")}},
			pgDataType{Case: pgArrayDecimal},
		},
		{
			"text[]",
			pgParameter{Case: pgArrayStr, ArrayStr: []bind.Option[string]{some(`a"b\c,{d}`), {}, some("NULL"), some("")}},
			pgValue{Case: pgArrayStr, ArrayStr: []bind.Option[string]{some(`a"b\c,{d}`), {}, some("NULL"), some("")}},
			pgDataType{Case: pgArrayStr},
		},
		{
			"interval",
			pgParameter{Case: pgIntervalCase, Interval: pgInterval{-123456, 10, -200}},
			pgValue{Case: pgIntervalCase, Interval: pgInterval{-123456, 10, -200}},
			pgDataType{Case: pgIntervalCase},
		},
		{"int4", null, pgValue{Case: pgNull}, pgDataType{Case: pgInt32}},
		{"int4[]", null, pgValue{Case: pgNull}, pgDataType{Case: pgArrayInt32}},
	} {
		set, err := c.query(t.Context(), "SELECT $1::"+x.typ+" AS v", []pgParameter{x.param})
		if err != nil {
			t.Errorf("%s: %v", x.typ, err)
			continue
		}
		want := pgRowSet{Columns: []pgColumn{{"v", x.data}}, Rows: [][]pgValue{{x.want}}}
		if diff := cmp.Diff(want, set); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.typ, diff)
		}
	}
	for _, text := range []string{
		"0", "0.00", "-1", "1.50", "10000", "99999999.00010", "0.000012345", "-12345678901234567890123456789012345.6789",
		"100000000000000000000", "NaN", "Infinity", "-Infinity", "0.9999", "1e5000", "1e-50",
	} {
		params := []pgParameter{{Case: pgStr, Str: text}}
		set, err := c.query(t.Context(), "SELECT v::numeric, v::numeric::text FROM (SELECT $1::text) AS x(v)", params)
		if err != nil {
			t.Fatal(err)
		}
		if row := set.Rows[0]; row[0].Case != pgDecimal || row[0].Decimal != row[1].Str {
			t.Errorf("numeric %s is read as %s", row[1].Str, row[0].Decimal)
		}
	}
	for _, decimal := range []string{"1.50", "-.5", "+7", "12345678901234567890.00"} {
		set, err := c.query(t.Context(), "SELECT ($1::numeric)::text = ($2::text)::numeric::text",
			[]pgParameter{{Case: pgDecimal, Decimal: decimal}, {Case: pgStr, Str: decimal}})
		if err != nil || !set.Rows[0][0].Boolean {
			t.Errorf("decimal %s: %+v, %v", decimal, set, err)
		}
	}
}

func testPostgresStrictness(t *testing.T, c *pgConnection) {
	for typ, p := range map[string]pgParameter{
		"int8": {Case: pgInt32}, "text": {Case: pgInt32}, "int4": {Case: pgStr}, "timestamp": {Case: pgTimestamp},
		"timestamptz": {Case: pgDatetimeCase}, "float8": {Case: pgFloating32}, "jsonb": {Case: pgStr}, "int4[]": {Case: pgArrayInt64},
	} {
		_, err := c.query(t.Context(), "SELECT $1::"+typ, []pgParameter{p})
		if err == nil || failureKind(err) != dbQueryFailed || !strings.Contains(err.Error(), "error serializing parameter 0") {
			t.Errorf("%s: %v", typ, err)
		}
	}
	for _, params := range [][]pgParameter{nil, {{Case: pgStr}, {Case: pgStr}}} {
		if _, err := c.query(t.Context(), "SELECT $1::text", params); err == nil || !strings.HasPrefix(err.Error(), "expected 1 parameters") {
			t.Errorf("%d parameters: %v", len(params), err)
		}
	}
}

func testPostgresBadValues(t *testing.T, c *pgConnection) {
	for typ, p := range map[string]pgParameter{
		"uuid": {Case: pgUUID, UUID: "nonsense"}, "jsonb": {Case: pgJsonb, Jsonb: []byte("{")},
		"numeric": {Case: pgDecimal, Decimal: "1e5"}, "date": {Case: pgDateCase, Date: pgDate{2023, 2, 29}},
		"time":      {Case: pgTimeCase, Time: pgTime{Hour: 24}},
		"timestamp": {Case: pgDatetimeCase, Datetime: pgDatetime{2023, 13, 1, 0, 0, 0, 0}},
		"numrange":  {Case: pgRangeDecimal, RangeDecimal: pgRange[string]{Lower: bound("1,2", pgInclusive)}},
		"numeric[]": {Case: pgArrayDecimal, ArrayDecimal: []bind.Option[string]{some("NULL")}},
		"timestamptz": {
			Case: pgTimestamp, Timestamp: math.MaxInt64,
		},
	} {
		if _, err := c.query(t.Context(), "SELECT $1::"+typ, []pgParameter{p}); failureKind(err) != dbBadParameter {
			t.Errorf("query with %s: %v", typ, err)
		}
		if _, err := c.execute(t.Context(), "SELECT $1::"+typ, []pgParameter{p}); failureKind(err) != dbValueConversionFailed {
			t.Errorf("execute with %s: %v", typ, err)
		}
	}
	for _, text := range []string{"'infinity'::date", "'-infinity'::timestamp", "'{{1,2},{3,4}}'::int4[]"} {
		_, err := c.query(t.Context(), "SELECT "+text, nil)
		if err == nil || !strings.Contains(err.Error(), "error deserializing column 0") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func testPostgresResults(t *testing.T, c *pgConnection) {
	ctx := t.Context()
	for _, x := range []struct {
		text string
		want uint64
	}{
		{"CREATE TEMP TABLE t(id int, v text)", 0},
		{"INSERT INTO t SELECT i, 'v' FROM generate_series(1, 5) AS i", 5},
		{"UPDATE t SET v = 'w' WHERE id > 2", 3},
		{"SELECT * FROM t", 5},
		{"DELETE FROM t WHERE id = 1", 1},
	} {
		if n, err := c.execute(ctx, x.text, nil); n != x.want || err != nil {
			t.Errorf("%s: %d rows, %v", x.text, n, err)
		}
	}
	set, err := c.query(ctx, "SELECT id, v FROM t ORDER BY id", nil)
	if err != nil || len(set.Rows) != 4 || set.Rows[3][0].Int32 != 5 || set.Columns[1].Name != "v" {
		t.Errorf("%+v, %v", set, err)
	}
	if set, err := c.query(ctx, "SELECT id, v FROM t WHERE id = 99", nil); err != nil || len(set.Rows)+len(set.Columns) != 0 {
		t.Errorf("no rows: %+v, %v", set, err)
	}
}

func testPostgresErrors(t *testing.T, c *pgConnection) {
	if _, err := c.execute(t.Context(), "CREATE TEMP TABLE u(id int CONSTRAINT positive CHECK (id > 0))", nil); err != nil {
		t.Fatal(err)
	}
	_, err := c.execute(t.Context(), "INSERT INTO u VALUES (-1)", nil)
	e := pgErrorOf(err)
	sent := e.QueryFailed.DBError
	if e.Case != dbQueryFailed || e.QueryFailed.Case != 1 || sent.Code != "23514" || sent.Severity != "ERROR" ||
		!strings.Contains(sent.Message, "violates check constraint") || sent.AsText != err.Error() ||
		!strings.Contains(sent.Detail.Value, "(-1)") {
		t.Errorf("%+v", e)
	}
	extras := map[string]string{}
	for _, x := range sent.Extras {
		extras[x.V0] = x.V1
	}
	if extras["constraint"] != "positive" || extras["table"] != "u" || extras["routine"] == "" || extras["line"] == "" {
		t.Errorf("extras: %v", extras)
	}
	for text, code := range map[string]string{
		"SELEC 1": "42601", "SELECT 1; SELECT 2": "42601", "SELECT 1 / 0": "22012", "SELECT * FROM none": "42P01",
	} {
		_, err := c.query(t.Context(), text, nil)
		if got := pgErrorOf(err).QueryFailed.DBError; got.Code != code || dbErrorOf(err).QueryFailed != got.AsText {
			t.Errorf("%s: %+v", text, err)
		}
	}
	if _, err := c.query(t.Context(), "SELECT 1", nil); err != nil {
		t.Errorf("after errors: %v", err)
	}
}

func testPostgresCustomTypes(t *testing.T, c *pgConnection) {
	ctx := t.Context()
	if _, err := c.execute(ctx, "CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')", nil); err != nil {
		t.Fatal(err)
	}
	set, err := c.query(ctx, "SELECT ($1::text)::pg_temp.mood AS m, 'x'::name AS n, '[1]'::json AS j, $2::int4",
		[]pgParameter{{Case: pgStr, Str: "happy"}, {Case: pgInt32, Int32: 7}})
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, c := range set.Columns[:3] {
		types = append(types, c.DataType.Other)
	}
	row := set.Rows[0]
	if !slices.Equal(types, []string{"mood", "name", "json"}) || row[0].Case != pgUnsupported ||
		string(row[0].Unsupported) != "happy" || string(row[2].Unsupported) != "[1]" || row[3].Int32 != 7 {
		t.Errorf("%+v", set)
	}
	_, err = c.query(ctx, "SELECT $1::pg_temp.mood", []pgParameter{{Case: pgStr, Str: "happy"}})
	if err == nil || !strings.Contains(err.Error(), "type str and the Postgres type `mood`") {
		t.Errorf("a str as enum: %v", err)
	}
}

func testPostgresContext(t *testing.T, c *pgConnection) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 { // one waits for the server, one for its turn
		wg.Go(func() {
			if _, err := c.query(ctx, "SELECT pg_sleep(3600)", nil); err == nil {
				t.Error("a call without end has ended")
			}
		})
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	wg.Wait()
}

func testPostgresLimit(t *testing.T, c *pgConnection) {
	for _, text := range []string{
		"SELECT repeat('y', 1048576) FROM generate_series(1, 129)", "SELECT array_fill(1e131071::numeric, ARRAY[2000])",
	} {
		_, err := c.query(t.Context(), text, nil)
		if e := pgErrorOf(err); !strings.HasSuffix(e.QueryFailed.Text, "query result exceeds limit of 134217728 bytes") {
			t.Errorf("%s: %+v", text, err)
		}
	}
	if _, err := c.query(t.Context(), "SELECT 1", nil); err != nil {
		t.Errorf("after it: %v", err)
	}
	// Of a single row that is too large nothing is read, which ends the connection.
	_, err := c.query(t.Context(), "SELECT repeat('y', 70000000), repeat('y', 70000000)", nil)
	if e := pgErrorOf(errors.Join(err)); e.QueryFailed.Text != errTooLarge.Error() {
		t.Errorf("a large row: %v", err)
	}
}

func testPostgresRows(t *testing.T, c *pgConnection) {
	columns, rows, err := c.queryRows(t.Context(), "SELECT i, 12 / (3 - i) AS q FROM generate_series(1, 5) AS i", nil)
	if err != nil || len(columns) != 2 || columns[1].Name != "q" {
		t.Fatalf("%+v, %v", columns, err)
	}
	for want := int32(1); ; want++ {
		row, err := rows.next()
		if err == io.EOF && want == 3 {
			break
		}
		if err != nil || row[0].Int32 != want {
			t.Fatalf("row %d: %+v, %v", want, row, err)
		}
	}
	if e := pgErrorOf(errors.Join(rows.close())); e.QueryFailed.DBError.Code != "22012" {
		t.Errorf("a division by zero: %+v", e)
	}
	columns, rows, err = c.queryRows(t.Context(), "SELECT 1 WHERE false", nil)
	if err != nil || len(columns) != 0 {
		t.Fatalf("%+v, %v", columns, err)
	}
	if _, err := rows.next(); err != io.EOF {
		t.Errorf("no rows: %v", err)
	}
	if err := rows.close(); err != nil {
		t.Error(err)
	}
	if _, _, err := c.queryRows(t.Context(), "SELEC", nil); err == nil {
		t.Error("what is no SQL runs")
	}
	_, rows, err = c.queryRows(t.Context(), "SELECT i FROM generate_series(1, 10000) AS i", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rows.next(); err != nil {
		t.Error(err)
	}
	if err := rows.close(); err != nil {
		t.Errorf("closed early: %v", err)
	}
	if _, err := c.query(t.Context(), "SELECT 1", nil); err != nil {
		t.Errorf("after that: %v", err)
	}
}

func testPostgresAddresses(t *testing.T, s *services, address string) {
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		address + "?sslmode=disable&application_name=a%20b&connect_timeout=5&target_session_attrs=read-write",
		"postgresql" + strings.TrimPrefix(address, "postgres"),
		"host=127.0.0.1 port=" + u.Port() + " user=postgres password=password dbname=spin_dev",
		" user = postgres password = 'p\\assword' host=127.0.0.1 port='" + u.Port() + "' dbname=spin_dev options='-c work_mem=1MB'",
		"host=127.0.0.1,127.0.0.1 port=" + u.Port() + " user=postgres password=password dbname=spin_dev",
	} {
		c := openPostgres(t, s, text)
		if set, err := c.query(t.Context(), "SELECT current_database()::text", nil); err != nil || set.Rows[0][0].Str != "spin_dev" {
			t.Errorf("%s: %+v, %v", text, set, err)
		}
	}
}

func testPostgresReset(t *testing.T, s *services, address string) {
	ctx, gate := inInstance(t)
	address += "?application_name=reset"
	first, err := s.openPostgres(ctx, gate, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	pid := func(c *pgConnection) int32 {
		set, err := c.query(ctx, "SELECT pg_backend_pid()", nil)
		if err != nil {
			t.Fatal(err)
		}
		return set.Rows[0][0].Int32
	}
	was := pid(first)
	for _, text := range []string{"SET work_mem = '2MB'", "CREATE TEMP TABLE kept(id int)"} {
		if _, err := first.execute(ctx, text, nil); err != nil {
			t.Fatal(err)
		}
	}
	first.close()
	var second *pgConnection
	for range 100 { // the session is made as new beside us
		if second, err = s.openPostgres(ctx, gate, address, nil); err != nil {
			t.Fatal(err)
		}
		if pid(second) == was {
			break
		}
		defer second.close()
	}
	defer second.close()
	set, err := second.query(ctx, "SELECT current_setting('work_mem'), to_regclass('kept')::text, pg_backend_pid()", nil)
	if err != nil || set.Rows[0][0].Str == "2MB" || set.Rows[0][1].Case != pgNull || set.Rows[0][2].Int32 != was {
		t.Errorf("%+v, %v", set, err)
	}
}

func testPostgresRefusals(t *testing.T, s *services, address string) {
	ctx, gate := inInstance(t)
	for address, want := range map[string]string{
		"postgres://u:secret@localhost/db":         "address postgres://localhost:5432 is not permitted",
		"host=localhost user=u":                    "address postgres://localhost is not permitted",
		"host=127.0.0.1,example.com user=u port=1": "address postgres://127.0.0.1:1 is not permitted",
		"host=/var/run/postgresql user=u":          "unix sockets are not supported",
		"postgres://u@%2Fvar%2Frun/db":             "unix sockets are not supported",
		"host=127.0.0.1 hostaddr=10.0.0.1 user=u":  "the option `hostaddr` is not supported",
		"user=u":         "the address has no host",
		"host=127.0.0.1": "the address has no user",
		"nonsense":       "the address is neither a URL nor a list",
		"host=127.0.0.1 user=u sslmode=verify-full":              "invalid value for option `sslmode`",
		"host=127.0.0.1 user=u sslrootcert=/etc/passwd":          "unknown option `sslrootcert`",
		"host=a,b,c port=1,2 user=u":                             "invalid number of ports",
		"host=2130706433 user=u":                                 "neither a host name nor an address",
		strings.Replace(address, "password@", "wrong@", 1):       "password authentication failed",
		strings.Replace(address, "spin_dev", "none", 1):          `database "none" does not exist`,
		strings.Replace(address, "spin_dev", "?user=x", 1) + "y": "password authentication failed",
		address + "?sslmode=require":                             "server refused a TLS connection",
	} {
		_, err := s.openPostgres(ctx, gate, address, nil)
		if e := pgErrorOf(errors.Join(err)); e.Case != dbConnectionFailed || !strings.Contains(e.ConnectionFailed, want) ||
			strings.Contains(e.ConnectionFailed, "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
	b := &pgBuilder{address: address}
	if err := b.setRoot("nonsense"); failureKind(err) != dbOther {
		t.Errorf("a certificate that is none: %v", err)
	}
}

func TestPostgresDenialsTellTheGrant(t *testing.T) {
	t.Parallel()
	d := &denials{}
	s, _ := servicesOf(t, d)
	ctx, gate := inInstance(t)
	if _, err := s.openPostgres(ctx, gate, "postgres://u@[::1]:7,example.com/db", nil); err == nil {
		t.Error("it is permitted")
	}
	equal(t, "grants", d.grants(), []string{`allowed_outbound_hosts = ["postgres://[::1]:7"]`})
}

func TestPostgresKeepsConnectionsToFewAddresses(t *testing.T) {
	t.Parallel()
	s, _ := servicesOf(t, &denials{})
	a, err := parsePostgresAddress("host=127.0.0.1 user=u")
	if err != nil {
		t.Fatal(err)
	}
	open := func(address string) any {
		pool, err := s.pools.get(pgKey{address: address}, func() (*pgxpool.Pool, error) { return s.newPostgresPool(a, nil) })
		if err != nil {
			t.Fatal(err)
		}
		return pool
	}
	first := open("0")
	for i := range MaxPostgresPools - 1 {
		open(string(rune('a' + i)))
	}
	if open("0") != first {
		t.Error("a pool is made anew though there is room")
	}
	second := open("a")
	open("new") // in the place of b
	if open("0") != first || open("a") != second {
		t.Error("the pools used last are gone")
	}
	if n := len(s.pools.list); n != MaxPostgresPools {
		t.Errorf("%d pools", n)
	}
}

func TestPostgresOldVersionsHaveFewerTypes(t *testing.T) {
	t.Parallel()
	set := pgRowSet{
		Columns: []pgColumn{
			{"a", pgDataType{Case: pgInt32}},
			{"b", pgDataType{Case: pgDateCase}},
			{"c", pgDataType{Case: pgUUID}},
			{"d", pgDataType{Case: pgOther, Other: "json"}},
			{"e", pgDataType{Case: pgFloating64}},
			{"f", pgDataType{Case: pgBinary}},
		},
		Rows: [][]pgValue{{
			{Case: pgInt32, Int32: 7},
			{Case: pgDateCase, Date: pgDate{1, 2, 3}},
			{Case: pgUUID, UUID: "x"},
			{Case: pgNull},
			{Case: pgFloating64, Floating64: 0.5},
			{Case: pgUnsupported, Unsupported: []byte{1}},
		}},
	}
	two := dbRowSet{
		Columns: []dbColumn{{"a", dbInt32}, {"b", dbOtherType}, {"c", dbOtherType}, {"d", dbOtherType}, {"e", dbFloating64}, {"f", dbBinary}},
		Rows: [][]dbValue{{
			{Case: dbInt32, Int32: 7},
			{Case: dbUnsupported},
			{Case: dbUnsupported},
			{Case: dbNull},
			{Case: dbFloating64, Floating64: 0.5},
			{Case: dbUnsupported},
		}},
	}
	if diff := cmp.Diff(two, dbRowSetOf(set)); diff != "" {
		t.Errorf("version 2 (-want +got):\n%s", diff)
	}
	three := pgRowSet3{
		Columns: []dbColumn{{"a", pgInt32}, {"b", pgDateCase}, {"c", pgOther3}, {"d", pgOther3}, {"e", pgFloating64}, {"f", pgBinary}},
		Rows: [][]pgValue3{{
			{Case: pgInt32, Int32: 7},
			{Case: pgDateCase, Date: pgDate{1, 2, 3}},
			{Case: pgUnsupported3},
			{Case: pgNull3},
			{Case: pgFloating64, Floating64: 0.5},
			{Case: pgUnsupported3},
		}},
	}
	if diff := cmp.Diff(three, pgRowSet3Of(set)); diff != "" {
		t.Errorf("version 3 (-want +got):\n%s", diff)
	}
	for _, c := range []uint8{dbUint8, dbUint16, dbUint32, dbUint64} {
		if _, err := pgParameterOfValue(dbValue{Case: c}); failureKind(err) != dbValueConversionFailed {
			t.Errorf("case %d: %v", c, err)
		}
	}
	p, err := pgParameterOfValue(dbValue{Case: dbFloating32, Floating32: 2})
	if want := (pgParameter{Case: pgFloating32, Floating32: 2}); err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("%+v, %v", p, err)
	}
	if p, _ := pgParameterOf3(pgValue3{Case: pgNull3}); p.Case != pgNull {
		t.Errorf("NULL of version 3: %+v", p)
	}
}

func FuzzPostgresValues(f *testing.F) {
	for oid := range pgTypes {
		f.Add(oid, []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 255, 255, 255, 255})
		f.Add(oid, []byte{0, 1, 0, 0, 0, 0, 0, 4, 0, 1})
	}
	f.Fuzz(func(t *testing.T, oid uint32, raw []byte) {
		v, err := decodePostgres(oid, raw)
		if err == nil && v.size() > MaxResultBytes+1<<20 {
			t.Errorf("%d bytes of %d", v.size(), len(raw))
		}
	})
}
