package spin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// redisStore is a key-value store that is a database of a Redis server, all of it:
// keys have no prefix, as with Spin.
type redisStore struct{ client *redis.Client }

// newRedisStore makes the store of a URL such as redis://localhost:6379/1. It
// connects when it is first used.
func newRedisStore(url string) (*redisStore, error) {
	opts, err := redis.ParseURL(strings.Replace(url, "redis+unix://", "unix://", 1))
	if err != nil {
		return nil, err
	}
	plainRedis(opts)
	opts.Dialer = guardRedis(redis.NewDialer(opts))
	return &redisStore{redis.NewClient(opts)}, nil
}

// redisDialTimeout bounds connecting to a server whose URL sets no other time.
const redisDialTimeout = 5 * time.Second

// plainRedis makes a client send what it is asked to, once, and nothing else.
func plainRedis(opts *redis.Options) {
	opts.MaxRetries = -1 // a command that was sent twice may have been done twice
	opts.DialerRetries = 1
	if opts.DialTimeout == 0 {
		opts.DialTimeout = redisDialTimeout
	}
	opts.ContextTimeoutEnabled = true
	opts.DisableIdentity = true
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	silenceRedis()
}

// silenceRedis keeps the client from printing what its errors say.
var silenceRedis = sync.OnceFunc(func() { redis.SetLogger(noLog{}) })

type noLog struct{}

func (noLog) Printf(context.Context, string, ...any) {}

func (s *redisStore) String() string { return "Redis at " + s.client.Options().Addr }

func (s *redisStore) close() error { return s.client.Close() }

func (s *redisStore) get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	value, err = s.client.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return value, err == nil, err
}

func (s *redisStore) exists(ctx context.Context, key string) (bool, error) {
	n, err := s.client.Exists(ctx, key).Result()
	return n > 0, err
}

func (s *redisStore) getMany(ctx context.Context, keys []string) ([]pair, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	values, err := s.client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, err
	}
	var out []pair
	size := 0
	for i, v := range values {
		text, ok := v.(string)
		if !ok {
			continue
		}
		if size += len(keys[i]) + len(text); size > MaxResultBytes {
			return nil, errTooLarge
		}
		out = append(out, pair{keys[i], []byte(text)})
	}
	return out, nil
}

func (s *redisStore) setMany(ctx context.Context, pairs []pair) error {
	if len(pairs) == 0 {
		return nil
	}
	args := make([]any, 0, 2*len(pairs))
	for _, p := range pairs {
		args = append(args, p.key, p.value)
	}
	return s.client.MSet(ctx, args...).Err()
}

func (s *redisStore) delete(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	return s.client.Del(ctx, keys...).Err()
}

// scanCount is how many keys the server looks at in one step of a scan.
const scanCount = 1000

func (s *redisStore) keys(ctx context.Context) ([]string, error) {
	list := keyList{keys: []string{}}
	for it := s.client.Scan(ctx, 0, "", scanCount).Iterator(); ; {
		if !it.Next(ctx) {
			slices.Sort(list.keys)
			return slices.Compact(list.keys), it.Err() // a scan may meet a key twice
		}
		if err := list.add(it.Val()); err != nil {
			return nil, err
		}
	}
}

// increment adds to a number, which is kept as decimal digits.
func (s *redisStore) increment(ctx context.Context, key string, delta int64) (sum int64, err error) {
	return s.client.IncrBy(ctx, key, delta).Result()
}

func (s *redisStore) swap(ctx context.Context, key string, old, value []byte) (done bool, err error) {
	err = s.client.Watch(ctx, func(tx *redis.Tx) error {
		now, err := tx.Get(ctx, key).Bytes()
		exists := !errors.Is(err, redis.Nil)
		if err != nil && exists {
			return err
		}
		if exists != (old != nil) || string(now) != string(old) {
			return redis.TxFailedErr
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, key, value, 0)
			return nil
		})
		return err
	}, key)
	if errors.Is(err, redis.TxFailedErr) {
		return false, nil
	}
	return err == nil, err
}
