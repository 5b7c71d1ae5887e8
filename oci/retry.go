package oci

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"oras.land/oras-go/v2/registry/remote/errcode"
)

// Retry says how often and how patiently a request is repeated that failed for
// a reason that may pass: a lost connection, 408, 425, 429, 500, 502, 503, 504.
type Retry struct {
	// Attempts is the number of tries, the first included. Default 5.
	Attempts int
	// MinWait is the wait before the second try; it doubles each time, with a
	// quarter of it left to chance. Default 250 ms.
	MinWait time.Duration
	// MaxWait bounds that wait. A longer Retry-After is honoured up to two
	// minutes. Default 10 s.
	MaxWait time.Duration
}

func (r Retry) withDefaults() Retry {
	if r.Attempts <= 0 {
		r.Attempts = defaultAttempts
	}
	if r.MinWait <= 0 {
		r.MinWait = defaultMinWait
	}
	if r.MaxWait <= 0 {
		r.MaxWait = defaultMaxWait
	}
	return r
}

// wait is the pause after the nth failed try, n from 1.
func (r Retry) wait(n int) time.Duration {
	d := r.MaxWait
	if n < 32 {
		d = min(d, r.MinWait<<(n-1))
	}
	return d - rand.N(d/4+1)
}

// askedWait carries what Retry-After said from the transport to the retry loop.
type askedWait struct{ d time.Duration }

type askedWaitKey struct{}

// noteRetryAfter records the header's wish in the request's context.
func noteRetryAfter(ctx context.Context, resp *http.Response) {
	asked, ok := ctx.Value(askedWaitKey{}).(*askedWait)
	text := resp.Header.Get("Retry-After")
	if !ok || text == "" || resp.StatusCode < 400 {
		return
	}
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		asked.d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		asked.d = max(0, time.Until(at))
	}
}

// retry calls op until it succeeds, fails for good, or the tries are used up.
// notify is told of each failure that is followed by a wait.
func (r Retry) retry(
	ctx context.Context, notify func(error, time.Duration), op func(context.Context) error,
) error {
	expired := false
	for n := 1; ; n++ {
		var asked askedWait
		err := op(context.WithValue(ctx, askedWaitKey{}, &asked))
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !expired && unauthorized(err):
			// A token may expire between the two requests of an upload;
			// the second try fetches a new one.
			expired = true
			continue
		case !transient(err):
			return err
		case n >= r.Attempts:
			return &remark{err, fmt.Sprintf("tried %d times", n)}
		case asked.d > maxRetryAfter:
			return &remark{err, fmt.Sprintf("the server asks to wait %v", asked.d)}
		}
		wait := max(r.wait(n), asked.d)
		notify(err, wait)
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// remark is an error with something to add after the text of its cause.
type remark struct {
	error
	text string
}

func (r *remark) Unwrap() error { return r.error }

func unauthorized(err error) bool {
	var answer *errcode.ErrorResponse
	return errors.As(err, &answer) && answer.StatusCode == http.StatusUnauthorized &&
		answer.Method == http.MethodPut
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
