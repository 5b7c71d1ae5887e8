package component

import (
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/spelling"
)

// Features is a set of proposals that validation accepts, those of core
// WebAssembly ([core.Features], in the low bits) and of the component model. The
// zero value stands for [DefaultFeatures].
type Features uint64

// The proposals of the component model. The emoji are those of Explainer.md,
// "Gated Features".
const (
	FeatureValues            Features = 1 << (iota + 40) // values and start functions 🪙
	FeatureNestedNames                                   // nested namespaces and packages 🪺
	FeatureAsync                                         // async functions, streams and futures 🔀
	FeatureAsyncStackful                                 // async lift without callback 🚟
	FeatureMoreAsyncBuiltins                             // synchronous copies, async cancellation 🚝
	FeatureThreading                                     // thread built-ins 🧵
	FeatureErrorContext                                  // error-context 📝
	FeatureFixedLengthLists                              // lists of a fixed length 🔧
	FeatureGC                                            // lifting and lowering of GC types 🛸
	FeatureMap                                           // maps 🗺️
	FeatureMemory64                                      // 64-bit memories in canonical options 🐘
	FeatureImplements                                    // implements and external-id 🏷️
	FeatureCanonicalNames                                // version suffixes 🔗
	FeatureForward                                       // stream.forward, future.forward ➡️
	FeatureAccessors                                     // getters and setters 📡

	componentEnd
)

const (
	// AllFeatures are all proposals, as with wasm-tools' "--features all".
	AllFeatures = Features(core.AllFeatures) | componentEnd - FeatureValues

	// DefaultFeatures are those that wasm-tools 1.262 enables by default.
	DefaultFeatures = Features(core.DefaultFeatures) | FeatureAsync | FeatureMap | FeatureImplements

	featureSharedEverything = Features(core.SharedEverythingThreads)
)

// featureNames are the names of the component model's proposals, in the order of
// the bits.
var featureNames = [...]string{
	"cm-values", "cm-nested-names", "cm-async", "cm-async-stackful", "cm-more-async-builtins", "cm-threading",
	"cm-error-context", "cm-fixed-length-lists", "cm-gc", "cm-map", "cm64", "cm-implements", "cm-canon-names",
	"cm-forward", "cm-accessors",
}

// Has tells whether all proposals of want are in the set.
func (f Features) Has(want Features) bool { return f&want == want }

// Core are the proposals of core WebAssembly.
func (f Features) Core() core.Features { return core.Features(f) & core.AllFeatures }

// String lists the proposals by the names that wasm-tools gives them.
func (f Features) String() string {
	var names []string
	if c := f.Core(); c != 0 {
		names = append(names, c.String())
	}
	for i, n := range featureNames {
		if f.Has(FeatureValues << i) {
			names = append(names, n)
		}
	}
	return strings.Join(names, ",")
}

// ParseFeatures reads a list of proposals by name, separated by commas, as
// wasm-tools takes it: each is added to the default ones, or taken away with "-"
// in front. The names "all", "default", "mvp", "wasm1", "wasm2" and "wasm3" stand
// for sets.
func ParseFeatures(list string) (Features, error) {
	f := DefaultFeatures
	for name := range strings.SplitSeq(list, ",") {
		name, without := strings.CutPrefix(strings.TrimSpace(name), "-")
		if name == "" {
			continue
		}
		bits, err := featureSet(name)
		switch {
		case err != nil:
			return 0, err
		case without:
			f &^= bits
		case name == "mvp" || strings.HasPrefix(name, "wasm"):
			f = bits
		default:
			f |= bits
		}
	}
	return f, nil
}

func featureSet(name string) (Features, error) {
	switch name {
	case "all":
		return AllFeatures, nil
	case "default":
		return DefaultFeatures, nil
	case "mvp":
		return Features(core.MVP), nil
	case "wasm1":
		return Features(core.WASM1), nil
	case "wasm2":
		return Features(core.WASM2), nil
	case "wasm3":
		return Features(core.WASM3), nil
	case "reference-types":
		return Features(core.ReferenceTypes | core.CallIndirectOverlong), nil
	case "bulk-memory":
		return Features(core.BulkMemory | core.BulkMemoryOpt), nil
	}
	for bit := Features(1); bit < componentEnd; bit <<= 1 {
		if bit.String() == name {
			return bit, nil
		}
	}
	if near := spelling.Nearest(name, strings.Split(AllFeatures.String(), ",")); near != "" {
		return 0, fmt.Errorf("unknown proposal %q; did you mean %q?", name, near)
	}
	return 0, fmt.Errorf("unknown proposal %q", name)
}
