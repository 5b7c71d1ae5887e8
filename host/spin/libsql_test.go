package spin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// hranaServer is a server of the protocol in front of an SQLite database: a stream
// for each baton.
type hranaServer struct {
	db *sqliteDatabase

	mu      sync.Mutex
	streams map[string]*sqliteConnection
	next    int
	opened  int // streams that were left open for a next request
}

func newHranaServer(t *testing.T) (*hranaServer, string) {
	t.Helper()
	s := &hranaServer{db: newSQLiteDatabase(t.TempDir()+"/a.db", false), streams: map[string]*sqliteConnection{}}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.Close()
		if err := s.db.close(); err != nil {
			t.Error(err)
		}
	})
	return s, server.URL
}

func (s *hranaServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body struct {
		Baton    string         `json:"baton"`
		Requests []hranaRequest `json:"requests"`
	}
	switch {
	case r.URL.Path != "/v3/pipeline" || r.Method != http.MethodPost:
		http.NotFound(w, r)
		return
	case r.Header.Get("Authorization") != "Bearer secret":
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	case json.NewDecoder(r.Body).Decode(&body) != nil:
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	conn := s.streams[body.Baton]
	delete(s.streams, body.Baton)
	if conn == nil {
		if body.Baton != "" {
			http.Error(w, "the stream has expired", http.StatusBadRequest)
			return
		}
		conn = s.db.connect().(*sqliteConnection)
	}
	results := []any{}
	open := true
	for _, request := range body.Requests {
		response := map[string]any{"type": request.Type}
		var err error
		switch request.Type {
		case "execute":
			response["result"], err = s.execute(r.Context(), conn, request.Stmt)
		case "sequence":
			err = s.db.batch(r.Context(), request.SQL)
		case "get_autocommit":
			// A transaction cannot begin inside of one.
			_, beginErr := conn.conn.ExecContext(r.Context(), "BEGIN")
			if response["is_autocommit"] = beginErr == nil; beginErr == nil {
				_, err = conn.conn.ExecContext(r.Context(), "ROLLBACK")
			}
		case "close":
			conn.close()
			open = false
		}
		if err != nil {
			results = append(results, map[string]any{"type": "error", "error": map[string]string{"message": err.Error()}})
			continue
		}
		results = append(results, map[string]any{"type": "ok", "response": response})
	}
	reply := map[string]any{"baton": nil, "base_url": nil, "results": results}
	if open {
		s.next++
		s.opened++
		baton := "baton " + strconv.Itoa(s.next)
		s.streams[baton], reply["baton"] = conn, baton
	}
	_ = json.NewEncoder(w).Encode(reply)
}

func (s *hranaServer) execute(ctx context.Context, conn *sqliteConnection, stmt *hranaStatement) (any, error) {
	params := make([]sqliteValue, len(stmt.Args))
	for i, a := range stmt.Args {
		var err error
		if params[i], err = a.value(); err != nil {
			return nil, err
		}
	}
	result, err := (&connection{conn}).execute(ctx, stmt.SQL, params)
	if err != nil {
		return nil, err
	}
	cols, rows := []any{}, [][]hranaValue{}
	for _, c := range result.Columns {
		cols = append(cols, map[string]any{"name": c, "decltype": nil})
	}
	for _, r := range result.Rows {
		var row []hranaValue
		for _, v := range r.Values {
			row = append(row, hranaValueOf(v))
		}
		rows = append(rows, row)
	}
	id, err := conn.lastInsertRowID(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := conn.changes(ctx)
	return map[string]any{
		"cols": cols, "rows": rows, "affected_row_count": changes, "last_insert_rowid": fmt.Sprint(id),
	}, err
}

func TestLibSQLKeepsValues(t *testing.T) {
	t.Parallel()
	s, url := newHranaServer(t)
	a := newApp(t, storesManifest, Config{Runtime: runtimeConfig(t, "", `
[sqlite_database.default]
type = "libsql"
url = "`+url+`/"
token = "secret"
`)})
	if err := a.ExecuteSQL(t.Context(), "default", "CREATE TABLE t(a, b, c, d, e, f); CREATE TABLE u(a)"); err != nil {
		t.Fatal(err)
	}
	c := connect(t, a)
	values := []sqliteValue{
		{Case: 0, Integer: -1 << 63},
		{Case: 1, Real: 0.5},
		{Case: 2, Text: "ä\x00"},
		{Case: 3, Blob: []byte{0, 1, 2}},
		{Case: 3, Blob: []byte{}},
		{Case: 4},
	}
	run(t, c, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", values...)
	got := run(t, c, "SELECT * FROM t")
	if want := []string{"a", "b", "c", "d", "e", "f"}; !reflect.DeepEqual(got.Columns, want) {
		t.Errorf("columns %q", got.Columns)
	}
	if len(got.Rows) != 1 || !reflect.DeepEqual(got.Rows[0].Values, values) {
		t.Errorf("rows: %+v", got.Rows)
	}
	run(t, c, "INSERT INTO u VALUES (1), (2)")
	id, err := c.lastInsertRowID(t.Context())
	n, err2 := c.changes(t.Context())
	if id != 2 || n != 2 || err != nil || err2 != nil {
		t.Errorf("row %d, changes %d, %v, %v", id, n, err, err2)
	}
	if _, err := c.execute(t.Context(), "SELECT * FROM none", nil); err == nil || !strings.Contains(err.Error(), "no such table: none") {
		t.Errorf("error %v", err)
	}
	if s.opened != 0 {
		t.Errorf("%d streams were left open outside of transactions", s.opened)
	}
}

func TestLibSQLTransactionsHaveOneStream(t *testing.T) {
	t.Parallel()
	s, url := newHranaServer(t)
	db := newLibSQL(url, "secret")
	if err := db.batch(t.Context(), "CREATE TABLE t(a UNIQUE)"); err != nil {
		t.Fatal(err)
	}
	one, two := &connection{db.connect()}, &connection{db.connect()}
	count := func() int { return len(run(t, two, "SELECT * FROM t").Rows) }
	run(t, one, "BEGIN")
	run(t, one, "INSERT INTO t VALUES (1)")
	if _, err := one.execute(t.Context(), "INSERT INTO t VALUES (1)", nil); err == nil {
		t.Error("a value is there twice")
	}
	run(t, one, "INSERT INTO t VALUES (2)")
	if n := count(); n != 0 {
		t.Errorf("%d rows are seen before COMMIT", n)
	}
	run(t, one, "COMMIT")
	if n := count(); n != 2 || len(s.streams) != 0 {
		t.Errorf("%d rows and %d streams after COMMIT", n, len(s.streams))
	}
	run(t, one, "BEGIN")
	run(t, one, "INSERT INTO t VALUES (3)")
	one.close()
	db.closing.Wait()
	if n := count(); n != 2 || len(s.streams) != 0 {
		t.Errorf("%d rows and %d streams after close", n, len(s.streams))
	}

	lost := &connection{db.connect()}
	run(t, lost, "BEGIN")
	s.mu.Lock()
	for _, c := range s.streams {
		c.close()
	}
	clear(s.streams) // as a server does that has waited too long
	s.mu.Unlock()
	for _, statement := range []string{"INSERT INTO t VALUES (4)", "INSERT INTO t VALUES (5)", "COMMIT", "ROLLBACK"} {
		if _, err := lost.execute(t.Context(), statement, nil); err == nil {
			t.Errorf("%s was run after its transaction was lost", statement)
		}
	}
	run(t, lost, "INSERT INTO t VALUES (6)")
	if n := count(); n != 3 {
		t.Errorf("%d rows after a lost transaction", n)
	}
}

func TestLibSQLServersMayRefuse(t *testing.T) {
	t.Parallel()
	_, url := newHranaServer(t)
	for want, db := range map[string]*libSQL{
		"401 Unauthorized: who are you?": newLibSQL(url, "wrong"), "404 Not Found": newLibSQL(url+"/other", "secret"),
		"connection refused": newLibSQL("http://127.0.0.1:1", "secret"),
	} {
		c := &connection{db.connect()}
		if _, err := c.execute(t.Context(), "SELECT 1", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

func TestLibSQLConnectionsAreDroppedWithoutWaiting(t *testing.T) {
	t.Parallel()
	closed, answer := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		if strings.Contains(string(data), `"close"`) {
			close(closed)
			<-answer
		}
		_, _ = io.WriteString(w, `{"baton":"b","results":[{"type":"ok"},{"type":"ok","response":{"is_autocommit":false}}]}`)
	}))
	defer server.Close()
	db := newLibSQL(server.URL, "secret")
	c := &connection{db.connect()}
	run(t, c, "BEGIN")
	c.close() // hangs if it waits for the server
	<-closed
	close(answer)
	if err := db.close(); err != nil {
		t.Error(err)
	}
}

func TestLibSQLAnswersAreBounded(t *testing.T) {
	t.Parallel()
	const begin = `{"results":[{"type":"ok","response":{"result":{`
	for name, c := range map[string]struct{ answer, want string }{
		"columns": {begin + `"cols":[` + strings.Repeat("{},", 1<<15) + `{}]}}}]}`, "more than 32767 columns"},
		"cells":   {begin + `"rows":[[` + strings.Repeat(`{"type":"null"},`, 1<<21) + `{}]]}}}]}`, errTooLarge.Error()},
		"no list": {begin + `"rows":{}}}}]}`, "not a list"},
		"nothing": {`{"results":[]}`, "answers no request"},
		"no JSON": {`{"results":`, "not to be understood"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, c.answer)
		}))
		db := newLibSQL(server.URL, "secret")
		_, err := (&connection{db.connect()}).execute(t.Context(), "SELECT 1", nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
}
