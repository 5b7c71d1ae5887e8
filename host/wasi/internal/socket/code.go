package socket

import (
	"errors"
	"os"
	"syscall"
)

// Code is an error of wasi:sockets. The numbers up to [PermanentResolverFailure]
// are those of WASI 0.2's enum error-code.
type Code uint8

// The error codes.
const (
	Unknown Code = iota
	AccessDenied
	NotSupported
	InvalidArgument
	OutOfMemory
	Timeout
	ConcurrencyConflict
	NotInProgress
	WouldBlock
	InvalidState
	NewSocketLimit
	AddressNotBindable
	AddressInUse
	RemoteUnreachable
	ConnectionRefused
	ConnectionReset
	ConnectionAborted
	DatagramTooLarge
	NameUnresolvable
	TemporaryResolverFailure
	PermanentResolverFailure
	// ConnectionBroken is new in WASI 0.3.
	ConnectionBroken
)

var codeNames = [...]string{
	"unknown", "access-denied", "not-supported", "invalid-argument", "out-of-memory", "timeout",
	"concurrency-conflict", "not-in-progress", "would-block", "invalid-state", "new-socket-limit",
	"address-not-bindable", "address-in-use", "remote-unreachable", "connection-refused",
	"connection-reset", "connection-aborted", "datagram-too-large", "name-unresolvable",
	"temporary-resolver-failure", "permanent-resolver-failure", "connection-broken",
}

func (c Code) Error() string { return "wasi:sockets: " + codeNames[c] }

// systemCodes are the error codes of the system's errors.
var systemCodes = map[syscall.Errno]Code{
	syscall.EAGAIN:          WouldBlock,
	syscall.EINPROGRESS:     WouldBlock,
	syscall.EALREADY:        WouldBlock,
	syscall.EACCES:          AccessDenied,
	syscall.EPERM:           AccessDenied,
	syscall.EINVAL:          InvalidArgument,
	syscall.EDESTADDRREQ:    InvalidArgument,
	syscall.EAFNOSUPPORT:    InvalidArgument,
	syscall.EISCONN:         InvalidArgument,
	syscall.ENOMEM:          OutOfMemory,
	syscall.ENOBUFS:         OutOfMemory,
	syscall.ETIMEDOUT:       Timeout,
	syscall.ENOTCONN:        InvalidState,
	syscall.EBADF:           InvalidState,
	syscall.EMFILE:          NewSocketLimit,
	syscall.ENFILE:          NewSocketLimit,
	syscall.EADDRNOTAVAIL:   AddressNotBindable,
	syscall.EADDRINUSE:      AddressInUse,
	syscall.EHOSTUNREACH:    RemoteUnreachable,
	syscall.EHOSTDOWN:       RemoteUnreachable,
	syscall.ENETUNREACH:     RemoteUnreachable,
	syscall.ENETDOWN:        RemoteUnreachable,
	syscall.ENETRESET:       RemoteUnreachable,
	syscall.ECONNREFUSED:    ConnectionRefused,
	syscall.ECONNRESET:      ConnectionReset,
	syscall.ECONNABORTED:    ConnectionAborted,
	syscall.EPIPE:           ConnectionBroken,
	syscall.EMSGSIZE:        DatagramTooLarge,
	syscall.EOPNOTSUPP:      NotSupported,
	syscall.ENOPROTOOPT:     NotSupported,
	syscall.EPROTONOSUPPORT: NotSupported,
}

// CodeOf is the error code of an error of this package.
func CodeOf(err error) Code {
	if c, ok := errors.AsType[Code](err); ok {
		return c
	}
	if errors.Is(err, os.ErrClosed) {
		return InvalidState
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		if c, ok := systemCodes[errno]; ok {
			return c
		}
	}
	return Unknown
}
