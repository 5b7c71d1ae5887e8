package wasihttp

import (
	"context"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// Limits on the headers that a component can build.
const (
	// MaxFieldsBytes bounds names and values of one fields resource together.
	MaxFieldsBytes = 128 << 10
)

// HeaderError is the variant header-error.
type HeaderError uint8

// The cases of header-error.
const (
	InvalidSyntax HeaderError = iota
	Forbidden
	Immutable
	sizeExceeded // of WASI 0.3 alone
)

// headerError is header-error as it crosses the boundary.
type headerError struct{ Case HeaderError }

// Field is one header: an entry of fields.
type Field = bind.Tuple2[string, []byte]

// Fields is the resource fields: headers or trailers. Names are lower case.
type Fields struct {
	entries   []Field
	size      int
	immutable bool
	parent    *wasi.Parent
}

// forbidden are the headers that belong to the connection, not to the component.
var forbidden = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-authenticate": true, "proxy-authorization": true,
	"proxy-connection": true, "transfer-encoding": true, "upgrade": true, "host": true, "http2-settings": true,
}

// notTrailers are fields that do not come behind a body, as one has to know them before
// (RFC 9110, 6.5.1).
var notTrailers = map[string]bool{
	"authorization": true, "cache-control": true, "content-encoding": true, "content-length": true,
	"content-range": true, "content-type": true, "expect": true, "host": true, "max-forwards": true, "range": true,
	"set-cookie": true, "te": true, "trailer": true, "transfer-encoding": true,
}

// fieldsOf are the headers of a request or response that arrived, without those
// of the connection, sorted by name.
func fieldsOf(h http.Header) []Field {
	entries := make([]Field, 0, len(h))
	for _, name := range slices.Sorted(maps.Keys(h)) {
		lower := strings.ToLower(name)
		if forbidden[lower] {
			continue
		}
		for _, v := range h[name] {
			entries = append(entries, Field{V0: lower, V1: []byte(v)})
		}
	}
	return entries
}

// view is an immutable look at fields that belong to another resource.
func view(entries []Field, parent *wasi.Parent) *Fields {
	parent.Adopt()
	return &Fields{entries: entries, immutable: true, parent: parent}
}

// addTo copies the fields into a header of package net/http.
func (f *Fields) addTo(h http.Header) {
	for _, e := range f.entries {
		key := textproto.CanonicalMIMEHeaderKey(e.V0)
		h[key] = append(h[key], string(e.V1))
	}
}

// addTrailers copies the fields that can be trailers, with a prefix.
func (f *Fields) addTrailers(h http.Header, prefix string) {
	for _, e := range f.entries {
		if !notTrailers[e.V0] {
			key := prefix + textproto.CanonicalMIMEHeaderKey(e.V0)
			h[key] = append(h[key], string(e.V1))
		}
	}
}

// get is the first value of a name.
func (f *Fields) get(name string) (string, bool) {
	for _, e := range f.entries {
		if e.V0 == name {
			return string(e.V1), true
		}
	}
	return "", false
}

func (f *Fields) values(name string) [][]byte {
	name = strings.ToLower(name)
	values := [][]byte{}
	for _, e := range f.entries {
		if e.V0 == name {
			values = append(values, e.V1)
		}
	}
	return values
}

// change checks that a name may be set, and gives its lower case.
func (f *Fields) change(name string) (string, *headerError) {
	lower := strings.ToLower(name)
	switch {
	case f.immutable:
		return "", &headerError{Immutable}
	case !validName(name): // before its letters change: some that are not ASCII become so
		return "", &headerError{InvalidSyntax}
	case forbidden[lower]:
		return "", &headerError{Forbidden}
	}
	return lower, nil
}

func (f *Fields) append(name string, values ...[]byte) *headerError {
	name, herr := f.change(name)
	if herr != nil {
		return herr
	}
	for _, v := range values {
		switch {
		case !validValue(v):
			return &headerError{InvalidSyntax}
		case f.size+len(name)+len(v) > MaxFieldsBytes:
			return &headerError{sizeExceeded}
		}
		f.size += len(name) + len(v)
		f.entries = append(f.entries, Field{V0: name, V1: slices.Clone(v)})
	}
	return nil
}

