package wasihttp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/edgelint/edgelint/host/bind"
)

// ErrorCode is the variant error-code.
type ErrorCode struct {
	Case Code

	DNSError                      DNSErrorPayload               `wit:"DNS-error"`
	TLSAlertReceived              TLSAlertReceivedPayload       `wit:"TLS-alert-received"`
	HTTPRequestBodySize           bind.Option[uint64]           `wit:"HTTP-request-body-size"`
	HTTPRequestHeaderSectionSize  bind.Option[uint32]           `wit:"HTTP-request-header-section-size"`
	HTTPRequestHeaderSize         bind.Option[FieldSizePayload] `wit:"HTTP-request-header-size"`
	HTTPRequestTrailerSectionSize bind.Option[uint32]           `wit:"HTTP-request-trailer-section-size"`
	HTTPRequestTrailerSize        FieldSizePayload              `wit:"HTTP-request-trailer-size"`

	HTTPResponseHeaderSectionSize  bind.Option[uint32] `wit:"HTTP-response-header-section-size"`
	HTTPResponseHeaderSize         FieldSizePayload    `wit:"HTTP-response-header-size"`
	HTTPResponseBodySize           bind.Option[uint64] `wit:"HTTP-response-body-size"`
	HTTPResponseTrailerSectionSize bind.Option[uint32] `wit:"HTTP-response-trailer-section-size"`
	HTTPResponseTrailerSize        FieldSizePayload    `wit:"HTTP-response-trailer-size"`
	HTTPResponseTransferCoding     bind.Option[string] `wit:"HTTP-response-transfer-coding"`
	HTTPResponseContentCoding      bind.Option[string] `wit:"HTTP-response-content-coding"`
	InternalError                  bind.Option[string] `wit:"internal-error"`
}

// DNSErrorPayload is the record DNS-error-payload.
type DNSErrorPayload struct {
	Rcode    bind.Option[string]
	InfoCode bind.Option[uint16]
}

// TLSAlertReceivedPayload is the record TLS-alert-received-payload.
type TLSAlertReceivedPayload struct {
	AlertID      bind.Option[uint8] `wit:"alert-id"`
	AlertMessage bind.Option[string]
}

// FieldSizePayload is the record field-size-payload.
type FieldSizePayload struct {
	FieldName bind.Option[string]
	FieldSize bind.Option[uint32]
}

// Code is a case of error-code.
type Code uint8

// The cases of error-code that this package gives.
const (
	CodeDNSTimeout              Code = 0
	CodeDNSError                Code = 1
	CodeDestinationUnavailable  Code = 3
	CodeDestinationIPProhibited Code = 4
	CodeConnectionRefused       Code = 6
	CodeConnectionTerminated    Code = 7
	CodeConnectionTimeout       Code = 8
	CodeConnectionReadTimeout   Code = 9
	CodeTLSProtocolError        Code = 12
	CodeTLSCertificateError     Code = 13
	CodeHTTPRequestDenied       Code = 15
	CodeHTTPRequestBodySize     Code = 17
	CodeHTTPRequestMethod       Code = 18
	CodeHTTPRequestURIInvalid   Code = 19
	CodeHTTPResponseIncomplete  Code = 25
	CodeHTTPResponseBodySize    Code = 28
	CodeHTTPResponseTimeout     Code = 33
	CodeHTTPProtocolError       Code = 35
	CodeInternalError           Code = 38
)

// codeError carries an error-code as a Go error.
type codeError struct{ code Code }

func (e *codeError) Error() string { return "wasi:http error" }

// errorCodeOf is the error-code for a failure of an outgoing request.
func errorCodeOf(err error) ErrorCode {
	if e, ok := errors.AsType[*codeError](err); ok {
		return ErrorCode{Case: e.code}
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsTimeout {
			return ErrorCode{Case: CodeDNSTimeout}
		}
		return ErrorCode{Case: CodeDNSError, DNSError: DNSErrorPayload{Rcode: bind.Some(dns.Err)}}
	}
	if code, ok := tlsCode(err); ok {
		return ErrorCode{Case: code}
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return ErrorCode{Case: CodeConnectionRefused}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ErrorCode{Case: CodeConnectionTerminated}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return ErrorCode{Case: CodeHTTPResponseIncomplete}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return ErrorCode{Case: CodeConnectionTimeout}
	}
	return ErrorCode{Case: CodeInternalError, InternalError: bind.Some(err.Error())}
}

func tlsCode(err error) (Code, bool) {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return CodeTLSCertificateError, true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return CodeTLSCertificateError, true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return CodeTLSProtocolError, true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return CodeTLSProtocolError, true
	}
	return 0, false
}
