package spin

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/edgelint/edgelint/spin"
)

// RedisTrigger lets a component handle the messages of a Redis channel.
type RedisTrigger struct {
	Pos spin.Position
	// Address is the URL of the server, and Channel the name of the channel, with
	// the values of their variables.
	Address, Channel string
	Component        string
}

// RedisTriggers are the application's triggers of Redis, in the order of the
// manifest.
func (a *App) RedisTriggers(ctx context.Context) ([]RedisTrigger, error) {
	var list []RedisTrigger
	var errs []error
	for _, t := range a.manifest.Triggers {
		if t.Type != "redis" {
			continue
		}
		r, err := a.redisTrigger(ctx, t)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: trigger.redis: %w", t.Pos, err))
		}
		list = append(list, r)
	}
	return list, errors.Join(errs...)
}

func (a *App) redisTrigger(ctx context.Context, t spin.Trigger) (r RedisTrigger, err error) {
	r = RedisTrigger{Pos: t.Pos, Component: t.Component.Value}
	if r.Channel, err = a.redisSetting(ctx, "channel", t.Config); err != nil {
		return r, err
	}
	if r.Address, err = a.redisSetting(ctx, "address", t.Config, a.manifest.TriggerConfig["redis"]); err != nil {
		return r, err
	}
	switch {
	case r.Channel == "":
		return r, errors.New(`the channel is missing: write channel = "NAME"`)
	case r.Address == "":
		return r, errors.New(`the address is missing: write address = "redis://HOST:PORT" here or in [application.trigger.redis]`)
	}
	if _, _, err := parseRedisAddress(r.Address); err != nil {
		return r, fmt.Errorf("address: %w", err)
	}
	return r, nil
}

// redisSetting is the value of a key in the first table that has it, with its
// variables expanded; "" if none has it.
func (a *App) redisSetting(ctx context.Context, key string, tables ...map[string]any) (string, error) {
	for _, table := range tables {
		v, ok := table[key]
		if !ok {
			continue
		}
		text, ok := v.(string)
		if !ok {
			return "", fmt.Errorf("%s: expected a string", key)
		}
		text, err := a.values.expand(ctx, text)
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		return text, nil
	}
	return "", nil
}

// RedisHandler handles a message that a component is to get. Its context ends when
// nobody waits for it any more.
type RedisHandler func(ctx context.Context, t RedisTrigger, message []byte)

// RedisListener passes messages on to handlers: as in Spin those of one server one
// after another, each to all components of its channel at once.
type RedisListener struct {
	// Channels lists what is listened to, as Spin announces it: for each server a
	// line, and one for each of its channels.
	Channels string

	cancel  context.CancelFunc // of the handlers
	stop    context.CancelFunc // of receiving
	servers []*redisServer
	running sync.WaitGroup
}

// redisServer is a server with the triggers of its channels.
type redisServer struct {
	name     string // HOST:PORT
	pubsub   *redis.PubSub
	client   *redis.Client
	channels map[string][]RedisTrigger
	handle   RedisHandler
	report   func(error)
}

// ListenRedis subscribes to the channels of triggers. It returns when all servers
// have confirmed that, or with the first error. Later on connections are made anew
// when they break; report is told of that. No message is received after ctx ends.
func ListenRedis(
	ctx context.Context, triggers []RedisTrigger, handle RedisHandler, report func(error),
) (*RedisListener, error) {
	l := &RedisListener{}
	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	receiving, stop := context.WithCancel(ctx)
	l.cancel, l.stop = cancel, stop
	for _, t := range triggers {
		if err := l.add(t, handle, report); err != nil {
			l.Close(0)
			return nil, fmt.Errorf("%s: %w", t.Pos, err)
		}
	}
	for _, s := range l.servers {
		if err := s.subscribe(ctx); err != nil {
			l.Close(0)
			return nil, fmt.Errorf("the Redis trigger cannot listen to %s: %w", s.name, err)
		}
		l.Channels += s.describe()
	}
	for _, s := range l.servers {
		l.running.Go(func() { s.run(receiving, handling) })
	}
	return l, nil
}