func (f *Fields) remove(name string) *headerError {
	name, herr := f.change(name)
	if herr != nil {
		return herr
	}
	kept := f.entries[:0]
	for _, e := range f.entries {
		if e.V0 == name {
			f.size -= len(e.V0) + len(e.V1)
			continue
		}
		kept = append(kept, e)
	}
	f.entries = kept
	return nil
}

// validName reports whether a name is a token (RFC 9110, 5.6.2).
func validName(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case isLetter(c), c >= '0' && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return name != ""
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// validValue reports whether bytes can be a field's value (RFC 9110, 5.5).
func validValue(v []byte) bool {
	for _, c := range v {
		if c < 0x20 && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// fieldsOffer offers fields with the header-error of a version of WASI.
type fieldsOffer[E any] struct {
	types *bind.Interface
	fail  func(HeaderError) E
}

// syncHeaderError is header-error of WASI 0.2.
func syncHeaderError(c HeaderError) headerError {
	if c == sizeExceeded {
		c = InvalidSyntax
	}
	return headerError{c}
}

func (o fieldsOffer[E]) outcome(herr *headerError) (bind.Result[bind.Unit, E], error) {
	if herr != nil {
		return bind.Err[bind.Unit](o.fail(herr.Case)), nil
	}
	return bind.Result[bind.Unit, E]{}, nil
}

// add offers what all versions have; list is the name of the method that lists the
// entries.
func (o fieldsOffer[E]) add(list string) {
	bind.Resource(o.types, "fields", func(_ context.Context, f *Fields) error {
		if f.parent != nil {
			f.parent.Release()
		}
		return nil
	})
	o.types.Func("[constructor]fields", bind.Func0(func(context.Context) (*Fields, error) { return &Fields{}, nil }))
	o.types.Func("[static]fields.from-list", bind.Func1(func(_ context.Context, list []Field) (
		bind.Result[*Fields, E], error,
	) {
		f := &Fields{}
		for _, e := range list {
			if herr := f.append(e.V0, e.V1); herr != nil {
				return bind.Err[*Fields](o.fail(herr.Case)), nil
			}
		}
		return bind.Ok[E](f), nil
	}))
	o.method("get", bind.Func2(func(_ context.Context, f *Fields, name string) ([][]byte, error) {
		return f.values(name), nil
	}))
	o.method("has", bind.Func2(func(_ context.Context, f *Fields, name string) (bool, error) {
		return len(f.values(name)) > 0, nil
	}))
	o.method(list, bind.Func1(func(_ context.Context, f *Fields) ([]Field, error) { return f.entries, nil }))
	o.method("clone", bind.Func1(func(_ context.Context, f *Fields) (*Fields, error) {
		return &Fields{entries: slices.Clone(f.entries), size: f.size}, nil
	}))
	o.addChanges()
}

func (o fieldsOffer[E]) addChanges() {
	o.method("set", bind.Func3(func(_ context.Context, f *Fields, name string, values [][]byte) (
		bind.Result[bind.Unit, E], error,
	) {
		if slices.ContainsFunc(values, func(v []byte) bool { return !validValue(v) }) {
			return o.outcome(&headerError{InvalidSyntax})
		}
		if herr := f.remove(name); herr != nil {
			return o.outcome(herr)
		}
		return o.outcome(f.append(name, values...))
	}))
	o.method("delete", bind.Func2(func(_ context.Context, f *Fields, name string) (bind.Result[bind.Unit, E], error) {
		return o.outcome(f.remove(name))
	}))
	o.method("append", bind.Func3(func(_ context.Context, f *Fields, name string, value []byte) (
		bind.Result[bind.Unit, E], error,
	) {
		return o.outcome(f.append(name, value))
	}))
}

func (o fieldsOffer[E]) method(name string, f bind.Func) { method(o.types, "fields", name, f) }
