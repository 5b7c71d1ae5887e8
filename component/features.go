package component

// Features is a set of proposals that validation accepts. The zero value stands
// for [DefaultFeatures].
type Features uint64

// The proposals of the component model, and of core WebAssembly where it matters
// to components. The emoji in the comments are those of Explainer.md, "Gated
// Features".
const (
	FeatureValues            Features = 1 << iota // values and start functions 🪙
	FeatureNestedNames                            // nested namespaces and packages 🪺
	FeatureAsync                                  // async functions, streams and futures 🔀
	FeatureAsyncStackful                          // async lift without callback 🚟
	FeatureMoreAsyncBuiltins                      // 🚝
	FeatureThreading                              // thread built-ins 🧵
	FeatureErrorContext                           // 📝
	FeatureFixedLengthLists                       // 🔧
	FeatureGC                                     // lifting and lowering of GC types 🛸
	FeatureMap                                    // 🗺️
	FeatureMemory64                               // 64-bit memories in canonical options 🐘
	FeatureImplements                             // implements and external-id 🏷️
	FeatureCanonicalNames                         // version suffixes 🔗
	FeatureForward                                // stream.forward, future.forward ➡️
	FeatureAccessors                              // getters and setters 📡
	FeatureSharedEverything                       // shared-everything-threads 🧵②

	// DefaultFeatures are those that wasm-tools enables by default.
	DefaultFeatures = FeatureAsync | FeatureMap | FeatureImplements
	// AllFeatures are all of them.
	AllFeatures = FeatureSharedEverything<<1 - 1
)
