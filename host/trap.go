package host

import (
	"errors"
	"strings"

	"github.com/edgelint/edgelint/host/abi"
)

// trapOf is the trap behind an error of the engine. The text of errors of the
// engine ends in a stack trace, which becomes part of the trap.
func trapOf(err error) error {
	if trap, ok := errors.AsType[*abi.Trap](err); ok {
		return trap
	}
	message, stack, _ := strings.Cut(err.Error(), "\nwasm stack trace:")
	message = strings.TrimSuffix(message, " (recovered by wazero)")
	message = strings.TrimPrefix(message, "wasm error: ")
	return &abi.Trap{Message: message, Cause: err, Stack: strings.TrimPrefix(stack, "\n")}
}
