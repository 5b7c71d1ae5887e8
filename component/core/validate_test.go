package core_test

import (
	"testing"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

func TestRealModulesAreValid(t *testing.T) {
	t.Parallel()
	all := corpusModules(t)
	for _, name := range fixtures {
		all = append(all, fixtureModules(t, name)...)
	}
	v := core.NewValidator(core.Options{})
	for _, e := range all {
		m, err := core.NewModule(binary.Data(e.data), e.off, e.len)
		if err != nil {
			t.Errorf("%s: module at 0x%x: %v", e.file, e.off, err)
			continue
		}
		if _, err := v.Module(m); err != nil {
			t.Errorf("%s: module at 0x%x: %v", e.file, e.off, err)
		}
	}
	for _, err := range v.Wait(t.Context()) {
		t.Error(err)
	}
}
