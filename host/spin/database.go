package spin

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// maxConnections is how many connections to one database file there are at most.
const maxConnections = 8

// openSQLite opens a database file below a state folder, or one in memory.
func openSQLite(stateDir, file string) (*sql.DB, error) {
	name := ":memory:"
	if stateDir != "" {
		if err := os.MkdirAll(stateDir, 0o755); err != nil {
			return nil, err
		}
		path, err := filepath.Abs(filepath.Join(stateDir, file))
		if err != nil {
			return nil, err
		}
		// Writers wait for each other instead of failing, and a write that was
		// acknowledged survives a crash.
		query := url.Values{"_pragma": {"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)"}}
		name = (&url.URL{Scheme: "file", Opaque: filepath.ToSlash(path), RawQuery: query.Encode()}).String()
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	if stateDir == "" {
		db.SetMaxOpenConns(1) // each connection to memory is a database of its own
	} else {
		db.SetMaxOpenConns(maxConnections)
	}
	return db, nil
}

// lazyDB opens a database when it is first used.
type lazyDB struct {
	open func() (*sql.DB, error)

	mu sync.Mutex
	db *sql.DB
}

func (l *lazyDB) get() (*sql.DB, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.db != nil {
		return l.db, nil
	}
	db, err := l.open()
	if err != nil {
		return nil, err
	}
	l.db = db
	return db, nil
}

func (l *lazyDB) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.db == nil {
		return nil
	}
	db := l.db
	l.db, l.open = nil, func() (*sql.DB, error) { return nil, errors.New("the application is closed") }
	return db.Close()
}
