package spin

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"
)

// redisGuard is a connection to a server of Redis. Its client gets whole replies
// only, and none that it would not survive: it trusts the lengths in them, and goes
// as deep as arrays are nested.
type redisGuard struct {
	wholeConn

	line []byte  // the beginning of the line that is being read
	size int     // of the reply so far
	skip int64   // bytes of a string that are still to come
	left []int64 // items that are still to come of each array around the next one
}

// Limits of what a server of Redis sends. A reply takes up to MaxResultBytes.
const (
	maxRedisDepth   = 128 // of nested arrays
	redisItemSize   = 32  // of what a client makes of an item, besides its bytes
	redisLengthSize = 32  // bytes of a line with a length
)

var errRedisReply = errors.New("the server's reply has a length or a form that no server of Redis sends")

// dialFunc makes connections for a client.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// guardRedis is a dialer whose connections are guarded.
func guardRedis(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		g := &redisGuard{}
		g.wholeConn = wholeConn{conn, wholeReader{r: conn, follow: g.follow}}
		if raw, ok := conn.(syscall.Conn); ok { // the client asks it whether the server is still there
			return &struct {
				*redisGuard
				syscall.Conn
			}{g, raw}, nil
		}
		return g, nil
	}
}

// follow follows replies: lines, some of which have the length of a string or array
// that comes after them. What may be passed on are whole replies.
func (g *redisGuard) follow(data []byte) (pass int, err error) {
	for at := 0; at < len(data); {
		n := len(data) - at
		ended := false
		if g.skip > 0 {
			n = int(min(g.skip, int64(n)))
			g.skip -= int64(n)
			ended = g.skip == 0 && g.end()
		} else {
			line, _, whole := bytes.Cut(data[at:], []byte{'\n'})
			g.line = append(g.line, line[:min(len(line), redisLengthSize-len(g.line))]...)
			if whole {
				n = len(line) + 1
				if ended, err = g.item(string(g.line)); err != nil {
					return pass, err
				}
				g.line = g.line[:0]
			}
		}
		if g.size += n; g.size > MaxResultBytes {
			return pass, errTooLarge
		}
		if at += n; ended {
			pass, g.size = at, 0
		}
	}
	return pass, nil
}

// item takes the line that an item of a reply begins with, and says whether the
// reply ends with it.
func (g *redisGuard) item(line string) (ended bool, err error) {
	g.size += redisItemSize
	if line == "" || !strings.Contains("$!=*~>%|", line[:1]) {
		return g.end(), nil
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(line[1:], "\r"), 10, 64)
	if err != nil || line[0] == '|' { // attributes, which no server sends unasked
		return false, errRedisReply
	}
	if n > MaxResultBytes {
		return false, errTooLarge
	}
	switch kind := line[0]; {
	case n >= 0 && strings.IndexByte("$!=", kind) >= 0:
		g.skip = n + int64(len("\r\n"))
		return false, nil
	case n > 0:
		if kind == '%' {
			n *= 2
		}
		if g.left = append(g.left, n); len(g.left) > maxRedisDepth {
			return false, errRedisReply
		}
		return false, nil
	}
	return g.end(), nil
}

// end ends an item, and the arrays that it is the last one of. It says whether that
// is all of the reply.
func (g *redisGuard) end() (all bool) {
	for i := len(g.left) - 1; i >= 0; i-- {
		if g.left[i]--; g.left[i] > 0 {
			return false
		}
		g.left = g.left[:i]
	}
	return true
}
