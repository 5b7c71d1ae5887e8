//go:build !linux && !darwin

package socket

import "net/netip"

// handle is never made: sockets are offered on Linux and macOS only.
type handle struct{}

func open(kind, Family) (*handle, error) { return nil, NotSupported }

func (*handle) close()                                      {}
func (*handle) ready(direction) <-chan struct{}             { return closed }
func (*handle) bind(netip.AddrPort, bool) error             { return NotSupported }
func (*handle) startConnect(netip.AddrPort) error           { return NotSupported }
func (*handle) finishConnect() error                        { return NotSupported }
func (*handle) disconnect() error                           { return NotSupported }
func (*handle) listen(int) error                            { return NotSupported }
func (*handle) accept() (*handle, netip.AddrPort, error)    { return nil, netip.AddrPort{}, NotSupported }
func (*handle) shutdown(bool, bool) error                   { return NotSupported }
func (*handle) read([]byte) (int, error)                    { return 0, NotSupported }
func (*handle) write([]byte) (int, error)                   { return 0, NotSupported }
func (*handle) send([]byte) error                           { return NotSupported }
func (*handle) sendTo([]byte, netip.AddrPort) error         { return NotSupported }
func (*handle) receive([]byte) (int, netip.AddrPort, error) { return 0, netip.AddrPort{}, NotSupported }
func (*handle) local() (netip.AddrPort, error)              { return netip.AddrPort{}, NotSupported }
func (*handle) option(option, Family) (int, error)          { return 0, NotSupported }
func (*handle) setOption(option, Family, int) error         { return NotSupported }
