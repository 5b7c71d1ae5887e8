package socket

// kind is the kind of a socket.
type kind uint8

const (
	stream kind = iota
	datagram
)

// direction is what a socket can be ready for.
type direction uint8

const (
	readable direction = iota
	writable
)
