//go:build unix

// Command procbench runs two commands in turn and compares them as whole
// processes: medians of wall time and CPU time, peak memory, and the ratios.
//
//	procbench -n 20 'bin/edgelint app.wasm' 'wasm-tools validate --features all app.wasm'
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// sample is one run of a command.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

func main() {
	n := flag.Int("n", 20, "runs of each command")
	anyStatus := flag.Bool("any-status", false, "accept exit statuses other than 0")
	flag.Parse()
	if flag.NArg() != 2 || *n < 1 {
		log.Fatal("usage: procbench [-n RUNS] 'COMMAND A' 'COMMAND B'")
	}
	var samples [2][]sample
	for i := range *n + 1 {
		for j, command := range flag.Args() {
			s, err := run(strings.Fields(command), *anyStatus)
			if err != nil {
				log.Fatalf("%s: %v", command, err)
			}
			if i > 0 { // the first run warms the caches
				samples[j] = append(samples[j], s)
			}
		}
	}
	report(flag.Args(), samples)
}

func run(argv []string, anyStatus bool) (sample, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout = io.Discard
	start := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(start)}
	if _, failed := err.(*exec.ExitError); err != nil && !(failed && anyStatus) {
		return s, err
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = usage.Maxrss
		if runtime.GOOS != "darwin" { // where the unit is bytes
			s.peak <<= 10
		}
	}
	return s, nil
}

func report(commands []string, samples [2][]sample) {
	fmt.Println("| command | wall ms | CPU ms | peak MB |\n| --- | ---: | ---: | ---: |")
	var medians [2]sample
	for i, list := range samples {
		medians[i] = sample{
			wall: median(list, func(s sample) time.Duration { return s.wall }),
			cpu:  median(list, func(s sample) time.Duration { return s.cpu }),
			peak: int64(median(list, func(s sample) time.Duration { return time.Duration(s.peak) })),
		}
		m := medians[i]
		fmt.Printf("| %s | %.1f | %.1f | %.0f |\n", commands[i], ms(m.wall), ms(m.cpu), float64(m.peak)/1e6)
	}
	a, b := medians[0], medians[1]
	fmt.Printf("| first / second | %.2f | %.2f | %.2f |\n", ms(a.wall)/ms(b.wall), ms(a.cpu)/ms(b.cpu),
		float64(a.peak)/float64(b.peak))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

func median(list []sample, of func(sample) time.Duration) time.Duration {
	values := make([]time.Duration, len(list))
	for i, s := range list {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
