package oci

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"oras.land/oras-go/v2/registry/remote/errcode"
)

// Document reads what host serves at a path, without credentials: metadata about
// itself, such as "/.well-known/...". It is not compressed, and longer than limit
// bytes it is an error; if there is none the error wraps ErrNotFound or ErrDenied.
func (c *Client) Document(ctx context.Context, host, path string, limit int64) ([]byte, error) {
	if err := checkHost(host); err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "https", Host: host, Path: path}
	if c.transports.name(host) {
		u.Scheme = "http"
	}
	var data []byte
	err := c.retry(ctx, host, func(ctx context.Context) (err error) {
		data, err = c.document(ctx, u.String(), limit)
		return err
	})
	return data, wrap(host, "get "+path, err)
}

func (c *Client) document(ctx context.Context, target string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.options.UserAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &errcode.ErrorResponse{Method: req.Method, URL: resp.Request.URL, StatusCode: resp.StatusCode}
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("it has more than %d bytes", limit)
	}
	return data, nil
}
