//go:build linux || darwin

package socket

import (
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// handle is a socket of the system. Nothing of it blocks.
type handle struct {
	file *os.File
	raw  syscall.RawConn

	mu    sync.Mutex
	waits [2]chan struct{} // by direction, closed when it becomes ready; nil if nobody waits
}

// open makes a socket of the system.
func open(k kind, f Family) (*handle, error) {
	domain, typ := unix.AF_INET, unix.SOCK_STREAM
	if f == IPv6 {
		domain = unix.AF_INET6
	}
	if k == datagram {
		typ = unix.SOCK_DGRAM
	}
	fd, err := openSocket(domain, typ)
	switch {
	case err == unix.EAFNOSUPPORT:
		return nil, NotSupported
	case err != nil:
		return nil, err
	}
	if f == IPv6 {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1); err != nil {
			unix.Close(fd)
			return nil, err
		}
	}
	return newHandle(fd)
}

// newHandle takes a non-blocking file descriptor, which it closes if it fails.
func newHandle(fd int) (*handle, error) {
	file := os.NewFile(uintptr(fd), "socket")
	raw, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, err
	}
	return &handle{file: file, raw: raw}, nil
}

func (h *handle) close() { _ = h.file.Close() } // nobody is left to be told

// do does something with the file descriptor that does not block.
func (h *handle) do(op func(fd int) error) error {
	var err error
	closed := h.raw.Control(func(fd uintptr) {
		for {
			if err = op(int(fd)); err != unix.EINTR {
				return
			}
		}
	})
	switch {
	case closed != nil:
		return InvalidState
	case err == unix.EAGAIN:
		return WouldBlock
	}
	return err
}

// ready is closed once the socket is ready, or closed.
func (h *handle) ready(d direction) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c := h.waits[d]; c != nil {
		return c
	}
	now := true
	if h.raw.Control(func(fd uintptr) { now = pollOnce(fd, d) }) != nil || now {
		return closed
	}
	c := make(chan struct{})
	h.waits[d] = c
	wait := h.raw.Read
	if d == writable {
		wait = h.raw.Write
	}
	go func() {
		err := wait(func(fd uintptr) bool { return pollOnce(fd, d) })
		if err != nil && h.do(func(int) error { return nil }) == nil {
			time.Sleep(pollPause) // the runtime cannot wait for what the socket reports
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.waits[d] = nil
		close(c)
	}()
	return c
}

// pollPause is how long to wait between attempts where the system cannot tell when
// one would succeed.
const pollPause = 10 * time.Millisecond

// pollOnce reports whether a file descriptor is ready now.
func pollOnce(fd uintptr, d direction) bool {
	events := int16(unix.POLLIN)
	if d == writable {
		events = unix.POLLOUT
	}
	p := []unix.PollFd{{Fd: int32(fd), Events: events}}
	n, err := unix.Poll(p, 0)
	return n > 0 && err == nil
}

func (h *handle) bind(addr netip.AddrPort, reuse bool) error {
	return h.do(func(fd int) error {
		if reuse {
			if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
				return err
			}
		}
		return unix.Bind(fd, sockaddr(addr))
	})
}

func (h *handle) startConnect(addr netip.AddrPort) error {
	return h.do(func(fd int) error {
		err := unix.Connect(fd, sockaddr(addr))
		if err == unix.EINPROGRESS || err == unix.EALREADY || err == unix.EINTR {
			return unix.EAGAIN
		}
		return err
	})
}

// finishConnect is the outcome of startConnect.
func (h *handle) finishConnect() error {
	return h.do(func(fd int) error {
		if !pollOnce(uintptr(fd), writable) {
			return unix.EAGAIN
		}
		n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		switch {
		case err != nil:
			return err
		case n != 0:
			return syscall.Errno(n)
		}
		_, err = unix.Getpeername(fd)
		return err
	})
}

// disconnect undoes connecting a UDP socket.
func (h *handle) disconnect() error {
	return h.do(func(fd int) error {
		to := unix.RawSockaddr{Family: unix.AF_UNSPEC}
		_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to)), unsafe.Sizeof(to))
		if errno != 0 && errno != unix.EAFNOSUPPORT { // macOS says so when it has done it
			return errno
		}
		return nil
	})
}

