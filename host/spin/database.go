package spin

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/sqlite" // also the driver "sqlite"
)

// database is an SQLite file that is opened when it is first used.
type database struct {
	path   string
	schema string // statements that make its tables

	mu     sync.Mutex
	db     *sql.DB
	closed bool
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
	if err := os.MkdirAll(filepath.Dir(d.path), 0o755); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dataSource(d.path))
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(d.schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	d.db = db
	return db, nil
}

// dataSource names a file for the driver. Writers wait for each other instead of
// failing, transactions take the lock for writing when they begin, and a write
// that was acknowledged survives a crash.
func dataSource(path string) string {
	query := url.Values{
		"_pragma": {"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)"}, "_txlock": {"immediate"},
	}
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path)), RawQuery: query.Encode()}).String()
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
	return db.Close()
}

// guarded opens a connection whose statements authorize is asked about.
func (d *database) guarded(ctx context.Context, authorize sqlite.AuthorizerFn) (*sql.Conn, error) {
	db, err := d.get()
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
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
