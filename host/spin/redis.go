package spin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/redis/go-redis/v9"

	"github.com/edgelint/edgelint/host/bind"
)

// redisPorts are the schemes of Redis URLs.
var redisPorts = map[string]uint16{"redis": 6379, "rediss": 6379}

// redisConnection is the resource connection of the redis interfaces: one
// connection to a server, made anew after it broke.
type redisConnection struct {
	client *redis.Client
	turn   turn
	leave  func()

	mu   sync.Mutex
	conn net.Conn // the last one, nil before it
}

// parseRedisAddress reads an address such as
// rediss://user:password@example.com:6379/2?protocol=resp3.
func parseRedisAddress(address string) (*redis.Options, destination, error) {
	u, d, err := parseAddress(address, redisPorts)
	if err != nil {
		return nil, d, err
	}
	opts := &redis.Options{
		Addr: d.hostport(), Protocol: 2, Username: u.User.Username(), PoolSize: 1, ReadTimeout: -1,
	}
	plainRedis(opts)
	opts.Password, _ = u.User.Password()
	if db := strings.Trim(u.Path, "/"); db != "" {
		if opts.DB, err = strconv.Atoi(db); err != nil || opts.DB < 0 {
			return nil, d, fmt.Errorf("the address has the database %q, which is no number", db)
		}
	}
	switch protocol := u.Query().Get("protocol"); protocol {
	case "", "2", "resp2":
	case "3", "resp3":
		opts.Protocol = 3
	default:
		return nil, d, fmt.Errorf("the address has the protocol %q", protocol)
	}
	return opts, d, nil
}

