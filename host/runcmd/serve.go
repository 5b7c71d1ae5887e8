package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/cli"
)

// serveFlags are the flags of serving.
type serveFlags struct {
	selectFlags
	listenFlags
	appFlags
	metrics    string
	accessLog  bool
	errorPage  bool
	timeout    durationValue
	maxBody    int64
	concurrent int
	reuse      int
	sharing    int
	idle       time.Duration
	fresh      bool
	bench      int
	clients    int
	benchPath  string

	spin spinFlags
}

func (f *serveFlags) add(fs *pflag.FlagSet) {
	f.selectFlags.add(fs)
	f.listenFlags.add(fs)
	f.appFlags.add(fs)
	f.timeout = durationValue(host.DefaultTimeout)
	fs.Var(&f.timeout, "timeout", "how long a request may take; 0 for ever")
	fs.Var(&f.timeout, "request-timeout", "the same")
	fs.Int64Var(&f.maxBody, "max-body", host.DefaultMaxBody>>20, "body of a request in `MiB`; 0 for any")
	fs.IntVar(&f.concurrent, "max-concurrent", host.DefaultMaxConcurrent, "requests handled at once")
	fs.IntVar(&f.reuse, "reuse", 0, "requests that an instance serves before it is put back into its first state "+
		"(default, as in Spin: 1 for WASI 0.2, 128 for WASI 0.3)")
	fs.IntVar(&f.sharing, "max-instance-concurrent-reuse-count", host.DefaultSharing,
		"requests that an instance serves at a time, of WASI 0.3")
	fs.DurationVar(&f.idle, "idle-instance-timeout", host.DefaultIdleTimeout,
		"how long an instance keeps its state without requests, of WASI 0.3")
	fs.BoolVar(&f.fresh, "fresh", false, "make a new instance for each request instead of putting one back")
	fs.BoolVar(&f.errorPage, "error-page", false, "answer failures with a page that explains them")
	fs.BoolVar(&f.accessLog, "access-log", false, "print a line for each request")
	fs.StringVar(&f.metrics, "metrics", "", "`address` to serve counters at, in the text format of Prometheus")
	fs.IntVar(&f.bench, "bench", 0, "send `N` requests to it, print latencies, and end")
	fs.IntVar(&f.clients, "bench-clients", 1, "with --bench: clients at once")
	fs.StringVar(&f.benchPath, "bench-path", "/", "with --bench: the `path` to ask for")
	f.spin.add(fs)
}

func (c *Command) serveVerb() cli.Verb {
	var f serveFlags
	return cli.Verb{
		Name: "serve", Args: "app.wasm | REF | spin.toml", Summary: "serve a component or a Spin application",
		Text: "Without an argument it serves the spin.toml of the working directory.", MaxArgs: -1,
		Flags: f.add,
		Run:   func(ctx context.Context, args []string) error { return c.serve(ctx, &f, args) },
	}
}

func (c *Command) serve(ctx context.Context, f *serveFlags, args []string) error {
	name, err := f.source(args, "edgerun serves one component or application")
	if err != nil {
		return err
	}
	path, digest, err := c.resolve(ctx, name)
	if err != nil {
		return err
	}
	manifest, isSpin := manifestOf(path)
	if err := c.checkFlags(f, isSpin, digest != ""); err != nil {
		return err
	}
	if isSpin {
		return c.serveSpin(ctx, f, spinSource{manifest, digest})
	}
	return c.serveComponent(ctx, f, name, path)
}

