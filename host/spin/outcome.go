package spin

import "github.com/edgelint/edgelint/host/bind"

// outcome is a result with the error that an interface has for err.
func outcome[T, E any](v T, err error, fail func(error) E) (bind.Result[T, E], error) {
	if err != nil {
		return bind.Err[T](fail(err)), nil
	}
	return bind.Ok[E](v), nil
}
