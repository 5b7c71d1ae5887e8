package lintcmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/lint/sbom"
)

func (c *Command) sbomVerb() cli.Verb {
	var format, output string
	return cli.Verb{
		Name: "sbom", Args: "FILE", Summary: "write a software bill of materials of a component", MinArgs: 1, MaxArgs: 1,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVarP(&format, "format", "f", "cyclonedx", "`format`: cyclonedx (1.6) or spdx (2.3), both JSON")
			fs.StringVarP(&output, "output", "o", "", "write to a `file` rather than to standard output")
		},
		Run: func(ctx context.Context, args []string) error { return c.sbom(ctx, args[0], format, output) },
	}
}

// sbom writes a software bill of materials.
func (c *Command) sbom(ctx context.Context, name, format, output string) error {
	writers := map[string]func(io.Writer, *sbom.Inventory, time.Time) error{
		"cyclonedx": sbom.CycloneDX, "spdx": sbom.SPDX,
	}
	write, ok := writers[format]
	if !ok {
		return cli.Usagef("unknown format %q: known are cyclonedx and spdx", format)
	}
	at, err := c.sourceDate()
	if err != nil {
		return err
	}
	path, err := c.file(ctx, name)
	if err != nil {
		return err
	}
	f, err := openFile(name, path)
	if err != nil {
		return err
	}
	defer f.Close()
	inv, err := sbom.Take(f, name)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := write(&buf, inv, at); err != nil {
		return err
	}
	if output != "" {
		return os.WriteFile(output, buf.Bytes(), 0o644)
	}
	_, err = c.Stdout.Write(buf.Bytes())
	return err
}

// sourceDate is the time that SOURCE_DATE_EPOCH gives, zero without it.
func (c *Command) sourceDate() (time.Time, error) {
	v, ok := c.Env("SOURCE_DATE_EPOCH")
	if !ok || v == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH %q is not a number of seconds", v)
	}
	return time.Unix(n, 0), nil
}
