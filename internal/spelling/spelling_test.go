package spelling

import "testing"

func TestNearestFindsTheMistypedName(t *testing.T) {
	names := []string{"spin@4.0", "spin@3.6", "wasi:http/proxy", "EL0101"}
	for in, want := range map[string]string{
		"spin@4.1": "spin@4.0", "el0101": "EL0101", "wasi:htp/proxy": "wasi:http/proxy", "EL010": "EL0101",
		"kubernetes": "", "": "", "x": "",
	} {
		if got := Nearest(in, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}
