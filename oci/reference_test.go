package oci

import (
	"strings"
	"testing"
)

const sum = "sha256:ca853b1c7772a10a6c188efb2f4e32fd122a95c0af9943d0900334cf0e4951ba"

func TestReferencesAreReadAndWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want Reference
	}{
		{"localhost/a", Reference{Host: "localhost", Repository: "a"}},
		{"localhost:5000/a/b-c__d.e:v1.0", Reference{
			Host: "localhost:5000", Repository: "a/b-c__d.e", Tag: "v1.0",
		}},
		{"registry.example.com/a:b@" + sum, Reference{"registry.example.com", "a", "b", sum}},
		{"[::1]:5000/a@" + sum, Reference{Host: "[::1]:5000", Repository: "a", Digest: sum}},
		{"127.0.0.1:1/a", Reference{Host: "127.0.0.1:1", Repository: "a"}},
	} {
		got, err := ParseReference(c.text)
		if err != nil || got != c.want {
			t.Errorf("ParseReference(%q) = %#v, %v", c.text, got, err)
		}
		if got.String() != c.text {
			t.Errorf("%q is written %q", c.text, got)
		}
	}
}

func TestBadReferencesAreRefusedWithAHint(t *testing.T) {
	t.Parallel()
	for text, hint := range map[string]string{
		"app":                             "names no registry",
		"team/app:1":                      "registry.example.com/team/app:1",
		"https://registry.example.com/a":  "no scheme",
		"registry.example.com/A":          "lower-case",
		"registry.example.com/":           "lower-case",
		"registry.example.com/a//b":       "lower-case",
		"registry.example.com/a/../b":     "lower-case",
		"registry.example.com/a:1.0+b":    `write "1.0_b"`,
		"registry.example.com/a:":         `tag ""`,
		"registry.example.com/a:-x":       "tag",
		"registry.example.com/a@sha256:1": "digest",
		"registry.example.com/a@md5:d41d8cd98f00b204e9800998ecf8427e": "digest",
		"registry.example.com:0/a":                                    "port",
		"registry.example.com:99999/a":                                "port",
		"bad_host.example.com/a":                                      "host",
		"[::1/a":                                                      "host",
		"user@registry.example.com/a":                                 "host",
		"registry.example.com/" + strings.Repeat("a", 256):            "repository",
		"registry.example.com/" + strings.Repeat("a", 2000):           "limit",
		"registry.example.com/a:" + strings.Repeat("a", 129):          "tag",
		"registry.example.com/a@sha384:" + strings.Repeat("0", 96):    "supported",
	} {
		if ref, err := ParseReference(text); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("ParseReference(%q) = %v, %v; want an error with %q", text, ref, err, hint)
		}
	}
}

func TestTheDigestDecidesThenTheTagThenLatest(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"localhost/a": "latest", "localhost/a:x": "x", "localhost/a:x@" + sum: sum} {
		ref, err := ParseReference(text)
		if err != nil || ref.Target() != want {
			t.Errorf("%s: target %q, %v", text, ref.Target(), err)
		}
	}
}

func TestOnlyThisMachineIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "localhost:5000": true, "127.0.0.1": true, "127.9.9.9:80": true,
		"[::1]:5000": true, "[::1]": true,
		"a.localhost:1": true, "10.0.0.1": false, "localhost.example.com": false, "192.168.0.1:5000": false,
		"0.0.0.0": false,
	} {
		if loopback(host) != want {
			t.Errorf("loopback(%q) is %v", host, !want)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	f.Add("localhost:5000/a:b@" + sum)
	f.Add("[::1]:1/a")
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := ParseReference(s)
		if err != nil {
			return
		}
		if again, err := ParseReference(ref.String()); err != nil || again != ref {
			t.Fatalf("%q: %#v is written %q and read as %#v, %v", s, ref, ref, again, err)
		}
	})
}
