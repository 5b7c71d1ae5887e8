package host

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// counters count the requests of a handler.
type counters struct {
	inFlight atomic.Int64
	mu       sync.Mutex
	byStatus map[int]int64
	failed   int64
	bytes    int64
	took     time.Duration
	buckets  [len(latencies)]int64
	total    int64
}

// latencies are the upper bounds of the buckets of request times.
var latencies = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second,
	2500 * time.Millisecond, 10 * time.Second,
}

func (c *counters) begin() { c.inFlight.Add(1) }

func (c *counters) end(x Exchange) {
	c.inFlight.Add(-1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byStatus == nil {
		c.byStatus = map[int]int64{}
	}
	c.byStatus[x.Status]++
	c.total++
	c.bytes += x.Bytes
	c.took += x.Took
	if x.Err != nil {
		c.failed++
	}
	for i, bound := range latencies {
		if x.Took <= bound {
			c.buckets[i]++
		}
	}
}

// WriteMetrics writes the handler's counters in the text format of Prometheus.
// The status 0 counts broken connections.
func (h *Handler) WriteMetrics(w io.Writer) error {
	c := &h.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	print := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format, args...)
		}
	}
	print("# HELP edgerun_requests_total Requests by status; 0 is a broken connection.\n")
	print("# TYPE edgerun_requests_total counter\n")
	for status := range 1000 {
		if n := c.byStatus[status]; n > 0 {
			print("edgerun_requests_total{status=\"%d\"} %d\n", status, n)
		}
	}
	print("# HELP edgerun_failures_total Requests whose component trapped or gave no response.\n")
	print("# TYPE edgerun_failures_total counter\nedgerun_failures_total %d\n", c.failed)
	print("# HELP edgerun_response_bytes_total Bytes of response bodies.\n")
	print("# TYPE edgerun_response_bytes_total counter\nedgerun_response_bytes_total %d\n", c.bytes)
	print("# HELP edgerun_requests_in_flight Requests being handled or waiting.\n")
	print("# TYPE edgerun_requests_in_flight gauge\nedgerun_requests_in_flight %d\n", c.inFlight.Load())
	print("# HELP edgerun_request_seconds Time from a request's arrival to its end.\n")
	print("# TYPE edgerun_request_seconds histogram\n")
	for i, bound := range latencies {
		print("edgerun_request_seconds_bucket{le=\"%g\"} %d\n", bound.Seconds(), c.buckets[i])
	}
	print("edgerun_request_seconds_bucket{le=\"+Inf\"} %d\n", c.total)
	print("edgerun_request_seconds_sum %g\nedgerun_request_seconds_count %d\n", c.took.Seconds(), c.total)
	return err
}
