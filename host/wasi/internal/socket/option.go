package socket

import "time"

// option is a number that the system keeps for a socket.
type option uint8

const (
	keepAlive option = iota
	keepAliveIdle
	keepAliveInterval
	keepAliveCount
	hopLimit
	receiveBuffer
	sendBuffer
)

// What the system takes; other values are clamped.
const (
	maxKeepAliveSeconds = 32767
	maxKeepAliveCount   = 127
	maxBufferSize       = 1 << 30
)

// KeepAlive reports whether the connection is kept alive.
func (t *TCP) KeepAlive() (bool, error) {
	n, err := t.h.option(keepAlive, t.family)
	return n != 0, err
}

// SetKeepAlive turns keep-alive on or off.
func (t *TCP) SetKeepAlive(on bool) error {
	n := 0
	if on {
		n = 1
	}
	return t.h.setOption(keepAlive, t.family, n)
}

// KeepAliveIdle is the idle time after which probes are sent.
func (t *TCP) KeepAliveIdle() (time.Duration, error) { return t.seconds(keepAliveIdle) }

// SetKeepAliveIdle sets the idle time, in nanoseconds, after which probes are sent.
func (t *TCP) SetKeepAliveIdle(ns uint64) error { return t.setSeconds(keepAliveIdle, ns) }

// KeepAliveInterval is the time between probes.
func (t *TCP) KeepAliveInterval() (time.Duration, error) { return t.seconds(keepAliveInterval) }

// SetKeepAliveInterval sets the time, in nanoseconds, between probes.
func (t *TCP) SetKeepAliveInterval(ns uint64) error { return t.setSeconds(keepAliveInterval, ns) }

// KeepAliveCount is the number of probes without answer that end a connection.
func (t *TCP) KeepAliveCount() (uint32, error) {
	n, err := t.h.option(keepAliveCount, t.family)
	return uint32(n), err
}

// SetKeepAliveCount sets the number of probes without answer that end a connection.
func (t *TCP) SetKeepAliveCount(n uint32) error {
	if n == 0 {
		return InvalidArgument
	}
	return t.h.setOption(keepAliveCount, t.family, int(min(n, maxKeepAliveCount)))
}

func (t *TCP) seconds(o option) (time.Duration, error) {
	n, err := t.h.option(o, t.family)
	return time.Duration(n) * time.Second, err
}

func (t *TCP) setSeconds(o option, ns uint64) error {
	if ns == 0 {
		return InvalidArgument
	}
	whole := (ns-1)/uint64(time.Second) + 1
	return t.h.setOption(o, t.family, int(min(whole, maxKeepAliveSeconds)))
}

// HopLimit is the number of routers that a packet passes at most.
func (b *base) HopLimit() (uint8, error) {
	n, err := b.h.option(hopLimit, b.family)
	return uint8(n), err
}

// SetHopLimit sets the number of routers that a packet passes at most.
func (b *base) SetHopLimit(n uint8) error {
	if n == 0 {
		return InvalidArgument
	}
	return b.h.setOption(hopLimit, b.family, int(n))
}

// ReceiveBuffer is the size of the system's receive buffer in bytes.
func (b *base) ReceiveBuffer() (uint64, error) { return b.buffer(receiveBuffer) }

// SetReceiveBuffer asks for a size of the system's receive buffer.
func (b *base) SetReceiveBuffer(n uint64) error { return b.setBuffer(receiveBuffer, n) }

// SendBuffer is the size of the system's send buffer in bytes.
func (b *base) SendBuffer() (uint64, error) { return b.buffer(sendBuffer) }

// SetSendBuffer asks for a size of the system's send buffer.
func (b *base) SetSendBuffer(n uint64) error { return b.setBuffer(sendBuffer, n) }

func (b *base) buffer(o option) (uint64, error) {
	n, err := b.h.option(o, b.family)
	return uint64(max(n, 0)), err
}

func (b *base) setBuffer(o option, n uint64) error {
	if n == 0 {
		return InvalidArgument
	}
	return b.h.setOption(o, b.family, int(min(n, maxBufferSize)))
}
