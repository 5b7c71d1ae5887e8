package rules

import "github.com/edgelint/edgelint/lint"

// pythonRules are the rules about the Python code of a component, sorted by ID.
func pythonRules() []*lint.Rule {
	return []*lint.Rule{
		lateImport, missingStdlib, hiddenImport, codecNotLoaded, missingAttribute, indirectImport, computedImport,
		dynamicCode,
		rawSocket, nameLookup, httpClient, startsThread, startsProcess, multiprocessing, usesSignals, eventLoop,
		blocking, fileAccess, metadata, exits,
		frozenHandle, frozenRandom, frozenTime, frozenEnv, moduleState, stubbedWASI,
		incompleteFacts, nativeExtension, nativeBeside, staleSource, oldSDK, debugLeftover, debugModule,
	}
}
