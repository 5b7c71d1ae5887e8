package core

import (
	"math/bits"
	"strings"
)

// Features is a set of WebAssembly proposals that validation accepts. Most are
// part of the core specification by now; their names are those of wasm-tools.
type Features uint64

// The proposals.
const (
	MutableGlobal Features = 1 << iota
	SaturatingFloatToInt
	SignExtension
	ReferenceTypes
	MultiValue
	BulkMemory
	SIMD
	RelaxedSIMD
	Threads
	SharedEverythingThreads
	TailCall
	Floats // floating-point types and instructions at all
	MultiMemory
	Exceptions
	Memory64
	ExtendedConst
	FunctionReferences
	MemoryControl
	GC
	CustomPageSizes
	LegacyExceptions
	GCTypes // reference types that need a collector
	StackSwitching
	WideArithmetic
	CallIndirectOverlong // part of ReferenceTypes: the table of call_indirect as LEB128
	BulkMemoryOpt        // part of BulkMemory: memory.copy and memory.fill
	CustomDescriptors
	CompactImports

	featuresEnd
)

const (
	// AllFeatures is every proposal, as with wasm-tools' "--features all".
	AllFeatures = featuresEnd - 1

	// DefaultFeatures are the proposals of phase 4 and later, as wasm-tools 1.262
	// enables them by default.
	DefaultFeatures = AllFeatures &^ (SharedEverythingThreads | MemoryControl | CustomPageSizes |
		LegacyExceptions | StackSwitching | CustomDescriptors)

	// MVP is the first version of WebAssembly.
	MVP = Floats | GCTypes

	// WASM1, WASM2 and WASM3 are the versions of the core specification.
	WASM1 = MVP | MutableGlobal
	WASM2 = WASM1 | BulkMemory | BulkMemoryOpt | ReferenceTypes | CallIndirectOverlong | SignExtension |
		SaturatingFloatToInt | MultiValue | SIMD
	WASM3 = WASM2 | GC | TailCall | ExtendedConst | FunctionReferences | MultiMemory | RelaxedSIMD |
		Threads | Exceptions | Memory64
)

// featureNames are the names in the order of the bits.
const featureNames = "mutable-global saturating-float-to-int sign-extension reference-types multi-value " +
	"bulk-memory simd relaxed-simd threads shared-everything-threads tail-call floats multi-memory " +
	"exceptions memory64 extended-const function-references memory-control gc custom-page-sizes " +
	"legacy-exceptions gc-types stack-switching wide-arithmetic call-indirect-overlong bulk-memory-opt " +
	"custom-descriptors compact-imports"

// Has reports whether all proposals of want are in the set.
func (f Features) Has(want Features) bool { return f&want == want }

// String lists the proposals by name, separated by commas.
func (f Features) String() string {
	names := strings.Fields(featureNames)
	var list []string
	for f &= AllFeatures; f != 0; f &= f - 1 {
		list = append(list, names[bits.TrailingZeros64(uint64(f))])
	}
	return strings.Join(list, ",")
}
