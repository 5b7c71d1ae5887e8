// Package cli is a table of subcommands over pflag, from which come the usage
// texts, the completions of four shells and the manual page, so that none can
// say other than what the command does.
//
//	p := cli.Program{Name: "tool", Summary: "does things", Stdout: os.Stdout, Verbs: []cli.Verb{{
//		Name: "do", Args: "THING", Summary: "do a thing", MinArgs: 1, MaxArgs: 1,
//		Flags: func(fs *pflag.FlagSet) { fs.BoolVar(&fast, "fast", false, "do it fast") },
//		Run:   func(ctx context.Context, args []string) error { return do(args[0]) },
//	}}}
//	err := p.Run(ctx, os.Args[1:])
//	os.Exit(p.Exit(os.Stderr, err))
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/spelling"
)

// Verb is one subcommand.
type Verb struct {
	Name    string
	Args    string // the arguments as usage shows them: "[PATH] REF"
	Summary string // one line, no full stop
	Text    string // paragraphs for the manual and --help
	// MinArgs and MaxArgs bound the number of arguments; MaxArgs < 0 is any.
	MinArgs, MaxArgs int
	// Flags defines the verb's flags; help shows them in this order.
	Flags func(*pflag.FlagSet)
	Run   func(ctx context.Context, args []string) error
}

// Program is a command with subcommands: Verbs, and completion, man and version,
// which each program has.
type Program struct {
	Name    string
	Summary string
	Text    string
	// Default is the verb that runs if the first argument names none; without a
	// name, arguments must begin with a verb's.
	Default Verb
	Verbs   []Verb
	// Env names the environment variables the program reads, for the manual.
	Env [][2]string
	// Stdout is where help, completions, the manual and the version go.
	Stdout io.Writer
	// Version is what the verb version prints; empty for the build's own.
	Version string
}

// Run runs the verb that args name.
func (p Program) Run(ctx context.Context, args []string) error {
	v, args, err := p.choose(args)
	if err != nil || v.Run == nil {
		return err
	}
	fs := v.flagSet()
	switch err := fs.Parse(args); {
	case errors.Is(err, pflag.ErrHelp) && v.Name == p.Default.Name:
		return p.print(p.usage())
	case errors.Is(err, pflag.ErrHelp):
		return p.print(p.verbUsage(v))
	case err != nil:
		return p.usageError(v, suggestFlag(err, fs))
	}
	if n := fs.NArg(); n < v.MinArgs || v.MaxArgs >= 0 && n > v.MaxArgs {
		return p.usageError(v, fmt.Errorf("%s takes %s, not %d arguments", v.Name, argsText(v.Args), n))
	}
	err = v.Run(ctx, fs.Args())
	if _, ok := errors.AsType[*UsageError](err); ok {
		return p.usageError(v, err)
	}
	return err
}

// choose is the verb that args name, without a Run if they asked for help, which is
// printed; and the verb's arguments.
func (p Program) choose(args []string) (Verb, []string, error) {
	if len(args) == 0 {
		if p.Default.Name == "" {
			return Verb{}, nil, p.usageError(Verb{}, errors.New("no command given"))
		}
		return p.Default, nil, nil
	}
	switch args[0] {
	case "-h", "--help", "help":
		if len(args) == 1 {
			return Verb{}, nil, p.print(p.usage())
		}
		args = []string{args[1], "--help"}
	}
	v, err := p.find(args[0])
	if err != nil {
		return Verb{}, nil, p.usageError(Verb{}, err)
	}
	if v.Name == p.Default.Name && args[0] != v.Name {
		return v, args, nil
	}
	return v, args[1:], nil
}

func (p Program) print(text string) error {
	_, err := io.WriteString(p.Stdout, text)
	return err
}

func argsText(args string) string {
	if args == "" {
		return "no argument"
	}
	return args
}

// verbs are all verbs, the default one first.
func (p Program) verbs() []Verb {
	var all []Verb
	if p.Default.Name != "" {
		all = append(all, p.Default)
	}
	all = append(all, p.Verbs...)
	return append(all, p.completionVerb(), p.manVerb(), p.versionVerb())
}

// find is the verb of a name, or else the default one. What is nearly a verb, and
// looks like no file, is an error.
func (p Program) find(name string) (Verb, error) {
	var names []string
	for _, v := range p.verbs() {
		if v.Name == name {
			return v, nil
		}
		names = append(names, v.Name)
	}
	if p.Default.Name != "" && strings.ContainsAny(name, "./-\\") {
		return p.Default, nil
	}
	if near := spelling.Nearest(name, names); near != "" {
		return Verb{}, fmt.Errorf("unknown command %q: did you mean %q?", name, near)
	}
	if p.Default.Name != "" {
		return p.Default, nil
	}
	return Verb{}, fmt.Errorf("unknown command %q", name)
}

func (v Verb) flagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet(v.Name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.SortFlags = false
	fs.Usage = func() {}
	if v.Flags != nil {
		v.Flags(fs)
	}
	return fs
}

// suggestFlag adds the flag that was probably meant.
func suggestFlag(err error, fs *pflag.FlagSet) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := spelling.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return fmt.Errorf("%w: did you mean --%s?", err, near)
	}
	return err
}

func (p Program) usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nusage: ", p.Name, p.Summary)
	if p.Default.Name != "" {
		fmt.Fprintf(&b, "%s [flags] %s\n       ", p.Name, p.Default.Args)
	}
	fmt.Fprintf(&b, "%s COMMAND [flags] [arguments]\n\n", p.Name)
	for _, v := range p.verbs() {
		fmt.Fprintf(&b, "  %-*s  %s%s\n", p.width(), v.Name, v.Summary, p.mark(v))
	}
	fmt.Fprintf(&b, "\n%s COMMAND --help says more.\n", p.Name)
	if p.Default.Name != "" {
		b.WriteString(p.Default.details())
	}
	return b.String()
}

// mark tells the default verb from others.
func (p Program) mark(v Verb) string {
	if v.Name == p.Default.Name {
		return " (the default)"
	}
	return ""
}

func (p Program) width() int {
	width := 0
	for _, v := range p.verbs() {
		width = max(width, len(v.Name))
	}
	return width
}

func (p Program) verbUsage(v Verb) string {
	call := strings.TrimSpace(p.Name + " " + v.Name + " [flags] " + v.Args)
	return fmt.Sprintf("usage: %s\n\n%s.\n%s", call, capital(v.Summary), v.details())
}

// details are the text and the flags of a verb.
func (v Verb) details() string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(v.Text, "\n\n") {
		if paragraph != "" {
			fmt.Fprintf(&b, "\n%s\n", Wrap(paragraph))
		}
	}
	if fs := v.flagSet(); fs.HasFlags() {
		fmt.Fprintf(&b, "\nflags:\n%s", fs.FlagUsagesWrapped(columns))
	}
	return b.String()
}

// columns is the width of help texts.
const columns = 100

// Wrap breaks a paragraph into lines as wide as help texts.
func Wrap(paragraph string) string {
	var b strings.Builder
	width := 0
	for word := range strings.FieldsSeq(paragraph) {
		switch {
		case width == 0:
		case width+1+len(word) > columns:
			b.WriteByte('\n')
			width = 0
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
