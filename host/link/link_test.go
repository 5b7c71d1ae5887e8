package link

import (
	"fmt"
	"testing"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/bind"
)

func TestScratch(t *testing.T) {
	for _, n := range []string{"guide-p2", "guide-p3"} {
		f, err := component.Open("../../testdata/" + n + ".wasm")
		if err != nil {
			t.Fatal(err)
		}
		s := time.Now()
		info, errs := component.Check(f, component.CheckOptions{Features: component.AllFeatures})
		fmt.Println(time.Since(s), errs)
		s = time.Now()
		p, err := Link(f, info, bind.NewImports(), Options{})
		fmt.Println(time.Since(s), err)
		if p != nil {
			fmt.Println(len(p.Modules), len(p.Cores), len(p.Canons), len(p.Gaps), p.Exports.Names, len(p.Instances))
			for _, m := range p.Modules {
				fmt.Println(m.Path, len(m.Imports))
			}
		}
	}
}
