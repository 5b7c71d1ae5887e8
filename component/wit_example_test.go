package component_test

import (
	"fmt"
	"log"

	"github.com/edgelint/edgelint/component"
)

func ExampleFile_World() {
	f, err := component.Open("../testdata/guide-p2.wasm")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	set, id, err := f.World()
	if err != nil {
		log.Fatal(err)
	}
	world := set.Worlds[id]
	fmt.Println(world.Imports.Len(), "imports; exports:")
	for key := range world.Exports.Keys() {
		fmt.Println(set.KeyName(key))
	}
	// Output:
	// 45 imports; exports:
	// exports
	// wasi:http/incoming-handler@0.2.0
}
