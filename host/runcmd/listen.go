package runcmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// listen serves until ctx ends, and then waits for the requests under way. ready
// is told the URL before the first request, unless that is a benchmark's.
func (c *Command) listen(
	ctx context.Context, f *serveFlags, handler http.Handler, ready func(url string) error,
) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	drained := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.drainPeriod)
		defer cancel()
		drained <- server.Shutdown(drain)
	})
	defer stop()
	url := "http://" + l.Addr().String()
	if f.bench > 0 {
		go server.Serve(l)
		defer server.Close()
		return c.bench(ctx, url+f.benchPath, f.bench, f.clients)
	}
	if err := ready(url); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-drained; err != nil {
		return fmt.Errorf("requests were still under way after %v: %w", f.drainPeriod, err)
	}
	return nil
}
