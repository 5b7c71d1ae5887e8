package wasi

import (
	"context"
	"io"
	"sync"
)

// ReadFrom is an [Input] over a reader that may block. A goroutine reads ahead,
// at most one piece, while somebody waits; it ends when the reader does. close
// is called by Close; it must make a blocked Read return. It may be nil.
func ReadFrom(r io.Reader, close func() error) Input {
	return &readerInput{r: r, close: close}
}

type readerInput struct {
	r     io.Reader
	close func() error

	mu      sync.Mutex
	data    []byte        // read and not taken yet
	err     error         // after data
	pending chan struct{} // closed when the read under way ends; nil if none is
}

func (i *readerInput) Read(n int) ([]byte, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.data) > 0 {
		n = min(n, len(i.data))
		out := i.data[:n:n]
		i.data = i.data[n:]
		return out, nil
	}
	if i.err != nil {
		return nil, i.err
	}
	if n > 0 {
		i.start()
	}
	return nil, nil
}

func (i *readerInput) Ready() <-chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.data) > 0 || i.err != nil {
		return closed
	}
	return i.start()
}

// start begins to read, unless that is under way.
func (i *readerInput) start() <-chan struct{} {
	if i.pending == nil {
		i.pending = make(chan struct{})
		go i.fill(i.pending)
	}
	return i.pending
}

func (i *readerInput) fill(done chan struct{}) {
	buf := make([]byte, maxRead)
	n, err := i.r.Read(buf)
	for n == 0 && err == nil {
		n, err = i.r.Read(buf)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.data, i.err, i.pending = buf[:n], err, nil
	close(done)
}

func (i *readerInput) Close() error {
	if i.close == nil {
		return nil
	}
	return i.close()
}

// Bytes is an [Input] over bytes in memory.
func Bytes(data []byte) Input { return &bytesInput{data} }

type bytesInput struct{ data []byte }

func (i *bytesInput) Read(n int) ([]byte, error) {
	if len(i.data) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(i.data))
	out := i.data[:n:n]
	i.data = i.data[n:]
	return out, nil
}

func (i *bytesInput) Ready() <-chan struct{} { return closed }
func (i *bytesInput) Close() error           { return nil }

// WriteTo is an [Output] that writes at once, in the goroutine of the component:
// a slow writer slows the component. flush and close may be nil.
func WriteTo(w io.Writer, flush, close func() error) Output {
	return &directOutput{w: w, flush: flush, close: close}
}

type directOutput struct {
	w            io.Writer
	flush, close func() error
	err          error
}

func (o *directOutput) CheckWrite() (int, error) { return maxRead, o.err }

func (o *directOutput) Write(_ context.Context, p []byte) error {
	if o.err == nil && len(p) > 0 {
		_, o.err = o.w.Write(p)
	}
	return o.err
}

func (o *directOutput) Flush() error {
	if o.err == nil && o.flush != nil {
		o.err = o.flush()
	}
	return o.err
}

func (o *directOutput) Ready() <-chan struct{} { return closed }

func (o *directOutput) Close() error {
	o.err = io.ErrClosedPipe
	if o.close == nil {
		return nil
	}
	return o.close()
}

// WriteAhead is an [Output] that writes in a goroutine of its own while bytes
// wait, of which it holds a bounded number. close is called once all is written
// and the output was closed; it may be nil.
func WriteAhead(w io.Writer, close func() error) Output {
	return &asyncOutput{w: w, close: close}
}

type asyncOutput struct {
	w     io.Writer
	close func() error

	mu       sync.Mutex
	data     []byte
	busy     int // bytes being written
	running  bool
	flushing bool
	closed   bool
	err      error
	ready    chan struct{} // closed when CheckWrite becomes positive; nil if nobody waits
}

func (o *asyncOutput) room() int {
	if o.flushing {
		return 0
	}
	return maxRead - len(o.data) - o.busy
}

func (o *asyncOutput) CheckWrite() (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.room(), o.err
}

func (o *asyncOutput) Write(_ context.Context, p []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	o.data = append(o.data, p...)
	o.run()
	return nil
}

func (o *asyncOutput) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushing = o.running
	return o.err
}

func (o *asyncOutput) Ready() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || o.room() > 0 {
		return closed
	}
	if o.ready == nil {
		o.ready = make(chan struct{})
	}
	return o.ready
}

func (o *asyncOutput) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if o.running || o.close == nil {
		return nil
	}
	return o.close()
}

func (o *asyncOutput) run() {
	if !o.running {
		o.running = true
		go o.drain()
	}
}

func (o *asyncOutput) drain() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.data) > 0 && o.err == nil {
		data := o.data
		o.data, o.busy = nil, len(data)
		o.mu.Unlock()
		_, err := o.w.Write(data)
		o.mu.Lock()
		o.busy, o.err = 0, err
		o.wake()
	}
	o.running, o.flushing = false, false
	o.wake()
	if o.closed && o.close != nil {
		_ = o.close() // nobody is left to be told
	}
}

func (o *asyncOutput) wake() {
	if o.ready != nil && (o.err != nil || o.room() > 0) {
		close(o.ready)
		o.ready = nil
	}
}
