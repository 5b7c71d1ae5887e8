package flow

import bc "github.com/edgelint/edgelint/python/bytecode"

// effect is what an instruction does to the stack if nothing more is known of
// it: it takes pop values, plus popArg for each unit of its argument, and
// gives push unknown ones.
type effect struct{ pop, popArg, push int }

// effects of the operations that the interpreter does not treat by itself.
var effects = map[bc.Op]effect{
	bc.BinaryOp: {2, 0, 1}, bc.BinarySubscr: {2, 0, 1}, bc.BinarySlice: {3, 0, 1}, bc.StoreSlice: {4, 0, 0},
	bc.UnaryInvert: {1, 0, 1}, bc.UnaryNegative: {1, 0, 1}, bc.UnaryNot: {1, 0, 1}, bc.ToBool: {1, 0, 1},
	bc.GetLen: {0, 0, 1}, bc.MatchMapping: {0, 0, 1}, bc.MatchSequence: {0, 0, 1}, bc.MatchKeys: {0, 0, 1},
	bc.MatchClass: {3, 0, 1}, bc.PushExcInfo: {0, 0, 1}, bc.PopExcept: {1, 0, 0}, bc.CheckEgMatch: {2, 0, 2},
	bc.WithExceptStart: {0, 0, 1}, bc.GetAiter: {1, 0, 1}, bc.GetAnext: {0, 0, 1}, bc.EndAsyncFor: {2, 0, 0},
	bc.CleanupThrow: {3, 0, 2}, bc.DeleteSubscr: {2, 0, 0}, bc.GetIter: {1, 0, 1}, bc.GetYieldFromIter: {1, 0, 1},
	bc.LoadBuildClass: {0, 0, 1}, bc.LoadAssertionError: {0, 0, 1}, bc.LoadCommonConstant: {0, 0, 1},
	bc.ReturnGenerator: {0, 0, 1}, bc.ReturnValue: {1, 0, 0}, bc.LoadLocals: {0, 0, 1}, bc.DeleteAttr: {1, 0, 0},
	bc.BuildSet: {0, 1, 1}, bc.BuildMap: {0, 2, 1}, bc.BuildString: {0, 1, 1}, bc.BuildConstKeyMap: {1, 1, 1},
	bc.BuildSlice: {0, 1, 1}, bc.BuildTemplate: {2, 0, 1}, bc.FormatSimple: {1, 0, 1}, bc.FormatWithSpec: {2, 0, 1},
	bc.ConvertValue: {1, 0, 1}, bc.Reraise: {1, 1, 0}, bc.RaiseVarargs: {0, 1, 0}, bc.LoadClosure: {0, 0, 1},
	bc.ListAppend: {1, 0, 0}, bc.SetAdd: {1, 0, 0}, bc.MapAdd: {2, 0, 0}, bc.ListExtend: {1, 0, 0},
	bc.SetUpdate: {1, 0, 0}, bc.DictMerge: {1, 0, 0}, bc.DictUpdate: {1, 0, 0}, bc.CallIntrinsic2: {2, 0, 1},
	bc.InterpreterExit: {1, 0, 0}, bc.ExitInitCheck: {1, 0, 0}, bc.PopIter: {1, 0, 0}, bc.YieldValue: {1, 0, 1},
}

// effectOf is the effect of an instruction in a version, including those
// whose form differs from one to the other.
func effectOf(in bc.Instr, minor int) effect {
	switch in.Op {
	case bc.FormatValue: // bit 2: a format specification is on the stack
		return effect{1 + int(in.Arg>>2&1), 0, 1}
	case bc.BuildInterpolation:
		return effect{2 + int(in.Arg&1), 0, 1}
	case bc.EndFor:
		if minor == 12 {
			return effect{2, 0, 0}
		}
		return effect{1, 0, 0}
	case bc.UnpackEx:
		return effect{1, 0, int(in.Arg&0xff) + int(in.Arg>>8&0xff) + 1}
	}
	return effects[in.Op]
}

// passes reports whether an instruction hands what it takes to elsewhere,
// rather than to compute with it.
func passes(op bc.Op) bool {
	switch op {
	case bc.ReturnValue, bc.BuildSet, bc.BuildMap, bc.BuildConstKeyMap, bc.ListAppend, bc.SetAdd, bc.MapAdd,
		bc.ListExtend, bc.SetUpdate, bc.DictMerge, bc.DictUpdate, bc.YieldValue, bc.GetIter, bc.RaiseVarargs:
		return true
	}
	return false
}
