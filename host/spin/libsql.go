package spin

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// libSQL is a database of a libSQL server, which is spoken to over HTTP in the
// protocol Hrana, version 3.
type libSQL struct {
	url, token string
	client     *http.Client
	closing    sync.WaitGroup // of streams
}

// Limits of requests to a libSQL server.
const (
	libSQLTimeout      = time.Minute
	libSQLCloseTimeout = 5 * time.Second // of closing a stream, which the server does by itself later on
)

func newLibSQL(url, token string) *libSQL {
	return &libSQL{url: strings.TrimSuffix(url, "/"), token: token, client: &http.Client{Timeout: libSQLTimeout}}
}

func (l *libSQL) connect() sqlConnection { return &libSQLConnection{server: l, base: l.url} }

func (l *libSQL) String() string { return "libSQL at " + l.url }

func (l *libSQL) close() error {
	l.closing.Wait()
	l.client.CloseIdleConnections()
	return nil
}

func (l *libSQL) batch(ctx context.Context, statements string) error {
	c := &libSQLConnection{server: l, base: l.url}
	_, err := c.pipeline(ctx, hranaRequest{Type: "sequence", SQL: statements}, hranaRequest{Type: "close"})
	return err
}

// hranaRequest is one request of a pipeline.
type hranaRequest struct {
	Type string          `json:"type"` // "execute", "sequence", "get_autocommit" or "close"
	Stmt *hranaStatement `json:"stmt,omitempty"`
	SQL  string          `json:"sql,omitempty"`
}

type hranaStatement struct {
	SQL      string       `json:"sql"`
	Args     []hranaValue `json:"args"`
	WantRows bool         `json:"want_rows"`
}

// hranaValue is a value: integers are texts, blobs are base64.
type hranaValue struct {
	Type   string          `json:"type"` // "null", "integer", "float", "text" or "blob"
	Value  json.RawMessage `json:"value,omitempty"`
	Base64 *string         `json:"base64,omitempty"`
}

// hranaReply is the reply to a pipeline.
type hranaReply struct {
	Baton   string      `json:"baton"`
	BaseURL string      `json:"base_url"`
	Results [2]struct { // as many as there are requests at most
		Type  string `json:"type"` // "ok" or "error"
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
		Response struct {
			Result       hranaResult `json:"result"`
			IsAutocommit bool        `json:"is_autocommit"`
		} `json:"response"`
	} `json:"results"`
}

// hranaResult is the result of a statement.
type hranaResult struct {
	Cols             hranaColumns `json:"cols"`
	Rows             hranaRows    `json:"rows"`
	AffectedRowCount uint64       `json:"affected_row_count"`
	LastInsertRowID  string       `json:"last_insert_rowid"`
}

// maxSQLiteColumns is how many columns any build of SQLite has at most.
const maxSQLiteColumns = 32767

// hranaColumns are the names of columns, and hranaRows rows of values. They take no
// more memory than a result may.
type (
	hranaColumns []string
	hranaRows    []rowResult
)

// UnmarshalJSON implements [json.Unmarshaler].
func (c *hranaColumns) UnmarshalJSON(data []byte) error {
	return eachOf(json.NewDecoder(bytes.NewReader(data)), func(d *json.Decoder) error {
		var column struct {
			Name string `json:"name"`
		}
		if len(*c) == maxSQLiteColumns {
			return fmt.Errorf("more than %d columns", maxSQLiteColumns)
		}
		err := d.Decode(&column)
		*c = append(*c, column.Name)
		return err
	})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *hranaRows) UnmarshalJSON(data []byte) error {
	size := 0
	return eachOf(json.NewDecoder(bytes.NewReader(data)), func(d *json.Decoder) error {
		var row rowResult
		if size += int(unsafe.Sizeof(row)); size > MaxResultBytes {
			return errTooLarge
		}
		err := eachOf(d, func(d *json.Decoder) error {
			var cell hranaValue
			if err := d.Decode(&cell); err != nil {
				return err
			}
			v, err := cell.value()
			if size += v.size(); size > MaxResultBytes {
				return errTooLarge
			}
			row.Values = append(row.Values, v)
			return err
		})
		*r = append(*r, row)
		return err
	})
}

