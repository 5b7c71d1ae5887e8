package bytecodealliance_test

import (
	"fmt"
	"log"

	"github.com/edgelint/edgelint/wit"
	"github.com/edgelint/edgelint/wit/bytecodealliance"
)

func ExampleResolve() {
	set, _, err := wit.Parse("clock.wit", `package example:clock@1.0.0;
interface clock { now: func() -> u64; }
`, wit.Options{})
	if err != nil {
		log.Fatal(err)
	}
	resolve, err := bytecodealliance.Resolve(set)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resolve.Packages[0].Name.String())
	fmt.Println(resolve.WIT(nil, ""))
	// Output:
	// example:clock@1.0.0
	// package example:clock@1.0.0;
	//
	// interface clock {
	// 	now: func() -> u64;
	// }
}
