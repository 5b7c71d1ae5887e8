package edgepack

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/oci/credential"
)

const loginText = `The credential is kept where Docker and the other tools find it: in
$REGISTRY_AUTH_FILE, else in Docker's config.json, or by the credential helper
named there.`

func (c *Command) loginVerb() cli.Verb {
	var flags registryFlags
	return cli.Verb{
		Name: "login", Args: "HOST", Summary: "check a credential and keep it for a registry", MinArgs: 1,
		MaxArgs: 1,
		Text:    loginText,
		Flags:   flags.define,
		Run:     func(ctx context.Context, args []string) error { return c.login(ctx, &flags, args[0]) },
	}
}

func (c *Command) login(ctx context.Context, flags *registryFlags, host string) error {
	if strings.Contains(host, "/") {
		return cli.Usagef("%q is not a HOST or HOST:PORT", host)
	}
	given, err := c.givenCredential(flags)
	if err != nil {
		return err
	}
	if given.Anonymous() {
		return errors.New("no credential given: pass --username NAME --password-stdin")
	}
	client, err := c.client(flags, credential.Static(host, given), nil)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Ping(ctx, host); err != nil {
		return fmt.Errorf("the credential is not kept: %w", err)
	}
	path, readable, err := credential.Files{Env: c.env}.Save(ctx, host, given)
	if err != nil {
		return err
	}
	if !flags.quiet {
		c.notef("kept in %s", path)
		if readable {
			c.notef(
				"who can read that file can use it; a credential helper (credsStore) would keep it safe",
			)
		}
	}
	return nil
}

func (c *Command) logoutVerb() cli.Verb {
	var quiet bool
	return cli.Verb{
		Name: "logout", Args: "HOST", Summary: "forget the credential for a registry", MinArgs: 1, MaxArgs: 1,
		Flags: func(fs *pflag.FlagSet) { fs.BoolVarP(&quiet, "quiet", "q", false, "no notes") },
		Run: func(ctx context.Context, args []string) error {
			removed, err := credential.Files{Env: c.env}.Remove(ctx, args[0])
			if err != nil {
				return err
			}
			for _, path := range removed {
				if !quiet {
					c.notef("removed from %s", path)
				}
			}
			if len(removed) == 0 && !quiet {
				c.notef("no credential for %s is kept", args[0])
			}
			return nil
		},
	}
}
