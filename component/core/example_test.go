package core_test

import (
	"context"
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// adder is (module (func (export "add") (param i32 i32) (result i32)
// local.get 0 local.get 1 i32.add)).
var adder = []byte("\x00asm\x01\x00\x00\x00\x01\x07\x01\x60\x02\x7f\x7f\x01\x7f\x03\x02\x01\x00" +
	"\x07\x07\x01\x03add\x00\x00\x0a\x09\x01\x07\x00\x20\x00\x20\x01\x6a\x0b")

func ExampleParse() {
	m, err := core.Parse(adder)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range m.Exports {
		f, _ := m.FuncType(e.Index)
		fmt.Println(e.Name, e.Kind, f)
	}
	// Output: add func (func (param i32 i32) (result i32))
}

func ExampleModule_Validate() {
	wrong := append([]byte(nil), adder...)
	wrong[len(wrong)-2] = 0x7c // i64.add
	m, err := core.Parse(wrong)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Validate(context.Background(), core.Options{}))
	// Output: func[0]: type mismatch: expected i64, found i32 (at offset 0x27)
}
