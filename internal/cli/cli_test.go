package cli

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func program(ran *[]string) Program {
	var fast bool
	var name string
	return Program{
		Name: "tool", Summary: "it's a tool", Text: "It does things.\n\n.Dots and \\ are text.",
		Env: [][2]string{{"TOOL", "what it is"}},
		Verbs: []Verb{
			{
				Name: "do", Args: "THING", Summary: "do a thing: 'now'", Text: "More [of it].", MinArgs: 1,
				MaxArgs: 1,
				Flags: func(fs *pflag.FlagSet) {
					fs.BoolVarP(&fast, "fast", "f", false, "do it [fast]")
					fs.StringVar(&name, "name", "", "a `NAME` that's it")
				},
				Run: func(
					_ context.Context, args []string,
				) error {
					*ran = append(*ran, args...)
					return nil
				},
			},
			{Name: "list", Summary: "list things", MaxArgs: -1, Run: func(
				context.Context, []string,
			) error {
				return nil
			}},
		},
	}
}

func TestCallsThatCannotBeMeantAreUsageErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, says string }{
		{"", "no command"},
		{"lst", `did you mean "list"`},
		{"xyzzy", `unknown command "xyzzy"; see tool --help`},
		{"do", "takes THING, not 0"},
		{"do a b", "takes THING, not 2"},
		{"do --fas a", "did you mean --fast?; see tool do --help"},
		{"do --name", "needs an argument"},
		{"list --x", "unknown flag"},
	} {
		var ran []string
		err := program(&ran).Run(t.Context(), strings.Fields(c.args))
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.says) || ran != nil {
			t.Errorf("%s: %v", c.args, err)
		}
	}
}

func TestHelpAndRuns(t *testing.T) {
	t.Parallel()
	var ran []string
	var out bytes.Buffer
	p := program(&ran)
	p.Stdout = &out
	if err := p.Run(t.Context(), []string{"do", "--fast", "it"}); err != nil || len(ran) != 1 ||
		out.Len() != 0 {
		t.Errorf("%v, %v, %q", ran, err, &out)
	}
	for args, says := range map[string]string{
		"--help": "do a thing", "help": "list things", "help do": "--name NAME",
		"do --help": "usage: tool do [flags] THING", "list -h": "List things.",
	} {
		out.Reset()
		if err := p.Run(t.Context(), strings.Fields(args)); err != nil ||
			!strings.Contains(out.String(), says) {
			t.Errorf("%s: %v\n%s", args, err, &out)
		}
	}
}

func TestCompletionsNameEveryCommandAndFlag(t *testing.T) {
	t.Parallel()
	p := program(new([]string))
	for _, shell := range Shells() {
		var out bytes.Buffer
		if err := p.Completion(&out, shell); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"do", "list", "fast", "name"} {
			if !strings.Contains(out.String(), word) {
				t.Errorf("%s does not know %s:\n%s", shell, word, &out)
			}
		}
	}
	if err := p.Completion(new(bytes.Buffer), "tcsh"); err == nil ||
		!strings.Contains(err.Error(), "bash, fish") {
		t.Errorf("got %v", err)
	}
}

func TestBashCompletesCommandsAndFlags(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	p := program(new([]string))
	demandCompletions(t, bash, p, map[string]string{
		"tool ": "do list completion man version", "tool l": "list", "tool do --f": "--fast",
		"tool do -": "--fast --name --help", "tool do x": "", "tool -": "",
	})
	p.Default, p.Verbs = p.Verbs[0], p.Verbs[1:]
	demandCompletions(t, bash, p, map[string]string{
		"tool d": "do", "tool -": "--fast --name --help", "tool do --f": "--fast", "tool thing --n": "--name",
		"tool list -": "--help",
	})
}

func demandCompletions(t *testing.T, bash string, p Program, wants map[string]string) {
	t.Helper()
	var script bytes.Buffer
	if err := p.Completion(&script, "bash"); err != nil {
		t.Fatal(err)
	}
	for line, want := range wants {
		words := strings.Split(line, " ")
		run := script.String() + "\nCOMP_WORDS=("
		for _, w := range words {
			run += quote(w) + " "
		}
		run += ")\nCOMP_CWORD=" + string(rune('0'+len(words)-1)) + "\n_tool\necho \"${COMPREPLY[*]}\"\n"
		out, err := exec.Command(bash, "-c", run).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%q completes to %q, want %q (%v)", line, got, want, err)
		}
	}
}

func TestTheDefaultVerbNeedsNoName(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"do a": "a", "a": "a", "--fast ./list": "./list", "list": ""} {
		var ran []string
		p := program(&ran)
		p.Default, p.Verbs = p.Verbs[0], p.Verbs[1:]
		if err := p.Run(t.Context(), strings.Fields(args)); err != nil || strings.Join(ran, " ") != want {
			t.Errorf("%s: ran with %q, %v", args, ran, err)
		}
	}
	var out bytes.Buffer
	p := program(new([]string))
	p.Default, p.Verbs, p.Stdout = p.Verbs[0], p.Verbs[1:], &out
	for args, says := range map[string]string{
		"lst": `did you mean "list"`, "--fas": "did you mean --fast?; see tool --help", "": "takes THING",
	} {
		if err := p.Run(t.Context(), strings.Fields(args)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", args, err)
		}
	}
	for _, args := range []string{"--help", "help", "--fast --help"} {
		out.Reset()
		if err := p.Run(t.Context(), strings.Fields(args)); err != nil ||
			!strings.Contains(out.String(), "usage: tool [flags] THING\n       tool COMMAND") ||
			!strings.Contains(out.String(), "--name NAME") {
			t.Errorf("%s: %v\n%s", args, err, &out)
		}
	}
}

func TestErrorsBecomeExitStatuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{nil, 0, ""},
		{Status(7), 7, ""},
		{errors.New("no\nway"), Trouble, "tool: no\ntool: way\n"},
		{Usagef("wrong"), Trouble, "tool: wrong\n"},
	} {
		var stderr bytes.Buffer
		if got := (Program{Name: "tool"}).Exit(&stderr, c.err); got != c.status || stderr.String() != c.says {
			t.Errorf("%v: status %d, %q", c.err, got, &stderr)
		}
	}
}

func TestTheManualHasNoStrayRequests(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := program(new([]string)).Man(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, ".") &&
			!strings.Contains(" .TH .SH .SS .PP .TP .B .I ", " "+strings.Fields(line)[0]+" ") {
			t.Errorf("stray request: %s", line)
		}
	}
	for _, want := range []string{`\&.Dots and \e are text.`, `.B \-f, \-\-fast`, `.B \-\-name NAME`, ".B TOOL"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page does not say %q:\n%s", want, &out)
		}
	}
}
