package runcmd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"math"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
)

// listenFlags say where to listen.
type listenFlags struct {
	listen       string
	findFreePort bool
	tlsCert      string
	tlsKey       string
	drainPeriod  time.Duration

	tls *tls.Config // nil for plain HTTP
}

func (f *listenFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.listen, "listen", "127.0.0.1:3000",
		"`address` to listen on; port 0 takes a free one (env SPIN_HTTP_LISTEN_ADDR)")
	fs.BoolVar(&f.findFreePort, "find-free-port", false,
		fmt.Sprintf("if the port is in use, take the first free one of the next %d", portTries))
	fs.StringVar(&f.tlsCert, "tls-cert", "", "PEM `file` of the certificate to serve HTTPS with (env SPIN_TLS_CERT)")
	fs.StringVar(&f.tlsKey, "tls-key", "", "PEM `file` of its private key (env SPIN_TLS_KEY)")
	fs.DurationVar(&f.drainPeriod, "drain", 10*time.Second, "how long requests may go on after SIGINT or SIGTERM")
}

// portTries is how many ports --find-free-port tries.
const portTries = 10

// listener is where the command listens.
type listener struct {
	net.Listener
	url string
}

// checkAddress is an error if a flag's address cannot be listened at anywhere; none is
// fine.
func checkAddress(flag, address string) error {
	if address == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return cli.Usagef("--%s %q is not HOST:PORT, such as 127.0.0.1:3000: %w", flag, address, err)
	}
	return nil
}

// loadTLS reads the certificate, if there is one.
func (f *listenFlags) loadTLS() error {
	if (f.tlsCert == "") != (f.tlsKey == "") {
		return cli.Usagef("--tls-cert and --tls-key need each other")
	}
	if f.tlsCert == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKey)
	if err != nil {
		return fmt.Errorf("--tls-cert %s, --tls-key %s: %w", f.tlsCert, f.tlsKey, err)
	}
	f.tls = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return nil
}

// open starts to listen. A name stands for its IPv4 address if it has one.
func (f *listenFlags) open(ctx context.Context) (*listener, error) {
	l, err := f.bind(ctx)
	if err != nil {
		return nil, err
	}
	scheme := "http"
	if f.tls != nil {
		scheme = "https"
	}
	return &listener{l, scheme + "://" + l.Addr().String()}, nil
}

func (f *listenFlags) bind(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", f.listen)
	switch {
	case err == nil:
		return l, nil
	case !errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("--listen %s: %w", f.listen, err)
	case !f.findFreePort:
		return nil, fmt.Errorf("%s is already in use: stop what listens there, choose another address with --listen, "+
			"or let --find-free-port take the next free port", f.listen)
	}
	host, text, err := net.SplitHostPort(f.listen)
	if err != nil {
		return nil, err
	}
	first, err := net.LookupPort("tcp", text)
	if err != nil {
		return nil, err
	}
	last := min(first+portTries-1, math.MaxUint16)
	for port := first + 1; port <= last; port++ {
		l, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return l, err
		}
	}
	return nil, fmt.Errorf("the ports %d to %d of %s are all in use: choose another with --listen", first, last, host)
}

// serveOn serves until ctx ends, and then waits for the requests under way.
func (c *Command) serveOn(ctx context.Context, f *serveFlags, l *listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: time.Minute, Protocols: new(http.Protocols), TLSConfig: f.tls,
		ErrorLog: log.New(c.Stderr, "edgerun: ", 0), DisableGeneralOptionsHandler: true,
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	defer server.Close()
	serve := server.Serve
	if f.tls != nil {
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	if f.bench > 0 {
		go serve(l)
		err := c.bench(ctx, l.url+f.benchPath, f.bench, f.clients)
		// Components may have something to do after their responses.
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.drainPeriod)
		defer cancel()
		return errors.Join(err, server.Shutdown(drain))
	}
	drained := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.drainPeriod)
		defer cancel()
		drained <- server.Shutdown(drain)
	})
	defer stop()
	if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-drained; err != nil {
		return fmt.Errorf("requests were still under way after %v: %w", f.drainPeriod, err)
	}
	return nil
}
