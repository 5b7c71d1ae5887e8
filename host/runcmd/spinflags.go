package runcmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/spin"
)

// selectFlags say which application, and which parts of it.
type selectFlags struct {
	from       string
	components []string
	profile    string
}

func (f *selectFlags) add(fs *pflag.FlagSet) {
	fs.StringVarP(&f.from, "from", "f", "", "what to take: the same as the `argument`")
	fs.StringArrayVarP(&f.components, "component-id", "c", nil, "spin.toml: only the component `ID`; repeatable")
	fs.StringVar(&f.profile, "profile", "", "spin.toml: with the components' overrides of the profile `NAME`")
}

// source is what the arguments name: spin.toml if they name nothing and it is
// there. what says what is wanted.
func (f *selectFlags) source(args []string, what string) (string, error) {
	if f.from != "" {
		args = append(args, f.from)
	}
	switch len(args) {
	case 0:
		if _, err := os.Stat(manifestName); err != nil {
			return "", cli.Usagef("%s: none is named, and there is no %s here", what, manifestName)
		}
		return manifestName, nil
	case 1:
		return args[0], nil
	}
	return "", cli.Usagef("%s, found %d", what, len(args))
}

// manifestName is the usual name of manifests.
const manifestName = "spin.toml"

// manifestOf is the manifest that an argument names, itself or by its folder.
func manifestOf(name string) (path string, ok bool) {
	if isDir(name) {
		return filepath.Join(name, manifestName), true
	}
	return name, filepath.Ext(name) == ".toml"
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// manifest reads the manifest of a path, as far as it is selected.
func (f *selectFlags) manifest(path string) (*spin.Manifest, error) {
	data, err := os.ReadFile(path)
	if dir := filepath.Dir(path); errors.Is(err, fs.ErrNotExist) && filepath.Base(path) == manifestName && isDir(dir) {
		return nil, fmt.Errorf("%s holds no %s: name a component or a manifest", dir, manifestName)
	}
	if err != nil {
		return nil, err
	}
	m, err := spin.Parse(path, data)
	if err != nil {
		return nil, err
	}
	if f.profile != "" {
		if err := m.UseProfile(f.profile); err != nil {
			return nil, err
		}
	}
	if len(f.components) > 0 {
		return m, m.Retain(f.components)
	}
	return m, nil
}

// spinFlags are the flags of Spin applications.
type spinFlags struct {
	set *pflag.FlagSet

	build         bool
	watch         bool
	skipBuild     bool
	debounce      time.Duration
	directMounts  bool
	writable      bool
	format        choiceValue
	runtimeConfig string
	variables     []string
	keyValues     []string
	sql           []string
	stateDir      string
	logDir        string
	truncateLogs  bool
	follow        []string
	otel          bool
}

func (f *spinFlags) add(fs *pflag.FlagSet) {
	f.set = fs
	f.format = choiceValue{"plain", []string{"plain", "json"}}
	fs.BoolVar(&f.build, "build", false, "spin.toml: run the build commands first (env SPIN_ALWAYS_BUILD)")
	fs.BoolVar(&f.watch, "watch", false, "spin.toml: build and start anew when files change, without a gap")
	fs.BoolVar(&f.skipBuild, "skip-build", false, "with --watch: do not build")
	fs.DurationVar(&f.debounce, "debounce", 100*time.Millisecond, "with --watch: how long files must not have changed")
	fs.Var(&f.format, "format", "how to print the routes")
	fs.BoolVar(&f.directMounts, "direct-mounts", false, "spin.toml: mount the folders of files as they are, without copying")
	fs.BoolVar(&f.writable, "allow-transient-write", false,
		"spin.toml: let components change their copies of the files until the end")
	fs.StringVar(&f.runtimeConfig, "runtime-config-file", "",
		"spin.toml: a `file` such as runtime-config.toml (default: what RUNTIME_CONFIG_FILE names)")
	fs.StringArrayVar(&f.variables, "variable", nil,
		"spin.toml: a variable, as `NAME=VALUE` or NAME=@FILE, or several, as @FILE.json or @FILE.toml; repeatable")
	fs.StringArrayVar(&f.keyValues, "key-value", nil, "spin.toml: a key to set in the default store, as `KEY=VALUE`; repeatable")
	fs.StringArrayVar(&f.sql, "sqlite", nil,
		"spin.toml: `SQL` to run in the default database, or @FILE[:LABEL] to run in one; repeatable")
	fs.StringVar(&f.stateDir, "state-dir", "",
		"spin.toml: `folder` of stores and databases, \"\" for memory (default: .spin beside it)")
	fs.StringVarP(&f.logDir, "log-dir", "L", "", "spin.toml: `folder` of logs, \"\" for none (default: logs in --state-dir)")
	fs.BoolVar(&f.truncateLogs, "truncate-logs", false, "spin.toml: empty the logs first")
	fs.BoolVar(&f.otel, "experimental-wasi-otel", false,
		"spin.toml: offer wasi:otel, and export to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names")
	fs.StringArrayVar(&f.follow, "follow", nil, "spin.toml: print only what component `ID` prints; repeatable")
}

// onlyForSpin is an error if there are flags that a component has no use for.
func onlyForSpin(fs *pflag.FlagSet) error {
	for _, name := range []string{
		"component-id", "profile", "build", "watch", "skip-build", "debounce", "direct-mounts", "allow-transient-write",
		"runtime-config-file", "variable", "key-value", "sqlite", "state-dir", "log-dir", "truncate-logs", "follow",
		"experimental-wasi-otel",
	} {
		if fs.Changed(name) {
			return cli.Usagef("--%s is for Spin applications: serve a spin.toml", name)
		}
	}
	return nil
}

// onlyForComponents is an error if there are flags that an application has no use
// for.
func onlyForComponents(fs *pflag.FlagSet) error {
	for _, name := range []string{"dir", "allowed-outbound-hosts", "metrics"} {
		if fs.Changed(name) {
			return cli.Usagef("--%s is for single components, not for a spin.toml", name)
		}
	}
	if fs.Changed("direct-mounts") && fs.Changed("allow-transient-write") {
		return cli.Usagef("--direct-mounts with --allow-transient-write would let components change the files themselves: " +
			"leave one out")
	}
	return nil
}

// onlyForFolders is an error if there are flags that an application from a
// registry has no use for.
func onlyForFolders(fs *pflag.FlagSet) error {
	for _, name := range []string{"build", "watch", "profile", "direct-mounts"} {
		if fs.Changed(name) {
			return cli.Usagef("--%s is for applications in a folder, not for artifacts", name)
		}
	}
	return nil
}

// environmentFlags are the flags that environment variables set, by those.
var environmentFlags = map[string]string{
	"listen": "SPIN_HTTP_LISTEN_ADDR", "tls-cert": "SPIN_TLS_CERT", "tls-key": "SPIN_TLS_KEY",
	"build": "SPIN_ALWAYS_BUILD",
}

// fromEnvironment sets the flags that only the environment sets.
func (c *Command) fromEnvironment(fs *pflag.FlagSet) error {
	for name, variable := range environmentFlags {
		value, ok := c.Env(variable)
		if !ok || value == "" || fs.Changed(name) {
			continue
		}
		if err := fs.Set(name, value); err != nil {
			return cli.Usagef("%s=%s: %w", variable, value, err)
		}
	}
	return nil
}

// pairs are the values of a flag that are NAME=VALUE.
func pairs(flag string, list []string) ([][2]string, error) {
	var out [][2]string
	for _, s := range list {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, cli.Usagef("--%s %q is not NAME=VALUE", flag, s)
		}
		out = append(out, [2]string{name, value})
	}
	return out, nil
}
