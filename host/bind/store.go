package bind

import "context"

// Store is the host's state of one running component: a value for each [Key].
type Store struct{ values []any }

// NewStore makes the state of a new component instance.
func (m *Imports) NewStore() *Store {
	s := &Store{}
	s.Reset(m)
	return s
}

// Reset makes the store as new.
func (s *Store) Reset(m *Imports) {
	s.values = s.values[:0]
	for _, init := range m.states {
		s.values = append(s.values, init())
	}
}

type storeKey struct{}

// WithStore returns a context for calls into the component that the store
// belongs to.
func WithStore(ctx context.Context, s *Store) context.Context {
	return storeContext{Context: ctx, store: s}
}

// storeContext finds the store without a walk along the parents.
type storeContext struct {
	context.Context
	store *Store
}

func (c storeContext) Value(key any) any {
	if key == (storeKey{}) {
		return c.store
	}
	return c.Context.Value(key)
}

// StoreOf is the store of the component that calls a host function.
func StoreOf(ctx context.Context) *Store {
	s, _ := ctx.Value(storeKey{}).(*Store)
	return s
}

// Key names a value of type T that each component instance has for itself.
type Key[T any] struct{ index int }

// NewKey reserves a place for a value in each instance linked with imports; init
// makes the value for a new instance.
func NewKey[T any](imports *Imports, init func() T) Key[T] {
	imports.states = append(imports.states, func() any { return init() })
	return Key[T]{index: len(imports.states) - 1}
}

// Of is the calling instance's value, from the context of a host function.
func (k Key[T]) Of(ctx context.Context) T { return k.In(StoreOf(ctx)) }

// In is the value of an instance.
func (k Key[T]) In(s *Store) T { return s.values[k.index].(T) }

type callerKey struct{}

// WithCaller returns a context for one call of an async function of the host, whose
// caller has a context that lives longer.
func WithCaller(ctx, caller context.Context) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// CallerContext is the context of what called an async function of the host, for
// what goes on after the function has returned, such as a connection that a stream
// is read from.
func CallerContext(ctx context.Context) context.Context {
	if caller, ok := ctx.Value(callerKey{}).(context.Context); ok {
		return caller
	}
	return ctx
}