// connectRedis connects to a server.
func connectRedis(ctx context.Context, opts *redis.Options) (*redisConnection, error) {
	c := &redisConnection{turn: newTurn(), leave: func() {}}
	dial := guardRedis(opts.Dialer)
	opts.Dialer = func(ctx context.Context, network, hostport string) (net.Conn, error) {
		conn, err := dial(ctx, network, hostport)
		if err != nil {
			return nil, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.conn = conn
		return conn, nil
	}
	ready := false
	opts.OnConnect = func(context.Context, *redis.Conn) error {
		ready = true
		return nil
	}
	c.client = redis.NewClient(opts)
	// Whoever may not PING is connected all the same.
	if _, err := c.do(ctx, "PING"); err != nil && !ready {
		return nil, errors.Join(err, c.client.Close())
	}
	return c, nil
}

func (c *redisConnection) close() {
	_ = c.client.Close() // nobody is left to be told
	c.leave()
}

// do runs a command. Its reply is flat: the elements of arrays follow each other.
func (c *redisConnection) do(ctx context.Context, args ...any) ([]redisResult, error) {
	if err := c.turn.take(ctx); err != nil {
		return nil, err
	}
	defer c.turn.pass()
	stop := context.AfterFunc(ctx, func() { // the client only looks at deadlines
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.conn != nil {
			_ = c.conn.Close()
		}
	})
	defer stop()
	var reply bytes.Buffer
	if _, err := c.client.DoRawWriteTo(ctx, &reply, args...).Result(); err != nil {
		return nil, err
	}
	return parseReply(reply.Bytes())
}

// redisReplyError is an error that the server answered with.
type redisReplyError string

func (e redisReplyError) Error() string { return string(e) }

// parseReply reads a reply of RESP, the protocol of Redis.
func parseReply(reply []byte) ([]redisResult, error) {
	results, size := []redisResult{}, 0
	for len(reply) > 0 {
		line, rest, ok := bytes.Cut(reply, []byte("\r\n"))
		if !ok || len(line) == 0 {
			return nil, errors.New("the server's reply ends early")
		}
		reply = rest
		result, n, err := parseItem(line, rest)
		if err != nil {
			return nil, err
		}
		reply = reply[n:]
		if result == nil {
			continue
		}
		size += int(unsafe.Sizeof(*result)) + len(result.Binary) + len(result.Status)
		if size > MaxResultBytes {
			return nil, errTooLarge
		}
		results = append(results, *result)
	}
	return results, nil
}

// parseItem reads one item of a reply: its first line, and of what follows it the
// first n bytes. Arrays and sets are no results; their elements are.
func parseItem(line, rest []byte) (result *redisResult, n int, err error) {
	text := string(line[1:])
	switch line[0] {
	case '+':
		return &redisResult{Case: redisStatus, Status: text}, 0, nil
	case ':':
		v, err := strconv.ParseInt(text, 10, 64)
		return &redisResult{Case: redisInt64, Int64: v}, 0, err
	case '_':
		return &redisResult{Case: redisNil}, 0, nil
	case '#':
		v := int64(0)
		if text == "t" {
			v = 1
		}
		return &redisResult{Case: redisInt64, Int64: v}, 0, nil
	case ',', '(':
		return &redisResult{Case: redisBinary, Binary: []byte(text)}, 0, nil
	case '-':
		return nil, 0, redisReplyError(text)
	case '*', '~':
		if text == "-1" {
			return &redisResult{Case: redisNil}, 0, nil
		}
		return nil, 0, nil
	case '$', '!':
		return parseBulk(line[0], text, rest)
	}
	return nil, 0, fmt.Errorf("the server's reply has a value of type %q, which the interface cannot express", line[0])
}

// parseBulk reads a string, or an error, with its length before it.
func parseBulk(kind byte, length string, rest []byte) (*redisResult, int, error) {
	if length == "-1" {
		return &redisResult{Case: redisNil}, 0, nil
	}
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 || n > len(rest)-2 {
		return nil, 0, errors.New("the server's reply ends early")
	}
	if kind == '!' {
		return nil, 0, redisReplyError(rest[:n])
	}
	return &redisResult{Case: redisBinary, Binary: bytes.Clone(rest[:n])}, n + 2, nil
}

// number is the reply of a command that answers with a number.
func (c *redisConnection) number(ctx context.Context, args ...any) (int64, error) {
	results, err := c.do(ctx, args...)
	if err != nil {
		return 0, err
	}
	if len(results) != 1 || results[0].Case != redisInt64 {
		return 0, errors.New("the server's reply is no number")
	}
	return results[0].Int64, nil
}

// count is the reply of a command that takes words after its key, and counts.
func (c *redisConnection) count(ctx context.Context, command []any, words []string) (uint32, error) {
	for _, w := range words {
		command = append(command, w)
	}
	n, err := c.number(ctx, command...)
	return uint32(n), err
}

func (c *redisConnection) get(ctx context.Context, key string) (bind.Option[[]byte], error) {
	results, err := c.do(ctx, "GET", key)
	if err != nil || len(results) != 1 || results[0].Case != redisBinary {
		return bind.None[[]byte](), err
	}
	return bind.Some(results[0].Binary), nil
}

func (c *redisConnection) members(ctx context.Context, key string) ([]string, error) {
	results, err := c.do(ctx, "SMEMBERS", key)
	if err != nil {
		return nil, err
	}
	members := make([]string, len(results))
	for i, r := range results {
		if !utf8.Valid(r.Binary) {
			return nil, fmt.Errorf("a member of the set is not UTF-8: %q", r.Binary)
		}
		members[i] = string(r.Binary)
	}
	return members, nil
}

func (c *redisConnection) execute(ctx context.Context, command string, params []redisParameter) ([]redisResult, error) {
	args := make([]any, 0, len(params)+1)
	args = append(args, command)
	for _, p := range params {
		if p.Case == 0 {
			args = append(args, p.Int64)
		} else {
			args = append(args, p.Binary)
		}
	}
	return c.do(ctx, args...)
}

// redisError is the variant error of the redis interfaces.
type redisError struct {
	Case  uint8 // 0 invalid-address, 1 too-many-connections, 2 type-error, 3 other
	Other string
}

const (
	redisInvalidAddress = iota
	redisTooMany
	redisTypeError
	redisOther
)

// redisParameter is the variant redis-parameter.
type redisParameter struct {
	Case   uint8 // 0 int64, 1 binary
	Int64  int64
	Binary []byte
}

// redisResult is the variant redis-result.
type redisResult struct {
	Case   uint8 // 0 nil, 1 status, 2 int64, 3 binary
	Status string
	Int64  int64
	Binary []byte
}

const (
	redisNil = iota
	redisStatus
	redisInt64
	redisBinary
)

func redisErrorOf(err error) redisError {
	if errors.Is(err, errTooMany) {
		return redisError{Case: redisTooMany}
	}
	return redisError{Case: redisOther, Other: err.Error()}
}

func redisOutcome[T any](v T, err error) (bind.Result[T, redisError], error) {
	return outcome(v, err, redisErrorOf)
}

// openRedis opens a connection that the manifest grants.
func (s *services) openRedis(ctx context.Context, gate *gate, address string) (
	bind.Result[*redisConnection, redisError], error,
) {
	opts, d, err := parseRedisAddress(address)
	if err != nil || !s.permits(d) {
		return bind.Err[*redisConnection](redisError{Case: redisInvalidAddress}), nil
	}
	opts.Dialer = s.dial
	if d.scheme == "rediss" {
		opts.Dialer = s.dialTLS
	}
	leave, err := gate.enter(ctx)
	if err != nil {
		return redisOutcome[*redisConnection](nil, err)
	}
	c, err := connectRedis(ctx, opts)
	if err != nil {
		leave()
		return redisOutcome[*redisConnection](nil, err)
	}
	c.leave = leave
	return redisOutcome(c, nil)
}

func (s *services) addRedis(imports *bind.Imports) {
	gate := s.newGate(imports, s.grants.app.limits.redis)
	for _, name := range []string{"fermyon:spin/redis@2.0.0", "spin:redis/redis@3.0.0"} {
		i := imports.Interface(name)
		bind.Resource(i, "connection", func(_ context.Context, c *redisConnection) error {
			c.close()
			return nil
		})
		i.Func("[static]connection.open", bind.Func1(func(ctx context.Context, address string) (
			bind.Result[*redisConnection, redisError], error,
		) {
			return s.openRedis(ctx, gate, address)
		}))
		addRedisCommands(i)
		addRedisSets(i)
	}
}

func addRedisCommands(i *bind.Interface) {
	i.Func("[method]connection.publish", bind.Func3(func(
		ctx context.Context, c *redisConnection, channel string, payload []byte,
	) (bind.Result[bind.Unit, redisError], error) {
		_, err := c.do(ctx, "PUBLISH", channel, payload)
		return redisOutcome(bind.Unit{}, err)
	}))
	i.Func("[method]connection.get", bind.Func2(func(ctx context.Context, c *redisConnection, key string) (
		bind.Result[bind.Option[[]byte], redisError], error,
	) {
		return redisOutcome(c.get(ctx, key))
	}))
	i.Func("[method]connection.set", bind.Func3(func(ctx context.Context, c *redisConnection, key string, value []byte) (
		bind.Result[bind.Unit, redisError], error,
	) {
		_, err := c.do(ctx, "SET", key, value)
		return redisOutcome(bind.Unit{}, err)
	}))
	i.Func("[method]connection.incr", bind.Func2(func(ctx context.Context, c *redisConnection, key string) (
		bind.Result[int64, redisError], error,
	) {
		return redisOutcome(c.number(ctx, "INCRBY", key, 1))
	}))
	i.Func("[method]connection.del", bind.Func2(func(ctx context.Context, c *redisConnection, keys []string) (
		bind.Result[uint32, redisError], error,
	) {
		return redisOutcome(c.count(ctx, []any{"DEL"}, keys))
	}))
	i.Func("[method]connection.execute", bind.Func3(func(
		ctx context.Context, c *redisConnection, command string, params []redisParameter,
	) (bind.Result[[]redisResult, redisError], error) {
		return redisOutcome(c.execute(ctx, command, params))
	}))
}

func addRedisSets(i *bind.Interface) {
	i.Func("[method]connection.sadd", bind.Func3(func(ctx context.Context, c *redisConnection, key string, values []string) (
		bind.Result[uint32, redisError], error,
	) {
		n, err := c.count(ctx, []any{"SADD", key}, values)
		if reply, ok := errors.AsType[redisReplyError](err); ok && strings.HasPrefix(string(reply), "WRONGTYPE") {
			return bind.Err[uint32](redisError{Case: redisTypeError}), nil
		}
		return redisOutcome(n, err)
	}))
	i.Func("[method]connection.smembers", bind.Func2(func(ctx context.Context, c *redisConnection, key string) (
		bind.Result[[]string, redisError], error,
	) {
		return redisOutcome(c.members(ctx, key))
	}))
	i.Func("[method]connection.srem", bind.Func3(func(ctx context.Context, c *redisConnection, key string, values []string) (
		bind.Result[uint32, redisError], error,
	) {
		return redisOutcome(c.count(ctx, []any{"SREM", key}, values))
	}))
}
