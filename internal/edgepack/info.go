package edgepack

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/spf13/pflag"
)

func (c *Command) completionVerb() cli.Verb {
	return cli.Verb{
		Name: "completion", Args: "SHELL", Summary: "print the completion script of a shell", MinArgs: 1,
		MaxArgs: 1,
		Text:    "SHELL is bash, fish, powershell or zsh. For bash: source <(edgepack completion bash).",
		Run: func(_ context.Context, args []string) error {
			return c.program().Completion(c.Stdout, args[0])
		},
	}
}

func (c *Command) manVerb() cli.Verb {
	return cli.Verb{
		Name: "man", Summary: "print the manual page", Text: "Read it with: edgepack man | man -l -",
		Run: func(context.Context, []string) error { return c.program().Man(c.Stdout) },
	}
}

func (c *Command) versionVerb() cli.Verb {
	var asJSON bool
	return cli.Verb{
		Name: "version", Summary: "print the version",
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVar(
				&asJSON, "json", false, "as JSON, with the build's details",
			)
		},
		Run: func(context.Context, []string) error {
			if !asJSON {
				_, err := fmt.Fprintln(c.Stdout, "edgepack", c.version())
				return err
			}
			return json.NewEncoder(c.Stdout).Encode(map[string]string{
				"version": c.version(), "go": runtime.Version(),
				"platform": runtime.GOOS + "/" + runtime.GOARCH,
			})
		},
	}
}

func (c *Command) version() string {
	if c.Version != "" {
		return c.Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
