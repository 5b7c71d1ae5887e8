// Package bind offers Go functions and Go values to components, by WIT name.
//
//	imports := bind.NewImports()
//	words := imports.Interface("example:words/count@0.1.0")
//	words.Func("count", bind.Func1(func(ctx context.Context, text string) (uint32, error) {
//		return uint32(len(strings.Fields(text))), nil
//	}))
//
// A function's Go types are matched with the types that a component imports it
// with when the component is linked, not when it is called:
//
//	WIT                   Go
//	bool, s8 … f64        bool, int8 … float64, or a type defined from one
//	char                  rune
//	string                string; what is not UTF-8 in it becomes U+FFFD
//	list<u8>              []byte, or View, which is not copied
//	list<T>, list<T, N>   []T
//	map<K, V>             []struct{ Key K; Value V }
//	record, tuple         a struct with a field for each, in the same order
//	variant               a struct: a first field of an unsigned integer type, the
//	                      case; then a field for each case that has a payload, in
//	                      the order of the cases
//	enum                  an unsigned integer type
//	flags                 an unsigned integer type, the first flag in bit 0
//	option<T>             Option[T]
//	result<T, E>          Result[T, E], with Unit for what is absent
//	own<R>, borrow<R>     the Go type that R was declared with (see Resource)
//	stream<T>, future<T>  *Stream[T], *Future[T]
//
// A struct's field names must be those of WIT in CamelCase ("status-code" is
// StatusCode), or say otherwise by a tag `wit:"status-code"`; the fields of tuples
// may have any name.
//
// A function returns its result and an error. An error is a trap: the component
// instance that called cannot be used any more. What WIT calls an error is a
// Result.
//
// Functions are called by one goroutine at a time for each instance, and by many
// for many instances; what belongs to one instance is kept under a [Key]. Those
// that are async in WIT have a goroutine of their own for each call: they may block
// until their context ends, and several may run at once for one instance.
package bind