// checkFlags refuses flags that do not fit what is served, and takes those of the
// environment, with the files that they name.
func (c *Command) checkFlags(f *serveFlags, isSpin, pulled bool) error {
	fs := f.spin.set
	check := onlyForSpin
	if isSpin {
		check = onlyForComponents
	}
	if err := check(fs); err != nil {
		return err
	}
	if pulled {
		if err := onlyForFolders(fs); err != nil {
			return err
		}
	}
	if err := c.fromEnvironment(fs); err != nil {
		return err
	}
	if f.bench > 0 && f.tlsCert != "" {
		return cli.Usagef("--bench asks without TLS: leave --tls-cert out")
	}
	if f.bench > 0 && !strings.HasPrefix(f.benchPath, "/") {
		return cli.Usagef("--bench-path %q does not begin with /", f.benchPath)
	}
	if err := checkAddress("listen", f.listen); err != nil {
		return err
	}
	if err := checkAddress("metrics", f.metrics); err != nil {
		return err
	}
	return f.loadTLS()
}

// serveComponent serves the component of a file, which the user knows by a name.
func (c *Command) serveComponent(ctx context.Context, f *serveFlags, name, path string) error {
	out, log := c.guests, c.Stderr
	if f.quiet {
		out, log = io.Discard, io.Discard
	}
	a, err := c.open(ctx, name, path, &f.appFlags, wasi.Config{Stdout: out, Stderr: out})
	if err != nil {
		return err
	}
	defer a.close(ctx)
	handler, err := host.NewHandler(a.component, c.handlerOptions(f, log))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer handler.Close(context.WithoutCancel(ctx))
	stopMetrics, err := c.serveMetrics(ctx, f.metrics, handler)
	if err != nil {
		return err
	}
	defer stopMetrics()
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if f.bench == 0 {
		if err := c.announce(f, l.url, []routeEntry{{ID: "app", Wildcard: true}}); err != nil {
			return err
		}
	}
	return c.serveOn(ctx, f, l, handler)
}

func (c *Command) handlerOptions(f *serveFlags, log io.Writer) host.HandlerOptions {
	opts := host.HandlerOptions{
		Timeout: time.Duration(f.timeout), MaxBody: f.maxBody << 20, MaxConcurrent: f.concurrent, ErrorPage: f.errorPage,
		Pool: host.PoolOptions{Reuse: f.reuse, Fresh: f.fresh}, Sharing: f.sharing, IdleTimeout: f.idle,
	}
	if f.idle == 0 {
		opts.IdleTimeout = -1
	}
	if f.timeout == 0 {
		opts.Timeout = -1
	}
	if f.maxBody == 0 {
		opts.MaxBody = -1
	}
	opts.Done = func(x host.Exchange) {
		if f.accessLog {
			fmt.Fprintf(log, "%s %s %q %d %d %v\n", time.Now().UTC().Format(time.RFC3339), x.Request.RemoteAddr,
				x.Request.Method+" "+x.Request.URL.RequestURI()+" "+x.Request.Proto, x.Status, x.Bytes,
				x.Took.Round(10*time.Microsecond))
		}
		if x.Err != nil && !clientGone(x) {
			fmt.Fprintf(log, "edgerun: %s %s failed: %s\n", x.Request.Method, x.Request.URL.Path, explain(x.Err))
		}
	}
	return opts
}

// clientGone reports whether a request failed because nobody waited for it.
func clientGone(x host.Exchange) bool {
	return errors.Is(x.Request.Context().Err(), context.Canceled)
}

// explain is an error with the guest's stack, if it has one.
func explain(err error) string {
	if trap, ok := errors.AsType[*abi.Trap](err); ok && trap.Stack != "" {
		return err.Error() + "\n" + trap.Stack
	}
	return err.Error()
}

// serveMetrics serves the counters at an address of their own.
func (c *Command) serveMetrics(ctx context.Context, addr string, handler *host.Handler) (stop func(), err error) {
	if addr == "" {
		return func() {}, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("--metrics %s: %w", addr, err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
			_ = handler.WriteMetrics(w) // the client is gone
		})}
	go server.Serve(l)
	fmt.Fprintf(c.Stderr, "edgerun: counters at http://%s/metrics\n", l.Addr())
	return func() { _ = server.Close() }, nil
}
