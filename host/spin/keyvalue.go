package spin

import (
	"context"

	"github.com/edgelint/edgelint/host/bind"
)

// storeError is the variant error of fermyon:spin/key-value.
type storeError struct {
	Case  uint8 // 0 store-table-full, 1 no-such-store, 2 access-denied, 3 other
	Other string
}

const (
	storeAccessDenied = 2
	storeOther        = 3
)

func storeErrorOf(err error) storeError { return storeError{Case: storeOther, Other: err.Error()} }

func storeOutcome[T any](v T, err error) (bind.Result[T, storeError], error) {
	return outcome(v, err, storeErrorOf)
}

// openStore opens a store that the manifest grants.
func (g *grants) openStore(label string) (*store, bool) {
	if !g.permits(g.component.KeyValueStores, "key_value_stores", label, "key-value store") {
		return nil, false
	}
	return &store{g.app.stores[label]}, true
}

// keyValueV3 is the interface of the key-value package, all of which is async.
const keyValueV3 = "spin:key-value/key-value@3.0.0"

func (g *grants) addKeyValue(imports *bind.Imports) {
	for _, name := range []string{"fermyon:spin/key-value@2.0.0", keyValueV3} {
		g.addStore(imports.Interface(name))
	}
	imports.Interface("fermyon:spin/key-value@2.0.0").Func("[method]store.get-keys",
		bind.Func1(func(ctx context.Context, s *store) (bind.Result[[]string, storeError], error) {
			return storeOutcome(s.keys(ctx))
		}))
	imports.Interface(keyValueV3).Func("[method]store.get-keys", bind.Func1(getKeysAsync))
}

func (g *grants) addStore(kv *bind.Interface) {
	bind.Resource[*store](kv, "store", nil)
	kv.Func("[static]store.open", bind.Func1(func(_ context.Context, label string) (
		bind.Result[*store, storeError], error,
	) {
		if s, ok := g.openStore(label); ok {
			return bind.Ok[storeError](s), nil
		}
		return bind.Err[*store](storeError{Case: storeAccessDenied}), nil
	}))
	kv.Func("[method]store.get", bind.Func2(func(ctx context.Context, s *store, key string) (
		bind.Result[bind.Option[[]byte], storeError], error,
	) {
		value, ok, err := s.get(ctx, key)
		return storeOutcome(bind.Option[[]byte]{Some: ok, Value: value}, err)
	}))
	kv.Func("[method]store.set", bind.Func3(func(ctx context.Context, s *store, key string, value []byte) (
		bind.Result[bind.Unit, storeError], error,
	) {
		return storeOutcome(bind.Unit{}, s.set(ctx, key, value))
	}))
	kv.Func("[method]store.delete", bind.Func2(func(ctx context.Context, s *store, key string) (
		bind.Result[bind.Unit, storeError], error,
	) {
		return storeOutcome(bind.Unit{}, s.delete(ctx, key))
	}))
	kv.Func("[method]store.exists", bind.Func2(func(ctx context.Context, s *store, key string) (
		bind.Result[bool, storeError], error,
	) {
		return storeOutcome(s.exists(ctx, key))
	}))
}

// keysResult is the result of get-keys of version 3.
type keysResult = bind.Tuple2[*bind.Stream[string], *bind.Future[bind.Result[bind.Unit, storeError]]]

// getKeysAsync gives the keys in a stream, and what went wrong in a future.
func getKeysAsync(ctx context.Context, s *store) (keysResult, error) {
	keys, err := s.keys(ctx)
	if ctx.Err() != nil {
		return keysResult{}, ctx.Err()
	}
	end, _ := storeOutcome(bind.Unit{}, err)
	stream := bind.NewStream(func(_ context.Context, w *bind.Writer[string]) error {
		_, err := w.Write(keys)
		return err
	})
	return keysResult{V0: stream, V1: bind.Ready(end)}, nil
}
