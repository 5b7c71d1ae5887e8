package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/edgelint/edgelint/host/internal/memory"
)

// Options adjust an [Engine].
type Options struct {
	// CacheDir is a folder for compiled code, which must not be writable for
	// others: what is in it will be executed. Without one, code is compiled
	// anew by each engine.
	CacheDir string
	// MemoryPages is the most pages of 64 KiB that one linear memory may have;
	// 0 stands for DefaultMemoryPages.
	MemoryPages uint32
	// Workers is the number of threads that compile a module; 0 means 1.
	Workers int
	// Progress, if not nil, is told while a component is compiled how many bytes
	// of its core modules are done, of how many.
	Progress func(done, total int64)
	// Interpret runs components without compiling them, which starts them
	// sooner and runs them slower.
	Interpret bool
}

// Engine compiles and runs components. It is safe for use by many goroutines.
type Engine struct {
	runtime wazero.Runtime
	cache   wazero.CompilationCache
	tracker *memory.Tracker
	opts    Options
}

// features are the proposals that core modules may use.
const features = api.CoreFeaturesV2 | experimental.CoreFeaturesExtendedConst |
	experimental.CoreFeaturesTailCall | experimental.CoreFeaturesThreads | experimental.CoreFeaturesExceptionHandling |
	experimental.CoreFeaturesTypedFunctionReferences

// NewEngine makes an engine. The caller closes it.
func NewEngine(ctx context.Context, opts Options) (*Engine, error) {
	if opts.MemoryPages == 0 {
		opts.MemoryPages = DefaultMemoryPages
	}
	opts.MemoryPages = min(opts.MemoryPages, maxMemoryPages)
	config := wazero.NewRuntimeConfig()
	if opts.Interpret {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	config = config.WithCoreFeatures(features).WithDebugInfoEnabled(false).
		WithMemoryLimitPages(opts.MemoryPages)
	e := &Engine{opts: opts, tracker: memory.NewTracker()}
	if opts.CacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(opts.CacheDir)
		if err != nil {
			return nil, err
		}
		e.cache = cache
		config = config.WithCompilationCache(cache)
	}
	e.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	return e, nil
}

// Close releases all that the engine made: no component of it can be used any
// more.
func (e *Engine) Close(ctx context.Context) error {
	errs := []error{e.runtime.Close(ctx)}
	if e.cache != nil {
		errs = append(errs, e.cache.Close(ctx))
	}
	return errors.Join(append(errs, e.tracker.Close())...)
}

// DefaultCacheDir is the folder for compiled code that the commands share, in the
// user's cache folder and for nobody else to write to; "" if there is none.
func DefaultCacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir := filepath.Join(base, "edgelint", "compiled")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return dir
}
