package spin

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/servicetest"
)

// hostileRedis answers the first command with greeting, and later ones with reply.
func hostileRedis(t *testing.T, greeting, reply string) (address string) {
	t.Helper()
	return "redis://" + servicetest.Listen(t, func(conn net.Conn) {
		r := bufio.NewReader(conn)
		for answer := greeting; ; answer = reply {
			if _, err := r.ReadString('\n'); err != nil {
				return
			}
			_, _ = r.Discard(r.Buffered()) // the rest of the command
			if _, err := io.WriteString(conn, answer); err != nil {
				return
			}
		}
	})
}

func TestHostileServersOfRedisAreRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("*1\r\n", 1<<20)
	for name, c := range map[string][2]string{
		"a greeting with the length of a string": {"%1\r\n+a\r\n$4611686018427387904\r\n", ""},
		"a greeting with the length of a map":    {"%68719476736\r\n", ""},
		"a greeting without an end":              {strings.Repeat("+", maxRedisGreeting+1), ""},
		"a reply of nested arrays":               {"-ERR unknown command\r\n", deep},
		"a reply of attributes":                  {"-ERR unknown command\r\n", strings.Repeat("|0\r\n", 1<<20)},
	} {
		address := hostileRedis(t, c[0], c[1])
		s, _ := servicesOf(t, &denials{}, "redis://*:*")
		ctx, gate := inInstance(t)
		result, err := s.openRedis(ctx, gate, address)
		if err == nil && !result.IsErr {
			_, err := result.Ok.do(ctx, "GET", "x")
			result.Ok.close()
			if err == nil || !strings.Contains(err.Error(), errRedisReply.Error()) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || !strings.Contains(result.Err.Other, errRedisReply.Error()) {
			t.Errorf("%s: %+v, %v", name, result.Err, err)
		}
	}
}

func TestRepliesOfRedisPassTheGuard(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		"+OK\r\n", "-ERR no\r\n", ":1\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "_\r\n", "$0\r\n\r\n", "$4\r\n\n*9\n\r\n",
		"*2\r\n*2\r\n:1\r\n$1\r\nx\r\n*0\r\n", "%1\r\n+a\r\n*1\r\n:1\r\n", "=5\r\ntxt:x\r\n", ">1\r\n+a\r\n", "~1\r\n#t\r\n",
	} {
		for size := 1; size <= len(reply); size++ { // in pieces
			g := &redisGuard{}
			for rest := []byte(reply + reply); len(rest) > 0; {
				piece := rest[:min(size, len(rest))]
				if err := g.follow(bytes.Clone(piece)); err != nil {
					t.Fatalf("%q: %v", reply, err)
				}
				rest = rest[len(piece):]
			}
			if len(g.left) > 0 || g.skip > 0 || g.size > 0 {
				t.Errorf("%q in pieces of %d: %+v", reply, size, g.left)
			}
		}
	}
}
