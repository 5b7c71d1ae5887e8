package spin

import (
	"context"
	"fmt"
	"unicode/utf8"
	"unsafe"
)

// backend keeps the keys and values of one store.
type backend interface {
	get(ctx context.Context, key string) (value []byte, ok bool, err error)
	exists(ctx context.Context, key string) (bool, error)
	// getMany gets those of the keys that exist.
	getMany(ctx context.Context, keys []string) ([]pair, error)
	// setMany sets all of the pairs, or none.
	setMany(ctx context.Context, pairs []pair) error
	delete(ctx context.Context, keys ...string) error
	// keys is all keys, sorted.
	keys(ctx context.Context) ([]string, error)
	// increment adds to a number, which is 0 if the key does not exist.
	increment(ctx context.Context, key string, delta int64) (sum int64, err error)
	// swap sets a value if the present one is old; nil stands for none. It
	// reports whether it did.
	swap(ctx context.Context, key string, old, value []byte) (done bool, err error)
	// String says where the data is.
	String() string
	close() error
}

type pair struct {
	key   string
	value []byte
}

// store is the resource of the key-value interfaces.
type store struct{ backend }

func (s *store) get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	value, ok, err = s.backend.get(ctx, key)
	if len(value) > MaxResultBytes {
		return nil, false, errTooLarge
	}
	return value, ok, err
}

func (s *store) set(ctx context.Context, key string, value []byte) error {
	return s.setMany(ctx, []pair{{key, value}})
}

// keyList gathers keys as far as the result of one call may be large.
type keyList struct {
	keys []string
	size int
}

func (l *keyList) add(key string) error {
	if !utf8.ValidString(key) {
		return fmt.Errorf("the store has a key that is not UTF-8: %q", key)
	}
	if l.size += len(key) + int(unsafe.Sizeof(key)); l.size > MaxResultBytes {
		return errTooLarge
	}
	l.keys = append(l.keys, key)
	return nil
}

// errTooLarge is the error of results that are larger than MaxResultBytes.
var errTooLarge = fmt.Errorf("query result exceeds limit of %d bytes", MaxResultBytes)
