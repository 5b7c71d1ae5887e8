package core

import "fmt"

// Matches reports whether an item of type sub may be imported where super is
// expected (core specification, section 3.3.5, import matching); the error says
// what differs. Both types have been resolved by this store.
func (s *TypeStore) Matches(sub, super ExternType) error {
	if sub.Kind != super.Kind {
		return fmt.Errorf("expected a %v, found a %v", super.Kind, sub.Kind)
	}
	switch sub.Kind {
	case ExternFunc:
		return s.funcItemMatches(sub, super)
	case ExternTable:
		return tableMatches(sub.Table, super.Table)
	case ExternMemory:
		return memoryMatches(sub.Memory, super.Memory)
	case ExternGlobal:
		return s.globalMatches(sub.Global, super.Global)
	}
	if sub.Type != super.Type {
		return fmt.Errorf("expected tag type %v, found %v", s.types[super.Type].Func, s.types[sub.Type].Func)
	}
	return nil
}

func (s *TypeStore) funcItemMatches(sub, super ExternType) error {
	switch {
	case super.Exact && !sub.Exact:
		return fmt.Errorf("expected a function of the exact type %v", s.types[super.Type].Func)
	case super.Exact && sub.Type == super.Type,
		!super.Exact && s.types.isDeclaredSubtype(sub.Type, super.Type):
		return nil
	}
	return fmt.Errorf("expected function type %v, found %v", s.types[super.Type].Func, s.types[sub.Type].Func)
}

func tableMatches(sub, super TableType) error {
	switch {
	case sub.Element != super.Element:
		return fmt.Errorf("expected table elements of type %v, found %v", super.Element, sub.Element)
	case sub.Shared != super.Shared:
		return fmt.Errorf("tables differ in whether they are shared")
	case sub.Is64 != super.Is64:
		return fmt.Errorf("expected a table indexed by %v, found %v", super.IndexType(), sub.IndexType())
	}
	return limitsMatch("table", sub.Limits, super.Limits)
}

func memoryMatches(sub, super MemoryType) error {
	switch {
	case sub.Shared != super.Shared:
		return fmt.Errorf("memories differ in whether they are shared")
	case sub.Is64 != super.Is64:
		return fmt.Errorf("expected a memory indexed by %v, found %v", super.IndexType(), sub.IndexType())
	case sub.PageBits != super.PageBits:
		return fmt.Errorf("expected pages of 2^%d bytes, found 2^%d", super.PageBits, sub.PageBits)
	}
	return limitsMatch("memory", sub.Limits, super.Limits)
}

func limitsMatch(what string, sub, super Limits) error {
	if sub.Min < super.Min {
		return fmt.Errorf("expected a %s of at least %d, found %d", what, super.Min, sub.Min)
	}
	if super.HasMax && (!sub.HasMax || sub.Max > super.Max) {
		return fmt.Errorf("expected a %s of at most %d", what, super.Max)
	}
	return nil
}

func (s *TypeStore) globalMatches(sub, super GlobalType) error {
	switch {
	case sub.Mutable != super.Mutable:
		return fmt.Errorf("globals differ in mutability")
	case sub.Shared != super.Shared:
		return fmt.Errorf("globals differ in whether they are shared")
	case !s.types.isSubtype(sub.Type, super.Type), sub.Mutable && !s.types.isSubtype(super.Type, sub.Type):
		return fmt.Errorf("expected a global of type %v, found %v", super.Type, sub.Type)
	}
	return nil
}
