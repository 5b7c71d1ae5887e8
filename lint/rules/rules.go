// Package rules holds the rules of edgelint. A rule is a value: to see what one
// does, read its Doc; to add one, write it in the file of its group and list it
// in [All].
package rules

//go:generate go run ./gendocs ../../docs/rules

import (
	"slices"

	"github.com/edgelint/edgelint/lint"
)

// All is every rule, sorted by ID. The rules are shared and not to be changed.
func All() []*lint.Rule {
	return slices.Concat([]*lint.Rule{
		notWasm, truncated, malformed, coreModule, unknownVersion, invalid,
		noHandler, handlerVersion, wrongWorld, importNotOffered, interfaceDiffers, handlerNotCalled, targetCondition,
		refusedCall, notReleased, worldMismatch,
	}, pythonRules(), []*lint.Rule{
		debugData, unusedDistribution, largeConstant,
		secretConstant, strayFile,
	}, appRules(), []*lint.Rule{
		notStarted, refusedImport, exception, trapped, limitReached, exited, unexpectedResponse,
	})
}
