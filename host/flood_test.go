//go:build !race

package host_test

import (
	"testing"

	"github.com/edgelint/edgelint/host/bind"
)

// The race detector follows 8128 goroutines at most, fewer than a flood makes.

func TestFloodsAreTrapsAndLeaveNothingBehind(t *testing.T) {
	// The interpreter takes long, to meet the same limits.
	c := newComponent(t, "hostile", bind.NewImports(), engines["compiler"])
	for name, trap := range floods {
		t.Run(name, func(t *testing.T) { misuse(t, c, name, trap) })
	}
}
