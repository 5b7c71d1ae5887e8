package spin

import (
	"bytes"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
)

// redisGuard is a connection to a server of Redis. It ends with an error before the
// server sends what the client would not survive: the client trusts the lengths in
// the replies to its greeting, and goes as deep as arrays are nested.
type redisGuard struct {
	net.Conn
	greeted atomic.Bool // from then on replies are written on as they come

	line []byte  // the beginning of the line that is being read
	size int     // of that line so far
	skip int64   // bytes of a string that are still to come
	left []int64 // items that are still to come of each array around the next one
}

// Limits of what a server of Redis sends.
const (
	maxRedisGreeting = 64 << 10 // a length or a line, before the client has greeted
	maxRedisLength   = 1 << 40  // a length later on
	maxRedisDepth    = 128      // of nested arrays
	redisLengthSize  = 32       // bytes of a line with a length
)

var errRedisReply = errors.New("the server's reply has a length or a form that no server of Redis sends")

func (g *redisGuard) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if g.follow(p[:n]) != nil {
		return 0, errRedisReply
	}
	return n, err
}

// follow follows replies: lines, some of which have the length of a string or array
// that comes after them.
func (g *redisGuard) follow(data []byte) error {
	for len(data) > 0 {
		if g.skip > 0 {
			n := min(g.skip, int64(len(data)))
			data = data[n:]
			if g.skip -= n; g.skip == 0 {
				g.end()
			}
			continue
		}
		line, rest, whole := bytes.Cut(data, []byte{'\n'})
		data = rest
		g.line = append(g.line, line[:min(len(line), redisLengthSize-len(g.line))]...)
		if g.size += len(line); g.size > MaxResultBytes || g.size > maxRedisGreeting && !g.greeted.Load() {
			return errRedisReply
		}
		if !whole {
			continue
		}
		if err := g.item(string(g.line)); err != nil {
			return err
		}
		g.line, g.size = g.line[:0], 0
	}
	return nil
}

// item takes the line that an item of a reply begins with.
func (g *redisGuard) item(line string) error {
	if line == "" || !strings.Contains("$!=*~>%|", line[:1]) {
		g.end()
		return nil
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(line[1:], "\r"), 10, 64)
	if err != nil || n > maxRedisLength || n > maxRedisGreeting && !g.greeted.Load() {
		return errRedisReply
	}
	switch kind := line[0]; {
	case kind == '|': // attributes, which no server sends unasked
		return errRedisReply
	case n >= 0 && strings.IndexByte("$!=", kind) >= 0:
		g.skip = n + int64(len("\r\n"))
		return nil
	case n > 0:
		if kind == '%' {
			n *= 2
		}
		if g.left = append(g.left, n); len(g.left) > maxRedisDepth {
			return errRedisReply
		}
		return nil
	}
	g.end()
	return nil
}

// end ends an item, and the arrays that it is the last one of.
func (g *redisGuard) end() {
	for i := len(g.left) - 1; i >= 0; i-- {
		if g.left[i]--; g.left[i] > 0 {
			return
		}
		g.left = g.left[:i]
	}
}
