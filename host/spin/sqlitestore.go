package spin

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// createStores makes the table of all key-value stores in a file, the same that
// Spin uses.
const createStores = `CREATE TABLE IF NOT EXISTS spin_key_value (
	store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))`

// sqliteStore is a key-value store in an SQLite database.
type sqliteStore struct {
	database *database
	name     string
}

// A store's connections at once, and those that are kept for later.
const (
	storeConns = 32
	storeIdle  = 8
)

// newSQLiteStore makes the store of a label in a file, or in memory if path is "".
func newSQLiteStore(label, path string) *sqliteStore {
	return &sqliteStore{newDatabase(path, createStores, storeConns, storeIdle), label}
}

func (s *sqliteStore) String() string {
	if s.database.path == "" {
		return "a temporary in-memory store"
	}
	return fmt.Sprintf("%q", s.database.path)
}

func (s *sqliteStore) close() error { return s.database.close() }

const selectValue = "SELECT value FROM spin_key_value WHERE store = ? AND key = ?"

func (s *sqliteStore) get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	db, err := s.database.get()
	if err != nil {
		return nil, false, err
	}
	err = db.QueryRowContext(ctx, selectValue, s.name, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return value, err == nil, err
}

func (s *sqliteStore) exists(ctx context.Context, key string) (ok bool, err error) {
	db, err := s.database.get()
	if err != nil {
		return false, err
	}
	err = db.QueryRowContext(ctx, "SELECT EXISTS ("+selectValue+")", s.name, key).Scan(&ok)
	return ok, err
}

func (s *sqliteStore) getMany(ctx context.Context, keys []string) ([]pair, error) {
	var out []pair
	size := 0
	for _, key := range keys {
		value, ok, err := s.get(ctx, key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if size += len(key) + len(value); size > MaxResultBytes {
			return nil, errTooLarge
		}
		out = append(out, pair{key, value})
	}
	return out, nil
}

const upsert = `INSERT INTO spin_key_value (store, key, value) VALUES (?, ?, ?)
	ON CONFLICT (store, key) DO UPDATE SET value = excluded.value`

// put writes a value in a transaction.
func (s *sqliteStore) put(ctx context.Context, tx *sql.Tx, key string, value []byte) error {
	_, err := tx.ExecContext(ctx, upsert, s.name, key, append([]byte{}, value...)) // nil would be NULL
	return err
}

func (s *sqliteStore) setMany(ctx context.Context, pairs []pair) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		for _, p := range pairs {
			if err := s.put(ctx, tx, p.key, p.value); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *sqliteStore) delete(ctx context.Context, keys ...string) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		for _, key := range keys {
			_, err := tx.ExecContext(ctx, "DELETE FROM spin_key_value WHERE store = ? AND key = ?", s.name, key)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *sqliteStore) keys(ctx context.Context) ([]string, error) {
	db, err := s.database.get()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT key FROM spin_key_value WHERE store = ? ORDER BY key", s.name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := keyList{keys: []string{}}
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		if err := list.add(key); err != nil {
			return nil, err
		}
	}
	return list.keys, rows.Err()
}

// increment adds to a number, which is kept as eight little-endian bytes.
func (s *sqliteStore) increment(ctx context.Context, key string, delta int64) (sum int64, err error) {
	err = s.transaction(ctx, func(tx *sql.Tx) error {
		old, err := s.read(ctx, tx, key)
		if err != nil {
			return err
		}
		if old != nil {
			if len(old) != 8 {
				return fmt.Errorf("the value of %q is no number: it has %d bytes", key, len(old))
			}
			sum = int64(binary.LittleEndian.Uint64(old))
		}
		if delta > 0 && sum > math.MaxInt64-delta || delta < 0 && sum < math.MinInt64-delta {
			return fmt.Errorf("incrementing %q by %d overflows", key, delta)
		}
		sum += delta
		return s.put(ctx, tx, key, binary.LittleEndian.AppendUint64(nil, uint64(sum)))
	})
	return sum, err
}

func (s *sqliteStore) swap(ctx context.Context, key string, old, value []byte) (done bool, err error) {
	err = s.transaction(ctx, func(tx *sql.Tx) error {
		now, err := s.read(ctx, tx, key)
		if err != nil || (now == nil) != (old == nil) || string(now) != string(old) {
			return err
		}
		done = true
		return s.put(ctx, tx, key, value)
	})
	return done, err
}

// read is the value of a key, nil if there is none.
func (s *sqliteStore) read(ctx context.Context, tx *sql.Tx, key string) ([]byte, error) {
	var value []byte
	err := tx.QueryRowContext(ctx, selectValue, s.name, key).Scan(&value)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err == nil && value == nil:
		return []byte{}, nil
	}
	return value, err
}

// transaction runs do so that nobody writes in between. SQLite's own way of waiting
// is not fair to those who wait, so within this process they queue.
func (s *sqliteStore) transaction(ctx context.Context, do func(tx *sql.Tx) error) error {
	db, err := s.database.get()
	if err != nil {
		return err
	}
	done, err := s.database.write(ctx)
	if err != nil {
		return err
	}
	defer done()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
