package flow

// Bounds of the analysis, for code that no compiler wrote.
const (
	maxStack        = 1 << 12 // values on the stack of a function
	maxAlternatives = 4       // values a variable may have
	maxUses         = 1 << 16 // uses found in one function
	maxUnits        = 1 << 20 // instructions interpreted in one function
	maxChain        = 256     // bytes of a written chain of attributes
	maxGuards       = 32      // handlers around each other
	maxExpand       = 1 << 18 // objects looked through for functions
	maxExpandDepth  = 8       // containers and instances within each other
	maxFunctions    = 1 << 16 // functions analyzed
	maxText         = 1 << 12 // bytes of a text that code puts together
)
