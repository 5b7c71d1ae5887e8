package rules

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint"
)

const pythonTraceback = `noise
Traceback (most recent call last):
  File "/world/spin_sdk/http/__init__.py", line 40, in handle
    x()
  File "/0/app.py", line 12, in handle_request
    return 1 / 0
           ~~^~~
  File "/python/statistics.py", line 3, in mean
ZeroDivisionError: division by zero
thread panicked
`

func TestTrialsBecomeFindings(t *testing.T) {
	path := filepath.Join(conformance.Root(t), "testdata", "guide-p2.wasm")
	good := lint.Trial{Exited: -1, Status: 200, Header: map[string][]string{"content-type": {"application/json"}}, Body: []byte(`{"a": 1}`)}
	with := func(change func(*lint.Trial)) lint.Trial { tr := good; change(&tr); return tr }
	for name, c := range map[string]struct {
		trial  lint.Trial
		expect lint.Expectation
		want   string // rule IDs
		says   string
	}{
		"good": {trial: good},
		"as expected": {trial: good, expect: lint.Expectation{
			Status: 200, Headers: map[string]string{"Content-Type": "application/json"}, JSON: []byte(`{"a":1.0}`),
		}},
		"not started": {
			trial: lint.Trial{StartErr: errors.New("no such import"), Exited: -1}, want: "EL0901", says: "no such import",
		},
		"refused": {
			trial: with(func(tr *lint.Trial) { tr.Status, tr.Refused, tr.Trap = 500, []string{"a:b/c#d"}, "refused" }),
			want:  "EL0902", says: "a:b/c#d",
		},
		"exception": {
			trial: with(func(tr *lint.Trial) { tr.Status, tr.Stderr, tr.Trap = 500, pythonTraceback, "unreachable" }),
			want:  "EL0903", says: "raised ZeroDivisionError: division by zero",
		},
		"trap":         {trial: with(func(tr *lint.Trial) { tr.Status, tr.Trap = 500, "unreachable\nstack" }), want: "EL0904", says: "unreachable"},
		"timeout":      {trial: with(func(tr *lint.Trial) { tr.Status, tr.Trap, tr.TimedOut, tr.Took = 500, "x", true, time.Second }), want: "EL0905", says: "1s"},
		"memory":       {trial: with(func(tr *lint.Trial) { tr.Status, tr.Trap, tr.OutOfMemory, tr.Memory = 500, "x", true, 1<<30 }), want: "EL0905", says: "1024 MiB"},
		"exit":         {trial: with(func(tr *lint.Trial) { tr.Status, tr.Trap, tr.Exited = 500, "x", 3 }), want: "EL0906", says: "status 3"},
		"status":       {trial: with(func(tr *lint.Trial) { tr.Status = 503 }), want: "EL0907", says: "503"},
		"other status": {trial: good, expect: lint.Expectation{Status: 404}, want: "EL0907", says: "expected 404"},
		"header":       {trial: good, expect: lint.Expectation{Headers: map[string]string{"x-a": "b"}}, want: "EL0907", says: "x-a"},
		"json":         {trial: good, expect: lint.Expectation{JSON: []byte(`{"a":2}`)}, want: "EL0907", says: `expected {"a":2}`},
	} {
		opts := lint.Options{
			Select: []string{"EL09"}, Expect: c.expect,
			Trial: func(context.Context, *lint.Artifact) (*lint.Trial, error) { return &c.trial, nil },
		}
		report, err := lint.Run(t.Context(), []lint.Source{lint.Path(path)}, All(), opts)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		text := ""
		for _, f := range report.Findings {
			ids = append(ids, f.Rule.ID)
			text += f.Message + "\n"
		}
		slices.Sort(ids)
		if strings.Join(ids, " ") != c.want || !strings.Contains(text, c.says) {
			t.Errorf("%s: findings %v, want %q:\n%s", name, ids, c.want, text)
		}
	}
}

func TestTracebacksNameTheUsersLine(t *testing.T) {
	tb, ok := lastTraceback(pythonTraceback)
	if !ok || tb.place == nil || tb.place.File != "/0/app.py" || tb.place.Line != 12 {
		t.Errorf("traceback = %+v, %v", tb.place, ok)
	}
	for _, s := range []string{"", "no traceback", tracebackHead, tracebackHead + "\n  File \"x\", line 1, in f\n"} {
		if tb, ok := lastTraceback(s); ok {
			t.Errorf("lastTraceback(%q) = %+v", s, tb)
		}
	}
}
