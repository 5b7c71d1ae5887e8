package syntax

import (
	"fmt"
	"strconv"
)

// simpleTypes are the types without parameters.
var simpleTypes = [kindCount]TypeKind{
	kwBool: BoolType, kwU8: U8Type, kwU16: U16Type, kwU32: U32Type, kwU64: U64Type, kwS8: S8Type, kwS16: S16Type,
	kwS32: S32Type, kwS64: S64Type, kwF32: F32Type, kwF64: F64Type, kwChar: CharType, kwString: StringType,
	kwErrorContext: ErrorContextType,
}

func (p *parser) typ(depth int) *Type {
	if p.failed {
		return nil
	}
	k := p.peek()
	t := &Type{Span: p.tokenSpan(p.toks[p.i])}
	if depth >= MaxTypeDepth {
		p.fail(t.Span, fmt.Sprintf("types nest deeper than %d", MaxTypeDepth), "give a part of the type a name")
		return nil
	}
	if simple := simpleTypes[k]; simple != NamedType {
		t.Kind = simple
		p.next()
		return t
	}
	switch k {
	case ident, explicitIdent:
		id := p.ident("")
		t.Name = id.Name
	case kwOwn, kwBorrow:
		p.handleType(t)
	case kwTuple:
		t.Kind = TupleType
		p.next()
		p.list(less, noMark, greater, func(Comments) { t.Args = append(t.Args, p.typ(depth+1)) })
	case kwList, kwMap, kwOption, kwResult, kwFuture, kwStream:
		p.next()
		p.genericType(t, k, depth+1)
	default:
		p.unexpected("a type", "")
		return nil
	}
	if p.failed {
		return nil
	}
	return t
}

func (p *parser) handleType(t *Type) {
	t.Kind = OwnType
	if p.next().kind == kwBorrow {
		t.Kind = BorrowType
	}
	p.expect(less)
	id := p.ident("the name of a resource")
	t.Name, t.Span = id.Name, id.Span
	p.expect(greater)
}

func (p *parser) genericType(t *Type, k kind, depth int) {
	switch k {
	case kwList:
		t.Kind = ListType
		p.expect(less)
		t.Args = []*Type{p.typ(depth)}
		if p.eat(comma) {
			t.Kind = FixedListType
			t.Len = p.length()
		}
	case kwMap:
		t.Kind = MapType
		p.expect(less)
		t.Args = []*Type{p.typ(depth), nil}
		p.expect(comma)
		t.Args[1] = p.typ(depth)
	case kwOption:
		t.Kind = OptionType
		p.expect(less)
		t.Args = []*Type{p.typ(depth)}
	case kwResult:
		p.resultType(t, depth)
		return
	default:
		t.Kind, t.Args = FutureType, []*Type{nil}
		if k == kwStream {
			t.Kind = StreamType
		}
		if !p.eat(less) {
			return
		}
		t.Args[0] = p.typ(depth)
	}
	p.expect(greater)
}

func (p *parser) resultType(t *Type, depth int) {
	t.Kind, t.Args = ResultType, []*Type{nil, nil}
	if !p.eat(less) {
		return
	}
	if p.eat(kwUnderscore) {
		p.expect(comma)
		t.Args[1] = p.typ(depth)
	} else {
		t.Args[0] = p.typ(depth)
		if p.eat(comma) {
			t.Args[1] = p.typ(depth)
		}
	}
	p.expect(greater)
}

func (p *parser) length() uint32 {
	if p.peek() != integer {
		p.unexpected("the number of elements of a fixed-length list", "")
		return 0
	}
	t := p.next()
	n, err := strconv.ParseUint(p.text(t), 10, 32)
	if err != nil {
		p.fail(p.tokenSpan(t), fmt.Sprintf("the length %s does not fit 32 bits", p.text(t)), "")
	}
	return uint32(n)
}
