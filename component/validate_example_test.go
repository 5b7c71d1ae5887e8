package component_test

import (
	"context"
	"fmt"
	"log"

	"github.com/edgelint/edgelint/component"
)

func ExampleValidate() {
	f, err := component.Open("../testdata/guide-p3.wasm")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	info, errs := component.Validate(context.Background(), f, component.ValidateOptions{})
	for _, e := range errs {
		fmt.Println(e)
	}
	handler, _ := info.Root.Exports.Get("wasi:http/handler@0.3.0")
	for name, e := range handler.(*component.InstanceType).Exports.All() {
		if fn, ok := e.(*component.FuncType); ok {
			fmt.Println(name, "async:", fn.Async, "parameters:", len(fn.Params))
		}
	}
	// Output:
	// handle async: true parameters: 1
}
