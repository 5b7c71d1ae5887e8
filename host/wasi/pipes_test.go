package wasi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func readAll(t *testing.T, s *InputStream) (string, error) {
	t.Helper()
	var b strings.Builder
	for {
		data, err := s.read(t.Context(), 7, true)
		b.Write(data)
		if err != nil {
			return b.String(), err
		}
	}
}

func TestInputStreamsGiveAllBytesThenTheEnd(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 20_000)
	for name, in := range map[string]Input{
		"memory":     Bytes([]byte(text)),
		"reader":     ReadFrom(strings.NewReader(text), nil),
		"one byte":   ReadFrom(iotest.OneByteReader(strings.NewReader(text[:1000])), nil),
		"data, then": ReadFrom(iotest.DataErrReader(strings.NewReader(text)), nil),
	} {
		want := text
		if name == "one byte" {
			want = text[:1000]
		}
		s := NewInputStream(in, nil)
		if got, err := readAll(t, s); got != want || !errors.Is(err, io.EOF) {
			t.Errorf("%s: %d bytes and %v, want %d and EOF", name, len(got), err, len(want))
		}
		if _, err := s.read(t.Context(), 1, false); !errors.Is(err, io.EOF) {
			t.Errorf("%s: a stream at its end must stay there: %v", name, err)
		}
	}
}

func TestReadErrorsComeBehindTheBytes(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	s := NewInputStream(ReadFrom(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), nil), nil)
	if got, err := readAll(t, s); got != "abc" || !errors.Is(err, broken) {
		t.Errorf("read %q and %v", got, err)
	}
}

func TestBlockedReadEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		defer w.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s := NewInputStream(ReadFrom(r, r.Close), nil)
		if _, err := s.read(ctx, 1, true); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
	})
}

func TestOutputStreamsWriteEverythingInOrder(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 50_000)
	for _, ahead := range []bool{false, true} {
		var mu sync.Mutex
		var buf bytes.Buffer
		w := writerFunc(func(p []byte) (int, error) { mu.Lock(); defer mu.Unlock(); return buf.Write(p) })
		out := WriteTo(w, nil, nil)
		if ahead {
			out = WriteAhead(w, nil)
		}
		s := NewOutputStream(out, nil)
		if err := s.writeAndFlush(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		if got := buf.String(); got != text {
			t.Errorf("ahead=%v: %d bytes arrived of %d", ahead, len(got), len(text))
		}
		mu.Unlock()
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestWriteAheadHoldsABoundedNumberOfBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		s := NewOutputStream(WriteAhead(w, w.Close), nil)
		total := 0
		for {
			n, err := s.checkWrite()
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
			total += n
			if err := s.write(t.Context(), make([]byte, n)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if total != maxRead {
			t.Errorf("took %d bytes that nobody read, want %d", total, maxRead)
		}
		go io.Copy(io.Discard, r)
		synctest.Wait()
		if n, err := s.checkWrite(); n != maxRead || err != nil {
			t.Errorf("check-write = %d, %v after all was read", n, err)
		}
		if err := s.drop(); err != nil {
			t.Error(err)
		}
	})
}

func TestWritersThatFailCloseTheStream(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	r.Close()
	s := NewOutputStream(WriteAhead(w, nil), nil)
	if err := s.writeAndFlush(t.Context(), []byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v, want a closed pipe", err)
	}
	if res := streamErr[int](io.ErrClosedPipe); res.Err.Case != 1 {
		t.Errorf("a closed pipe must be the case closed, not %d", res.Err.Case)
	}
}

func TestResourcesAreDroppedAfterTheirChildren(t *testing.T) {
	t.Parallel()
	s := NewInputStream(Bytes(nil), nil)
	p := NewPollable(&s.Parent, s.in.Ready)
	if err := s.drop(); err == nil {
		t.Error("a stream was dropped before its pollable")
	}
	if err := p.drop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.drop(); err != nil {
		t.Error(err)
	}
}

func TestPollListsWhatIsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, quick := after(uint64(2*time.Hour)), after(uint64(time.Hour))
		start := time.Now()
		got, err := pollList(t.Context(), []*Pollable{slow, quick})
		if err != nil || len(got) != 1 || got[0] != 1 || time.Since(start) != time.Hour {
			t.Errorf("poll = %v, %v after %v; want [1] after an hour", got, err, time.Since(start))
		}
		got, err = pollList(t.Context(), []*Pollable{slow, quick, NewPollable(nil, Always)})
		if err != nil || len(got) != 2 || got[0] != 1 || got[1] != 2 {
			t.Errorf("poll = %v, %v; want [1 2] at once", got, err)
		}
		if _, err := pollList(t.Context(), nil); err == nil {
			t.Error("a poll of nothing must trap")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := pollList(ctx, []*Pollable{slow}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("poll error %v, want the deadline", err)
		}
		slow.drop(t.Context())
	})
}
