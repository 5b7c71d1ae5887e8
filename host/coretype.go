package host

import (
	"github.com/tetratelabs/wazero/api"

	"github.com/edgelint/edgelint/component/core"
)

func coreTypes(types []core.ValType) []api.ValueType {
	out := make([]api.ValueType, len(types))
	for i, t := range types {
		switch t {
		case core.I64:
			out[i] = api.ValueTypeI64
		case core.F32:
			out[i] = api.ValueTypeF32
		case core.F64:
			out[i] = api.ValueTypeF64
		default:
			out[i] = api.ValueTypeI32
		}
	}
	return out
}
