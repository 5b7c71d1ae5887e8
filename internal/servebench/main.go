//go:build linux

// Command servebench measures edgerun against wasmtime serve on one component, in
// one run, and prints a table: how long until the first response, requests per
// second, CPU time per request, peak memory.
//
//	servebench -edgerun bin/edgerun -wasmtime wasmtime testdata/built/proxy-p2.wasm
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// server is one way to serve the component.
type server struct {
	name string
	argv []string
}

// result is what was measured of a server.
type result struct {
	name      string
	first     time.Duration // until the first response
	rps       [2]float64    // with one client and with eight
	cpu       [2]time.Duration
	peakBytes int64
}

var clientCounts = [2]int{1, 8}

func main() {
	edgerun := flag.String("edgerun", "bin/edgerun", "the edgerun command")
	wasmtime := flag.String("wasmtime", "wasmtime", "the wasmtime command")
	seconds := flag.Duration("for", 5*time.Second, "how long each load lasts")
	addr := flag.String("addr", "127.0.0.1:3917", "address to serve at")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: servebench [flags] COMPONENT")
	}
	if err := run(*edgerun, *wasmtime, *addr, flag.Arg(0), *seconds); err != nil {
		log.Fatal(err)
	}
}

func run(edgerun, wasmtime, addr, app string, load time.Duration) error {
	dir, err := os.MkdirTemp("", "servebench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cache, native := filepath.Join(dir, "cache"), filepath.Join(dir, "app.cwasm")
	if err := precompile(wasmtime, app, native); err != nil {
		return err
	}
	ours := func(flags ...string) []string {
		return append(append([]string{edgerun, "--quiet", "--listen", addr, "--cache-dir", cache}, flags...), app)
	}
	theirs := func(flags ...string) []string {
		return append([]string{wasmtime, "serve", "-Scli", "--addr", addr}, flags...)
	}
	reuse := "1000000"
	servers := []server{
		{"wasmtime serve, not compiled yet", theirs("-Ccache=n", app)},
		{"edgerun, not compiled yet", ours()},
		{"wasmtime serve, as by default", theirs("--allow-precompiled", native)},
		{"edgerun, as by default", ours()},
		{"wasmtime serve, an instance a request", theirs("--max-instance-reuse-count", "1",
			"--max-instance-concurrent-reuse-count", "1", "--allow-precompiled", native)},
		{"edgerun --reuse 1, an instance put back after each request", ours("--reuse", "1")},
		{"edgerun --fresh, an instance a request", ours("--reuse", "1", "--fresh")},
		{"wasmtime serve, instances reused", theirs("--max-instance-reuse-count", reuse, "--allow-precompiled", native)},
		{"edgerun --reuse, instances reused", ours("--reuse", reuse)},
	}
	fmt.Println("| server | first response s | requests/s, 1 client | 8 clients | CPU ms/request, 1 client | 8 clients | peak MB |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
	for i, s := range servers {
		r, err := measure(s, addr, load, i < 2)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		r.print(i < 2)
	}
	return nil
}

func (r result) print(startOnly bool) {
	fmt.Printf("| %s | %.2f |", r.name, r.first.Seconds())
	if startOnly {
		fmt.Printf(" | | | | %.0f |\n", float64(r.peakBytes)/1e6)
		return
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }
	fmt.Printf(" %.0f | %.0f | %.2f | %.2f | %.0f |\n", r.rps[0], r.rps[1], ms(r.cpu[0]), ms(r.cpu[1]),
		float64(r.peakBytes)/1e6)
}

// measure starts a server and loads it, unless only its start is of interest.
func measure(s server, addr string, load time.Duration, startOnly bool) (result, error) {
	r := result{name: s.name}
	start := time.Now()
	p, err := startProcess(s.argv)
	if err != nil {
		return r, err
	}
	defer p.stop()
	url := "http://" + addr + "/"
	if err := firstResponse(url, 2*time.Minute); err != nil {
		return r, err
	}
	r.first = time.Since(start)
	if !startOnly {
		for i, clients := range clientCounts {
			burst(url, clients, time.Second)
			before := p.cpu()
			n, took := burst(url, clients, load)
			if n == 0 {
				return r, fmt.Errorf("no request was answered")
			}
			r.rps[i] = float64(n) / took.Seconds()
			r.cpu[i] = (p.cpu() - before) / time.Duration(n)
		}
	}
	r.peakBytes = p.peak()
	return r, nil
}

func firstResponse(url string, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if res, err := http.Get(url); err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("status %d", res.StatusCode)
			}
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return context.DeadlineExceeded
}

// burst sends requests for a while and gives how many were answered with 200.
func burst(url string, clients int, length time.Duration) (int64, time.Duration) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var answered atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for time.Since(start) < length {
				res, err := client.Get(url)
				if err != nil {
					continue
				}
				if _, err := io.Copy(io.Discard, res.Body); err == nil && res.StatusCode == http.StatusOK {
					answered.Add(1)
				}
				res.Body.Close()
			}
		})
	}
	wg.Wait()
	return answered.Load(), time.Since(start)
}
