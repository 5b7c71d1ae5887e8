package edgepack

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/internal/pull"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

const pushText = `PATH is a component (app.wasm), a spin.toml, or a folder that holds one; by
default the folder at hand. Standard output is one line, HOST/REPOSITORY@DIGEST;
with --format both a second one for the wasm artifact, which gets the tag
TAG-wasm.

edgelint judges the components first; if it finds errors, nothing is pushed.
Blobs that the registry has are not sent.`

func (c *Command) pushVerb() cli.Verb {
	var flags registryFlags
	var build buildFlags
	var results resultFlags
	return cli.Verb{
		Name: "push", Args: "[PATH] REF",
		Summary: "pack a component or a Spin application and push it to a registry", MinArgs: 1, MaxArgs: 2,
		Text: pushText,
		Flags: func(fs *pflag.FlagSet) {
			build.define(fs)
			results.define(fs)
			flags.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			if err := results.check(); err != nil {
				return err
			}
			return c.push(ctx, &flags, &build, &results, pathArg(args[:len(args)-1]), args[len(args)-1])
		},
	}
}

func (c *Command) push(
	ctx context.Context, flags *registryFlags, f *buildFlags, results *resultFlags, path, to string,
) error {
	ref, err := pushReference(to)
	if err != nil {
		return err
	}
	f.quiet, f.packages = flags.quiet, flags.packageOptions()
	b, err := c.build(ctx, f, path)
	if err != nil {
		return err
	}
	defer b.close()
	progress := c.newProgress(flags, pushing)
	defer progress.close()
	creds, err := c.credentials(flags, ref.Host)
	if err != nil {
		return err
	}
	client, err := c.client(flags, creds, progress.event)
	if err != nil {
		return err
	}
	defer client.Close()
	repo := client.Repository(ref)
	var all []result
	for _, a := range b.artifacts {
		tag := f.tagOf(a, ref.Target())
		if err := oci.Push(ctx, repo, a.Artifact, tag, flags.parallel); err != nil {
			return err
		}
		d := a.Descriptor.Digest
		all = append(all, result{
			Reference: ref.Pinned(d).String(), Tag: tag, Digest: d.String(),
			MediaType: artifact.TypeManifest, Format: a.format, Size: a.Size(),
		})
	}
	progress.close()
	return c.tell(results, all...)
}

// pushReference is the reference to push to. A version's + becomes _.
func pushReference(s string) (oci.Reference, error) {
	if name, tag, ok := strings.Cut(s, "+"); ok && !strings.Contains(tag, "/") {
		s = name + "_" + strings.ReplaceAll(tag, "+", "_")
	}
	ref, err := oci.ParseReference(s)
	if err != nil {
		return ref, err
	}
	if ref.Digest != "" {
		return ref, errors.New("a digest cannot be pushed to: it follows from the content; name a tag")
	}
	return ref, nil
}

const copyText = `SRC and DST are each a REF, oci:FOLDER[:TAG] or oci-archive:FILE[:TAG]. Without
a tag at DST, that of SRC is kept.`

func (c *Command) copyVerb() cli.Verb {
	var flags registryFlags
	var results resultFlags
	var referrers bool
	return cli.Verb{
		Name: "copy", Args: "SRC DST",
		Summary: "copy an artifact between registries and layouts, byte for byte", MinArgs: 2, MaxArgs: 2,
		Text: copyText,
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVarP(
				&referrers, "referrers", "r", false,
				"take along signatures, attestations and whatever else refers to the artifact",
			)
			results.define(fs)
			flags.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			if err := results.check(); err != nil {
				return err
			}
			return c.copy(ctx, &flags, &results, referrers, args[0], args[1])
		},
	}
}

func (c *Command) copy(
	ctx context.Context, flags *registryFlags, results *resultFlags, referrers bool, from, to string,
) error {
	dst, err := pull.ParseLocation(to)
	if err != nil {
		return err
	}
	progress := c.newProgress(flags, copying)
	defer progress.close()
	src, err := c.openFor(flags, from, dst, progress.event)
	if err != nil {
		return err
	}
	defer src.close()
	root := oci.Root{Target: src.Wanted(), Tag: dst.TagFrom(src.Location)}
	o := oci.CopyOptions{Referrers: referrers, Parallel: flags.parallel}
	d, err := copyTo(ctx, dst, src, root, o)
	if err != nil {
		return err
	}
	progress.close()
	return c.tell(results, result{
		Reference: dst.Pinned(d.Digest.String()), Tag: root.Tag,
		Digest: d.Digest.String(), MediaType: d.MediaType,
	})
}

func copyTo(
	ctx context.Context, dst pull.Location, src *artifactAt, root oci.Root, o oci.CopyOptions,
) (artifact.Descriptor, error) {
	switch dst.Scheme {
	case "oci-archive":
		d, _, err := src.source.Manifest(ctx, root.Target)
		if err != nil {
			return d, err
		}
		// The tag may move meanwhile; what was resolved is copied.
		root.Target = d.Digest.String()
		return d, writeArchive(ctx, dst.Path, src.source, []oci.Root{root}, o)
	case "oci":
		layout, err := oci.CreateLayout(dst.Path)
		if err != nil {
			return artifact.Descriptor{}, err
		}
		return oci.Copy(ctx, layout, src.source, root, o)
	}
	if dst.Ref.Digest != "" {
		return artifact.Descriptor{}, fmt.Errorf("%s: a digest cannot be copied to; name a tag", dst.Written)
	}
	return oci.Copy(ctx, src.client.Repository(dst.Ref), src.source, root, o)
}
