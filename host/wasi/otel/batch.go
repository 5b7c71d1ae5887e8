package otel

import (
	"sync"
	"time"
)

// Bounds of a batch, those of the specification of OpenTelemetry's SDKs.
const (
	maxQueue = 2048 // items that wait; more are dropped
	maxBatch = 512  // items that are sent at once, before their delay is over
)

// batch collects items and sends many at once.
type batch[T any] struct {
	delay time.Duration
	send  func([]T)

	mu      sync.Mutex
	items   []T
	wake    chan struct{}
	stop    chan struct{}
	stopped sync.WaitGroup
	once    sync.Once
}

func newBatch[T any](delay time.Duration, send func([]T)) *batch[T] {
	b := &batch[T]{delay: delay, send: send, wake: make(chan struct{}, 1), stop: make(chan struct{})}
	b.stopped.Go(b.run)
	return b
}

func (b *batch[T]) add(item T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) >= maxQueue {
		return
	}
	b.items = append(b.items, item)
	if len(b.items) >= maxBatch {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
}

func (b *batch[T]) run() {
	timer := time.NewTicker(max(b.delay, time.Millisecond))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-b.wake:
		case <-b.stop:
			b.flush()
			return
		}
		b.flush()
	}
}

func (b *batch[T]) flush() {
	b.mu.Lock()
	items := b.items
	b.items = nil
	b.mu.Unlock()
	if len(items) > 0 {
		b.send(items)
	}
}

// close sends what is left.
func (b *batch[T]) close() {
	b.once.Do(func() { close(b.stop) })
	b.stopped.Wait()
}
