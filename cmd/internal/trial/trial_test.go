package trial

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/lint/lintcmd"
	"github.com/edgelint/edgelint/lint/rules"
)

// findings runs a component and gives what the rules of group 09 find.
func findings(t *testing.T, path string, req lintcmd.TrialRequest, expect lint.Expectation) []lint.Finding {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", conformance.CacheHome())
	if req.Timeout == 0 {
		req.Timeout = 20 * time.Second
	}
	req.MaxMemory = 256 << 20
	opts := lint.Options{Select: []string{"EL09"}, Trial: New(req), Expect: expect}
	report, err := lint.Run(t.Context(), []lint.Source{lint.Path(path)}, rules.All(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return report.Findings
}

func TestGuideAnswersInATrial(t *testing.T) {
	expect := lint.Expectation{Status: 200, Headers: map[string]string{"cache-control": "no-store"}}
	for _, app := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		path := filepath.Join(conformance.Root(t), "testdata", app)
		for _, f := range findings(t, path, lintcmd.TrialRequest{Method: "GET", Path: "/"}, expect) {
			t.Errorf("%s: %s: %s", app, f.Rule.ID, f.Message)
		}
	}
}

func TestTrialsTellWhatWentWrong(t *testing.T) {
	app := conformance.Built(t, "behave-p2")
	for path, want := range map[string]struct{ rule, says string }{
		"/raise":      {"EL0903", "raised ValueError: before the response"},
		"/nothing":    {"EL0904", "without setting a response"},
		"/exit?3":     {"EL0906", "exited with status 1"},
		"/sleep?60":   {"EL0905", "ended after"},
		"/status?502": {"EL0907", "status 502"},
	} {
		req := lintcmd.TrialRequest{Method: "GET", Path: path}
		if path == "/sleep?60" {
			req.Timeout = 300 * time.Millisecond
		}
		var got []string
		for _, f := range findings(t, app, req, lint.Expectation{}) {
			got = append(got, f.Rule.ID+": "+f.Message)
		}
		if !slices.ContainsFunc(got, func(s string) bool {
			return strings.HasPrefix(s, want.rule) && strings.Contains(s, want.says)
		}) || len(got) != 1 {
			t.Errorf("%s: %q, want one %s that says %q", path, got, want.rule, want.says)
		}
	}
}

func TestRefusedImportsAreNamed(t *testing.T) {
	app := conformance.Built(t, "kv-p2")
	got := findings(t, app, lintcmd.TrialRequest{Method: "GET", Path: "/"}, lint.Expectation{})
	if len(got) != 1 || got[0].Rule.ID != "EL0902" || !strings.Contains(got[0].Message, "key-value") {
		t.Errorf("findings %+v", got)
	}
}
