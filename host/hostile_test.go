package host_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// misuses are the traps of the exports of the component "hostile"; "" stands for the
// result 42.
var misuses = map[string]string{
	"drop-while-reading":             "cannot drop a stream while a copy is in progress",
	"drop-while-writing":             "cannot drop a stream while a copy is in progress",
	"read-twice":                     "the stream is busy with a copy, or done",
	"cancel-nothing":                 "there is no copy of the stream to cancel",
	"cancel-twice":                   "there is no copy of the stream to cancel",
	"read-after-the-end":             "the stream is busy with a copy, or done",
	"read-after-an-idle-drop":        "the stream is busy with a copy, or done",
	"drop-future-after-an-idle-drop": "",
	"dropped-is-told-once":           "",
	"cancel-before-being-told":       "the task has not been asked to cancel",
	"read-huge":                      "pointer out of bounds: 268435455 bytes at 0x0",
	"read-too-long":                  "a buffer of 268435456 elements is longer than 268435455",
	"write-all-ones":                 "a buffer of 4294967295 elements is longer than 268435455",
	"read-at-the-end-of-memory":      "pointer out of bounds: 1 bytes at 0xffffffff",
	"empty-elements-in-masses":       "",
	"strings-within-one-instance":    "within one component instance",
	"zero-length":                    "",
	"other-kind-of-end":              "is an end of another kind or type than stream<u8>",
	"wrong-end":                      "is an end of another kind or type than stream<u8>",
	"drop-unwritten-future":          "cannot drop the writable end of a future before it is written",
	"write-future-twice":             "the future is busy with a copy, or done",
	"end-of-another-instance":        "unknown handle index",
	"sync-read-of-a-member":          "cannot use a stream synchronously while it is in a waitable set",
	"drop-set-with-members":          "cannot drop waitable set with waitables in it: 1",
	"wait-for-a-stream":              "is not a waitable set",
	"join-a-stream":                  "is not a waitable set",
	"join-a-set":                     "is not a waitable",
	"poll-beyond-memory":             "pointer out of bounds: 8 bytes at 0xfffc",
	"poll-misaligned":                "unaligned pointer: 0x2",
	"wait-for-nothing":               "deadlock",
	"drop-started-subtask":           "cannot drop a subtask which has not yet resolved",
	"cancel-subtask-twice":           "cannot cancel a subtask twice",
	"cancel-a-stream":                "is not a subtask",
	"leave-subtask":                  "",
	"cancel-unasked":                 "not one of a function lifted with async",
	"return-by-hand":                 "not one of a function lifted with async",
	"backpressure-overflow":          "backpressure counter out of range: 65536",
	"backpressure-underflow":         "backpressure counter out of range: -1",
	"context":                        "",
	"cb-unknown-code":                "unsupported callback code 3",
	"cb-all-ones":                    "unsupported callback code 15",
	"cb-wait-for-nothing":            "unknown handle index 0",
	"cb-wait-for-a-stream":           "is not a waitable set",
	"cb-no-result":                   "the task ended without a result",
	"cb-two-results":                 "the task has a result already",
	"cb-trap":                        "unreachable",
	"resume-oneself":                 "thread 1 is not suspended",
	"switch-to-oneself":              "thread 1 is not suspended",
	"promote-oneself":                "a thread cannot switch to itself",
	"resume-nobody":                  "unknown thread index 1000",
	"resume-thread-zero":             "unknown thread index 0",
	"resume-twice":                   "thread 2 is not suspended",
	"thread-of-no-function":          "table element 100",
	"thread-of-another-type":         "table element 3",
	"thread-traps":                   "unreachable",
	"thread-traps-later":             "unreachable",
	"leave-suspended-threads":        "",
	"leave-new-threads":              "",
	"switch-to-and-fro":              "",
	"suspend-for-ever":               "deadlock",
	"sync-suspend":                   "cannot block a synchronous task before returning",
	"sync-yield":                     "",
	"yield-in-a-destructor":          "",
	"endless-turns":                  "the call was interrupted",
	"endless-yields":                 "the call was interrupted",
	"endless-polls":                  "the call was interrupted",
	"many-streams":                   "",
}

// floods are the traps of the exports that use up a limit, see flood_test.go.
var floods = map[string]string{
	"flood-of-streams":        "the handle table is full",
	"flood-of-error-contexts": "the handle table is full",
	"flood-of-sets":           "the handle table is full",
	"flood-of-subtasks":       "more than 16384 threads",
	"flood-of-new-threads":    "more than 16384 threads",
	"flood-of-threads":        "more than 16384 threads",
}

func TestMisuseOfAsyncIsATrapAndLeavesNothingBehind(t *testing.T) {
	for engine, opts := range engines {
		c := newComponent(t, "hostile", bind.NewImports(), opts)
		for name := range c.Plan().Exports.Funcs {
			_, misuse := misuses[name]
			_, flood := floods[name]
			if !misuse && !flood {
				t.Errorf("nothing is expected of %s", name)
			}
		}
		for name, trap := range misuses {
			t.Run(engine+"/"+name, func(t *testing.T) { misuse(t, c, name, trap) })
		}
	}
}

func misuse(t *testing.T, c *host.Component, name, trap string) {
	before := runtime.NumGoroutine()
	in, err := c.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if strings.HasPrefix(name, "endless-") {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
	}
	got, err := in.Call(ctx, name)
	_, trapped := errors.AsType[*abi.Trap](err)
	switch {
	case trap == "" && (err != nil || got.Uint() != 42):
		t.Errorf("got %v, %v", got, err)
	case trap != "" && (!trapped || !strings.Contains(err.Error(), trap)):
		t.Errorf("error %v, want a trap: %s", err, trap)
	}
	if err := in.Close(t.Context()); err != nil {
		t.Error(err)
	}
	noneLeft(t, before)
}

func TestCallsNestOnlySoDeep(t *testing.T) {
	before := runtime.NumGoroutine()
	for engine, opts := range engines {
		c := newComponent(t, "recursion", bind.NewImports(), opts)
		in, err := c.Instantiate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = in.Call(t.Context(), "run")
		if err == nil || !strings.Contains(err.Error(), "nested more than 200 deep") {
			t.Errorf("%s: error %v", engine, err)
		}
		if err := in.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	noneLeft(t, before)
}

func TestWhatComponentsCanAskOfTheHostAtOnceIsBounded(t *testing.T) {
	before := runtime.NumGoroutine()
	imports := bind.NewImports()
	root := imports.Interface("")
	root.Func("open", bind.Func0(func(context.Context) (*bind.Stream[byte], error) {
		return bind.NewStream(func(_ context.Context, w *bind.Writer[byte]) error {
			_, err := w.Write([]byte("nobody reads this"))
			return err
		}), nil
	}))
	root.Func("forever", bind.Func0(func(ctx context.Context) (bind.Unit, error) {
		<-ctx.Done()
		return bind.Unit{}, ctx.Err()
	}))
	c := newComponent(t, "floods-host", imports, host.Options{})
	for name, want := range map[string]string{
		"opens": "more than 16384 streams and futures in use by the host",
		"calls": "more than 16384 calls of the host in progress",
	} {
		in, err := c.Instantiate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Call(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", name, err, want)
		}
		if err := in.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	noneLeft(t, before)
}
