package wasihttp

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// contentLength is the number of bytes that headers promise (RFC 9110, 8.6), negative if
// none. It is an error if one cannot tell: clients would each take another one.
func contentLength(h *Fields) (int64, error) {
	length := int64(-1)
	for _, value := range h.values("content-length") {
		n, err := strconv.ParseUint(strings.Trim(string(value), " \t"), 10, 63)
		switch {
		case err != nil:
			return -1, lengthError("the header content-length is %q, which is no number of bytes", value)
		case length >= 0 && int64(n) != length:
			return -1, lengthError("the header content-length is both %d and %d: set it once", length, n)
		}
		length = int64(n)
	}
	return length, nil
}

func lengthError(format string, args ...any) error {
	return &Error{Code: CodeInternalError, Err: fmt.Errorf(format, args...)}
}

// promisedLength is the content-length of headers that may turn out not to be valid.
func promisedLength(h *Fields) int64 {
	length, _ := contentLength(h) // who sends the headers sees the error
	return length
}

// addMessage copies the headers of a message into one of package net/http, where
// content-length stands once.
func (f *Fields) addMessage(h http.Header) error {
	length, err := contentLength(f)
	if err != nil {
		return err
	}
	f.addTo(h)
	if length >= 0 {
		h.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	return nil
}
