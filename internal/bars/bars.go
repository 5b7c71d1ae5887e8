// Package bars draws the progress of edgepack on a terminal. It is a package of its
// own so that programs which draw none do not link the library.
package bars

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/edgelint/edgelint/internal/edgepack"
)

const width = 40 // columns of a bar

// New begins to draw on w.
func New(w io.Writer) edgepack.Bars {
	return bars{mpb.New(mpb.WithOutput(w), mpb.WithWidth(width), mpb.WithAutoRefresh())}
}

type bars struct{ *mpb.Progress }

func (b bars) Bar(name string, size int64) edgepack.Bar {
	return bar{b.AddBar(size,
		mpb.PrependDecorators(decor.Name(name+" ")),
		mpb.AppendDecorators(
			decor.CountersKibiByte("% .1f / % .1f "), decor.AverageSpeed(decor.SizeB1024(0), "% .1f"),
		),
	)}
}

type bar struct{ b *mpb.Bar }

func (b bar) Add(n int64) { b.b.IncrInt64(n) }
func (b bar) Restart()    { b.b.SetCurrent(0) }
func (b bar) Done()       { b.b.SetTotal(-1, true) }
func (b bar) Abort()      { b.b.Abort(false) }
