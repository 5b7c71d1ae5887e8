package spin

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"
)

// mysqlWire is a connection to a server of MySQL, between it and the driver. The
// driver believes the lengths and counts that the server sends. It is only shown
// what is whole and not too large, which needs the packets as they are without TLS,
// so that TLS is done here: the driver talks as to a server on the same machine.
type mysqlWire struct {
	*budgetConn
	config *tls.Config // nil without TLS
	conn   net.Conn    // on which packets go
	err    error       // why it is of no use any more; the driver only says that it is not

	greeted bool   // the server has sent its first packet
	talking bool   // commands are sent; before that both sides say who they are
	packet  []byte // of the server, before that, what the driver has not read yet
	shift   byte   // of the numbers of packets before that, as one more is sent for TLS

	results wholeReader // the packets after that
	first   bool        // no result has begun since the last command
}

// Limits of what a server of MySQL sends.
const (
	maxMySQLGreeting = 64 << 10 // of a packet before the first command
	maxMySQLColumns  = 4096
)

// Numbers of the protocol.
const (
	mysqlHeaderSize   = 4
	mysqlSSLRequest   = mysqlHeaderSize + 32 // of the client's first packet, what is sent without TLS
	mysqlClientSSL    = 1 << 11
	mysqlOK           = 0x00
	mysqlErr          = 0xff
	mysqlMaxCountSize = 9 // of a number with its size before it
)

var (
	errMySQLMessage = errors.New("the server sent a packet that no server of MySQL sends")
	errServerGone   = errors.New("the server ended the connection")
)

func newMySQLWire(raw net.Conn, config *tls.Config) *mysqlWire {
	w := &mysqlWire{budgetConn: &budgetConn{Conn: raw}, config: config}
	w.conn = w.budgetConn
	h := &headed{size: mysqlHeaderSize, start: mysqlLength, peek: mysqlMaxCountSize, check: w.check}
	w.results = wholeReader{follow: h.follow}
	return w
}

func mysqlLength(header []byte) (int, error) {
	return int(header[0]) | int(header[1])<<8 | int(header[2])<<16, nil
}

func (w *mysqlWire) Read(p []byte) (n int, err error) {
	if w.talking {
		n, err = w.results.Read(p)
	} else {
		n, err = w.readGreeting(p)
	}
	if err == io.EOF { // which the driver has for the end of a result
		err = errServerGone
	}
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// readGreeting reads the packets before the first command.
func (w *mysqlWire) readGreeting(p []byte) (int, error) {
	if len(w.packet) == 0 {
		header := make([]byte, mysqlHeaderSize)
		if _, err := io.ReadFull(w.conn, header); err != nil {
			return 0, err
		}
		length, _ := mysqlLength(header)
		if length > maxMySQLGreeting {
			return 0, errMySQLMessage
		}
		header[3] -= w.shift
		w.packet = append(header, make([]byte, length)...)
		if _, err := io.ReadFull(w.conn, w.packet[mysqlHeaderSize:]); err != nil {
			return 0, err
		}
		if !w.greeted && w.config != nil && !offersTLS(w.packet[mysqlHeaderSize:]) {
			return 0, mysql.ErrNoTLS
		}
		w.greeted = true
	}
	n := copy(p, w.packet)
	w.packet = w.packet[n:]
	return n, nil
}

// offersTLS reports whether a server offers TLS in its first packet, or an error.
func offersTLS(packet []byte) bool {
	if len(packet) > 0 && packet[0] == mysqlErr {
		return true
	}
	_, rest, ok := bytes.Cut(packet, []byte{0}) // after the version
	const at = 4 + 8 + 1                        // the connection's number, random bytes and a zero
	return ok && len(rest) >= at+2 && binary.LittleEndian.Uint16(rest[at:])&mysqlClientSSL != 0
}

// Write takes one packet of the driver.
func (w *mysqlWire) Write(p []byte) (n int, err error) {
	switch {
	case len(p) < mysqlHeaderSize || w.talking && p[3] != 0: // more of a large packet
		n, err = w.conn.Write(p)
	case p[3] == 0:
		w.talking, w.first = true, true
		w.results.r = w.conn
		n, err = w.conn.Write(p)
	default:
		if n, err = len(p), w.sayWho(p); err != nil {
			n = 0
		}
	}
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// sayWho sends a packet that comes before the first command.
func (w *mysqlWire) sayWho(p []byte) error {
	p = bytes.Clone(p)
	if w.config != nil && w.shift == 0 {
		if len(p) < mysqlSSLRequest {
			return errMySQLMessage
		}
		flags := binary.LittleEndian.Uint32(p[mysqlHeaderSize:]) | mysqlClientSSL
		binary.LittleEndian.PutUint32(p[mysqlHeaderSize:], flags)
		request := append([]byte{mysqlSSLRequest - mysqlHeaderSize, 0, 0, p[3]}, p[mysqlHeaderSize:mysqlSSLRequest]...)
		if _, err := w.conn.Write(request); err != nil {
			return err
		}
		secured := tls.Client(w.conn, w.config)
		if err := secured.Handshake(); err != nil {
			return err
		}
		w.conn, w.shift = secured, 1
	}
	p[3] += w.shift
	_, err := w.conn.Write(p)
	return err
}

// check looks at the beginning of a packet: a result begins with the number of its
// columns. Packets before it say what other statements did.
func (w *mysqlWire) check(begin []byte) error {
	if !w.first || begin[0] == mysqlOK || begin[0] == mysqlErr {
		return nil
	}
	w.first = false
	size := map[byte]int{0xfc: 2, 0xfd: 3, 0xfe: 8}[begin[0]]
	if size == 0 {
		return nil
	}
	if len(begin) <= size {
		return errMySQLMessage
	}
	var count [8]byte
	copy(count[:], begin[1:size+1])
	if binary.LittleEndian.Uint64(count[:]) > maxMySQLColumns {
		return errMySQLMessage
	}
	return nil
}
