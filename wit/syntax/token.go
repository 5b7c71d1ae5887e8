package syntax

// kind is the kind of a token.
type kind uint8

const (
	eof     kind = iota
	invalid      // what the lexer has reported
	ident
	explicitIdent // with a percent sign
	integer
	stringLit

	equals
	comma
	colon
	period
	semicolon
	lparen
	rparen
	lbrace
	rbrace
	less
	greater
	arrow
	star
	at
	slash
	plus
	minus

	firstKeyword
	kwAs
	kwAsync
	kwBool
	kwBorrow
	kwChar
	kwConstructor
	kwEnum
	kwErrorContext
	kwExport
	kwF32
	kwF64
	kwFlags
	kwFrom
	kwFunc
	kwFuture
	kwImport
	kwInclude
	kwInterface
	kwList
	kwMap
	kwOption
	kwOwn
	kwPackage
	kwRecord
	kwResource
	kwResult
	kwS16
	kwS32
	kwS64
	kwS8
	kwStatic
	kwStream
	kwString
	kwTuple
	kwType
	kwU16
	kwU32
	kwU64
	kwU8
	kwUnderscore
	kwUse
	kwVariant
	kwWith
	kwWorld
	kindCount
)

var kindNames = [kindCount]string{
	eof: "the end of the file", invalid: "something else", ident: "an identifier",
	explicitIdent: "an identifier", integer: "a number", stringLit: "a string",

	equals: "=", comma: ",", colon: ":", period: ".", semicolon: ";", lparen: "(", rparen: ")", lbrace: "{",
	rbrace: "}", less: "<", greater: ">", arrow: "->", star: "*", at: "@", slash: "/", plus: "+", minus: "-",

	kwAs: "as", kwAsync: "async", kwBool: "bool", kwBorrow: "borrow", kwChar: "char",
	kwConstructor: "constructor", kwEnum: "enum", kwErrorContext: "error-context", kwExport: "export",
	kwF32: "f32", kwF64: "f64", kwFlags: "flags", kwFrom: "from", kwFunc: "func", kwFuture: "future",
	kwImport: "import", kwInclude: "include", kwInterface: "interface", kwList: "list", kwMap: "map",
	kwOption: "option", kwOwn: "own", kwPackage: "package", kwRecord: "record", kwResource: "resource",
	kwResult: "result", kwS16: "s16", kwS32: "s32", kwS64: "s64", kwS8: "s8", kwStatic: "static",
	kwStream: "stream", kwString: "string", kwTuple: "tuple", kwType: "type", kwU16: "u16", kwU32: "u32",
	kwU64: "u64", kwU8: "u8", kwUnderscore: "_", kwUse: "use", kwVariant: "variant", kwWith: "with",
	kwWorld: "world",
}

// String names the kind as an error message does.
func (k kind) String() string {
	switch {
	case k > firstKeyword:
		return "the keyword `" + kindNames[k] + "`"
	case k >= equals && k < firstKeyword:
		return "`" + kindNames[k] + "`"
	}
	return kindNames[k]
}

// keywordsByLetter lists the keywords by their first byte.
var keywordsByLetter = func() (t [128][]kind) {
	for k := firstKeyword + 1; k < kindCount; k++ {
		c := kindNames[k][0]
		t[c] = append(t[c], k)
	}
	return t
}()

// lookup is the kind of a word: a keyword or ident.
func lookup(word string) kind {
	if word[0] >= 128 {
		return ident
	}
	for _, k := range keywordsByLetter[word[0]] {
		if kindNames[k] == word {
			return k
		}
	}
	return ident
}

// IsKeyword reports whether name must be escaped with a percent sign where an
// identifier is wanted. The accessors' get and set are words of their context
// only. The former type names float32 and float64 count, so that no tool takes
// them for types.
func IsKeyword(name string) bool {
	return name != "" && lookup(name) != ident || name == "float32" || name == "float64"
}

// mark is what the parser tells the formatter about a token.
type mark uint8

const (
	noMark         mark = iota
	pathColon           // the colon of namespace:package
	blockOpen           // the brace before items
	listOpen            // the brace before fields, cases, flags, renames
	wrapOpen            // the bracket of parameters or used names: on one line if they fit
	attributeClose      // the end of an attribute's argument
	inVersion           // a part of a version after the first
)

// token is a token of a file. Whitespace is no token; comments are kept apart.
type token struct {
	start, end int32 // byte offsets in the file
	comments   int32 // how many comments of the file stand before the token
	kind       kind
	mark       mark
}

// comment is a comment of a file, markers and all, without a line comment's end
// of line.
type comment struct {
	start, end int32
}
