package servicetest

import (
	"bufio"
	"net"
	"net/url"
	"strings"
	"testing"
)

// TestServersAnswer speaks the first words of each protocol.
func TestServersAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		start     func(testing.TB) string
		say, hear string
	}{
		"Redis":     {Redis, "PING\r\n", "+PONG"},
		"Postgres":  {Postgres, "\x00\x00\x00\x08\x04\xd2\x16\x2f", "N"}, // SSLRequest: no
		"MariaDB":   {MariaDB, "", "MariaDB"},
		"Mosquitto": {Mosquitto, "\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01x", "\x20\x02\x00\x05"}, // not authorized
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(c.start(t))
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("tcp", u.Host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := conn.Write([]byte(c.say)); err != nil {
				t.Fatal(err)
			}
			in := bufio.NewReader(conn)
			if _, err := in.Peek(1); err != nil {
				t.Fatal(err)
			}
			if got, _ := in.Peek(in.Buffered()); !strings.Contains(string(got), c.hear) {
				t.Errorf("%s says %q, want %q", u, got, c.hear)
			}
		})
	}
}
