package runcmd

import (
	"strings"

	"github.com/spf13/pflag"
)

// spinFlags are the flags of Spin applications.
type spinFlags struct {
	variables []string
	keyValues []string
	sql       []string
	stateDir  string
	logDir    string
}

func (f *spinFlags) add(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.variables, "variable", nil, "spin.toml: a variable, as `NAME=VALUE`; repeatable")
	fs.StringArrayVar(&f.keyValues, "key-value", nil, "spin.toml: a key to set in its store, as `KEY=VALUE`")
	fs.StringArrayVar(&f.sql, "sqlite", nil, "spin.toml: `SQL`, or @FILE, to run in the default database; repeatable")
	fs.StringVar(&f.stateDir, "state-dir", "", "spin.toml: `folder` of stores (default: .spin beside it)")
	fs.StringVar(&f.logDir, "log-dir", "", "spin.toml: `folder` of logs (default: .spin/logs beside it)")
}

// onlyForSpin is an error if there are flags that a component has no use for.
func onlyForSpin(fs *pflag.FlagSet) error {
	for _, name := range []string{"variable", "key-value", "sqlite", "state-dir", "log-dir"} {
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
