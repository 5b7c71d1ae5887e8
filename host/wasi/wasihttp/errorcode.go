package wasihttp

import (
	"crypto/tls"
	"errors"
	"net"
	"strconv"

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
	CodeDNSError                Code = 1
	CodeDestinationUnavailable  Code = 3
	CodeDestinationIPProhibited Code = 4
	CodeConnectionRefused       Code = 6
	CodeConnectionTimeout       Code = 8
	CodeConnectionReadTimeout   Code = 9
	CodeConnectionLimitReached  Code = 11
	CodeTLSProtocolError        Code = 12
	CodeHTTPRequestDenied       Code = 15
	CodeHTTPRequestBodySize     Code = 17
	CodeHTTPRequestURIInvalid   Code = 19
	CodeHTTPResponseBodySize    Code = 28
	CodeHTTPProtocolError       Code = 35
	CodeInternalError           Code = 38
)

// codes are the names of the cases of error-code.
var codes = [...]string{
	"DNS-timeout", "DNS-error", "destination-not-found", "destination-unavailable", "destination-IP-prohibited",
	"destination-IP-unroutable", "connection-refused", "connection-terminated", "connection-timeout",
	"connection-read-timeout", "connection-write-timeout", "connection-limit-reached", "TLS-protocol-error",
	"TLS-certificate-error", "TLS-alert-received", "HTTP-request-denied", "HTTP-request-length-required",
	"HTTP-request-body-size", "HTTP-request-method-invalid", "HTTP-request-URI-invalid", "HTTP-request-URI-too-long",
	"HTTP-request-header-section-size", "HTTP-request-header-size", "HTTP-request-trailer-section-size",
	"HTTP-request-trailer-size", "HTTP-response-incomplete", "HTTP-response-header-section-size",
	"HTTP-response-header-size", "HTTP-response-body-size", "HTTP-response-trailer-section-size",
	"HTTP-response-trailer-size", "HTTP-response-transfer-coding", "HTTP-response-content-coding",
	"HTTP-response-timeout", "HTTP-upgrade-failed", "HTTP-protocol-error", "loop-detected", "configuration-error",
	"internal-error",
}

// String is the name of the case.
func (c Code) String() string {
	if int(c) < len(codes) {
		return codes[c]
	}
	return strconv.Itoa(int(c))
}

// Error is a failure of an outgoing request that has an error-code of its own.
// Transports return it, see [Config].
type Error struct {
	Code Code
	Err  error // what happened; CodeInternalError tells the component its text
}

func (e *Error) Error() string {
	if e.Err == nil {
		return "wasi:http error"
	}
	return e.Err.Error()
}

// Unwrap is what happened.
func (e *Error) Unwrap() error { return e.Err }

// errorCodeOf is the error-code for a failure of an outgoing request, the one that
// Wasmtime and Spin give for it.
func errorCodeOf(err error) ErrorCode {
	if e, ok := errors.AsType[*CodeError](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*Error](err); ok {
		code := ErrorCode{Case: e.Code}
		if e.Code == CodeInternalError {
			code.InternalError = bind.Some(e.Error())
		}
		return code
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return ErrorCode{Case: CodeDNSError, DNSError: DNSErrorPayload{
			Rcode: bind.Some("address not available"), InfoCode: bind.Some(uint16(0)),
		}}
	}
	if isTLS(err) {
		return ErrorCode{Case: CodeTLSProtocolError}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		if op.Timeout() {
			return ErrorCode{Case: CodeConnectionTimeout}
		}
		return ErrorCode{Case: CodeConnectionRefused}
	}
	return ErrorCode{Case: CodeHTTPProtocolError}
}

// isTLS reports whether a handshake failed.
func isTLS(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	return certificate || record || alert
}
