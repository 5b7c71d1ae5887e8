package component

import "github.com/edgelint/edgelint/component/core"

// CoreFuncType is the type of a core function. Equal types are one pointer.
type CoreFuncType struct {
	core.FuncType

	id uint32
}

// CoreModuleType is the type of a core module: that of a module of the file, or a
// written one. The indices in its types are of no use to callers.
type CoreModuleType struct {
	// Module is the module that the type was derived from, nil for a written
	// type.
	Module *core.Module

	imports []core.Import
	exports map[string]core.ExternType
	w       weight
}

// CoreInstanceType is the type of a core instance: what it exports.
type CoreInstanceType struct {
	exports map[string]core.ExternType
}

// coreTypes holds core function types, each once.
type coreTypes struct {
	types []*CoreFuncType
	ids   map[string]uint32
	key   []byte
}

func (c *coreTypes) intern(f core.FuncType) *CoreFuncType {
	c.key = c.key[:0]
	for _, list := range [2][]core.ValType{f.Params, f.Results} {
		c.key = append(c.key, byte(len(list)), byte(len(list)>>8))
		for _, t := range list {
			c.key = append(c.key, byte(t), byte(t>>8), byte(t>>16), byte(t>>24))
		}
	}
	if id, ok := c.ids[string(c.key)]; ok {
		return c.types[id]
	}
	if c.ids == nil {
		c.ids = map[string]uint32{}
	}
	t := &CoreFuncType{FuncType: f, id: uint32(len(c.types))}
	c.types = append(c.types, t)
	c.ids[string(c.key)] = t.id
	return t
}