// add adds a trigger to the server of its address.
func (l *RedisListener) add(t RedisTrigger, handle RedisHandler, report func(error)) error {
	opts, d, err := parseRedisAddress(t.Address)
	if err != nil {
		return err
	}
	if d.scheme == "rediss" {
		opts.TLSConfig = &tls.Config{ServerName: d.host}
	}
	opts.Dialer = guardRedis(redis.NewDialer(opts))
	same := func(s *redisServer) bool {
		o := s.client.Options()
		return o.Addr == opts.Addr && o.Username == opts.Username && o.Password == opts.Password && o.DB == opts.DB &&
			(o.TLSConfig == nil) == (opts.TLSConfig == nil)
	}
	i := slices.IndexFunc(l.servers, same)
	if i < 0 {
		i = len(l.servers)
		l.servers = append(l.servers, &redisServer{
			name: d.hostport(), client: redis.NewClient(opts), channels: map[string][]RedisTrigger{},
			handle: handle, report: report,
		})
	}
	s := l.servers[i]
	s.channels[t.Channel] = append(s.channels[t.Channel], t)
	return nil
}

// Stop stops to receive messages, as the end of the listener's context does.
func (l *RedisListener) Stop() { l.stop() }

// Close stops to receive messages, and waits for those that are being handled, but
// not longer than drain.
func (l *RedisListener) Close(drain time.Duration) {
	l.stop()
	late := time.AfterFunc(drain, l.cancel)
	defer late.Stop()
	l.running.Wait()
	l.cancel()
	for _, s := range l.servers {
		if s.pubsub != nil {
			_ = s.pubsub.Close()
		}
		_ = s.client.Close() // nothing is left to be told
	}
}

func (s *redisServer) describe() string {
	text := "Active Channels on " + s.name + ":\n"
	for _, channel := range slices.Sorted(maps.Keys(s.channels)) {
		var ids []string
		for _, t := range s.channels[channel] {
			ids = append(ids, t.Component)
		}
		text += fmt.Sprintf("\t%s/%s: [%s]\n", s.name, channel, strings.Join(ids, ","))
	}
	return text
}

// subscribe subscribes to all channels and waits until the server has confirmed it.
func (s *redisServer) subscribe(ctx context.Context) error {
	s.pubsub = s.client.Subscribe(ctx, slices.Sorted(maps.Keys(s.channels))...)
	stop := context.AfterFunc(ctx, func() { _ = s.pubsub.Close() })
	defer stop()
	for range s.channels {
		if _, err := s.pubsub.Receive(ctx); err != nil {
			return cmp.Or(ctx.Err(), err)
		}
	}
	return nil
}

// Pauses before a connection that has broken is made anew.
const (
	redisPauseMin = 100 * time.Millisecond
	redisPauseMax = 5 * time.Second
)

// run receives messages and waits for their handlers, until receiving ends.
func (s *redisServer) run(receiving, handling context.Context) {
	// Receiving looks at deadlines alone.
	defer context.AfterFunc(receiving, func() { _ = s.pubsub.Close() })()
	pause := time.Duration(0)
	for receiving.Err() == nil {
		m, err := s.pubsub.ReceiveMessage(receiving)
		switch {
		case receiving.Err() != nil:
			return
		case err == nil:
			pause = 0
			s.dispatch(handling, m)
			continue
		case pause == 0:
			s.report(fmt.Errorf("the connection of the Redis trigger to %s is lost (%w); trying again", s.name, err))
		}
		pause = min(max(2*pause, redisPauseMin), redisPauseMax)
		select {
		case <-time.After(pause):
		case <-receiving.Done():
		}
	}
}

// dispatch gives a message to the components of its channel.
func (s *redisServer) dispatch(ctx context.Context, m *redis.Message) {
	var handlers sync.WaitGroup
	for _, t := range s.channels[m.Channel] {
		handlers.Go(func() { s.handle(ctx, t, []byte(m.Payload)) })
	}
	handlers.Wait()
}
