package runcmd

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/spin"
)

// spinSettings are what flags, the environment and the runtime configuration say of
// an application, in this order of precedence.
type spinSettings struct {
	runtime *spin.RuntimeConfig // nil without one
	// stateDir and logDir are "" for memory and for no logs.
	stateDir, logDir string
	// maxMemory bounds the memory of an instance, in bytes; 0 leaves it to the
	// flag.
	maxMemory int64
}

// spinSettings reads the runtime configuration, if there is one.
func (c *Command) spinSettings(f *spinFlags, src spinSource) (*spinSettings, error) {
	s := &spinSettings{}
	if !src.pulled() {
		s.stateDir = filepath.Join(src.dir(), ".spin")
	}
	file := f.runtimeConfig
	if file == "" {
		file, _ = c.Env("RUNTIME_CONFIG_FILE")
	}
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the runtime configuration (--runtime-config-file, RUNTIME_CONFIG_FILE): %w", err)
		}
		if s.runtime, err = spin.ParseRuntimeConfig(file, data); err != nil {
			return nil, err
		}
	}
	r := s.runtime
	if r != nil && r.StateDir != nil {
		s.stateDir = r.StateDir.Value
	}
	if f.set.Changed("state-dir") {
		s.stateDir = f.stateDir
	}
	if s.stateDir != "" {
		s.logDir = filepath.Join(s.stateDir, "logs")
	}
	if r != nil && r.LogDir != nil {
		s.logDir = r.LogDir.Value
	}
	if dir, ok := c.Env("SPIN_LOG_DIR"); ok {
		s.logDir = dir
	}
	if f.set.Changed("log-dir") {
		s.logDir = f.logDir
	}
	if r != nil && !f.set.Changed("max-memory") && !f.set.Changed("max-instance-memory") {
		s.maxMemory = r.MaxInstanceMemory
	}
	return s, nil
}

// maxPages is how many pages a memory has at most.
const maxPages = 65536

// limit applies the settings to an engine's options.
func (s *spinSettings) limit(opts host.Options) host.Options {
	if s.maxMemory > 0 {
		opts.MemoryPages = uint32(max(min(s.maxMemory/pageSize, maxPages), 1))
	}
	return opts
}

// summarize prints what was set, as Spin does.
func (c *Command) summarize(s *spinSettings, f *serveFlags, state []string) {
	if s.runtime != nil {
		for _, w := range s.runtime.Warnings {
			fmt.Fprintf(c.Stderr, "edgerun: warning: %v\n", w)
		}
	}
	if f.quiet {
		return
	}
	if s.runtime != nil {
		if text := s.runtime.Summary(); text != "" {
			fmt.Fprintf(c.Stderr, "Using runtime config %s from %q\n", text, s.runtime.File)
		}
	}
	if s.logDir != "" {
		fmt.Fprintf(c.Stderr, "Logging component stdio to %q\n", s.logDir+string(filepath.Separator))
	}
	for _, line := range state {
		fmt.Fprintln(c.Stderr, line)
	}
}
