package platform_test

import (
	"fmt"
	"log"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/platform"
)

func ExampleJudge() {
	f, err := component.Open("../../testdata/guide-p2.wasm")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	info, errs := component.Check(f, component.CheckOptions{})
	if len(errs) > 0 {
		log.Fatal(errs)
	}
	for _, name := range []string{"spin@3.3", "spin@3.4"} {
		p, err := platform.Lookup(name)
		if err != nil {
			log.Fatal(err)
		}
		v, err := platform.Judge(f, info, p)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Title, v.Runs())
		for _, m := range v.Mismatches {
			fmt.Println(m)
		}
	}
	// Output:
	// Spin 3.3 false
	// import spin:postgres/postgres@4.0.0 is not offered; the nearest that is: spin:postgres/postgres@3.0.0
	// Spin 3.4 true
}

func ExampleLookup() {
	_, err := platform.Lookup("spun@4.0")
	fmt.Println(err)
	// Output: unknown target "spun@4.0": did you mean "spin@4.0"?
}
