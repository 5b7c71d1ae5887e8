package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"github.com/edgelint/edgelint/internal/binary"
)

const (
	defaultMaxErrors = 20
	chunkSize        = 64 << 10 // bytes of code that a worker takes at once
)

// Options say how to validate. The zero value is the default.
type Options struct {
	// Features are the proposals to accept; zero is [DefaultFeatures].
	Features Features
	// Workers is how many function bodies are validated at once; zero is the
	// number of processors.
	Workers int
	// MaxErrors bounds the faults reported, those that lie first; zero is 20.
	MaxErrors int
	// Types is the store for the modules' types; nil is a new one.
	Types *TypeStore
}

// Validator validates any number of modules with one store of types and one set
// of workers for their function bodies.
//
//	v := core.NewValidator(core.Options{})
//	info, err := v.Module(m) // declarations; bodies are checked meanwhile
//	...
//	faults := v.Wait(ctx)
//
// Its methods must not be called by several goroutines at once.
type Validator struct {
	opts  Options
	body  *body // for constant expressions
	names map[string]struct{}

	mu      sync.Mutex
	idle    sync.Cond
	queue   []chunk
	running int
	stopped bool
	spare   []*worker
	faults  []bodyFault
}

// chunk is some function bodies of a module.
type chunk struct {
	info        *Info
	first, last int // bodies, the last one excluded
}

// bodyFault is a fault in the body of a function of a module.
type bodyFault struct {
	*Error
	module *Module
	index  uint32
}

// worker is what one goroutine needs to validate bodies.
type worker struct {
	body *body
	buf  []byte
}

// NewValidator makes a validator.
func NewValidator(o Options) *Validator {
	if o.Features == 0 {
		o.Features = DefaultFeatures
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MaxErrors <= 0 {
		o.MaxErrors = defaultMaxErrors
	}
	if o.Types == nil {
		o.Types = new(TypeStore)
	}
	v := &Validator{opts: o, body: newBody(o.Features), names: map[string]struct{}{}}
	v.idle.L = &v.mu
	return v
}

// Types is the store of the validator's types.
func (v *Validator) Types() *TypeStore { return v.opts.Types }

// Module validates all of a module but its function bodies, which workers
// validate from now on: their faults come from Wait. The error is an [*Error];
// after one, the bodies are left alone.
func (v *Validator) Module(m *Module) (*Info, error) {
	info, err := v.Interface(m)
	if err == nil {
		v.enqueue(info)
	}
	return info, err
}

// Interface is [Validator.Module] without the function bodies.
func (v *Validator) Interface(m *Module) (*Info, error) {
	c := checker{
		Info:  &Info{Module: m, features: v.opts.Features},
		store: v.opts.Types, body: v.body, names: v.names, windows: binary.NewWindows(m.src),
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c.Info, nil
}

// Wait waits until all bodies of the modules so far are validated, and gives the
// faults found in them, by offset, at most one a body. When ctx ends, bodies that
// are not validated yet stay so, and a last fault without a place says that.
func (v *Validator) Wait(ctx context.Context) []*Error {
	stop := context.AfterFunc(ctx, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.stopped, v.queue = len(v.queue) > 0, nil
	})
	defer stop()
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.running > 0 {
		v.idle.Wait()
	}
	v.trim()
	var faults []*Error
	for _, f := range v.faults {
		f.Path = f.module.funcPath(f.index)
		faults = append(faults, f.Error)
	}
	v.faults = nil
	if v.stopped {
		faults = append(faults, &Error{Err: fmt.Errorf("validation has not been finished: %w", ctx.Err())})
	}
	return faults
}

// enqueue hands the bodies of a module to the workers, in chunks of one size.
func (v *Validator) enqueue(info *Info) {
	m := info.Module
	v.mu.Lock()
	defer v.mu.Unlock()
	for first := 0; first < len(m.bodies); {
		last := first
		for size := uint32(0); last < len(m.bodies) && size < chunkSize; last++ {
			size += m.bodies[last].len
		}
		v.queue = append(v.queue, chunk{info, first, last})
		first = last
	}
	for v.running < min(v.opts.Workers, len(v.queue)) {
		v.running++
		go v.work()
	}
}

// work validates chunks until none is left.
func (v *Validator) work() {
	var w *worker
	v.mu.Lock()
	defer v.mu.Unlock()
	if n := len(v.spare); n > 0 {
		w, v.spare = v.spare[n-1], v.spare[:n-1]
	} else {
		w = &worker{body: newBody(v.opts.Features)}
	}
	for len(v.queue) > 0 {
		c := v.queue[0]
		v.queue = v.queue[1:]
		v.mu.Unlock()
		faults := w.validate(c, v.opts.MaxErrors)
		v.mu.Lock()
		v.faults = append(v.faults, faults...)
		v.trim()
	}
	v.spare = append(v.spare, w)
	if v.running--; v.running == 0 {
		v.idle.Broadcast()
	}
}

// trim keeps the faults that lie first.
func (v *Validator) trim() {
	slices.SortFunc(v.faults, func(a, b bodyFault) int { return cmp.Compare(a.Offset, b.Offset) })
	v.faults = v.faults[:min(len(v.faults), v.opts.MaxErrors)]
}

// validate validates the bodies of a chunk, until there are enough faults.
func (w *worker) validate(c chunk, enough int) (faults []bodyFault) {
	m := c.info.Module
	start := m.Body(c.first).Off
	code, err := m.src.Append(w.buf[:0], start, m.Body(c.last-1).End()-start)
	if err != nil {
		return []bodyFault{{place(err, ""), m, uint32(m.ImportedFuncs + c.first)}}
	}
	if !m.src.InMemory() {
		w.buf = code
	}
	for i := c.first; i < c.last && len(faults) < enough; i++ {
		r := m.Body(i)
		index := uint32(m.ImportedFuncs + i)
		if err := w.body.function(c.info, index, code[r.Off-start:r.End()-start], r.Off); err != nil {
			faults = append(faults, bodyFault{err, m, index})
		}
	}
	return faults
}

// funcPath is the path of a function, with its name if it has one.
func (m *Module) funcPath(index uint32) string {
	path := item("func", int(index))
	if name := m.FuncName(index); name != "" {
		path += " " + strconv.Quote(name)
	}
	return path
}

// Validate checks the module against the core specification. The error is nil,
// or joins the faults, each an [*Error], by offset: one at most outside of
// function bodies, and one at most a body.
func (m *Module) Validate(ctx context.Context, o Options) error {
	v := NewValidator(o)
	_, err := v.Module(m)
	faults := v.Wait(ctx)
	if err != nil {
		return err
	}
	errs := make([]error, len(faults))
	for i, f := range faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}
