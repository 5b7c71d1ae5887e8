package spinsuite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// testCase is a test.json: requests and what an application answers.
type testCase struct {
	Invocations []invocation `json:"invocations"`
}

type invocation struct {
	Request  request  `json:"request"`
	Response response `json:"response"`
}

type request struct {
	Method  string      `json:"method"` // GET if absent
	Path    string      `json:"path"`
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
}

// response is what must come: these headers and no other.
type response struct {
	Status  int      `json:"status"`
	Body    string   `json:"body"`
	Headers []header `json:"headers"`
}

type header struct {
	Name     string  `json:"name"`
	Value    *string `json:"value"` // any if absent
	Optional bool    `json:"optional"`
}

// readCase reads a folder with a spin.toml and a test.json, where expand stands
// for what is in ${}.
func readCase(dir string, expand func(string) (string, error)) (manifest string, c testCase, err error) {
	texts := map[string]string{}
	for _, name := range []string{"spin.toml", "test.json"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", c, err
		}
		var errs []error
		texts[name] = os.Expand(string(data), func(name string) string {
			value, err := expand(name)
			errs = append(errs, err)
			return value
		})
		if err := errors.Join(errs...); err != nil {
			return "", c, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
	}
	dec := json.NewDecoder(strings.NewReader(texts["test.json"]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return "", c, fmt.Errorf("%s: %w", filepath.Join(dir, "test.json"), err)
	}
	if len(c.Invocations) == 0 {
		return "", c, fmt.Errorf("%s: no invocations", filepath.Join(dir, "test.json"))
	}
	return texts["spin.toml"], c, nil
}

// client sends what it is told to, and nothing else.
var client = &http.Client{
	Timeout:   time.Minute,
	Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 200},
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

// judge sends the request to an application and compares its answer.
func (i invocation) judge(url string) error {
	r, err := http.NewRequest(i.Request.Method, url+i.Request.Path, strings.NewReader(i.Request.Body))
	if err != nil {
		return err
	}
	for _, h := range i.Request.Headers {
		if strings.EqualFold(h[0], "host") {
			r.Host = h[1]
		}
		r.Header.Add(h[0], h[1])
	}
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if len(res.TransferEncoding) > 0 {
		res.Header["Transfer-Encoding"] = res.TransferEncoding
	}
	return errors.Join(i.Response.judgeBody(res.StatusCode, body), i.Response.judgeHeaders(res.Header))
}

func (want response) judgeBody(status int, body []byte) error {
	if status != want.Status || !bytes.Equal(body, []byte(want.Body)) {
		return fmt.Errorf("answered %d %q, not %d %q", status, body, want.Status, want.Body)
	}
	return nil
}

func (want response) judgeHeaders(got http.Header) error {
	got = maps.Clone(got)
	var errs []error
	for _, h := range want.Headers {
		values, ok := got[http.CanonicalHeaderKey(h.Name)]
		delete(got, http.CanonicalHeaderKey(h.Name))
		switch {
		case !ok && !h.Optional:
			errs = append(errs, fmt.Errorf("the response has no header %s", h.Name))
		case ok && (len(values) != 1 || h.Value != nil && values[0] != *h.Value):
			errs = append(errs, fmt.Errorf("the response header %s is %q", h.Name, values))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		errs = append(errs, fmt.Errorf("the response has the header %s: %q", name, got[name]))
	}
	return errors.Join(errs...)
}
