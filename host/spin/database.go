package spin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite" // also the driver "sqlite"
)

// database is an SQLite database that is opened when it is first used.
type database struct {
	path        string // of its file; "" keeps it in memory
	apart       bool   // in memory each connection has a database of its own
	schema      string // statements that make its tables
	conns, idle int    // connections at once, and those that are kept

	mu     sync.Mutex
	db     *sql.DB
	memory *sql.Conn // the connection that keeps a database in memory alive
	closed bool
	writer chan struct{} // has room for the one who writes
}

// lockWait is how long one waits for others to have written, before SQLite says that
// the database is locked.
const lockWait = 30 * time.Second

// write waits until no other write of this process is under way, and begins one. It
// gives up waiting after a while: what others do in transactions is not known here,
// and SQLite has the last word. done ends the write.
func (d *database) write(ctx context.Context) (done func(), err error) {
	late := time.NewTimer(lockWait)
	defer late.Stop()
	select {
	case d.writer <- struct{}{}:
		return func() { <-d.writer }, nil
	case <-late.C:
		return func() {}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func newDatabase(path, schema string, conns, idle int) *database {
	return &database{path: path, schema: schema, conns: conns, idle: idle, writer: make(chan struct{}, 1)}
}

var errClosed = errors.New("the application is closed")

func (d *database) get() (*sql.DB, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errClosed
	}
	if d.db != nil {
		return d.db, nil
	}
	db, err := d.open()
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(d.conns)
	db.SetMaxIdleConns(d.idle)
	if _, err := db.Exec(d.schema); err != nil {
		if d.memory != nil {
			_ = d.memory.Close()
		}
		return nil, errors.Join(err, db.Close())
	}
	d.db = db
	return db, nil
}

// memories counts the databases in memory, to name them.
var memories atomic.Int64

func (d *database) open() (*sql.DB, error) {
	if d.path != "" {
		if err := os.MkdirAll(filepath.Dir(d.path), 0o755); err != nil {
			return nil, err
		}
		return sql.Open("sqlite", dataSource(url.PathEscape(filepath.ToSlash(d.path)), ""))
	}
	if d.apart {
		return sql.Open("sqlite", dataSource(":memory:", ""))
	}
	db, err := sql.Open("sqlite", dataSource(fmt.Sprintf("/memory-%d", memories.Add(1)), "memdb"))
	if err != nil {
		return nil, err
	}
	if d.memory, err = db.Conn(context.Background()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// dataSource names a database for the driver. Writers wait for each other instead
// of failing, transactions take the lock for writing when they begin, and a write
// that was acknowledged survives a crash.
func dataSource(name, vfs string) string {
	query := url.Values{
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", lockWait.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)"}, "_txlock": {"immediate"},
	}
	if vfs != "" {
		query.Set("vfs", vfs)
	}
	return (&url.URL{Scheme: "file", Opaque: name, RawQuery: query.Encode()}).String()
}

func (d *database) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.db == nil {
		return nil
	}
	db := d.db
	d.db = nil
	if d.memory != nil {
		_ = d.memory.Close() // or else Close waits for it
	}
	return db.Close()
}

// sqliteLimitLength is SQLITE_LIMIT_LENGTH, the limit of strings, blobs and rows.
const sqliteLimitLength = 0

// guarded opens a connection whose statements authorize is asked about, if it is not
// nil. No value of it is larger than a result.
func (d *database) guarded(ctx context.Context, authorize sqlite.AuthorizerFn) (*sql.Conn, error) {
	db, err := d.get()
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err = sqlite.Limit(conn, sqliteLimitLength, MaxResultBytes); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if authorize == nil {
		return conn, nil
	}
	err = conn.Raw(func(c any) error {
		r, ok := c.(sqlite.AuthorizerRegisterer)
		if !ok {
			return errors.New("the SQLite driver has no authorizer")
		}
		return r.RegisterAuthorizer(authorize)
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
