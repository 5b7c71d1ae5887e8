package runcmd

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// bench sends n requests with a number of clients and prints the latencies.
func (c *Command) bench(ctx context.Context, url string, n, clients int) error {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	latencies := make([]time.Duration, n)
	var next, failed atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range max(clients, 1) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && ctx.Err() == nil; i = next.Add(1) - 1 {
				began := time.Now()
				if !get(ctx, client, url) {
					failed.Add(1)
				}
				latencies[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	total := time.Since(start)
	slices.Sort(latencies)
	at := func(q float64) time.Duration { return latencies[min(n-1, int(q*float64(n)))].Round(time.Microsecond) }
	fmt.Fprintf(c.Stdout, "%d requests, %d clients, %d failed: %.0f requests/s\n", n, clients, failed.Load(),
		float64(n)/total.Seconds())
	fmt.Fprintf(c.Stdout, "latency: p50 %v  p90 %v  p99 %v  max %v\n", at(0.5), at(0.9), at(0.99), at(1))
	return nil
}

// get reports whether a request was answered in full with a status below 500.
func get(ctx context.Context, client *http.Client, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode < 500
}
