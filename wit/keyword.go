package wit

// keywords are the words that an identifier must escape with a percent sign.
// The accessors' get and set are words of their context only.
var keywords = map[string]bool{
	"_": true, "as": true, "async": true, "bool": true, "borrow": true, "char": true, "constructor": true,
	"enum": true, "error-context": true, "export": true, "f32": true, "f64": true, "flags": true,
	"float32": true, "float64": true, "from": true, "func": true, "future": true, "import": true,
	"include": true, "interface": true, "list": true, "map": true, "option": true, "own": true,
	"package": true, "record": true, "resource": true, "result": true, "s16": true, "s32": true, "s64": true,
	"s8": true, "static": true, "stream": true, "string": true, "tuple": true, "type": true, "u16": true,
	"u32": true, "u64": true, "u8": true, "use": true, "variant": true, "with": true, "world": true,
}

// Escape gives name as an identifier in WIT text: keywords get a percent sign.
func Escape(name string) string {
	if keywords[name] {
		return "%" + name
	}
	return name
}