// eachOf reads an array of JSON, whose elements read reads.
func eachOf(d *json.Decoder, read func(*json.Decoder) error) error {
	if t, err := d.Token(); err != nil || t == nil {
		return err
	} else if t != json.Delim('[') {
		return fmt.Errorf("%v is not a list", t)
	}
	for d.More() {
		if err := read(d); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// libSQLConnection is a connection to a libSQL server. The server keeps a stream
// for it only as long as it is in a transaction.
type libSQLConnection struct {
	server *libSQL

	mu          sync.Mutex
	base, baton string // of the stream; baton is "" without one
	lost        bool   // the stream ended before the transaction did
	affected    uint64
	rowID       int64
}

// pipeline sends requests on the connection's stream.
func (c *libSQLConnection) pipeline(ctx context.Context, requests ...hranaRequest) (*hranaReply, error) {
	body := map[string]any{"requests": requests}
	if c.baton != "" {
		body["baton"] = c.baton
	}
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v3/pipeline", bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+c.server.token)
	c.baton = "" // until the server gives the next one
	res, err := c.server.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err = io.ReadAll(io.LimitReader(res.Body, MaxResultBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > MaxResultBytes:
		return nil, errTooLarge
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the libSQL server answers %s: %s", res.Status, firstLine(data))
	}
	reply := &hranaReply{}
	if err := json.Unmarshal(data, reply); err != nil {
		return nil, fmt.Errorf("the libSQL server's answer is not to be understood: %w", err)
	}
	c.baton = reply.Baton
	if reply.BaseURL != "" {
		c.base = strings.TrimSuffix(reply.BaseURL, "/")
	}
	if reply.Results[0].Type == "" {
		return nil, errors.New("the libSQL server answers no request of the pipeline")
	}
	if first := reply.Results[0]; first.Type != "ok" {
		return reply, errors.New(first.Error.Message)
	}
	return reply, nil
}

// firstLine is the beginning of an answer, for a message.
func firstLine(data []byte) string {
	line, _, _ := strings.Cut(string(data[:min(len(data), 200)]), "\n")
	return line
}

func (c *libSQLConnection) start(
	ctx context.Context, text string, params []sqliteValue,
) ([]string, rowReader, error) {
	result, err := c.run(ctx, text, params)
	if err != nil {
		return nil, nil, err
	}
	return result.Cols, &libSQLRows{result.Rows}, nil
}

// libSQLRows are the rows of a result that is here already.
type libSQLRows struct{ left []rowResult }

func (r *libSQLRows) next() (row rowResult, ok bool, err error) {
	if len(r.left) == 0 {
		return row, false, nil
	}
	row, r.left = r.left[0], r.left[1:]
	return row, true, nil
}

func (r *libSQLRows) close() { r.left = nil }

// run runs one statement. Outside of a transaction its stream ends with it; inside
// the server is asked whether the transaction is over.
func (c *libSQLConnection) run(ctx context.Context, text string, params []sqliteValue) (*hranaResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	word, _ := nextWord(text)
	if c.lost {
		c.lost = word != "ROLLBACK"
		return nil, errors.New("the transaction was lost with the connection to the libSQL server")
	}
	args := make([]hranaValue, len(params))
	for i, p := range params {
		args[i] = hranaValueOf(p)
	}
	execute := hranaRequest{Type: "execute", Stmt: &hranaStatement{text, args, true}}
	var reply *hranaReply
	var err error
	if c.baton != "" || word == "BEGIN" || word == "SAVEPOINT" {
		reply, err = c.step(ctx, execute)
	} else {
		reply, err = c.pipeline(ctx, execute, hranaRequest{Type: "close"})
	}
	if err != nil {
		return nil, err
	}
	result := &reply.Results[0].Response.Result
	c.affected = result.AffectedRowCount
	if id, err := strconv.ParseInt(result.LastInsertRowID, 10, 64); err == nil {
		c.rowID = id
	}
	return result, nil
}

// step runs a statement that begins a transaction, is inside one or ends it.
func (c *libSQLConnection) step(ctx context.Context, execute hranaRequest) (*hranaReply, error) {
	inside := c.baton != ""
	reply, err := c.pipeline(ctx, execute, hranaRequest{Type: "get_autocommit"})
	over := reply != nil && reply.Results[1].Response.IsAutocommit
	if over && c.baton != "" {
		_, _ = c.pipeline(ctx, hranaRequest{Type: "close"}) // or else the server closes it later
		c.baton = ""
	}
	c.lost = !over && c.baton == "" && (inside || err == nil)
	return reply, err
}

func hranaValueOf(v sqliteValue) hranaValue {
	value := func(kind string, v any) hranaValue {
		data, err := json.Marshal(v)
		if err != nil { // an infinite number or none, which JSON does not have
			return hranaValue{Type: "null"}
		}
		return hranaValue{Type: kind, Value: data}
	}
	switch v.Case {
	case 0:
		return value("integer", strconv.FormatInt(v.Integer, 10))
	case 1:
		return value("float", v.Real)
	case 2:
		return value("text", v.Text)
	case 3:
		text := base64.StdEncoding.EncodeToString(v.Blob)
		return hranaValue{Type: "blob", Base64: &text}
	}
	return hranaValue{Type: "null"}
}

func (v hranaValue) value() (out sqliteValue, err error) {
	switch v.Type {
	case "null":
		return sqliteValue{Case: 4}, nil
	case "integer":
		var text string
		if err = json.Unmarshal(v.Value, &text); err == nil {
			out.Integer, err = strconv.ParseInt(text, 10, 64)
		}
	case "float":
		out.Case, err = 1, json.Unmarshal(v.Value, &out.Real)
	case "text":
		out.Case, err = 2, json.Unmarshal(v.Value, &out.Text)
	case "blob":
		out.Case = 3
		if v.Base64 != nil {
			out.Blob, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(*v.Base64, "="))
		}
	default:
		err = fmt.Errorf("unknown type %q", v.Type)
	}
	if err != nil {
		return out, fmt.Errorf("a value of the libSQL server: %w", err)
	}
	return out, nil
}

func (c *libSQLConnection) changes(context.Context) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.affected, nil
}

func (c *libSQLConnection) lastInsertRowID(context.Context) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rowID, nil
}

// close rolls back an open transaction by closing its stream, which nobody waits for
// but the end of the application.
func (c *libSQLConnection) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.baton == "" {
		return
	}
	c.server.closing.Go(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), libSQLCloseTimeout)
		defer cancel()
		_, _ = c.pipeline(ctx, hranaRequest{Type: "close"})
	})
}
