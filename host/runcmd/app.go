package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/p3"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/internal/sources"
)

// appFlags are the flags that say what a component gets.
type appFlags struct {
	env       []string
	dirs      []string
	hosts     []string
	maxMemory int64 // bytes
	// inheritNetwork permits all sockets and name lookups.
	inheritNetwork bool
	cacheDir       string
	noCache        bool
	interpret      bool
	quiet          bool
}

func (f *appFlags) add(fs *pflag.FlagSet) {
	fs.StringArrayVarP(&f.env, "env", "e", nil, "an environment variable, as `NAME=VALUE`; repeatable")
	fs.StringArrayVar(&f.dirs, "dir", nil, "a directory that it may read, as `HOST[::GUEST]`; repeatable")
	fs.StringArrayVar(&f.hosts, "allowed-outbound-hosts", nil,
		"a host that it may send requests to, or connect sockets to with the schemes tcp and udp, as in spin.toml,\n"+
			"e.g. https://example.com or tcp://127.0.0.1:6379; repeatable")
	fs.BoolVar(&f.inheritNetwork, "inherit-network", false,
		"let it use every socket, listen and look up names; requests stay as --allowed-outbound-hosts says")
	f.maxMemory = 1 << 30
	fs.Var(sizeValue{&f.maxMemory, 1 << 20}, "max-memory", "memory of an instance in `MiB`")
	fs.Var(sizeValue{&f.maxMemory, 1}, "max-instance-memory", "the same in `bytes`")
	fs.StringVar(&f.cacheDir, "cache-dir", "", "`folder` for compiled code (default: edgelint in the user's cache folder)")
	fs.BoolVar(&f.noCache, "no-cache", false, "compile anew, and keep nothing")
	fs.BoolVar(&f.interpret, "interpret", false, "interpret instead of compiling: starts sooner, runs slower")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "print neither progress nor what the component prints")
}

// app is a component ready to run, and what it was made of.
type app struct {
	engine    *host.Engine
	component *host.Component
	files     []*component.File
	roots     []*os.Root
}

func (a *app) close(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	if a.component != nil {
		_ = a.component.Close(ctx)
	}
	if a.engine != nil {
		_ = a.engine.Close(ctx)
	}
	for _, f := range a.files {
		_ = f.Close()
	}
	for _, r := range a.roots {
		_ = r.Close()
	}
}

// open compiles and links the component of a file, which the user knows by a name.
func (c *Command) open(ctx context.Context, name, path string, f *appFlags, guest wasi.Config) (_ *app, err error) {
	a := &app{}
	defer func() {
		if err != nil {
			a.close(ctx)
		}
	}()
	if guest.Env, err = environment(f.env); err != nil {
		return nil, err
	}
	if guest.Mounts, err = a.mounts(f.dirs); err != nil {
		return nil, err
	}
	if guest.Sockets, err = c.sockets(f); err != nil {
		return nil, err
	}
	allow, err := c.allow(f.hosts)
	if err != nil {
		return nil, err
	}
	imports := bind.NewImports()
	wasi.Add(imports, guest)
	p3.Add(imports, guest)
	wasihttp.Add(imports, wasihttp.Config{Allow: allow})
	if a.engine, err = host.NewEngine(ctx, c.engineOptions(f)); err != nil {
		return nil, err
	}
	file, err := openComponent(name, path)
	if err != nil {
		return nil, err
	}
	a.files = append(a.files, file)
	return a, c.compile(ctx, a, name, []host.Part{{File: file, Imports: imports}}, f)
}

// openComponent opens the component of a file; errors call it by name.
func openComponent(name, path string) (*component.File, error) {
	file, err := component.Open(path)
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if file.Root == nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s is a core module, and edgerun runs components: "+
			"wasm-tools component new makes one of it", name)
	}
	return file, nil
}

// compile compiles and links what name is composed of.
func (c *Command) compile(ctx context.Context, a *app, name string, parts []host.Part, f *appFlags) (err error) {
	start := time.Now()
	var size int64
	for _, p := range parts {
		size += p.File.Size
	}
	c.progress(f, "compiling %s (%.1f MB)", name, float64(size)/1e6)
	if a.component, err = a.engine.Compose(ctx, parts, link.Options{}); err != nil {
		return err
	}
	c.progress(f, "compiled in %v", time.Since(start).Round(time.Millisecond))
	return nil
}

// resolve is the path of a file, or of what a reference names. The digest is that of
// an artifact, "" for files.
func (c *Command) resolve(ctx context.Context, name string) (path, digest string, err error) {
	if c.Pull == nil {
		return name, "", nil
	}
	path, digest, pulled, err := c.Pull(ctx, name)
	if !pulled {
		return name, "", nil
	}
	return path, digest, err
}

func (c *Command) progress(f *appFlags, format string, args ...any) {
	if !f.quiet {
		fmt.Fprintf(c.Stderr, "edgerun: "+format+"\n", args...)
	}
}

func (c *Command) engineOptions(f *appFlags) host.Options {
	opts := host.Options{
		Workers: runtime.GOMAXPROCS(0), Interpret: f.interpret, CacheDir: f.cacheDir,
		MemoryPages: uint32((min(f.maxMemory, 4<<30) + pageSize - 1) / pageSize),
	}
	if f.noCache {
		opts.CacheDir = ""
	} else if opts.CacheDir == "" {
		opts.CacheDir = host.DefaultCacheDir()
	}
	return opts
}

// sourceDir is the folder for components that were fetched; "" keeps nothing.
func (f *appFlags) sourceDir() string {
	switch {
	case f.noCache:
		return ""
	case f.cacheDir != "":
		return filepath.Join(f.cacheDir, "sources")
	}
	return sources.DefaultDir()
}

// pageSize is the unit of memories, in bytes.
const pageSize = 64 << 10

func environment(list []string) ([]wasi.EnvVar, error) {
	values, err := pairs("env", list)
	var out []wasi.EnvVar
	for _, v := range values {
		out = append(out, wasi.EnvVar{Name: v[0], Value: v[1]})
	}
	return out, err
}

func (a *app) mounts(dirs []string) ([]wasi.Mount, error) {
	var out []wasi.Mount
	for _, d := range dirs {
		from, to, ok := strings.Cut(d, "::")
		if !ok {
			to = "/"
		}
		root, err := os.OpenRoot(from)
		if err != nil {
			return nil, fmt.Errorf("--dir %s: %w", d, err)
		}
		a.roots = append(a.roots, root)
		out = append(out, wasi.Mount{Guest: to, Root: root})
	}
	return out, nil
}

// allow is the policy of outgoing requests.
func (c *Command) allow(list []string) (func(*http.Request) error, error) {
	hosts, err := allowedHosts(list)
	if err != nil {
		return nil, err
	}
	return func(r *http.Request) error {
		entry, err := spinhost.Permits(hosts, r.URL)
		switch {
		case err == nil:
		case entry == "":
			fmt.Fprintf(c.Stderr, "edgerun: refused a request to %q: %v\n", r.URL.Host, err)
		default:
			fmt.Fprintf(c.Stderr, "edgerun: refused a request to %s: permit it with --allowed-outbound-hosts %s\n", entry, entry)
		}
		return err
	}, nil
}

// lineWriter takes the command's own lines. A pipe that nobody reads holds up neither
// requests nor the end for longer than linePatience: the line is lost then.
type lineWriter struct{ printer *wasi.Printer }

const linePatience = time.Second

func (l *lineWriter) Write(p []byte) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), linePatience)
	defer cancel()
	return l.printer.WriteContext(ctx, p)
}

// lockedWriter lets several instances print to one stream.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
