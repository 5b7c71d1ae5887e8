package oci

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"unicode"

	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"
)

var (
	// ErrNotFound is for a repository, manifest or blob that is not there.
	ErrNotFound = errors.New("not found")
	// ErrDenied is for credentials that are missing or do not suffice.
	ErrDenied = errors.New("denied")
	// ErrContent is for content that is not what its digest or size promised.
	ErrContent = errors.New("content differs from its descriptor")
	// ErrStalled is for a transfer that moved too few bytes for too long.
	ErrStalled = errors.New("transfer stalled")
)

// Error is a failed request to a registry. Its text never holds a credential or
// the query of a URL.
type Error struct {
	Op     string // what was asked for, "push blob sha256:..."
	Name   string // HOST/REPOSITORY
	Status int    // of the answer; 0 if there was none
	Code   string // the registry's own, such as "MANIFEST_UNKNOWN"
	Err    error  // the cause, or one of the sentinels of this package
}

// Error says where, what, and why.
func (e *Error) Error() string {
	s := e.Name + ": " + e.Op + ": " + e.Err.Error()
	if e.Status != 0 {
		s += fmt.Sprintf(" (status %d", e.Status)
		if e.Code != "" {
			s += ", " + e.Code
		}
		s += ")"
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// wrap turns what the client library says into an Error. nil stays nil.
func wrap(name, op string, err error) error {
	var done *Error
	if err == nil || errors.As(err, &done) {
		return err
	}
	e := &Error{Op: op, Name: name, Err: err}
	var answer *errcode.ErrorResponse
	var failed *url.Error
	switch {
	case errors.As(err, &answer):
		e.Status = answer.StatusCode
		e.Err = answerCause(answer)
		if len(answer.Errors) > 0 {
			e.Code = printable(answer.Errors[0].Code)
		}
	case errors.Is(err, errdef.ErrNotFound):
		e.Status, e.Err = http.StatusNotFound, ErrNotFound
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		e.Status, e.Err = http.StatusUnauthorized, fmt.Errorf(
			"%w: the registry wants credentials and none were found", ErrDenied,
		)
	case errors.As(err, &failed):
		e.Err = networkCause(failed.Err)
	}
	if added := (*remark)(nil); errors.As(err, &added) {
		e.Err = fmt.Errorf("%w; %s", e.Err, added.text)
	}
	return e
}

func answerCause(answer *errcode.ErrorResponse) error {
	said := http.StatusText(answer.StatusCode)
	if len(answer.Errors) > 0 && answer.Errors[0].Message != "" {
		said = printable(answer.Errors[0].Message)
	}
	switch answer.StatusCode {
	case http.StatusNotFound:
		return fmt.Errorf("%w: %s", ErrNotFound, said)
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w: %s", ErrDenied, said)
	}
	return errors.New(strings.ToLower(said))
}

func networkCause(err error) error {
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Errorf(
			"the server speaks plain HTTP, which is refused unless asked for (plain-http): %w", err,
		)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w; name the authority's certificate (ca-file) if you trust it", err)
	}
	return err
}

// printable makes a server's words fit for a terminal: one line, no control
// characters, not too long.
func printable(s string) string {
	const limit = 300
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "..."
	}
	return s
}

// transient reports whether asking again may help.
func transient(err error) bool {
	var answer *errcode.ErrorResponse
	if errors.As(err, &answer) {
		switch answer.StatusCode {
		case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
			http.StatusInternalServerError, http.StatusBadGateway,
			http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	for _, final := range []error{
		context.Canceled, errRefused, errdef.ErrNotFound, ErrContent,
		http.ErrSchemeMismatch, syscall.ECONNREFUSED,
	} {
		if errors.Is(err, final) {
			return false
		}
	}
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		alert  tls.AlertError
		lookup *net.DNSError
	)
	if errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) {
		return false
	}
	if errors.As(err, &lookup) && lookup.IsNotFound {
		return false
	}
	var failed *url.Error
	return errors.As(err, &failed) || errors.Is(err, errBroken) || errors.Is(err, ErrStalled)
}
