package spin

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/wasi"
)

func TestSocketsGoWhereTheManifestSays(t *testing.T) {
	t.Parallel()
	var denied []Denial
	o := policy(t, []string{"tcp://10.0.0.1:6379", "udp://10.0.0.0/8:*", "tcp://[2001:db8::1]:1", "*://192.0.2.1:*"},
		"[outbound_networking]\nblock_networks = [\"10.9.0.0/16\"]\n",
		Config{Denied: func(d Denial) { denied = append(denied, d) }})
	p := o.sockets()
	for _, c := range []struct {
		use  wasi.SocketUse
		addr string
		told string // "" if it is permitted
	}{
		{wasi.TCPConnect, "10.0.0.1:6379", ""},
		{wasi.TCPConnect, "[2001:db8::1]:1", ""},
		{wasi.TCPConnect, "[2001:db8::1%2]:1", ""},
		{wasi.TCPConnect, "192.0.2.1:7", ""},
		{wasi.UDPConnect, "10.0.0.1:53", ""},
		{wasi.UDPSend, "10.0.0.1:53", ""},
		{wasi.UDPBind, "10.0.0.1:53", ""},
		{wasi.TCPConnect, "10.0.0.1:6380", "differs only in the port"},
		{wasi.TCPConnect, "10.0.0.2:6379", `"tcp://10.0.0.2:6379"]`},
		{wasi.UDPBind, "0.0.0.0:0", `"udp://0.0.0.0:0"]`},
		{wasi.UDPSend, "10.9.0.1:53", "block_networks"},
		{wasi.TCPBind, "192.0.2.1:7", "do not listen"},
	} {
		denied = nil
		err := p.Allow(c.use, netip.MustParseAddrPort(c.addr))
		told := ""
		for _, d := range denied {
			told += d.What + d.Grant + d.Hint
		}
		if (err == nil) != (c.told == "") || (err == nil) != (told == "") || !strings.Contains(told, c.told) {
			t.Errorf("%s %s: %v, told %q", c.use, c.addr, err, told)
		}
	}
}

func TestConnectionsOfSocketsAreLimited(t *testing.T) {
	t.Parallel()
	p := policy(t, nil, "[outbound_networking]\nmax_socket_connections = 1\n", Config{}).sockets()
	release, err := p.Connection()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Connection(); err == nil {
		t.Error("a second connection was permitted")
	}
	release()
	if _, err := p.Connection(); err != nil {
		t.Errorf("after the first was closed: %v", err)
	}
}
