package pack_test

import (
	"fmt"
	"log"

	"github.com/edgelint/edgelint/pack"
)

func ExampleCNCF() {
	wasm := pack.WasmBytes([]byte("\x00asm\x0d\x00\x01\x00")) // an empty component
	a, err := pack.CNCF("app.wasm", wasm, pack.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range a.Blobs {
		fmt.Println(b.Descriptor.MediaType, b.Descriptor.Size)
	}
	// Output:
	// application/vnd.wasm.config.v0+json 229
	// application/wasm 8
}

func ExampleSpin() {
	app := pack.App{
		Name:     "hello",
		Triggers: []pack.Trigger{{Type: "http", Component: "hello", Config: map[string]any{"route": "/..."}}},
		Components: []pack.Component{{
			ID:   "hello",
			Wasm: pack.WasmBytes([]byte("\x00asm\x0d\x00\x01\x00")),
		}},
	}
	a, err := pack.Spin(app, pack.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range a.Blobs {
		fmt.Println(b.Descriptor.MediaType)
	}
	// Output:
	// application/vnd.oci.image.config.v1+json
	// application/vnd.wasm.content.layer.v1+wasm
	// application/vnd.fermyon.spin.application.v1+config
}
