package spin

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/edgelint/edgelint/internal/servicetest"
)

func openRedis(t *testing.T, s *services, address string) *redisConnection {
	t.Helper()
	ctx, gate := inInstance(t)
	result, err := s.openRedis(ctx, gate, address)
	if err != nil || result.IsErr {
		t.Fatalf("%s: %+v, %v", address, result.Err, err)
	}
	t.Cleanup(result.Ok.close)
	return result.Ok
}

func TestRedis(t *testing.T) {
	t.Parallel()
	address := servicetest.Redis(t)
	s, _ := servicesOf(t, &denials{}, templated(t, address))
	for name, f := range map[string]func(*testing.T, *redisConnection){
		"values": testRedisValues, "sets": testRedisSets, "execute": testRedisExecute,
		"large replies are refused": testRedisLimit, "calls end with their context": testRedisContext,
	} {
		t.Run(name, func(t *testing.T) { f(t, openRedis(t, s, address)) })
	}
	t.Run("databases are apart", func(t *testing.T) {
		one, two := openRedis(t, s, address+"/1"), openRedis(t, s, address+"/2?protocol=resp3")
		if _, err := one.do(t.Context(), "SET", "where", "1"); err != nil {
			t.Fatal(err)
		}
		if v, err := two.get(t.Context(), "where"); v.Some || err != nil {
			t.Errorf("database 2 has the value of database 1: %+v, %v", v, err)
		}
	})
	t.Run("errors", func(t *testing.T) { testRedisErrors(t, s, address) })
}

func testRedisValues(t *testing.T, c *redisConnection) {
	ctx := t.Context()
	binary := []byte("\x00\xff\r\n")
	if _, err := c.do(ctx, "SET", "v", binary); err != nil {
		t.Fatal(err)
	}
	if v, err := c.get(ctx, "v"); !v.Some || !bytes.Equal(v.Value, binary) || err != nil {
		t.Errorf("get: %+v, %v", v, err)
	}
	if v, err := c.get(ctx, "none"); v.Some || err != nil {
		t.Errorf("get of no value: %+v, %v", v, err)
	}
	for want := int64(1); want < 3; want++ {
		if n, err := c.number(ctx, "INCRBY", "n", 1); n != want || err != nil {
			t.Errorf("incr: %d, %v", n, err)
		}
	}
	if _, err := c.number(ctx, "INCRBY", "v", 1); err == nil || !strings.Contains(err.Error(), "not an integer") {
		t.Errorf("incr of what is no number: %v", err)
	}
	if n, err := c.count(ctx, []any{"DEL"}, []string{"v", "n", "none"}); n != 2 || err != nil {
		t.Errorf("del: %d, %v", n, err)
	}
}

