package lintcmd

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/lint"
)

// TrialRequest is the request that `edgelint --run` sends to a component.
type TrialRequest struct {
	Method, Path string
	Headers      [][2]string // names and values, in the order given
	Body         []byte
	Timeout      time.Duration
	MaxMemory    int64 // bytes of linear memory
}

// trialFlags are the flags of --run.
type trialFlags struct {
	run           bool
	request       string
	headers       []string
	body          string
	timeout       time.Duration
	maxMemory     int64
	expectStatus  int
	expectHeaders []string
	expectJSON    string
}

const defaultMaxMemory = 512 // MiB

func (f *trialFlags) add(fs *pflag.FlagSet) {
	fs.BoolVar(&f.run, "run", false, "also start the component and send it a request")
	fs.StringVar(&f.request, "request", "GET /", "with --run: method and `path`")
	fs.StringArrayVar(&f.headers, "header", nil, "with --run: a header, as `NAME=VALUE`; repeatable")
	fs.StringVar(&f.body, "body", "", "with --run: the body, or @`FILE`")
	fs.DurationVar(&f.timeout, "timeout", 30*time.Second, "with --run: how long the request may take")
	fs.Int64Var(&f.maxMemory, "max-memory", defaultMaxMemory, "with --run: memory of the component in `MiB`")
	fs.IntVar(&f.expectStatus, "expect-status", 0, "with --run: the status the response must have")
	fs.StringArrayVar(&f.expectHeaders, "expect-header", nil, "with --run: a header it must have, as `NAME=VALUE`; repeatable")
	fs.StringVar(&f.expectJSON, "expect-json", "", "with --run: a `FILE` with the JSON that its body must be")
}

// options puts what the flags say into the options of a run.
func (f *trialFlags) options(c *Command, opts *lint.Options) error {
	switch {
	case !f.run && (f.expectStatus != 0 || f.expectHeaders != nil || f.expectJSON != ""):
		return cli.Usagef("--expect-status, --expect-header and --expect-json need --run")
	case !f.run:
		return nil
	case c.Trial == nil:
		return cli.Usagef("this edgelint was built without a host: --run is not possible")
	}
	req, err := f.trialRequest()
	if err != nil {
		return err
	}
	expected, err := pairs("--expect-header", f.expectHeaders)
	if err != nil {
		return err
	}
	opts.Expect = lint.Expectation{Status: f.expectStatus, Headers: map[string]string{}}
	for _, p := range expected {
		opts.Expect.Headers[strings.ToLower(p[0])] = p[1]
	}
	if f.expectJSON != "" {
		if opts.Expect.JSON, err = os.ReadFile(f.expectJSON); err != nil {
			return err
		}
	}
	opts.Trial = c.Trial(req)
	return nil
}

func (f *trialFlags) trialRequest() (TrialRequest, error) {
	method, path, ok := strings.Cut(strings.TrimSpace(f.request), " ")
	if path = strings.TrimSpace(path); !ok || !strings.HasPrefix(path, "/") {
		return TrialRequest{}, cli.Usagef("--request %q is not a method and a path, as in 'GET /'", f.request)
	}
	if f.timeout <= 0 || f.maxMemory <= 0 {
		return TrialRequest{}, cli.Usagef("--timeout and --max-memory must be positive")
	}
	headers, err := pairs("--header", f.headers)
	if err != nil {
		return TrialRequest{}, err
	}
	req := TrialRequest{
		Method: method, Path: path, Headers: headers, Body: []byte(f.body),
		Timeout: f.timeout, MaxMemory: f.maxMemory << 20,
	}
	if name, isFile := strings.CutPrefix(f.body, "@"); isFile {
		if req.Body, err = os.ReadFile(name); err != nil {
			return TrialRequest{}, err
		}
	}
	return req, nil
}

// pairs splits NAME=VALUE.
func pairs(flag string, list []string) ([][2]string, error) {
	var out [][2]string
	for _, s := range list {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, cli.Usagef("%s %q is not NAME=VALUE", flag, s)
		}
		out = append(out, [2]string{name, value})
	}
	return out, nil
}
