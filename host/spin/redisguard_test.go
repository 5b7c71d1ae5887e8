package spin

import (
	"bufio"
	"errors"
	"fmt"
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
			if _, err := io.WriteString(conn, answer); err != nil || answer == reply {
				return
			}
		}
	})
}

// redisClients are the clients of Redis: each connects to an address, and asks.
var redisClients = map[string]func(t *testing.T, address string) error{
	"interface": func(t *testing.T, address string) error {
		s, _ := servicesOf(t, &denials{}, "redis://*:*")
		ctx, gate := inInstance(t)
		result, err := s.openRedis(ctx, gate, address)
		if err != nil || result.IsErr {
			return errors.Join(err, errors.New(result.Err.Other))
		}
		defer result.Ok.close()
		_, err = result.Ok.do(ctx, "GET", "x")
		return err
	},
	"store": func(t *testing.T, address string) error {
		s, err := newRedisStore(address)
		if err != nil {
			return err
		}
		defer s.close()
		_, _, err = s.get(t.Context(), "x")
		return err
	},
	"trigger": func(t *testing.T, address string) error {
		lost := make(chan error, 1)
		report := func(err error) {
			select {
			case lost <- err:
			default:
			}
		}
		l, err := ListenRedis(t.Context(), []RedisTrigger{{Address: address, Channel: "x"}}, nil, report)
		if err != nil {
			return err
		}
		defer l.Close(0)
		return <-lost
	},
}

func TestHostileServersOfRedisAreRefused(t *testing.T) {
	t.Parallel()
	form, large := errRedisReply.Error(), errTooLarge.Error()
	const refused = "-ERR unknown command\r\n"
	for name, c := range map[string]struct{ greeting, reply, want string }{
		"a greeting with the length of a string": {"%1\r\n+a\r\n$4611686018427387904\r\n", "", large},
		"a greeting with the length of a map":    {"%68719476736\r\n", "", large},
		"a reply with a length that is none":     {refused, "$99999999999999999999\r\n", form},
		"a reply of many items":                  {refused, "*67108864\r\n" + strings.Repeat("_\r\n", 1<<22), large},
		"a reply of nested arrays":               {refused, strings.Repeat("*1\r\n", 1<<20), form},
		"a reply of attributes":                  {refused, strings.Repeat("|0\r\n", 1<<20), form},
	} {
		for client, ask := range redisClients {
			if err := ask(t, hostileRedis(t, c.greeting, c.reply)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, to the client of the %s: %v", name, client, err)
			}
		}
	}
}

func TestLengthsThatRedisPromisesAreNotAllocated(t *testing.T) {
	for client, ask := range redisClients {
		address := hostileRedis(t, "-ERR unknown command\r\n", fmt.Sprintf("$%d\r\nabc", promised))
		n := allocated(func() {
			if err := ask(t, address); err == nil {
				t.Errorf("the client of the %s took what never came", client)
			}
		})
		if n > maxPromised {
			t.Errorf("the client of the %s allocated %d bytes", client, n)
		}
	}
}

func TestRepliesOfRedisHaveAnEnd(t *testing.T) {
	t.Parallel()
	g := &redisGuard{}
	piece := []byte(strings.Repeat("+", 1<<20))
	for range MaxResultBytes >> 20 {
		if pass, err := g.follow(piece); pass != 0 || err != nil {
			t.Fatalf("%d bytes are passed on, %v", pass, err)
		}
	}
	if _, err := g.follow(piece); !errors.Is(err, errTooLarge) {
		t.Errorf("more than a result: %v", err)
	}
}

func TestRepliesOfRedisPassTheGuardWhole(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		"+OK\r\n", "-ERR no\r\n", ":1\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "_\r\n", "$0\r\n\r\n", "$4\r\n\n*9\n\r\n",
		"*2\r\n*2\r\n:1\r\n$1\r\nx\r\n*0\r\n", "%1\r\n+a\r\n*1\r\n:1\r\n", "=5\r\ntxt:x\r\n", ">1\r\n+a\r\n", "~1\r\n#t\r\n",
		"$100000\r\n" + strings.Repeat("x", 100_000) + "\r\n",
	} {
		for size := 1; size <= min(len(reply), 40); size++ { // in pieces
			g := &redisGuard{}
			pieces := &pieceReader{[]byte(reply + reply), size}
			g.in = wholeReader{r: pieces, follow: g.follow}
			var got []byte
			buf := make([]byte, 2*len(reply))
			for {
				n, err := g.Read(buf)
				if n%len(reply) != 0 {
					t.Fatalf("%.40q in pieces of %d: %d bytes at once", reply, size, n)
				}
				if got = append(got, buf[:n]...); err != nil {
					break
				}
			}
			if string(got) != reply+reply || len(g.left) > 0 || g.skip > 0 || g.size > 0 {
				t.Fatalf("%.40q in pieces of %d: %.80q, %+v", reply, size, got, g.left)
			}
		}
	}
}

// pieceReader reads a few bytes at a time.
type pieceReader struct {
	left []byte
	size int
}

func (r *pieceReader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(r.size, len(p))], r.left)
	r.left = r.left[n:]
	return n, nil
}

func TestStoresUseNoConnectionThatTheServerHasEnded(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{}, 2)
	address := "redis://" + servicetest.Listen(t, func(conn net.Conn) {
		defer func() { ended <- struct{}{} }()
		defer conn.Close()
		r := bufio.NewReader(conn)
		for _, answer := range []string{"-ERR unknown command\r\n", "$1\r\nx\r\n"} {
			if _, err := r.ReadString('\n'); err != nil {
				return
			}
			_, _ = r.Discard(r.Buffered())
			_, _ = io.WriteString(conn, answer)
		}
	})
	s, err := newRedisStore(address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for range 2 {
		if value, ok, err := s.get(t.Context(), "a"); string(value) != "x" || !ok || err != nil {
			t.Fatalf("%q, %v, %v", value, ok, err)
		}
		<-ended
	}
}