func testRedisSets(t *testing.T, c *redisConnection) {
	ctx := t.Context()
	if n, err := c.count(ctx, []any{"SADD", "set"}, []string{"a", "b", "a"}); n != 2 || err != nil {
		t.Errorf("sadd: %d, %v", n, err)
	}
	members, err := c.members(ctx, "set")
	slices.Sort(members)
	if !slices.Equal(members, []string{"a", "b"}) || err != nil {
		t.Errorf("smembers: %q, %v", members, err)
	}
	if n, err := c.count(ctx, []any{"SREM", "set"}, []string{"a", "c"}); n != 1 || err != nil {
		t.Errorf("srem: %d, %v", n, err)
	}
	if members, err := c.members(ctx, "none"); len(members) != 0 || err != nil {
		t.Errorf("smembers of no set: %q, %v", members, err)
	}
	if _, err := c.count(ctx, []any{"SADD", "set"}, []string{"\xff"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.members(ctx, "set"); err == nil || !strings.Contains(err.Error(), "not UTF-8") {
		t.Errorf("smembers that are no text: %v", err)
	}
}

func testRedisExecute(t *testing.T, c *redisConnection) {
	text := func(s string) redisParameter { return redisParameter{Case: 1, Binary: []byte(s)} }
	bulk := func(s string) redisResult { return redisResult{Case: redisBinary, Binary: []byte(s)} }
	for _, step := range []struct {
		command string
		params  []redisParameter
		want    []redisResult
	}{
		{"set", []redisParameter{text("k"), {Int64: 7}}, []redisResult{{Case: redisStatus, Status: "OK"}}},
		{"get", []redisParameter{text("k")}, []redisResult{bulk("7")}},
		{"incr", []redisParameter{text("k")}, []redisResult{{Case: redisInt64, Int64: 8}}},
		{"get", []redisParameter{text("none")}, []redisResult{{}}},
		{"mget", []redisParameter{text("k"), text("none")}, []redisResult{bulk("8"), {}}},
		{"lrange", []redisParameter{text("none"), {}, {Int64: -1}}, []redisResult{}},
		{
			"eval",
			[]redisParameter{text("return {1, {'two', {}}, false}"), {}},
			[]redisResult{{Case: redisInt64, Int64: 1}, bulk("two"), {}},
		},
	} {
		got, err := c.execute(t.Context(), step.command, step.params)
		if err != nil || !reflect.DeepEqual(got, step.want) {
			t.Errorf("%s: %+v, %v", step.command, got, err)
		}
	}
	if _, err := c.execute(t.Context(), "nonsense", nil); err == nil || !strings.Contains(err.Error(), "unknown command") {
		t.Errorf("an unknown command: %v", err)
	}
}

func testRedisLimit(t *testing.T, c *redisConnection) {
	megabyte := strings.Repeat("y", 1<<20)
	for range 3 {
		if _, err := c.do(t.Context(), "RPUSH", "large", megabyte); err != nil {
			t.Fatal(err)
		}
	}
	script := "local v = redis.call('LRANGE', 'large', 0, -1) local r = {} for i = 1, 43 do r[i] = v end return r"
	if _, err := c.do(t.Context(), "EVAL", script, 0); err == nil ||
		err.Error() != "query result exceeds limit of 134217728 bytes" {
		t.Errorf("a reply of 129 MiB: %v", err)
	}
	if results, err := c.do(t.Context(), "LRANGE", "large", 0, -1); len(results) != 3 || err != nil {
		t.Errorf("after it: %d results, %v", len(results), err)
	}
}

func testRedisContext(t *testing.T, c *redisConnection) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 { // one waits for the server, one for its turn
		wg.Go(func() {
			if _, err := c.do(ctx, "BLPOP", "empty", 0); err == nil {
				t.Error("a call without end has ended")
			}
		})
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	wg.Wait()
	if _, err := c.do(t.Context(), "SET", "after", 1); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func testRedisErrors(t *testing.T, s *services, address string) {
	ctx, gate := inInstance(t)
	for address, want := range map[string]redisError{
		"redis://127.0.0.1:1":    {Case: redisInvalidAddress}, // not permitted
		"nonsense":               {Case: redisInvalidAddress},
		"unix:///run/redis.sock": {Case: redisInvalidAddress},
		address + "/x":           {Case: redisInvalidAddress},
		address + "?protocol=4":  {Case: redisInvalidAddress},
	} {
		if result, err := s.openRedis(ctx, gate, address); err != nil || !result.IsErr || result.Err != want {
			t.Errorf("%s: %+v, %v", address, result, err)
		}
	}
	result, err := s.openRedis(ctx, gate, strings.Replace(address, "//", "//user:wrong@", 1))
	if err != nil || result.Err.Case != redisOther || !strings.Contains(result.Err.Other, "WRONGPASS") {
		t.Errorf("a wrong password: %+v, %v", result, err)
	}
	everywhere, _ := servicesOf(t, &denials{}, "redis://*:*")
	result, err = everywhere.openRedis(ctx, gate, "redis://127.0.0.1:1")
	if err != nil || result.Err.Case != redisOther || !strings.Contains(result.Err.Other, "refused") {
		t.Errorf("no server: %+v, %v", result, err)
	}
}

func TestRedisDenialsTellTheGrant(t *testing.T) {
	t.Parallel()
	d := &denials{}
	s, _ := servicesOf(t, d, "redis://example.com", "http://*:*")
	ctx, gate := inInstance(t)
	for _, address := range []string{"redis://localhost", "rediss://[::1]:7/1", "redis://example.com:6380"} {
		if result, err := s.openRedis(ctx, gate, address); err != nil || result.Err.Case != redisInvalidAddress {
			t.Errorf("%s: %+v, %v", address, result, err)
		}
	}
	equal(t, "grants", d.grants(), []string{
		`allowed_outbound_hosts = ["redis://example.com", "http://*:*", "redis://localhost:6379"]`,
		`allowed_outbound_hosts = ["redis://example.com", "http://*:*", "rediss://[::1]:7"]`,
		`allowed_outbound_hosts = ["redis://example.com", "http://*:*", "redis://example.com:6380"]`,
	})
}

func TestRedisRepliesOfEachType(t *testing.T) {
	t.Parallel()
	const reply = "*3\r\n+OK\r\n:-5\r\n$2\r\n\r\n\r\n~1\r\n#t\r\n,1.5\r\n(12345678901234567890\r\n_\r\n$-1\r\n*-1\r\n*0\r\n"
	want := []redisResult{
		{Case: redisStatus, Status: "OK"},
		{Case: redisInt64, Int64: -5},
		{Case: redisBinary, Binary: []byte("\r\n")},
		{Case: redisInt64, Int64: 1},
		{Case: redisBinary, Binary: []byte("1.5")},
		{Case: redisBinary, Binary: []byte("12345678901234567890")},
		{},
		{},
		{},
	}
	if got, err := parseReply([]byte(reply)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for reply, want := range map[string]string{
		"-ERR no\r\n": "ERR no", "!5\r\nERR x\r\n": "ERR x", "*1\r\n-ERR in\r\n": "ERR in",
		"%1\r\n+a\r\n+b\r\n": "cannot express", "=7\r\ntxt:abc\r\n": "cannot express", "$9\r\nabc\r\n": "ends early",
		"+OK": "ends early", "\r\n": "ends early", "$99999999999999999999\r\n": "ends early", ":x\r\n": "invalid syntax",
	} {
		if _, err := parseReply([]byte(reply)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", reply, err)
		}
	}
}

func FuzzRedisReply(f *testing.F) {
	f.Add([]byte("*2\r\n+OK\r\n$3\r\nabc\r\n"))
	f.Fuzz(func(t *testing.T, reply []byte) {
		results, err := parseReply(reply)
		if err == nil && len(results) > len(reply) {
			t.Errorf("%d results of %d bytes", len(results), len(reply))
		}
	})
}
