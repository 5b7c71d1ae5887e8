package spin

import (
	"fmt"
	"strings"
)

// inlineComponent is a component that is written in the place of its id.
type inlineComponent struct {
	trigger   int // index of its trigger
	id        *String
	component Component
}

// nameTriggers gives triggers without an ID one, by Spin's rule: COMPONENT-TYPE-trigger
// where that is free, else TYPE-triggerN.
func (m *Manifest) nameTriggers() {
	taken := map[string]bool{}
	for _, t := range m.Triggers {
		taken[t.ID] = true
	}
	counters := map[string]int{}
	for i := range m.Triggers {
		t := &m.Triggers[i]
		if t.ID != "" {
			continue
		}
		if id := t.Component.Value + "-" + t.Type + "-trigger"; t.Component.Value != "" && !taken[id] {
			t.ID = id
		}
		for t.ID == "" {
			counters[t.Type]++
			if id := fmt.Sprintf("%s-trigger%d", t.Type, counters[t.Type]); !taken[id] {
				t.ID = id
			}
		}
		taken[t.ID] = true
	}
}

// moveInline puts inline components with the others and names them, by Spin's rule:
// TRIGGER-component where that is an id, free, and of the trigger's only component,
// else inline-componentN.
func (m *Manifest) moveInline(inline []inlineComponent) {
	taken := map[string]bool{}
	for _, c := range m.Components {
		taken[c.ID] = true
	}
	n := 0 // of inline-componentN; those before it are taken
	for _, in := range inline {
		t := &m.Triggers[in.trigger]
		count := 0
		if t.Component.Pos != (Position{}) {
			count++
		}
		for _, c := range t.Components {
			count += len(c.IDs)
		}
		id := t.ID + "-component"
		if count > 1 || taken[id] || !isKebab(id) {
			for id = ""; id == "" || taken[id]; {
				n++
				id = fmt.Sprintf("inline-component%d", n)
			}
		}
		taken[id] = true
		in.id.Value, in.component.ID, in.component.unnamed = id, id, true
		m.Components = append(m.Components, in.component)
	}
}

// kebabOf is the id of a component of version 1 as version 2 has it.
func kebabOf(id string) string {
	if isKebab(id) {
		return id
	}
	return strings.ToLower(strings.ReplaceAll(id, "_", "-"))
}
