package host

import (
	"errors"
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/host/abi"
)

// RefusedError is the cause of a trap: the component called an import that the
// host does not offer.
type RefusedError struct {
	Import    string   // "wasi:keyvalue/store@0.2.0-draft2#open"
	Reason    string   // why it is not offered
	Importers []string // the core modules that import it
}

// Error names the import, the reason and who imports it.
func (e *RefusedError) Error() string {
	importers := strings.Join(e.Importers, ", ")
	return fmt.Sprintf("call of import %s: %s (imported by %s)", e.Import, e.Reason, importers)
}

// trapOf is the trap behind an error of the engine. The text of errors of the
// engine ends in a stack trace, which becomes part of the trap.
func trapOf(err error) error {
	message, stack, _ := strings.Cut(err.Error(), "\nwasm stack trace:")
	if trap, ok := errors.AsType[*abi.Trap](err); ok {
		if trap.Stack != "" || stack == "" {
			return trap
		}
		return &abi.Trap{Message: trap.Message, Cause: trap.Cause, Stack: strings.TrimPrefix(stack, "\n")}
	}
	message = strings.TrimSuffix(message, " (recovered by wazero)")
	message = strings.TrimPrefix(message, "wasm error: ")
	return &abi.Trap{Message: message, Cause: err, Stack: strings.TrimPrefix(stack, "\n")}
}
