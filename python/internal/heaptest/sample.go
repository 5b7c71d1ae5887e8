package heaptest

import "github.com/edgelint/edgelint/python/heap"

// Sample is a whole small app: an interpreter with a standard library of one
// module, a directory listing with an installed SDK, and an app with a handler.
func Sample(minor int) *heap.Image { return App(minor, returnNone(minor)) }

// App is the sample with the code of the handler's method given.
func App(minor int, units []byte) *heap.Image {
	b := New(minor)
	finder := b.Class("importlib", "FileFinder", 0, nil, "path", "_path_cache")
	listing := func(dir string, names ...string) uint32 {
		var items []uint32
		for _, n := range names {
			items = append(items, b.Str(n))
		}
		return b.Instance(finder, b.Str(dir), b.Set(items...))
	}
	hex := map[int]int64{12: 0x030c01f0, 14: 0x030e00f0}[minor]
	b.Module("sys", "", Names{
		"hexversion": b.Int(hex), "path": b.List(b.Str("/python"), b.Str("/0"), b.Str("/1")),
		"builtin_module_names": b.Tuple(b.Str("sys"), b.Str("builtins"), b.Str("_imp")),
		"path_importer_cache": b.Dict(Names{
			"/0": listing("/0", "app.py", "late.py"),
			"/1": listing("/1", "spin_sdk", "spin_sdk-3.4.1.dist-info"),
		}),
	})
	b.Module("builtins", "", nil)
	b.Module("_imp", "", nil)
	base := b.Class("spin_sdk.wit.exports", "IncomingHandler", 0, nil)
	exports := b.Module("spin_sdk.wit.exports", "/1/spin_sdk/wit/exports.py", Names{"IncomingHandler": base})
	sdk := b.Function("spin_sdk.wit.exports", b.Globals(exports), b.Code(Code{
		File: "/1/spin_sdk/wit/exports.py", QualName: "IncomingHandler.handle", FirstLine: 3, Units: returnNone(minor),
	}))
	b.setClassAttr(base, "handle", sdk)

	b.app(base, units)
	return b.Image()
}

// app is the module with the handler, whose method handle is the code given.
func (b *Builder) app(base uint32, units []byte) {
	app := b.Module("app", "/0/app.py", Names{"LIMIT": b.Int(3)})
	inner := b.Code(Code{File: "/0/app.py", QualName: "Handler.handle.<locals>.<lambda>", FirstLine: 7, Units: units})
	handle := b.Function("app", b.Globals(app), b.Code(Code{
		File: "/0/app.py", QualName: "Handler.handle", FirstLine: 6, Units: units,
		Consts: []uint32{b.None(), inner}, Names: []string{"socket"}, Lines: []byte{0x80 | 15<<3},
	}))
	class := b.Class("app", "Handler", base, Names{"handle": handle}, "count")
	b.Instance(class, b.Int(1))
}

// setClassAttr replaces the dict of a class.
func (b *Builder) setClassAttr(class uint32, name string, value uint32) {
	b.Put32(class+132, b.Dict(Names{"__module__": b.Str("spin_sdk.wit.exports"), name: value}))
}

// returnNone is RESUME 0 and a return of constant 0.
func returnNone(minor int) []byte {
	if minor == 12 {
		return []byte{151, 0, 121, 0}
	}
	return []byte{128, 0, 82, 0, 35, 0}
}
