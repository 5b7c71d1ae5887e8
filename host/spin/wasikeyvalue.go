package spin

import (
	"context"
	"errors"

	"github.com/edgelint/edgelint/host/bind"
)

// wasiKeyValue is the version of wasi:keyvalue that Spin serves.
const wasiKeyValue = "@0.2.0-draft2"

// bucket is the resource of wasi:keyvalue/store.
type bucket struct{ *store }

// bucketError is the variant error of wasi:keyvalue/store.
type bucketError struct {
	Case  uint8 // 0 no-such-store, 1 access-denied, 2 other
	Other string
}

func bucketErrorOf(err error) bucketError { return bucketError{Case: 2, Other: err.Error()} }

func bucketOutcome[T any](v T, err error) (bind.Result[T, bucketError], error) {
	return outcome(v, err, bucketErrorOf)
}

// keyResponse is the record key-response.
type keyResponse struct {
	Keys   []string
	Cursor bind.Option[string]
}

func (g *grants) addWASIKeyValue(imports *bind.Imports) {
	kv := imports.Interface("wasi:keyvalue/store" + wasiKeyValue)
	bind.Resource[*bucket](kv, "bucket", nil)
	kv.Func("open", bind.Func1(func(_ context.Context, label string) (bind.Result[*bucket, bucketError], error) {
		if s, ok := g.openStore(label); ok {
			return bind.Ok[bucketError](&bucket{s}), nil
		}
		return bind.Err[*bucket](bucketError{Case: 1}), nil
	}))
	addBucketMethods(kv)
	addAtomics(imports.Interface("wasi:keyvalue/atomics" + wasiKeyValue))
	addBatch(imports.Interface("wasi:keyvalue/batch" + wasiKeyValue))
}

func addBucketMethods(kv *bind.Interface) {
	kv.Func("[method]bucket.get", bind.Func2(func(ctx context.Context, b *bucket, key string) (
		bind.Result[bind.Option[[]byte], bucketError], error,
	) {
		value, ok, err := b.get(ctx, key)
		return bucketOutcome(bind.Option[[]byte]{Some: ok, Value: value}, err)
	}))
	kv.Func("[method]bucket.set", bind.Func3(func(ctx context.Context, b *bucket, key string, value []byte) (
		bind.Result[bind.Unit, bucketError], error,
	) {
		return bucketOutcome(bind.Unit{}, b.set(ctx, key, value))
	}))
	kv.Func("[method]bucket.delete", bind.Func2(func(ctx context.Context, b *bucket, key string) (
		bind.Result[bind.Unit, bucketError], error,
	) {
		return bucketOutcome(bind.Unit{}, b.delete(ctx, key))
	}))
	kv.Func("[method]bucket.exists", bind.Func2(func(ctx context.Context, b *bucket, key string) (
		bind.Result[bool, bucketError], error,
	) {
		return bucketOutcome(b.exists(ctx, key))
	}))
	kv.Func("[method]bucket.list-keys", bind.Func2(func(ctx context.Context, b *bucket, cursor bind.Option[string]) (
		bind.Result[keyResponse, bucketError], error,
	) {
		if cursor.Some {
			return bucketOutcome(keyResponse{}, errors.New("list_keys: cursor not supported"))
		}
		keys, err := b.keys(ctx)
		return bucketOutcome(keyResponse{Keys: keys}, err)
	}))
}

// cas is the resource of wasi:keyvalue/atomics: a value to compare with.
type cas struct {
	bucket *bucket
	key    string
	value  []byte // nil if there was none
}

func newCAS(ctx context.Context, b *bucket, key string) (*cas, error) {
	value, ok, err := b.get(ctx, key)
	if ok && value == nil {
		value = []byte{}
	}
	return &cas{b, key, value}, err
}

// casError is the variant cas-error.
type casError struct {
	Case       uint8 // 0 store-error, 1 cas-failed
	StoreError bucketError
	CasFailed  *cas
}

func addAtomics(atomics *bind.Interface) {
	bind.Resource[*cas](atomics, "cas", nil)
	atomics.Func("[static]cas.new", bind.Func2(func(ctx context.Context, b *bucket, key string) (
		bind.Result[*cas, bucketError], error,
	) {
		return bucketOutcome(newCAS(ctx, b, key))
	}))
	atomics.Func("[method]cas.current", bind.Func1(func(ctx context.Context, c *cas) (
		bind.Result[bind.Option[[]byte], bucketError], error,
	) {
		now, err := newCAS(ctx, c.bucket, c.key)
		if err == nil {
			c.value = now.value // what the component saw is what it compares with
		}
		return bucketOutcome(bind.Option[[]byte]{Some: c.value != nil, Value: c.value}, err)
	}))
	atomics.Func("increment", bind.Func3(func(ctx context.Context, b *bucket, key string, delta int64) (
		bind.Result[int64, bucketError], error,
	) {
		return bucketOutcome(b.increment(ctx, key, delta))
	}))
	atomics.Func("swap", bind.Func2(func(ctx context.Context, c *cas, value []byte) (
		bind.Result[bind.Unit, casError], error,
	) {
		done, err := c.bucket.swap(ctx, c.key, c.value, value)
		if err == nil && !done {
			var now *cas
			if now, err = newCAS(ctx, c.bucket, c.key); err == nil {
				return bind.Err[bind.Unit](casError{Case: 1, CasFailed: now}), nil
			}
		}
		if err != nil {
			return bind.Err[bind.Unit](casError{StoreError: bucketErrorOf(err)}), nil
		}
		return bind.Ok[casError](bind.Unit{}), nil
	}))
}

// keyValue is tuple<string, list<u8>>.
type keyValue = bind.Tuple2[string, []byte]

func addBatch(batch *bind.Interface) {
	// As in Spin there is an entry only for keys that exist.
	type found = bind.Tuple2[string, bind.Option[[]byte]]
	batch.Func("get-many", bind.Func2(func(ctx context.Context, b *bucket, keys []string) (
		bind.Result[[]found, bucketError], error,
	) {
		pairs, err := b.getMany(ctx, keys)
		out := []found{}
		for _, p := range pairs {
			out = append(out, found{V0: p.key, V1: bind.Some(p.value)})
		}
		return bucketOutcome(out, err)
	}))
	batch.Func("set-many", bind.Func2(func(ctx context.Context, b *bucket, list []keyValue) (
		bind.Result[bind.Unit, bucketError], error,
	) {
		pairs := make([]pair, len(list))
		for i, kv := range list {
			pairs[i] = pair{kv.V0, kv.V1}
		}
		return bucketOutcome(bind.Unit{}, b.setMany(ctx, pairs))
	}))
	batch.Func("delete-many", bind.Func2(func(ctx context.Context, b *bucket, keys []string) (
		bind.Result[bind.Unit, bucketError], error,
	) {
		return bucketOutcome(bind.Unit{}, b.delete(ctx, keys...))
	}))
}
