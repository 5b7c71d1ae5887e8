package edgepack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/atomicfile"
	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

// resultFlags say how the outcome is told.
type resultFlags struct {
	output     string
	digestFile string
}

func (f *resultFlags) define(fs *pflag.FlagSet) {
	fs.StringVar(&f.output, "output", "text", "print the result as `FORMAT`: text or json")
	fs.StringVar(&f.digestFile, "digest-file", "", "write the digest of the (first) artifact to `FILE`")
}

func (f *resultFlags) check() error {
	if f.output != "text" && f.output != "json" {
		return cli.Usagef("--output %q: want text or json", f.output)
	}
	return nil
}

// result is one line of the outcome.
type result struct {
	Reference string `json:"reference"` // by digest
	Tag       string `json:"tag,omitempty"`
	Digest    string `json:"digest"`
	MediaType string `json:"mediaType"`
	Format    string `json:"format,omitempty"`
	Size      int64  `json:"size,omitempty"` // of everything
}

// tell prints the outcome: a line an artifact, on standard output.
func (c *Command) tell(f *resultFlags, results ...result) error {
	for _, r := range results {
		var err error
		if f.output == "json" {
			err = json.NewEncoder(c.Stdout).Encode(r)
		} else {
			_, err = fmt.Fprintln(c.Stdout, r.Reference)
		}
		if err != nil {
			return err
		}
	}
	if f.digestFile != "" && len(results) > 0 {
		return writeFile(f.digestFile, results[0].Digest+"\n")
	}
	return nil
}

const packText = `PATH is a component (app.wasm), a spin.toml, or a folder that holds one; by
default the folder at hand. The layout OUT is a folder, or an archive if its
name ends in .tar. A layout folder that is there already gets the artifact in
addition.

edgelint judges the components first; if it finds errors, nothing is packed.`

func (c *Command) packVerb() cli.Verb {
	var build buildFlags
	var results resultFlags
	var out, tag string
	return cli.Verb{
		Name: "pack", Args: "[PATH]", Summary: "make an OCI layout of a component or a Spin application",
		MaxArgs: 1,
		Text:    packText,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVarP(&out, "out", "o", "", "the layout `OUT` to write; default NAME.tar")
			fs.StringVarP(
				&tag, "tag", "t", "",
				"the `TAG` in the layout; default the application's version, else latest",
			)
			build.define(fs)
			results.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			if err := results.check(); err != nil {
				return err
			}
			return c.pack(ctx, &build, &results, pathArg(args), out, tag)
		},
	}
}

func pathArg(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

func (c *Command) pack(
	ctx context.Context, f *buildFlags, results *resultFlags, path, out, tag string,
) error {
	b, err := c.build(ctx, f, path)
	if err != nil {
		return err
	}
	defer b.close()
	if out == "" {
		out = componentID(b.name) + ".tar"
	}
	if tag == "" {
		tag = tagFor(b.version)
	}
	if err := oci.CheckTag(tag); err != nil {
		return err
	}
	scheme, write := "oci:", writeLayoutDir
	if strings.HasSuffix(out, ".tar") {
		scheme, write = "oci-archive:", writeLayoutArchive
	}
	var all []result
	var roots []oci.Root
	var artifacts oci.Artifacts
	for _, a := range b.artifacts {
		at := f.tagOf(a, tag)
		d := a.Descriptor.Digest.String()
		roots = append(roots, oci.Root{Target: d, Tag: at})
		artifacts = append(artifacts, a.Artifact)
		all = append(all, result{
			Reference: scheme + out + "@" + d, Tag: at, Digest: d,
			MediaType: artifact.TypeManifest, Format: a.format, Size: a.Size(),
		})
	}
	if err := write(ctx, out, artifacts, roots); err != nil {
		return err
	}
	return c.tell(results, all...)
}

// tagOf is the tag of one of a build's artifacts.
func (f *buildFlags) tagOf(a built, tag string) string {
	if a.suffix != "" && f.wasmTag != "" {
		return f.wasmTag
	}
	return tag + a.suffix
}

func writeLayoutDir(ctx context.Context, out string, src oci.Source, roots []oci.Root) error {
	layout, err := oci.CreateLayout(out)
	if err != nil {
		return err
	}
	for _, root := range roots {
		if _, err := oci.Copy(ctx, layout, src, root, oci.CopyOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func writeLayoutArchive(ctx context.Context, out string, src oci.Source, roots []oci.Root) error {
	return writeArchive(ctx, out, src, roots, oci.CopyOptions{})
}

func writeArchive(
	ctx context.Context, out string, src oci.Source, roots []oci.Root, o oci.CopyOptions,
) error {
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return atomicfile.Write(out, 0o644, func(w io.Writer) error {
		return oci.WriteLayoutArchive(ctx, w, src, roots, o)
	})
}
