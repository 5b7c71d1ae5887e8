package runcmd

import (
	"strings"

	"github.com/spf13/pflag"
)

// spinFlags are the flags of Spin applications.
type spinFlags struct {
	set *pflag.FlagSet

	runtimeConfig string
	variables     []string
	keyValues     []string
	sql           []string
	stateDir      string
	logDir        string
	truncateLogs  bool
	follow        []string
}

func (f *spinFlags) add(fs *pflag.FlagSet) {
	f.set = fs
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
	fs.StringArrayVar(&f.follow, "follow", nil, "spin.toml: print only what component `ID` prints; repeatable")
}

// onlyForSpin is an error if there are flags that a component has no use for.
func onlyForSpin(fs *pflag.FlagSet) error {
	for _, name := range []string{
		"runtime-config-file", "variable", "key-value", "sqlite", "state-dir", "log-dir", "truncate-logs", "follow",
	} {
		if fs.Changed(name) {
			return usagef("--%s is for Spin applications: serve a spin.toml", name)
		}
	}
	return nil
}

// onlyForComponents is an error if there are flags that an application has no use
// for.
func onlyForComponents(fs *pflag.FlagSet) error {
	for _, name := range []string{"dir", "allowed-outbound-hosts", "metrics"} {
		if fs.Changed(name) {
			return usagef("--%s is for single components, not for a spin.toml", name)
		}
	}
	return nil
}

func pairs(flag string, list []string) ([][2]string, error) {
	var out [][2]string
	for _, s := range list {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, usagef("--%s %q is not NAME=VALUE", flag, s)
		}
		out = append(out, [2]string{name, value})
	}
	return out, nil
}
