package wasi

import (
	"bytes"
	"context"
	"io"
)

// Printer is a standard output, which instances share. A write that blocks, as that to a
// pipe which nobody reads, holds up the others; each gives up when its context ends.
type Printer struct {
	w    io.Writer
	turn chan struct{} // holds one while a write is under way
}

// NewPrinter prints to w; nil drops all.
func NewPrinter(w io.Writer) *Printer {
	if w == nil {
		w = io.Discard
	}
	return &Printer{w, make(chan struct{}, 1)}
}

// WriteContext is [io.Writer]'s Write that ends with ctx, with its cause as the error. The
// bytes may be written later then.
func (p *Printer) WriteContext(ctx context.Context, b []byte) (int, error) {
	if p.w == io.Discard {
		return len(b), nil
	}
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	if ctx.Done() == nil {
		defer func() { <-p.turn }()
		return p.w.Write(b)
	}
	type outcome struct {
		n   int
		err error
	}
	written := make(chan outcome, 1)
	b = bytes.Clone(b)
	go func() {
		n, err := p.w.Write(b)
		<-p.turn
		written <- outcome{n, err}
	}()
	select {
	case o := <-written:
		return o.n, o.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// printed is a [Printer] as an [Output].
type printed struct{ *Printer }

func (printed) CheckWrite() (int, error) { return maxRead, nil }

func (o printed) Write(ctx context.Context, p []byte) error {
	_, err := o.WriteContext(ctx, p)
	return err
}

func (printed) Flush() error           { return nil }
func (printed) Ready() <-chan struct{} { return closed }
func (printed) Close() error           { return nil }
