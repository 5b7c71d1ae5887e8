package bind

// Unit stands for nothing where Go needs a type: the result of a function
// without result, or the absent half of a result.
type Unit = struct{}

// View is a list<u8> that is not copied: as a parameter it lies in the caller's
// memory and is valid only until the function returns, and it must not be
// changed.
type View []byte

// Option is option<T>.
type Option[T any] struct {
	Some  bool
	Value T // if Some
}

// Some is an option with a value.
func Some[T any](v T) Option[T] { return Option[T]{Some: true, Value: v} }

// None is an option without value.
func None[T any]() Option[T] { return Option[T]{} }

// Result is result<T, E>.
type Result[T, E any] struct {
	IsErr bool
	Ok    T // unless IsErr
	Err   E // if IsErr
}

// Ok is a result that says all went well.
func Ok[E, T any](v T) Result[T, E] { return Result[T, E]{Ok: v} }

// Err is a result that says what went wrong.
func Err[T, E any](e E) Result[T, E] { return Result[T, E]{IsErr: true, Err: e} }

// Tuple2 is tuple<A, B>.
type Tuple2[A, B any] struct {
	V0 A
	V1 B
}

// Tuple3 is tuple<A, B, C>.
type Tuple3[A, B, C any] struct {
	V0 A
	V1 B
	V2 C
}
