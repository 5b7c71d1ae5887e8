package wit

// StabilityLevel is the kind of gate that stands before an item.
type StabilityLevel uint8

// The levels, in the order in which a later one wins when two copies of an item
// are merged.
const (
	StabilityUnknown StabilityLevel = iota // no attribute
	Unstable                               // @unstable(feature = f)
	Stable                                 // @since(version = v)
)

// Stability is the feature gate of an item, see "Feature Gates" in WIT.md. The
// zero value is an item without one. Stabilities are comparable.
type Stability struct {
	Level      StabilityLevel
	Feature    string  // when Unstable
	Since      Version // when Stable
	Deprecated Version // or ""
}

// IsUnknown reports whether the item carries no gate.
func (s Stability) IsUnknown() bool { return s.Level == StabilityUnknown }
