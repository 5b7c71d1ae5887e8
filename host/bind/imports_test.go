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
