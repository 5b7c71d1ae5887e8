package registrytest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Network connects clients to servers by pipes in memory. It is made, used and
// torn down inside one synctest bubble, or without any.
type Network struct {
	t         testing.TB
	mu        sync.Mutex
	listeners map[string]*listener
	transport *http.Transport
}

// NewNetwork makes a network that ends with the test.
func NewNetwork(t testing.TB) *Network {
	n := &Network{t: t, listeners: map[string]*listener{}}
	n.transport = &http.Transport{DialContext: n.dial, DisableCompression: true}
	t.Cleanup(n.transport.CloseIdleConnections)
	return n
}

// Transport reaches the servers of the network and no others.
func (n *Network) Transport() *http.Transport { return n.transport }

// Serve starts a server at HOST:PORT.
func (n *Network) Serve(address string, handler http.Handler) {
	l := &listener{address: address, conns: make(chan net.Conn), done: make(chan struct{})}
	n.mu.Lock()
	n.listeners[address] = l
	n.mu.Unlock()
	server := &http.Server{Handler: handler}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = server.Serve(l)
	}()
	n.t.Cleanup(func() {
		n.transport.CloseIdleConnections()
		_ = server.Close()
		<-stopped
	})
}

// Registry starts a registry at HOST:PORT.
func (n *Network) Registry(address string, o Options) *Registry {
	n.t.Helper()
	r := New(n.t, o)
	n.Serve(address, r)
	return r
}

func (n *Network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	l := n.listeners[address]
	n.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("no server at %s in this network", address)
	}
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
	case <-ctx.Done():
	}
	return nil, fmt.Errorf("the server at %s does not answer", address)
}

type listener struct {
	address string
	conns   chan net.Conn
	done    chan struct{}
	once    sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *listener) Addr() net.Addr { return address(l.address) }

type address string

func (a address) Network() string { return "pipe" }
func (a address) String() string  { return string(a) }
