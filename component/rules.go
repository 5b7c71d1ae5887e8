package component

import "fmt"

// Rule names the rule of the component model specification that a definition
// breaks: a document and its section, as in "Explainer.md, Type Checking".
type Rule string

// The rules that validation knows.
const (
	ruleIndex         Rule = "Explainer.md, Index Spaces"
	ruleCoreInstance  Rule = "Explainer.md, Core Instance Definitions"
	ruleInstance      Rule = "Explainer.md, Instance Definitions"
	ruleAlias         Rule = "Explainer.md, Alias Definitions"
	ruleCoreType      Rule = "Explainer.md, Core Type Definitions"
	ruleType          Rule = "Explainer.md, Type Definitions"
	ruleValueType     Rule = "Explainer.md, Fundamental value types"
	ruleTypeChecking  Rule = "Explainer.md, Type Checking"
	ruleCanon         Rule = "Explainer.md, Canonical Definitions"
	ruleCanonOption   Rule = "CanonicalABI.md, canonopt Validation"
	ruleFlattening    Rule = "CanonicalABI.md, Flattening"
	ruleElementSize   Rule = "CanonicalABI.md, Element Size"
	ruleStart         Rule = "Explainer.md, Start Definitions"
	ruleValue         Rule = "Explainer.md, Value Definitions"
	ruleExtern        Rule = "Explainer.md, Import and Export Definitions"
	ruleUnique        Rule = "Explainer.md, Name Uniqueness"
	ruleCanonicalName Rule = "Explainer.md, Canonical Interface Name"
	ruleGates         Rule = "Explainer.md, Gated Features"
	ruleCore          Rule = "core specification, Validation"
	ruleLimit         Rule = "implementation limits, as those of wasm-tools"
)

// ErrorList is the faults of a file in the order in which they were found, which
// is that of the definitions: the first is never a consequence of a later one.
type ErrorList []*Error

// Err is the list as an error, nil if it is empty.
func (l ErrorList) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Error is the first fault and how many there are.
func (l ErrorList) Error() string {
	switch len(l) {
	case 0:
		return "no errors"
	case 1:
		return l[0].Error()
	}
	return fmt.Sprintf("%v (and %d more)", l[0], len(l)-1)
}

// Unwrap is the faults.
func (l ErrorList) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}
