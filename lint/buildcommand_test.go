package lint

import (
	"slices"
	"testing"

	"github.com/edgelint/edgelint/spin"
)

func TestBuildCommandsTellHowTheComponentIsBuilt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		commands []string
		world    string
		paths    []string
		ok       bool
	}{
		{[]string{"componentize-py -w spin-http componentize app -o app.wasm"}, "spin-http", nil, true},
		{[]string{"componentize-py --world=spin-http componentize -p src -p 'my lib' app"}, "spin-http", []string{"src", "my lib"}, true},
		{[]string{"pip install -r r.txt && .venv/bin/componentize-py -d wit --world \"a:b/c@1.0.0\" componentize app"}, "a:b/c@1.0.0", nil, true},
		{[]string{"python -m componentize_py -w x componentize app; ls"}, "x", nil, true},
		{[]string{"pip install componentize-py-extras", "componentize-py componentize app"}, "", nil, true},
		{[]string{"componentize-py -w $WORLD componentize app"}, "", nil, false},
		{[]string{"componentize-py -w a componentize app", "componentize-py -w b componentize app"}, "", nil, false},
		{[]string{"make"}, "", nil, false},
		{[]string{"componentize-py -w"}, "", nil, true},
		{[]string{""}, "", nil, false},
		{nil, "", nil, false},
	} {
		b := &spin.Build{}
		for _, text := range c.commands {
			b.Commands = append(b.Commands, spin.String{Value: text})
		}
		call, ok := (&AppComponent{Component: &spin.Component{Build: b}}).Componentize()
		if ok != c.ok || ok && (call.World != c.world || !slices.Equal(call.Paths, c.paths)) {
			t.Errorf("%q: %+v, %v", c.commands, call, ok)
		}
	}
}
