package spin

import (
	"io"
	"net"
	"slices"
	"sync/atomic"
)

// wholeReader reads what a server sends that nobody vouches for. Clients allocate
// what the lengths in it promise, so they are given large messages only when all of
// them has come.
type wholeReader struct {
	r io.Reader
	// follow follows what comes, and says how many of the bytes may be passed on,
	// with those before them.
	follow func(data []byte) (pass int, err error)

	held []byte // has come, and is not passed on yet
	pass int    // of held, what may be passed on
	err  error  // comes after that
}

// maxTrust is how large a message may say that it is, to be passed on as it comes.
const maxTrust = 64 << 10

func (w *wholeReader) Read(p []byte) (int, error) {
	for {
		switch {
		case w.pass > 0:
			n := copy(p, w.held[:w.pass])
			if w.held, w.pass = w.held[n:], w.pass-n; len(w.held) == 0 {
				w.held = nil
			}
			return n, nil
		case w.err != nil || len(p) == 0:
			return 0, w.err
		case len(w.held) == 0:
			n, err := w.r.Read(p)
			pass := w.take(p[:n], err)
			w.held = append(w.held, p[pass:n]...)
			if pass > 0 {
				return pass, nil
			}
		default:
			end := len(w.held)
			w.held = slices.Grow(w.held, maxTrust)
			n, err := w.r.Read(w.held[end:cap(w.held)])
			w.held = w.held[:end+n]
			if pass := w.take(w.held[end:], err); pass > 0 {
				w.pass = end + pass
			}
		}
	}
}

// take follows what has come.
func (w *wholeReader) take(data []byte, end error) (pass int) {
	if pass, w.err = w.follow(data); w.err == nil {
		w.err = end
	}
	return pass
}

// wholeConn is a connection whose client reads by a wholeReader.
type wholeConn struct {
	net.Conn
	in wholeReader
}

func (c *wholeConn) Read(p []byte) (int, error) { return c.in.Read(p) }

// headed follows messages that begin with a header.
type headed struct {
	size int // of headers, at least
	// start takes a header, and says how long what follows is; moreHeader wants
	// one byte more of it.
	start func(header []byte) (int, error)
	// peek is how much of what follows check is shown, which may be nothing.
	peek  int
	check func(begin []byte) error

	header, begin []byte
	length, left  int // of what follows the header
}

const moreHeader = -1

// follow is what a [wholeReader] follows messages with.
func (h *headed) follow(data []byte) (pass int, err error) {
	for at := 0; at < len(data); {
		if h.left == 0 {
			n := min(max(h.size-len(h.header), 1), len(data)-at)
			h.header = append(h.header, data[at:at+n]...)
			if at += n; len(h.header) < h.size {
				return pass, nil
			}
			if h.length, err = h.start(h.header); err != nil {
				return pass, err
			}
			if h.length == moreHeader {
				h.length = 0
				continue
			}
			h.left, h.header, h.begin = h.length, h.header[:0], h.begin[:0]
			if h.left == 0 {
				pass = at
			}
			continue
		}
		n := min(h.left, len(data)-at)
		want := min(h.peek, h.length) - len(h.begin)
		if want > 0 {
			n = min(n, want)
			h.begin = append(h.begin, data[at:at+n]...)
			if want -= n; want == 0 {
				err = h.check(h.begin)
			}
		}
		if err != nil {
			return pass, err
		}
		at, h.left = at+n, h.left-n
		if h.left == 0 || h.length <= maxTrust && want <= 0 {
			pass = at
		}
	}
	return pass, nil
}

// budgetConn is a connection that ends when the server sends more than anything
// that is asked of it may take: what a client keeps of it has no other limit.
type budgetConn struct {
	net.Conn
	spent atomic.Int64 // bytes since the last step
}

// maxStep is how much may come between two steps: a result of MaxResultBytes, and
// what the protocol needs besides.
const maxStep = MaxResultBytes + 16<<20

func (c *budgetConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.spent.Add(int64(n)) > maxStep {
		return 0, errTooLarge
	}
	return n, err
}

// Write sends a request, which is a step.
func (c *budgetConn) Write(p []byte) (int, error) {
	c.step()
	return c.Conn.Write(p)
}

// step begins a step, such as reading one more row.
func (c *budgetConn) step() { c.spent.Store(0) }
