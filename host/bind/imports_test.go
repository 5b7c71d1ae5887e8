package bind

import "testing"

func TestLookupFollowsSemverTracks(t *testing.T) {
	t.Parallel()
	m := NewImports()
	for _, name := range []string{
		"wasi:io/poll@0.2.0", "wasi:io/poll@0.2.10", "wasi:io/poll@0.2.9", "wasi:io/poll@0.3.0",
		"wasi:io/poll@0.3.0-rc-2026-03-15", "a:b/c@1.2.3", "a:b/c@1.10.0", "a:b/d@0.0.3", "a:b/e",
	} {
		m.Interface(name)
	}
	for _, tt := range []struct{ name, want string }{
		{"wasi:io/poll@0.2.9", "wasi:io/poll@0.2.9"},
		{"wasi:io/poll@0.2.3", "wasi:io/poll@0.2.10"},
		{"wasi:io/poll@0.2.99+build", "wasi:io/poll@0.2.10"},
		{"wasi:io/poll@0.3.1", "wasi:io/poll@0.3.0"},
		{"wasi:io/poll@0.3.0-rc-2026-03-15", "wasi:io/poll@0.3.0-rc-2026-03-15"},
		{"wasi:io/poll@0.3.0-rc-2026-01-01", ""},
		{"wasi:io/poll@0.4.0", ""},
		{"a:b/c@1.0.0", "a:b/c@1.10.0"},
		{"a:b/c@2.0.0", ""},
		{"a:b/d@0.0.3", "a:b/d@0.0.3"},
		{"a:b/d@0.0.2", ""},
		{"a:b/e", "a:b/e"},
		{"a:b/e@1.0.0", ""},
	} {
		got := ""
		if i, ok := m.Lookup(tt.name); ok {
			got = i.Name()
		}
		if got != tt.want {
			t.Errorf("%s links to %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSiblingsShareResourcesAndStores(t *testing.T) {
	t.Parallel()
	one := NewImports()
	key := NewKey(one, func() string { return "one" })
	first := Resource[*int](one.Interface("a:b/c@1.0.0"), "r", nil)
	two := one.Sibling()
	second := NewKey(two, func() string { return "two" })
	if got := Resource[*int](two.Interface("a:b/c@1.0.0"), "r", nil); got != first {
		t.Error("a sibling's resource of the same name and type is another one")
	}
	if got, ok := two.Interface("a:b/c@1.0.0").Resource("r"); !ok || got != first {
		t.Error("the sibling does not offer it")
	}
	if got := Resource[*string](two.Interface("a:b/d@1.0.0"), "r", nil); got == first {
		t.Error("a resource of another interface is the same")
	}
	if got := Resource[string](one.Sibling().Interface("a:b/c@1.0.0"), "r", nil); got == first {
		t.Error("a resource of another Go type is the same")
	}
	if got := Resource[*int](one.Interface("a:b/c@1.0.0"), "r", nil); got == first {
		t.Error("what an interface offers anew is the same")
	}
	if _, ok := two.Lookup("a:b/e"); ok {
		t.Error("siblings share what they offer")
	}
	s := one.NewStore()
	if key.In(s) != "one" || second.In(s) != "two" {
		t.Errorf("keys have the values %q and %q", key.In(s), second.In(s))
	}
}
