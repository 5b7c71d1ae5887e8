package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/pflag"
)

func (p Program) completionVerb() Verb {
	return Verb{
		Name: "completion", Args: "SHELL", Summary: "print the completion script of a shell", MinArgs: 1, MaxArgs: 1,
		Text: fmt.Sprintf("SHELL is %s. For bash: source <(%s completion bash).", strings.Join(Shells(), ", "), p.Name),
		Run:  func(_ context.Context, args []string) error { return p.Completion(p.Stdout, args[0]) },
	}
}

func (p Program) manVerb() Verb {
	return Verb{
		Name: "man", Summary: "print the manual page", Text: fmt.Sprintf("Read it with: %s man | man -l -", p.Name),
		Run: func(context.Context, []string) error { return p.Man(p.Stdout) },
	}
}

func (p Program) versionVerb() Verb {
	var asJSON bool
	return Verb{
		Name: "version", Summary: "print the version",
		Flags: func(fs *pflag.FlagSet) { fs.BoolVar(&asJSON, "json", false, "as JSON, with the build's details") },
		Run: func(context.Context, []string) error {
			version := VersionOf(p.Version)
			if !asJSON {
				return p.print(p.Name + " " + version + "\n")
			}
			return json.NewEncoder(p.Stdout).Encode(map[string]string{
				"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
			})
		},
	}
}

// VersionOf is the version a program is told it has, or else the build's own.
func VersionOf(told string) string {
	if told != "" {
		return told
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
