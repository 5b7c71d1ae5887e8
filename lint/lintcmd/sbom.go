package lintcmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/lint/sbom"
)

// sbom writes a software bill of materials.
func (c *Command) sbom(_ context.Context, args []string) (int, error) {
	fs := c.flags("sbom", "edgelint sbom [-f FORMAT] [-o FILE] FILE")
	format := fs.StringP("format", "f", "cyclonedx", "`format`: cyclonedx (1.6) or spdx (2.3), both JSON")
	output := fs.StringP("output", "o", "", "write to a `file` rather than to standard output")
	if err := parse(fs, args); err != nil {
		return 0, err
	}
	writers := map[string]func(io.Writer, *sbom.Inventory, time.Time) error{
		"cyclonedx": sbom.CycloneDX, "spdx": sbom.SPDX,
	}
	write, ok := writers[*format]
	if !ok {
		return 0, usagef("unknown format %q: known are cyclonedx and spdx", *format)
	}
	if fs.NArg() != 1 {
		return 0, usagef("sbom takes one component, found %d", fs.NArg())
	}
	at, err := c.sourceDate()
	if err != nil {
		return 0, err
	}
	f, err := component.Open(fs.Arg(0))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	inv, err := sbom.Take(f, fs.Arg(0))
	if err != nil {
		return 0, err
	}
	var buf bytes.Buffer
	if err := write(&buf, inv, at); err != nil {
		return 0, err
	}
	if *output != "" {
		return ExitClean, os.WriteFile(*output, buf.Bytes(), 0o644)
	}
	_, err = c.Stdout.Write(buf.Bytes())
	return ExitClean, err
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