func (h *handle) listen(backlog int) error {
	return h.do(func(fd int) error { return unix.Listen(fd, backlog) })
}

func (h *handle) accept() (*handle, netip.AddrPort, error) {
	var conn int
	var from unix.Sockaddr
	err := h.do(func(fd int) (err error) {
		conn, from, err = acceptSocket(fd)
		return err
	})
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	c, err := newHandle(conn)
	return c, addrPort(from), err
}

func (h *handle) shutdown(read, write bool) error {
	how := unix.SHUT_RDWR
	switch {
	case !write:
		how = unix.SHUT_RD
	case !read:
		how = unix.SHUT_WR
	}
	return h.do(func(fd int) error { return unix.Shutdown(fd, how) })
}

func (h *handle) read(p []byte) (n int, err error) {
	err = h.do(func(fd int) (err error) {
		n, err = unix.Read(fd, p)
		return err
	})
	return max(n, 0), err
}

func (h *handle) write(p []byte) (n int, err error) {
	err = h.do(func(fd int) (err error) {
		n, err = unix.Write(fd, p)
		return err
	})
	return max(n, 0), err
}

func (h *handle) send(p []byte) error {
	return h.do(func(fd int) error {
		_, err := unix.SendmsgN(fd, p, nil, nil, 0)
		return err
	})
}

func (h *handle) sendTo(p []byte, to netip.AddrPort) error {
	return h.do(func(fd int) error { return unix.Sendto(fd, p, 0, sockaddr(to)) })
}

func (h *handle) receive(p []byte) (n int, from netip.AddrPort, err error) {
	err = h.do(func(fd int) error {
		got, addr, err := unix.Recvfrom(fd, p, 0)
		if err == nil {
			n, from = got, addrPort(addr)
		}
		return err
	})
	return n, from, err
}

func (h *handle) local() (addr netip.AddrPort, err error) {
	err = h.do(func(fd int) error {
		sa, err := unix.Getsockname(fd)
		addr = addrPort(sa)
		return err
	})
	return addr, err
}

// optionOf is the level and name of an option.
func optionOf(o option, f Family) (level, name int) {
	switch o {
	case keepAlive:
		return unix.SOL_SOCKET, unix.SO_KEEPALIVE
	case keepAliveIdle:
		return unix.IPPROTO_TCP, tcpKeepIdle
	case keepAliveInterval:
		return unix.IPPROTO_TCP, unix.TCP_KEEPINTVL
	case keepAliveCount:
		return unix.IPPROTO_TCP, unix.TCP_KEEPCNT
	case receiveBuffer:
		return unix.SOL_SOCKET, unix.SO_RCVBUF
	case sendBuffer:
		return unix.SOL_SOCKET, unix.SO_SNDBUF
	}
	if f == IPv6 {
		return unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS
	}
	return unix.IPPROTO_IP, unix.IP_TTL
}

func (h *handle) option(o option, f Family) (n int, err error) {
	level, name := optionOf(o, f)
	err = h.do(func(fd int) (err error) {
		n, err = unix.GetsockoptInt(fd, level, name)
		return err
	})
	if o == receiveBuffer || o == sendBuffer {
		n /= bufferFactor
	}
	return n, err
}

func (h *handle) setOption(o option, f Family, n int) error {
	level, name := optionOf(o, f)
	return h.do(func(fd int) error {
		err := unix.SetsockoptInt(fd, level, name, n)
		if err == unix.ENOBUFS && (o == receiveBuffer || o == sendBuffer) {
			return nil // more than the system gives: it keeps what it has
		}
		return err
	})
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	zone, _ := strconv.ParseUint(a.Addr().Zone(), 10, 32) // 0 if there is none
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16(), ZoneId: uint32(zone)}
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		addr := netip.AddrFrom16(sa.Addr)
		if sa.ZoneId != 0 {
			addr = addr.WithZone(strconv.FormatUint(uint64(sa.ZoneId), 10))
		}
		return netip.AddrPortFrom(addr, uint16(sa.Port))
	}
	return netip.AddrPort{}
}
