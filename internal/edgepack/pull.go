package edgepack

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/internal/pull"
	"github.com/edgelint/edgelint/pack/artifact"
)

const pullText = `Of a wasm artifact the component is written, under the name the artifact gives
it. Of a Spin application a folder is written with a spin.toml, the components
and their files, ready for edgerun and for spin up; packed again it is the same
artifact.

With --key the artifact's signature is verified first, and what is fetched is
what was verified. Standard output is the reference by digest.`

type pullFlags struct {
	registryFlags
	resultFlags
	out           string
	keys          []string
	requireDigest bool
}

func (c *Command) pullVerb() cli.Verb {
	var f pullFlags
	return cli.Verb{
		Name: "pull", Args: "REF", Summary: "fetch a component or a Spin application", MinArgs: 1, MaxArgs: 1,
		Text: pullText,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVarP(
				&f.out, "out", "o", "", "write the file or folder `OUT`; default the name the artifact gives",
			)
			fs.StringArrayVar(
				&f.keys, "key", nil,
				"demand a signature by the public key in `FILE`; repeatable, one of them suffices",
			)
			fs.BoolVar(&f.requireDigest, "require-digest", false, "refuse a reference that is not by digest")
			f.resultFlags.define(fs)
			f.registryFlags.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return c.pull(ctx, &f, args[0])
		},
	}
}

func (c *Command) pull(ctx context.Context, f *pullFlags, from string) error {
	progress := c.newProgress(&f.registryFlags, pulling)
	defer progress.close()
	at, err := c.open(&f.registryFlags, from, progress.event)
	if err != nil {
		return err
	}
	defer at.close()
	if f.requireDigest && !strings.Contains(at.Wanted(), ":") {
		return fmt.Errorf("%w: %s is not a reference by digest", errRefused, from)
	}
	d, data, err := at.source.Manifest(ctx, at.Wanted())
	if err != nil {
		return err
	}
	if len(f.keys) > 0 {
		if err := verifyWith(ctx, at.source, d, f.keys); err != nil {
			return err
		}
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return err
	}
	out, err := pull.Write(ctx, watched{at.source, progress.event}, m, at.Base(), f.out)
	if err != nil {
		return err
	}
	progress.close()
	if !f.quiet {
		c.notef("wrote %s", out)
	}
	return c.tell(&f.resultFlags, result{
		Reference: at.Pinned(d.Digest.String()), Digest: d.Digest.String(),
		MediaType: d.MediaType, Format: string(pull.FormatOf(m)),
	})
}

// jsonText is a value as indented JSON.
func jsonText(v any) (string, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return string(data) + "\n", err
}
