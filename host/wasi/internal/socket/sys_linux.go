package socket

import "golang.org/x/sys/unix"

const (
	tcpKeepIdle = unix.TCP_KEEPIDLE
	// Linux doubles the size of a buffer for its own use.
	bufferFactor = 2
)

func openSocket(domain, typ int) (int, error) {
	return unix.Socket(domain, typ|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}

func acceptSocket(fd int) (int, unix.Sockaddr, error) {
	return unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
}
