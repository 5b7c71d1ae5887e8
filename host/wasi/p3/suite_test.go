package p3_test

import (
	"context"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
)

func TestTheTestSuiteOfWASI(t *testing.T) {
	suite := conformance.Start(t, "wasip3", "components of wasi-testsuite for WASI 0.3 run as their files say")
	for _, c := range conformance.Cases(t, "wasip3") {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		suite.Check(c.Name, judge(ctx, t, c.Dir))
		cancel()
	}
	suite.Finish()
}
