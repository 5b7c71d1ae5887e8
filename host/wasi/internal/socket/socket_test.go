//go:build linux || darwin

package socket

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var everything = &Policy{NameLookup: true}

func local(f Family) netip.AddrPort {
	if f == IPv4 {
		return netip.MustParseAddrPort("127.0.0.1:0")
	}
	return netip.MustParseAddrPort("[::1]:0")
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// pair gives both ends of a connection.
func pair(t *testing.T, n *Network, f Family) (client, server *TCP) {
	t.Helper()
	l := must(NewTCP(n, f))(t)
	defer l.Release()
	if err := errors.Join(l.Bind(local(f)), l.Listen(false)); err != nil {
		t.Fatal(err)
	}
	client = must(NewTCP(n, f))(t)
	if err := client.StartConnect(must(l.LocalAddress())(t)); err != nil {
		t.Fatal(err)
	}
	if err := Wait(short(t), client.Ready, client.FinishConnect); err != nil {
		t.Fatal(err)
	}
	err := Wait(short(t), l.Ready, func() (err error) {
		server, err = l.Accept()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

func TestTCPCarriesBytesUntilTheEnd(t *testing.T) {
	t.Parallel()
	for _, f := range []Family{IPv4, IPv6} {
		n := NewNetwork(everything)
		client, server := pair(t, n, f)
		if a, b := must(client.LocalAddress())(t), must(server.RemoteAddress())(t); a != b {
			t.Errorf("the client is at %v, the server sees %v", a, b)
		}
		text := strings.Repeat("0123456789abcdef", 1<<16)
		go func() {
			for rest := text; rest != ""; {
				_ = Wait(context.Background(), client.WriteReady, func() error {
					k, err := client.Write([]byte(rest))
					rest = rest[k:]
					return err
				})
			}
			_ = client.Shutdown(false, true)
		}()
		var got []byte
		buf := make([]byte, 10_000)
		for {
			var k int
			err := Wait(short(t), server.ReadReady, func() (err error) {
				k, err = server.Read(buf)
				return err
			})
			got = append(got, buf[:k]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if string(got) != text {
			t.Errorf("%d bytes of %d arrived", len(got), len(text))
		}
		client.Release()
		server.Release()
		if open := n.open.Load(); open != 0 {
			t.Errorf("%d sockets are open at the end", open)
		}
	}
}

func TestTCPRefusesWhatItsStateForbids(t *testing.T) {
	t.Parallel()
	n := NewNetwork(everything)
	for name, c := range map[string]struct {
		want Code
		do   func(s *TCP) error
	}{
		"accept unbound":     {InvalidState, func(s *TCP) error { _, err := s.Accept(); return err }},
		"listen unbound":     {InvalidState, func(s *TCP) error { return s.Listen(false) }},
		"address unbound":    {InvalidState, func(s *TCP) error { _, err := s.LocalAddress(); return err }},
		"remote unbound":     {InvalidState, func(s *TCP) error { _, err := s.RemoteAddress(); return err }},
		"shutdown unbound":   {InvalidState, func(s *TCP) error { return s.Shutdown(true, true) }},
		"finish no connect":  {NotInProgress, (*TCP).FinishConnect},
		"bind wrong family":  {InvalidArgument, func(s *TCP) error { return s.Bind(local(IPv6)) }},
		"bind multicast":     {InvalidArgument, func(s *TCP) error { return s.Bind(netip.MustParseAddrPort("224.0.0.1:0")) }},
		"bind broadcast":     {InvalidArgument, func(s *TCP) error { return s.Bind(netip.MustParseAddrPort("255.255.255.255:0")) }},
		"bind elsewhere":     {AddressNotBindable, func(s *TCP) error { return s.Bind(netip.MustParseAddrPort("192.0.2.1:0")) }},
		"connect to nowhere": {InvalidArgument, func(s *TCP) error { return s.StartConnect(netip.MustParseAddrPort("0.0.0.0:80")) }},
		"connect to port 0":  {InvalidArgument, func(s *TCP) error { return s.StartConnect(local(IPv4)) }},
		"backlog 0":          {InvalidArgument, func(s *TCP) error { return s.SetBacklog(0) }},
		"idle time 0":        {InvalidArgument, func(s *TCP) error { return s.SetKeepAliveIdle(0) }},
		"hop limit 0":        {InvalidArgument, func(s *TCP) error { return s.SetHopLimit(0) }},
		"bind twice": {InvalidState, func(s *TCP) error {
			if err := s.Bind(local(IPv4)); err != nil {
				return err
			}
			return s.Bind(local(IPv4))
		}},
	} {
		s := must(NewTCP(n, IPv4))(t)
		if err := c.do(s); err == nil || CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		s.Release()
	}
}

func TestAFailedConnectEndsTheSocket(t *testing.T) {
	t.Parallel()
	n := NewNetwork(everything)
	// A port that is bound and does not listen refuses.
	silent := must(NewTCP(n, IPv4))(t)
	defer silent.Release()
	if err := silent.Bind(local(IPv4)); err != nil {
		t.Fatal(err)
	}
	to := must(silent.LocalAddress())(t)
	s := must(NewTCP(n, IPv4))(t)
	defer s.Release()
	err := s.StartConnect(to)
	if err == nil {
		err = Wait(short(t), s.Ready, s.FinishConnect)
	}
	if CodeOf(err) != ConnectionRefused {
		t.Errorf("connecting: %v", err)
	}
	if err := s.StartConnect(to); CodeOf(err) != InvalidState {
		t.Errorf("connecting again: %v", err)
	}
}

func TestAResetIsToldToReaderAndWriter(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := must(NewTCP(NewNetwork(everything), IPv4))(t)
	defer s.Release()
	if err := s.StartConnect(l.Addr().(*net.TCPAddr).AddrPort()); err != nil {
		t.Fatal(err)
	}
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := Wait(short(t), s.Ready, s.FinishConnect); err != nil {
		t.Fatal(err)
	}
	_ = peer.(*net.TCPConn).SetLinger(0)
	peer.Close()
	err = Wait(short(t), s.ReadReady, func() error {
		_, err := s.Read(make([]byte, 1))
		return err
	})
	if CodeOf(err) != ConnectionReset {
		t.Errorf("reading: %v", err)
	}
	if _, err := s.Write([]byte("x")); CodeOf(err) != ConnectionBroken {
		t.Errorf("writing: %v", err)
	}
	if err := s.Shutdown(true, true); err != nil {
		t.Errorf("shutting down: %v", err)
	}
}

func TestClosingWakesWhoWaits(t *testing.T) {
	t.Parallel()
	n := NewNetwork(everything)
	client, server := pair(t, n, IPv4)
	ready := client.ReadReady()
	select {
	case <-ready:
		t.Fatal("ready without anything to read")
	default:
	}
	client.Release()
	select {
	case <-ready:
	case <-short(t).Done():
		t.Error("closing does not wake who waits to read")
	}
	if _, err := client.Read(make([]byte, 1)); CodeOf(err) != InvalidState {
		t.Errorf("reading a closed socket: %v", err)
	}
	server.Release()
}

func TestUDPTalksToEverybodyOrOnePeer(t *testing.T) {
	t.Parallel()
	for _, f := range []Family{IPv4, IPv6} {
		n := NewNetwork(everything)
		a, b, c := must(NewUDP(n, f))(t), must(NewUDP(n, f))(t), must(NewUDP(n, f))(t)
		if err := errors.Join(a.Bind(local(f)), b.Bind(local(f)), c.Bind(local(f))); err != nil {
			t.Fatal(err)
		}
		at := func(u *UDP) netip.AddrPort { return must(u.LocalAddress())(t) }
		if err := a.Connect(at(b)); err != nil {
			t.Fatal(err)
		}
		if err := a.Send([]byte("x"), at(c)); CodeOf(err) != InvalidArgument {
			t.Errorf("sending elsewhere while connected: %v", err)
		}
		if err := errors.Join(c.Send([]byte("stranger"), at(a)), b.Send([]byte("peer"), at(a))); err != nil {
			t.Fatal(err)
		}
		if text, from := receive(t, a); text != "peer" || from != at(b) {
			t.Errorf("received %q from %v", text, from)
		}
		port := at(a).Port()
		if err := a.Disconnect(); err != nil {
			t.Fatal(err)
		}
		if at(a).Port() != port {
			t.Error("disconnecting has changed the port")
		}
		if err := errors.Join(c.Send([]byte("anybody"), at(a)), a.Send([]byte("back"), at(c))); err != nil {
			t.Fatal(err)
		}
		if text, _ := receive(t, a); text != "anybody" {
			t.Errorf("received %q", text)
		}
		if text, from := receive(t, c); text != "back" || from.Port() != port {
			t.Errorf("received %q from %v", text, from)
		}
		if err := a.Send(make([]byte, MaxDatagram+1), at(c)); CodeOf(err) != DatagramTooLarge {
			t.Errorf("a datagram that is too long: %v", err)
		}
	}
}

func receive(t *testing.T, u *UDP) (string, netip.AddrPort) {
	t.Helper()
	var data []byte
	var from netip.AddrPort
	err := Wait(short(t), u.ReceiveReady, func() (err error) {
		data, from, err = u.Receive()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(data), from
}

func TestAnUnboundUDPSocketIsBoundBySending(t *testing.T) {
	t.Parallel()
	n := NewNetwork(everything)
	u, v := must(NewUDP(n, IPv4))(t), must(NewUDP(n, IPv4))(t)
	if _, _, err := u.Receive(); CodeOf(err) != InvalidState {
		t.Errorf("receiving unbound: %v", err)
	}
	if err := v.Bind(local(IPv4)); err != nil {
		t.Fatal(err)
	}
	if err := u.Send([]byte("hello"), must(v.LocalAddress())(t)); err != nil {
		t.Fatal(err)
	}
	if text, from := receive(t, v); text != "hello" || from.Port() != must(u.LocalAddress())(t).Port() {
		t.Errorf("received %q from %v", text, from)
	}
}

func TestThePolicyIsAskedForEachUse(t *testing.T) {
	t.Parallel()
	var asked []string
	n := NewNetwork(&Policy{Allow: func(use Use, addr netip.AddrPort) error {
		asked = append(asked, use.String()+" "+addr.String())
		return errors.New("no")
	}})
	tcp, udp := must(NewTCP(n, IPv4))(t), must(NewUDP(n, IPv4))(t)
	to := netip.MustParseAddrPort("127.0.0.1:9")
	for name, err := range map[string]error{
		"bind": tcp.Bind(to), "listen": tcp.Listen(true), "connect": tcp.StartConnect(to),
		"udp bind": udp.Bind(to), "udp connect": udp.Connect(to), "send": udp.Send(nil, to),
	} {
		if err != AccessDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
	want := "TCP bind 127.0.0.1:9|TCP bind 0.0.0.0:0|TCP connect 127.0.0.1:9|" +
		"UDP bind 127.0.0.1:9|UDP connect 127.0.0.1:9|UDP send 127.0.0.1:9"
	if got := strings.Join(asked, "|"); got != want {
		t.Errorf("asked for %s", got)
	}
	if _, err := n.Lookup(t.Context(), "localhost"); err != AccessDenied {
		t.Errorf("lookup: %v", err)
	}
	if _, err := NewTCP(NewNetwork(nil), IPv4); err != AccessDenied {
		t.Errorf("a socket without policy: %v", err)
	}
}

func TestSocketsAreLimited(t *testing.T) {
	t.Parallel()
	n := NewNetwork(everything)
	n.open.Store(MaxSockets - 1)
	s := must(NewTCP(n, IPv4))(t)
	if _, err := NewUDP(n, IPv4); err != NewSocketLimit {
		t.Errorf("one socket too many: %v", err)
	}
	s.Release()
	must(NewUDP(n, IPv4))(t).Release()
}

func TestConnectionsAreCountedUntilTheyAreClosed(t *testing.T) {
	t.Parallel()
	open := 0
	n := NewNetwork(&Policy{Connection: func() (func(), error) {
		if open == 1 {
			return nil, errors.New("one is enough")
		}
		open++
		return func() { open-- }, nil
	}})
	client, server := pair(t, n, IPv4)
	defer server.Release()
	second := must(NewTCP(n, IPv4))(t)
	defer second.Release()
	if err := second.StartConnect(netip.MustParseAddrPort("127.0.0.1:9")); err != NewSocketLimit {
		t.Errorf("a second connection: %v", err)
	}
	client.Release()
	if open != 0 {
		t.Errorf("%d connections are counted after the end", open)
	}
}

func TestOptionsAreKeptInTheirRanges(t *testing.T) {
	t.Parallel()
	for _, f := range []Family{IPv4, IPv6} {
		s := must(NewTCP(NewNetwork(everything), f))(t)
		err := errors.Join(s.SetKeepAlive(true), s.SetKeepAliveIdle(1), s.SetKeepAliveInterval(1<<63),
			s.SetKeepAliveCount(1<<31), s.SetHopLimit(7), s.SetSendBuffer(0x10000), s.SetReceiveBuffer(1<<63))
		if err != nil {
			t.Error(err)
		}
		on, _ := s.KeepAlive()
		idle, _ := s.KeepAliveIdle()
		interval, _ := s.KeepAliveInterval()
		count, _ := s.KeepAliveCount()
		hops, _ := s.HopLimit()
		buffer, _ := s.SendBuffer()
		if !on || idle != time.Second || interval != maxKeepAliveSeconds*time.Second || count != maxKeepAliveCount ||
			hops != 7 || buffer != 0x10000 {
			t.Error(on, idle, interval, count, hops, buffer)
		}
		s.Release()
	}
}

func TestLookupGivesAddresses(t *testing.T) {
	t.Parallel()
	n := NewNetwork(everything)
	for name, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "::1": "::1", "[::1]": "::1", "::ffff:1.2.3.4": "1.2.3.4",
	} {
		if got, err := n.Lookup(t.Context(), name); err != nil || len(got) != 1 || got[0].String() != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "a b", "http://x/", strings.Repeat("a", 300)} {
		if _, err := n.Lookup(t.Context(), name); err != InvalidArgument {
			t.Errorf("%q: %v", name, err)
		}
	}
	if n.open.Load() != 0 {
		t.Error("lookups are still counted")
	}
}

func TestAddressesSurviveTheWayThroughComponents(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1.2.3.4:5", "[1:2:3:4:5:6:7:8]:9", "[fe80::1%3]:80", "[::]:0"} {
		addr := netip.MustParseAddrPort(s)
		if got := AddressOf(addr).AddrPort(); got != addr {
			t.Errorf("%s became %s", addr, got)
		}
	}
}
