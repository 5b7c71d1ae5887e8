package spinsuite

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// echoesWhileItReads is an error unless each piece of a body comes back before the
// next one is sent.
func (s *served) echoesWhileItReads() error {
	in, out := io.Pipe()
	defer out.Close()
	r, err := http.NewRequest("POST", s.url+"/echo", in)
	if err != nil {
		return err
	}
	type answer struct {
		res *http.Response
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		res, err := client.Do(r)
		answers <- answer{res, err}
	}()
	const piece = "a piece of the body"
	if _, err := io.WriteString(out, piece); err != nil {
		return err
	}
	a := <-answers
	if a.err != nil {
		return a.err
	}
	defer a.res.Body.Close()
	got := make([]byte, len(piece))
	for n := range 3 {
		if n > 0 {
			if _, err := io.WriteString(out, piece); err != nil {
				return err
			}
		}
		if _, err := io.ReadFull(a.res.Body, got); err != nil || string(got) != piece {
			return fmt.Errorf("piece %d came back as %q (%v)", n, got, err)
		}
	}
	out.Close()
	if rest, err := io.ReadAll(a.res.Body); err != nil || len(rest) > 0 {
		return fmt.Errorf("after the last piece came %q (%v)", rest, err)
	}
	return nil
}

// hashesAll is an error unless the example hashes what the peer answers to several
// requests, whose answers are their path 10 000 times.
func (s *served) hashesAll(peer string) error {
	r, err := http.NewRequest("GET", s.url+"/hash-all", nil)
	if err != nil {
		return err
	}
	var want []string
	for _, path := range []string{"/a", "/b", "/c", "/d"} {
		r.Header.Add("url", peer+path)
		want = append(want, fmt.Sprintf("%s%s: %x", peer, path, sha256.Sum256([]byte(strings.Repeat(path, 10_000)))))
	}
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	got := strings.Split(strings.TrimSpace(string(body)), "\n")
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		return errors.Join(err, fmt.Errorf("/hash-all answered %q, not the lines %q", body, want))
	}
	return nil
}
