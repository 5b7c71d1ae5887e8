package spin

import (
	"fmt"
	"strings"
	"testing"
)

func TestManyInlineComponentsAreNumbered(t *testing.T) {
	t.Parallel()
	const count = 20_000 // so many that a search for each name among all would not end
	m, _ := Parse("spin.toml", []byte(`spin_manifest_version = 2
application = { name = "app" }
[[trigger.x]]
components.a = [`+strings.Repeat("{},", count)+`]
[component.inline-component2]
source = "a.wasm"
`)) // a source is missing in each
	ids := m.Triggers[0].Components[0].IDs
	for i, want := range map[int]int{0: 1, 1: 3, count - 1: count + 1} {
		if got := ids[i].Value; got != fmt.Sprintf("inline-component%d", want) {
			t.Errorf("number %d is %s", i, got)
		}
	}
}
