package edgepack

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

// Bars draws a bar for each blob that is on its way. What is written to it appears
// above the bars.
type Bars interface {
	io.Writer
	// Bar begins a bar for size bytes.
	Bar(name string, size int64) Bar
	// Wait ends the drawing once all bars have ended.
	Wait()
}

// Bar is the bar of one blob.
type Bar interface {
	Add(n int64) // n more bytes have moved
	Restart()    // the blob moves from its beginning again
	Done()
	Abort()
}

// movement is what a verb does to blobs, for its notes.
type movement string

const (
	pushing movement = "pushed"
	pulling movement = "pulled"
	copying movement = "copied"
)

// progress shows how blobs move: by bars on a terminal, else by a line a blob.
type progress struct {
	out   io.Writer
	done  movement
	quiet bool
	draw  func(w io.Writer) Bars // nil if there are no bars

	mu    sync.Mutex
	bars  Bars // nil until the first blob moves
	blobs map[artifact.Digest]*moving
}

// moving is a blob on its way.
type moving struct {
	start time.Time
	bar   Bar // nil without bars
}

func (c *Command) newProgress(f *registryFlags, done movement) *progress {
	p := &progress{out: c.Stderr, done: done, quiet: f.quiet, blobs: map[artifact.Digest]*moving{}}
	if _, inCI := c.Env("CI"); c.Terminal && !inCI {
		p.draw = c.Bars
	}
	return p
}

// event takes note of what package oci reports.
func (p *progress) event(e oci.Event) {
	if p.quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d := e.Descriptor
	m := p.blobs[d.Digest]
	switch e.Kind {
	case oci.Started:
		p.blobs[d.Digest] = &moving{start: time.Now(), bar: p.newBar(d)}
	case oci.Moved:
		if m != nil && m.bar != nil {
			m.bar.Add(e.Bytes)
		}
	case oci.Restarted:
		if m != nil && m.bar != nil {
			m.bar.Restart()
		}
	case oci.Done:
		p.finish(d, m)
	case oci.Existed:
		p.line("%s %s %s: there already", short(d), size(d.Size), d.MediaType)
	case oci.Mounted:
		p.line("%s %s %s: taken from another repository", short(d), size(d.Size), d.MediaType)
	case oci.Retrying:
		p.line("again in %v: %v", e.Wait.Round(time.Millisecond), e.Err)
	}
}

func (p *progress) finish(d artifact.Descriptor, m *moving) {
	if m == nil {
		return
	}
	delete(p.blobs, d.Digest)
	if m.bar != nil {
		m.bar.Done()
		return
	}
	p.line("%s %s %s %s (%.1fs)", p.done, short(d), size(d.Size), d.MediaType, time.Since(m.start).Seconds())
}

func (p *progress) newBar(d artifact.Descriptor) Bar {
	if p.draw == nil {
		return nil
	}
	if p.bars == nil {
		p.bars = p.draw(p.out)
	}
	return p.bars.Bar(short(d), d.Size)
}

// line writes above the bars.
func (p *progress) line(format string, args ...any) {
	out := p.out
	if p.bars != nil {
		out = p.bars
	}
	fmt.Fprintf(out, format+"\n", args...)
}

// close ends the bars, finished or not. A second call does nothing.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars == nil {
		return
	}
	for _, m := range p.blobs {
		m.bar.Abort()
	}
	p.bars.Wait()
	p.bars, p.draw = nil, nil
}

// short is the beginning of a digest.
func short(d artifact.Descriptor) string {
	const letters = 12
	hex := d.Digest.Encoded()
	return hex[:min(letters, len(hex))]
}

// size is a number of bytes for people.
func size(n int64) string {
	const kilo = 1000
	if n < kilo {
		return fmt.Sprintf("%d B", n)
	}
	f, units := float64(n)/kilo, "kMGTPE"
	for ; f >= kilo; f /= kilo {
		units = units[1:]
	}
	return fmt.Sprintf("%.1f %cB", f, units[0])
}

// watched is a source that reports the blobs read from it as they move.
type watched struct {
	oci.Source
	event func(oci.Event)
}

// Blob implements oci.Source.
func (w watched) Blob(ctx context.Context, d artifact.Descriptor) (io.ReadCloser, error) {
	r, err := w.Source.Blob(ctx, d)
	if err != nil {
		return nil, err
	}
	w.event(oci.Event{Kind: oci.Started, Descriptor: d})
	return &watchedReader{r, d, w.event}, nil
}

type watchedReader struct {
	io.ReadCloser
	d     artifact.Descriptor
	event func(oci.Event)
}

func (r *watchedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if n > 0 {
		r.event(oci.Event{Kind: oci.Moved, Descriptor: r.d, Bytes: int64(n)})
	}
	if err == io.EOF {
		r.event(oci.Event{Kind: oci.Done, Descriptor: r.d})
	}
	return n, err
}
