package spin

import (
	"context"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/edgelint/edgelint/internal/servicetest"
)

func openMySQL(t *testing.T, s *services, address string) *mysqlConnection {
	t.Helper()
	ctx, gate := inInstance(t)
	c, err := s.openMySQL(ctx, gate, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

func TestMySQL(t *testing.T) {
	t.Parallel()
	address := servicetest.MariaDB(t)
	s, _ := servicesOf(t, &denials{}, templated(t, address))
	for name, f := range map[string]func(*testing.T, *mysqlConnection){
		"types": testMySQLTypes, "types that there are not": testMySQLOtherTypes, "parameters": testMySQLParameters,
		"results": testMySQLResults, "rows one by one": testMySQLRows, "large results are refused": testMySQLLimit,
		"calls end with their context": testMySQLContext,
	} {
		t.Run(name, func(t *testing.T) { f(t, openMySQL(t, s, address+"?ssl-mode=DISABLED&pool_max=2")) })
	}
	t.Run("a value in several packets", func(t *testing.T) {
		openMySQL(t, s, address).must(t, "SET GLOBAL max_allowed_packet = 67108864")
		c := openMySQL(t, s, address)
		text := strings.Repeat("y", 20<<20)
		set, err := c.queryAll(t.Context(), "SELECT ?", []dbValue{{Case: dbStr, Str: text}})
		if err != nil || len(set.Rows) != 1 || set.Rows[0][0].Str != text {
			t.Errorf("%d rows, %v", len(set.Rows), err)
		}
	})
	openMySQL(t, s, address+"?require_ssl=false&verify_ca=true&client_found_rows=true&enable_cleartext_plugin=true").must(t, "DO 1")
	t.Run("refusals", func(t *testing.T) { testMySQLRefusals(t, s, address) })
}

func (c *mysqlConnection) must(t *testing.T, text string, params ...dbValue) {
	t.Helper()
	if err := c.execute(t.Context(), text, params); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func testMySQLTypes(t *testing.T, c *mysqlConnection) {
	for _, x := range []struct {
		typ, literal string
		want         dbValue
	}{
		{"TINYINT", "-128", dbValue{Case: dbInt8, Int8: -128}},
		{"BOOLEAN", "TRUE", dbValue{Case: dbInt8, Int8: 1}},
		{"TINYINT UNSIGNED", "255", dbValue{Case: dbUint8, Uint8: 255}},
		{"SMALLINT", "-32768", dbValue{Case: dbInt16, Int16: math.MinInt16}},
		{"SMALLINT UNSIGNED", "65535", dbValue{Case: dbUint16, Uint16: math.MaxUint16}},
		{"MEDIUMINT", "-8388608", dbValue{Case: dbInt32, Int32: -8388608}},
		{"MEDIUMINT UNSIGNED", "16777215", dbValue{Case: dbUint32, Uint32: 16777215}},
		{"INT", "-2147483648", dbValue{Case: dbInt32, Int32: math.MinInt32}},
		{"INT UNSIGNED", "4294967295", dbValue{Case: dbUint32, Uint32: math.MaxUint32}},
		{"BIGINT", "-9223372036854775808", dbValue{Case: dbInt64, Int64: math.MinInt64}},
		{"BIGINT UNSIGNED", "18446744073709551615", dbValue{Case: dbUint64, Uint64: math.MaxUint64}},
		{"BIGINT UNSIGNED", "7", dbValue{Case: dbUint64, Uint64: 7}},
		{"FLOAT", "1.5", dbValue{Case: dbFloating32, Floating32: 1.5}},
		{"DOUBLE", "0.1", dbValue{Case: dbFloating64, Floating64: 0.1}},
		{"CHAR(5)", "'tëxt'", dbValue{Case: dbStr, Str: "tëxt"}},
		{"VARCHAR(50)", "''", dbValue{Case: dbStr}},
		{"TEXT", "'a'", dbValue{Case: dbStr, Str: "a"}},
		{"LONGTEXT", "'b'", dbValue{Case: dbStr, Str: "b"}},
		{"ENUM('x','y')", "'y'", dbValue{Case: dbStr, Str: "y"}},
		{"BINARY(2)", "x'00ff'", dbValue{Case: dbBinary, Binary: []byte{0, 255}}},
		{"VARBINARY(9)", "x'00ff'", dbValue{Case: dbBinary, Binary: []byte{0, 255}}},
		{"BLOB", "x'00ff'", dbValue{Case: dbBinary, Binary: []byte{0, 255}}},
		{"LONGBLOB", "''", dbValue{Case: dbBinary, Binary: []byte{}}},
		{"INT", "NULL", dbValue{Case: dbNull}},
	} {
		c.must(t, "CREATE OR REPLACE TEMPORARY TABLE types(v "+x.typ+") CHARACTER SET utf8mb4")
		c.must(t, "INSERT INTO types VALUES ("+x.literal+")")
		set, err := c.queryAll(t.Context(), "SELECT v FROM types", nil)
		if err != nil || len(set.Rows) != 1 {
			t.Errorf("%s: %+v, %v", x.typ, set, err)
			continue
		}
		got, data := set.Rows[0][0], set.Columns[0].DataType
		// Numbers are there in each width; only that of the case counts.
		if diff := cmp.Diff(x.want, only(got)); diff != "" || got.Case != dbNull && data != got.Case || set.Columns[0].Name != "v" {
			t.Errorf("%s: type %d (-want +got):\n%s", x.typ, data, diff)
		}
	}
}

// only is a value without what its case does not name.
func only(v dbValue) dbValue {
	out := dbValue{Case: v.Case}
	switch v.Case {
	case dbInt8:
		out.Int8 = v.Int8
	case dbInt16:
		out.Int16 = v.Int16
	case dbInt32:
		out.Int32 = v.Int32
	case dbInt64:
		out.Int64 = v.Int64
	case dbUint8:
		out.Uint8 = v.Uint8
	case dbUint16:
		out.Uint16 = v.Uint16
	case dbUint32:
		out.Uint32 = v.Uint32
	case dbUint64:
		out.Uint64 = v.Uint64
	default:
		return v
	}
	return out
}

func testMySQLOtherTypes(t *testing.T, c *mysqlConnection) {
	for _, text := range []string{
		"CAST(1.50 AS DECIMAL(5,2))", "DATE '2024-02-29'", "TIME '10:00:00'", "TIMESTAMP '2024-02-29 10:00:00'",
	} {
		_, err := c.queryAll(t.Context(), "SELECT "+text+" AS v", nil)
		if err == nil || failureKind(err) != dbValueConversionFailed || !strings.Contains(err.Error(), "in column v") {
			t.Errorf("%s: %v", text, err)
		}
	}
	set, err := c.queryAll(t.Context(), "SELECT CAST(NULL AS DECIMAL(5,2))", nil)
	if err != nil || set.Rows[0][0].Case != dbNull || set.Columns[0].DataType != dbOtherType {
		t.Errorf("NULL of another type: %+v, %v", set, err)
	}
}

func testMySQLParameters(t *testing.T, c *mysqlConnection) {
	c.must(t, "CREATE TEMPORARY TABLE p(v LONGBLOB)")
	for _, x := range []struct {
		param dbValue
		want  string
	}{
		{dbValue{Case: dbBoolean, Boolean: true}, "1"},
		{dbValue{Case: dbInt8, Int8: -1}, "-1"},
		{dbValue{Case: dbInt16, Int16: -2}, "-2"},
		{dbValue{Case: dbInt32, Int32: -3}, "-3"},
		{dbValue{Case: dbInt64, Int64: math.MinInt64}, "-9223372036854775808"},
		{dbValue{Case: dbUint8, Uint8: 1}, "1"},
		{dbValue{Case: dbUint16, Uint16: 2}, "2"},
		{dbValue{Case: dbUint32, Uint32: 3}, "3"},
		{dbValue{Case: dbUint64, Uint64: math.MaxUint64}, "18446744073709551615"},
		{dbValue{Case: dbFloating32, Floating32: 1.5}, "1.5"},
		{dbValue{Case: dbFloating64, Floating64: 0.25}, "0.25"},
		{dbValue{Case: dbStr, Str: "tëxt"}, "tëxt"},
		{dbValue{Case: dbBinary, Binary: []byte{0, 255}}, "\x00\xff"},
		{dbValue{Case: dbBinary}, ""},
	} {
		c.must(t, "DELETE FROM p")
		c.must(t, "INSERT INTO p VALUES (?)", x.param)
		set, err := c.queryAll(t.Context(), "SELECT v FROM p WHERE v IS NOT NULL", nil)
		if err != nil || len(set.Rows) != 1 || string(set.Rows[0][0].Binary) != x.want {
			t.Errorf("%+v: %+v, %v", x.param, set, err)
		}
	}
	c.must(t, "INSERT INTO p VALUES (?)", dbValue{Case: dbNull})
	set, err := c.queryAll(t.Context(), "SELECT COUNT(*) FROM p WHERE v IS NULL", nil)
	if err != nil || set.Rows[0][0].Int64 != 1 {
		t.Errorf("NULL: %+v, %v", set, err)
	}
}

func testMySQLResults(t *testing.T, c *mysqlConnection) {
	set, err := c.queryAll(t.Context(), "SELECT 1 AS a WHERE FALSE", nil)
	if err != nil || len(set.Columns) != 1 || len(set.Rows) != 0 {
		t.Errorf("no rows: %+v, %v", set, err)
	}
	for text, want := range map[string]string{
		"SELEC 1": "syntax", "SELECT * FROM none": "doesn't exist", "SELECT 1; SELECT 2": "syntax", "SELECT ?": "0",
	} {
		_, err := c.queryAll(t.Context(), text, nil)
		if e := dbErrorOf(err); e.Case != dbQueryFailed || !strings.Contains(e.QueryFailed, want) {
			t.Errorf("query %s: %v", text, err)
		}
		if err := c.execute(t.Context(), text, nil); failureKind(err) != dbQueryFailed || err == nil {
			t.Errorf("execute %s: %v", text, err)
		}
	}
	if set, err := c.queryAll(t.Context(), "SELECT ? + 1 AS n", []dbValue{{Case: dbInt32, Int32: 1}}); err != nil || set.Rows[0][0].Int64 != 2 {
		t.Errorf("after errors: %+v, %v", set, err)
	}
	c.must(t, "CREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END")
	if set, err := c.queryAll(t.Context(), "CALL two()", nil); err != nil || len(set.Rows) != 1 || set.Columns[0].Name != "a" {
		t.Errorf("of two results: %+v, %v", set, err)
	}
	c.must(t, "CALL two()")
	c.must(t, "SELECT 1")
	if err := c.execute(t.Context(), "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE types", nil); err == nil {
		t.Error("a file of the host is read")
	}
}

func testMySQLRows(t *testing.T, c *mysqlConnection) {
	columns, rows, err := c.queryRows(t.Context(), "SELECT seq FROM seq_1_to_3", nil)
	if err != nil || len(columns) != 1 {
		t.Fatalf("%+v, %v", columns, err)
	}
	for want := uint64(1); want < 4; want++ {
		row, err := rows.next()
		if err != nil || row[0].Uint64 != want {
			t.Errorf("row %d: %+v, %v", want, row, err)
		}
	}
	if _, err := rows.next(); err != io.EOF {
		t.Errorf("after the last row: %v", err)
	}
	if err := rows.close(); err != nil {
		t.Error(err)
	}
	if _, rows, err = c.queryRows(t.Context(), "SELECT seq FROM seq_1_to_10000", nil); err != nil {
		t.Fatal(err)
	}
	if err := rows.close(); err != nil {
		t.Errorf("closed early: %v", err)
	}
	if _, _, err = c.queryRows(t.Context(), "SELEC", nil); err == nil {
		t.Error("what is no SQL runs")
	}
	c.must(t, "DO 1")
}

func testMySQLLimit(t *testing.T, c *mysqlConnection) {
	_, err := c.queryAll(t.Context(), "SELECT REPEAT('y', 1048576) FROM seq_1_to_129", nil)
	if e := dbErrorOf(err); e.Other != "query result exceeds limit of 134217728 bytes" {
		t.Errorf("%v", err)
	}
	c.must(t, "DO 1")
}

func testMySQLContext(t *testing.T, c *mysqlConnection) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 { // one waits for the server, one for its turn
		wg.Go(func() {
			if _, err := c.queryAll(ctx, "SELECT SLEEP(3600)", nil); err == nil {
				t.Error("a call without end has ended")
			}
		})
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	wg.Wait()
}

func testMySQLRefusals(t *testing.T, s *services, address string) {
	ctx, gate := inInstance(t)
	for address, want := range map[string]string{
		"mysql://root:@localhost/db":               "address mysql://root:@localhost/db is not permitted",
		"nonsense":                                 "address nonsense is not permitted",
		address + "?socket=%2Frun%2Fmysqld.sock":   "unknown option `socket`",
		address + "?require_ssl=true":              "TLS requested but server does not support TLS",
		address + "?sslMode=REQUIRED":              "TLS requested but server does not support TLS",
		strings.Replace(address, "root", "no", 1):  "Access denied",
		strings.Replace(address, "_dev", "_no", 1): "Unknown database 'spin_no'",
	} {
		_, err := s.openMySQL(ctx, gate, address)
		if e := failureKind(err); e != dbConnectionFailed || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
