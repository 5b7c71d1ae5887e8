package spin

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// postgresSecurity is how connections to PostgreSQL are secured.
type postgresSecurity struct {
	mode string // the option sslmode: disable, prefer or require
	// root is an authority to trust besides the others; nil is none. With it the
	// server must offer TLS, unless that is disabled.
	root *x509.Certificate
}

// dialPostgres connects to a server, by TLS if it offers that. As in Spin the server
// must prove who it is then; the driver would be content with less.
func (s *services) dialPostgres(security postgresSecurity) dialFunc {
	return func(ctx context.Context, network, hostport string) (net.Conn, error) {
		raw, err := s.dial(ctx, network, hostport)
		if err != nil {
			return nil, err
		}
		conn := &budgetConn{Conn: raw}
		if security.mode == "disable" {
			return conn, nil
		}
		config := s.tls.config(hostport)
		if security.root != nil {
			trust(config, security.root)
		}
		secured, err := security.startTLS(ctx, conn, config)
		if err != nil {
			return nil, errors.Join(err, raw.Close())
		}
		return secured, nil
	}
}

// trust adds an authority to those of a configuration.
func trust(config *tls.Config, root *x509.Certificate) {
	roots := config.RootCAs
	if roots == nil {
		roots, _ = x509.SystemCertPool() // without one only root is trusted
	}
	if roots == nil {
		roots = x509.NewCertPool()
	}
	config.RootCAs = roots.Clone()
	config.RootCAs.AddCert(root)
}

// startTLS asks the server for TLS.
func (p postgresSecurity) startTLS(ctx context.Context, conn net.Conn, config *tls.Config) (net.Conn, error) {
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	request, err := (&pgproto3.SSLRequest{}).Encode(nil)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(request); err != nil {
		return nil, err
	}
	answer := make([]byte, 1) // and no more: what follows is not the server's, if it is not TLS
	if _, err := io.ReadFull(conn, answer); err != nil {
		return nil, fmt.Errorf("the server does not say whether it offers TLS: %w", err)
	}
	switch {
	case answer[0] == 'S':
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("%w (a certificate is trusted by client_tls in a runtime configuration or by "+
				"set-ca-root; sslmode=disable does without TLS)", err)
		}
		return secured, nil
	case answer[0] != 'N':
		return nil, fmt.Errorf("the server answers the request for TLS with %q", answer)
	case p.mode == "require" || p.root != nil:
		return nil, errors.New("the server refused a TLS connection")
	}
	return conn, nil
}

// Limits of what a server of PostgreSQL sends besides results.
const (
	maxPostgresStatus     = 1024 // parameters that it reports
	maxPostgresStatusSize = 64 << 10
	maxPostgresName       = 64 // bytes of a parameter's name
)

var errPostgresMessage = errors.New("the server sent a message that no server of PostgreSQL sends")

// newPostgresFrontend reads the messages of a server. The driver keeps the last
// value of each parameter that it reports.
func newPostgresFrontend(r io.Reader, w io.Writer) *pgproto3.Frontend {
	var kind byte
	status := map[string]bool{}
	h := &headed{size: 5, peek: maxPostgresName}
	h.start = func(header []byte) (int, error) {
		kind = header[0]
		n := int64(binary.BigEndian.Uint32(header[1:])) - 4
		switch {
		case n < 0 || kind == 'S' && n > maxPostgresStatusSize:
			return 0, errPostgresMessage
		case n > MaxResultBytes:
			return 0, errTooLarge
		}
		return int(n), nil
	}
	h.check = func(begin []byte) error {
		if kind != 'S' {
			return nil
		}
		name, _, ok := bytes.Cut(begin, []byte{0})
		if status[string(name)] = true; !ok || len(status) > maxPostgresStatus {
			return errPostgresMessage
		}
		return nil
	}
	return pgproto3.NewFrontend(&wholeReader{r: r, follow: h.follow}, w)
}

// budgetOf is the budget of a connection by dialPostgres.
func budgetOf(conn net.Conn) *budgetConn {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	return conn.(*budgetConn)
}
