package runcmd

import (
	"context"
	"fmt"
	"io"

	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/internal/cli"
)

// listen starts to pass messages of Redis channels on to the components of an
// application, until ctx or the application ends.
func (a *spinApp) listen(ctx context.Context, stderr io.Writer) error {
	if len(a.channels) == 0 {
		return nil
	}
	handle := func(ctx context.Context, t spinhost.RedisTrigger, message []byte) {
		if err := a.messages[t.Component].Handle(ctx, message); err != nil {
			fmt.Fprintf(stderr, "edgerun: component %s failed to handle a message of the channel %s: %s\n",
				t.Component, t.Channel, explain(err))
		}
	}
	report := func(err error) { fmt.Fprintf(stderr, "edgerun: %v\n", err) }
	var err error
	a.listener, err = spinhost.ListenRedis(ctx, a.channels, handle, report)
	return err
}

// announceChannels prints the channels that an application listens to, as Spin
// does, if they are others than before.
func (s *spinServer) announceChannels(a *spinApp) error {
	channels := ""
	if a.listener != nil {
		channels = a.listener.Channels
	}
	if channels == s.channels || s.flags.spin.format.value == "json" {
		return nil
	}
	s.channels = channels
	_, err := io.WriteString(s.Stdout, channels)
	return err
}

// serveMessages serves an application that has no HTTP trigger, until ctx ends.
func (s *spinServer) serveMessages(ctx context.Context, a *spinApp) error {
	if s.flags.bench > 0 {
		a.end(ctx)
		return cli.Usagef("--bench sends requests, and the application has no HTTP trigger")
	}
	if err := s.publish(ctx, a); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
