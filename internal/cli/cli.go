// Package cli is a table of subcommands over pflag, from which come the usage
// texts, the completions of four shells and the manual page, so that none can
// say other than what the command does.
//
//	p := cli.Program{Name: "tool", Summary: "does things", Verbs: []cli.Verb{{
//		Name: "do", Args: "THING", Summary: "do a thing", MinArgs: 1, MaxArgs: 1,
//		Flags: func(fs *pflag.FlagSet) { fs.BoolVar(&fast, "fast", false, "do it fast") },
//		Run:   func(ctx context.Context, args []string) error { return do(args[0]) },
//	}}}
//	err := p.Run(ctx, os.Stdout, os.Args[1:])
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/spf13/pflag"
)

// Verb is one subcommand.
type Verb struct {
	Name    string
	Args    string // the arguments as usage shows them: "[PATH] REF"
	Summary string // one line, no full stop
	Text    string // paragraphs for the manual and --help
	// MinArgs and MaxArgs bound the number of arguments; MaxArgs < 0 is any.
	MinArgs, MaxArgs int
	// Flags defines the verb's flags.
	Flags func(*pflag.FlagSet)
	Run   func(ctx context.Context, args []string) error
}

// Program is a command with subcommands.
type Program struct {
	Name    string
	Summary string
	Text    string
	Verbs   []Verb
	// Env names the environment variables the program reads, for the manual.
	Env [][2]string
}

// UsageError is a fault in how the command was called.
type UsageError struct {
	Err  error
	Hint string // "edgepack push --help"
}

func (e *UsageError) Error() string { return e.Err.Error() + "; see " + e.Hint }

// Unwrap gives the fault.
func (e *UsageError) Unwrap() error { return e.Err }

// Run runs the verb that args name. Help goes to stdout.
func (p Program) Run(ctx context.Context, stdout io.Writer, args []string) error {
	help := p.Name + " --help"
	if len(args) == 0 {
		return &UsageError{errors.New("no command given"), help}
	}
	switch args[0] {
	case "-h", "--help", "help":
		if len(args) == 1 {
			_, err := io.WriteString(stdout, p.usage())
			return err
		}
		args = append(args[1:], "--help")
	}
	v, err := p.find(args[0])
	if err != nil {
		return &UsageError{err, help}
	}
	fs := v.flagSet()
	switch err := fs.Parse(args[1:]); {
	case errors.Is(err, pflag.ErrHelp):
		_, err := io.WriteString(stdout, p.verbUsage(v))
		return err
	case err != nil:
		return p.fault(v, SuggestFlag(err, fs))
	}
	if n := fs.NArg(); n < v.MinArgs || v.MaxArgs >= 0 && n > v.MaxArgs {
		return p.fault(v, fmt.Errorf("%s takes %s, not %d arguments", v.Name, argsText(v.Args), n))
	}
	return v.Run(ctx, fs.Args())
}

// Usagef is a UsageError of a verb.
func (p Program) Usagef(verb, format string, args ...any) error {
	return p.fault(Verb{Name: verb}, fmt.Errorf(format, args...))
}

func (p Program) fault(v Verb, err error) error {
	return &UsageError{err, p.Name + " " + v.Name + " --help"}
}

func argsText(args string) string {
	if args == "" {
		return "no argument"
	}
	return args
}

func (p Program) find(name string) (Verb, error) {
	var names []string
	for _, v := range p.Verbs {
		if v.Name == name {
			return v, nil
		}
		names = append(names, v.Name)
	}
	if near := spelling.Nearest(name, names); near != "" {
		return Verb{}, fmt.Errorf("unknown command %q, did you mean %q?", name, near)
	}
	return Verb{}, fmt.Errorf("unknown command %q", name)
}

func (v Verb) flagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet(v.Name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	if v.Flags != nil {
		v.Flags(fs)
	}
	return fs
}

// SuggestFlag adds the flag that was probably meant.
func SuggestFlag(err error, fs *pflag.FlagSet) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := spelling.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return fmt.Errorf("%w, did you mean --%s?", err, near)
	}
	return err
}

func (p Program) usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nusage: %s COMMAND [flags] [arguments]\n\n", p.Name, p.Summary, p.Name)
	for _, v := range p.Verbs {
		fmt.Fprintf(&b, "  %-*s  %s\n", p.width(), v.Name, v.Summary)
	}
	fmt.Fprintf(&b, "\n%s COMMAND --help says more.\n", p.Name)
	return b.String()
}

func (p Program) width() int {
	width := 0
	for _, v := range p.Verbs {
		width = max(width, len(v.Name))
	}
	return width
}

func (p Program) verbUsage(v Verb) string {
	var b strings.Builder
	fmt.Fprintf(
		&b, "usage: %s\n\n%s.\n", strings.TrimSpace(p.Name+" "+v.Name+" [flags] "+v.Args), capital(v.Summary),
	)
	for _, paragraph := range strings.Split(v.Text, "\n\n") {
		if paragraph != "" {
			fmt.Fprintf(&b, "\n%s", wrap(paragraph))
		}
	}
	if fs := v.flagSet(); fs.HasFlags() {
		fmt.Fprintf(&b, "\n%s", fs.FlagUsagesWrapped(columns))
	}
	return b.String()
}

// columns is the width of help texts.
const columns = 100

// wrap breaks a paragraph into lines.
func wrap(paragraph string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(paragraph) {
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
	b.WriteByte('\n')
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
