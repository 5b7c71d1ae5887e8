package bind

import (
	"context"

	"github.com/edgelint/edgelint/host/abi"
)

// Dynamic is a function whose types are not known to Go: it takes whatever the
// component passes and must return a value of the result type that the component
// expects, or the zero Value if it expects none.
func Dynamic(f func(ctx context.Context, t *abi.FuncType, args []abi.Value) (abi.Value, error)) Func {
	return dynamicFunc(f)
}

type dynamicFunc func(ctx context.Context, t *abi.FuncType, args []abi.Value) (abi.Value, error)

func (f dynamicFunc) bind(t *abi.FuncType) (abi.Callee, error) { return abi.NewCallee(t, f), nil }
