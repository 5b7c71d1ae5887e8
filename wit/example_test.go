package wit_test

import (
	"fmt"
	"os"
	"testing/fstest"

	"github.com/edgelint/edgelint/wit"
)

// shop stands for a folder: os.DirFS("wit") in a program.
var shop = fstest.MapFS{
	"shop.wit": {Data: []byte(`package example:shop@1.0.0;

world service {
  import wasi:clocks/wall-clock@0.2.0;
  export cart;
}

/// What a customer wants to buy.
interface cart {
  record item { name: string, cents: u32 }
  add: func(what: item) -> result<u32, string>;
}
`)},
	"deps/clocks/wall-clock.wit": {Data: []byte(`package wasi:clocks@0.2.0;

interface wall-clock {
  now: func() -> u64;
}
`)},
}

func ExampleLoad() {
	r, pkg, err := wit.Load(shop, ".", wit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, id := range r.Packages[pkg].Worlds.All() {
		w := r.Worlds[id]
		for key := range w.Imports.Keys() {
			fmt.Println(name, "imports", r.KeyName(key))
		}
		for key := range w.Exports.Keys() {
			fmt.Println(name, "exports", r.KeyName(key))
		}
	}
	// Output:
	// service imports wasi:clocks/wall-clock@0.2.0
	// service exports example:shop/cart@1.0.0
}

func ExamplePrint() {
	r, pkg, err := wit.Load(shop, ".", wit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := wit.Print(os.Stdout, r, pkg, wit.PrintOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// package example:shop@1.0.0;
	//
	// /// What a customer wants to buy.
	// interface cart {
	//   record item {
	//     name: string,
	//     cents: u32,
	//   }
	//
	//   add: func(what: item) -> result<u32, string>;
	// }
	//
	// world service {
	//   import wasi:clocks/wall-clock@0.2.0;
	//
	//   export cart;
	// }
	// package wasi:clocks@0.2.0 {
	//   interface wall-clock {
	//     now: func() -> u64;
	//   }
	// }
}

func ExampleWriteJSON() {
	r, _, err := wit.Parse("a.wit", "package a:b; interface i { type t = list<u8>; }", wit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := wit.WriteJSON(os.Stdout, r); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//   "worlds": [],
	//   "interfaces": [
	//     {
	//       "name": "i",
	//       "types": {
	//         "t": 0
	//       },
	//       "functions": {},
	//       "package": 0
	//     }
	//   ],
	//   "types": [
	//     {
	//       "name": "t",
	//       "kind": {
	//         "list": "u8"
	//       },
	//       "owner": {
	//         "interface": 0
	//       }
	//     }
	//   ],
	//   "packages": [
	//     {
	//       "name": "a:b",
	//       "interfaces": {
	//         "i": 0
	//       },
	//       "worlds": {}
	//     }
	//   ]
	// }
}

func ExampleParse_errors() {
	const src = `package example:shop;

interface cart {
  add: func(what: itm) -> result<u32, string>;
  record item { name: string, cents: u32 }
  remove: func(what: item);
  remove: func();
}
`
	_, _, err := wit.Parse("shop.wit", src, wit.Options{})
	if list, ok := err.(wit.ErrorList); ok {
		fmt.Print(list.Detail())
	}
	// Output:
	// shop.wit:4:19: no type `itm`
	//    |
	//  4 |   add: func(what: itm) -> result<u32, string>;
	//    |                   ^--
	//   help: did you mean `item`?
	//
	// shop.wit:7:3: `remove` is defined twice
	//    |
	//  7 |   remove: func();
	//    |   ^-----
}

func ExampleFormat() {
	out, err := wit.Format("shop.wit", []byte(`package example:shop;
interface cart{record item{name:string,cents:u32} // cents, not euros
  add:func( what:item )->u32;}`))
	fmt.Printf("%s%v\n", out, err)
	// Output:
	// package example:shop;
	// interface cart {
	//   record item {
	//     name: string,
	//     cents: u32,
	//   } // cents, not euros
	//   add: func(what: item) -> u32;
	// }
	// <nil>
}

func ExampleMerge() {
	into, _, err := wit.Parse("a.wit", "package a:b; interface i { f: func(); }", wit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	from, pkg, err := wit.Parse("b.wit", "package a:b; interface i { g: func(); } interface j {}", wit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, err := wit.Merge(into, from)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = wit.Print(os.Stdout, into, ids.Packages[pkg], wit.PrintOptions{})
	fmt.Println(err)
	// Output:
	// package a:b;
	//
	// interface i {
	//   f: func();
	//
	//   g: func();
	// }
	//
	// interface j {
	// }
	//
	// <nil>
}

func ExampleResolve_SelectWorld() {
	r, pkg, err := wit.Load(shop, ".", wit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	world, err := r.SelectWorld(pkg, "service")
	fmt.Println(r.WorldName(world), err)
	_, err = r.SelectWorld(pkg, "example:shop/servise")
	fmt.Println(err)
	// Output:
	// example:shop/service@1.0.0 <nil>
	// the package `example:shop@1.0.0` has no world `servise`: did you mean `service`?
}

func ExampleResolve_MergeImports() {
	r, pkg, err := wit.Parse("a.wit", `package a:b;
world w { import x:y/i@0.2.0; import x:y/i@0.2.6; import x:y/i@0.3.0; }
package x:y@0.2.0 { interface i {} }
package x:y@0.2.6 { interface i {} }
package x:y@0.3.0 { interface i {} }
`, wit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	world, _ := r.SelectWorld(pkg, "w")
	if err := r.MergeImports(world); err != nil {
		fmt.Println(err)
		return
	}
	for key := range r.Worlds[world].Imports.Keys() {
		fmt.Println(r.KeyName(key))
	}
	// Output:
	// x:y/i@0.2.6
	// x:y/i@0.3.0
}

func ExampleVersion_Track() {
	for _, v := range []wit.Version{"1.2.3", "0.2.6", "0.0.4", "0.3.0-rc-2025-09-16"} {
		track, rest := v.Track()
		fmt.Printf("%s %q\n", track, rest)
	}
	// Output:
	// 1 ".2.3"
	// 0.2 ".6"
	// 0.0.4 ""
	// 0.3.0-rc-2025-09-16 ""
}
