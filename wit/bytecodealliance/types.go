package bytecodealliance

import (
	bca "go.bytecodealliance.org/wit"

	"github.com/edgelint/edgelint/wit"
)

func (a *adapter) typeDef(to *bca.TypeDef, t *wit.TypeDef) {
	to.Name = optional(t.Name)
	to.Stability, to.Docs.Contents = a.stability(t.Stability), t.Docs.Text
	if id, ok := t.Owner.Interface(); ok {
		to.Owner = a.to.Interfaces[id]
	} else if id, ok := t.Owner.World(); ok {
		to.Owner = a.to.Worlds[id]
	}
	to.Kind = a.kind(t)
}

func (a *adapter) kind(t *wit.TypeDef) bca.TypeDefKind {
	switch k := t.Kind.(type) {
	case wit.Record:
		return a.record(k)
	case wit.Variant:
		return a.variant(k)
	case wit.Flags:
		to := &bca.Flags{}
		for _, f := range k.Flags {
			to.Flags = append(to.Flags, bca.Flag{Name: f.Name, Docs: bca.Docs{Contents: f.Docs.Text}})
		}
		return to
	case wit.Enum:
		to := &bca.Enum{}
		for _, c := range k.Cases {
			to.Cases = append(to.Cases, bca.EnumCase{Name: c.Name, Docs: bca.Docs{Contents: c.Docs.Text}})
		}
		return to
	case wit.Resource:
		return &bca.Resource{}
	case wit.Handle:
		if k.Borrow {
			return &bca.Borrow{Type: a.to.TypeDefs[k.Resource]}
		}
		return &bca.Own{Type: a.to.TypeDefs[k.Resource]}
	}
	return a.composite(t)
}

// composite translates the types that are made of others without names.
func (a *adapter) composite(t *wit.TypeDef) bca.TypeDefKind {
	switch k := t.Kind.(type) {
	case wit.Tuple:
		to := &bca.Tuple{}
		for _, elem := range k.Types {
			to.Types = append(to.Types, a.typ(elem))
		}
		return to
	case wit.Option:
		return &bca.Option{Type: a.typ(k.Elem)}
	case wit.Result:
		return &bca.Result{OK: a.typ(k.Ok), Err: a.typ(k.Err)}
	case wit.List:
		return &bca.List{Type: a.typ(k.Elem)}
	case wit.Future:
		return &bca.Future{Type: a.typ(k.Elem)}
	case wit.Stream:
		return &bca.Stream{Type: a.typ(k.Elem)}
	case wit.Alias:
		return a.typ(k.Target)
	}
	a.fail("go.bytecodealliance.org has no types of the kind %v", t.Kind)
	return nil
}

func (a *adapter) record(k wit.Record) *bca.Record {
	to := &bca.Record{}
	for _, f := range k.Fields {
		to.Fields = append(to.Fields, bca.Field{
			Name: f.Name, Type: a.typ(f.Type), Docs: bca.Docs{Contents: f.Docs.Text},
		})
	}
	return to
}

func (a *adapter) variant(k wit.Variant) *bca.Variant {
	to := &bca.Variant{}
	for _, c := range k.Cases {
		to.Cases = append(to.Cases, bca.Case{
			Name: c.Name, Type: a.typ(c.Type), Docs: bca.Docs{Contents: c.Docs.Text},
		})
	}
	return to
}

// typ translates the use of a type; nil stands for none.
func (a *adapter) typ(t wit.Type) bca.Type {
	if id, ok := t.ID(); ok {
		return a.to.TypeDefs[id]
	}
	if t == wit.None {
		return nil
	}
	primitive, err := bca.ParseType(t.String())
	if err != nil {
		a.fail("%w", err)
	}
	return primitive
}
