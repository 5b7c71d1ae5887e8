package spin

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"
)

// createStores makes the table of all key-value stores of an application, the same
// that Spin uses.
const createStores = `CREATE TABLE IF NOT EXISTS spin_key_value (
	store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))`

// store is one key-value store.
type store struct {
	database *database
	name     string
}

func (s *store) get(ctx context.Context, key string) (value []byte, ok bool, err error) {
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

const selectValue = "SELECT value FROM spin_key_value WHERE store = ? AND key = ?"

const upsert = `INSERT INTO spin_key_value (store, key, value) VALUES (?, ?, ?)
	ON CONFLICT (store, key) DO UPDATE SET value = excluded.value`

// put writes a value in a transaction.
func (s *store) put(ctx context.Context, tx *sql.Tx, key string, value []byte) error {
	_, err := tx.ExecContext(ctx, upsert, s.name, key, append([]byte{}, value...)) // nil would be NULL
	return err
}

func (s *store) set(ctx context.Context, key string, value []byte) error {
	return s.setMany(ctx, []pair{{key, value}})
}

type pair struct {
	key   string
	value []byte
}

func (s *store) setMany(ctx context.Context, pairs []pair) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		for _, p := range pairs {
			if err := s.put(ctx, tx, p.key, p.value); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *store) delete(ctx context.Context, keys ...string) error {
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

func (s *store) keys(ctx context.Context) ([]string, error) {
	db, err := s.database.get()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT key FROM spin_key_value WHERE store = ? ORDER BY key", s.name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys, size := []string{}, 0
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		if size += len(key) + int(unsafe.Sizeof(key)); size > MaxResultBytes {
			return nil, fmt.Errorf("query result exceeds limit of %d bytes", MaxResultBytes)
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

// increment adds to a number, which is kept as eight little-endian bytes.
func (s *store) increment(ctx context.Context, key string, delta int64) (sum int64, err error) {
	err = s.transaction(ctx, func(tx *sql.Tx) error {
		old, err := s.readTx(ctx, tx, key)
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

// swap sets a value if the present one is old; nil stands for none. It reports
// whether it did.
func (s *store) swap(ctx context.Context, key string, old, value []byte) (done bool, err error) {
	err = s.transaction(ctx, func(tx *sql.Tx) error {
		now, err := s.readTx(ctx, tx, key)
		if err != nil || (now == nil) != (old == nil) || string(now) != string(old) {
			return err
		}
		done = true
		return s.put(ctx, tx, key, value)
	})
	return done, err
}

// readTx is the value of a key, nil if there is none.
func (s *store) readTx(ctx context.Context, tx *sql.Tx, key string) ([]byte, error) {
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

// transaction runs do so that nobody writes in between.
func (s *store) transaction(ctx context.Context, do func(tx *sql.Tx) error) error {
	db, err := s.database.get()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
