package oci

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/opencontainers/go-digest"
)

// Reference names an artifact in a registry: HOST[:PORT]/REPOSITORY[:TAG][@DIGEST].
// With both tag and digest, the digest decides and the tag is a remark.
type Reference struct {
	Host       string // with the port, if one was given
	Repository string
	Tag        string
	Digest     artifact.Digest
}

var (
	repositoryPattern = regexp.MustCompile(
		`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$`,
	)
	tagPattern  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
	hostPattern = regexp.MustCompile(
		`^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$`,
	)
)

// ParseReference reads a reference. The host must be written out: there is no
// default registry, so a name such as "team/app" is refused, not guessed.
func ParseReference(s string) (Reference, error) {
	bad := func(format string, args ...any) (Reference, error) {
		return Reference{}, fmt.Errorf("reference %q: "+format, append([]any{s}, args...)...)
	}
	if len(s) > maxReferenceLength {
		return Reference{}, fmt.Errorf(
			"reference of %d characters: the limit is %d", len(s), maxReferenceLength,
		)
	}
	if strings.Contains(s, "://") {
		return bad("a reference has no scheme; write HOST/REPOSITORY:TAG")
	}
	host, rest, found := strings.Cut(s, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return bad("names no registry; write HOST/REPOSITORY:TAG, such as registry.example.com/%s", s)
	}
	if err := checkHost(host); err != nil {
		return bad("%w", err)
	}
	ref := Reference{Host: host}
	rest, sum, found := strings.Cut(rest, "@")
	if found {
		ref.Digest = digest.Digest(sum)
		if err := artifact.CheckDescriptor(artifact.Descriptor{Digest: ref.Digest}); err != nil {
			return bad("%w", err)
		}
	}
	ref.Repository, ref.Tag, found = strings.Cut(rest, ":")
	if found {
		if err := CheckTag(ref.Tag); err != nil {
			return bad("%w", err)
		}
	}
	if len(ref.Repository) > maxRepositoryLength || !repositoryPattern.MatchString(ref.Repository) {
		return bad(
			"repository %q: want lower-case letters, digits, and single . _ - between them", ref.Repository,
		)
	}
	return ref, nil
}

// CheckTag refuses text that no registry takes as a tag.
func CheckTag(tag string) error {
	switch {
	case strings.Contains(tag, "+"):
		return fmt.Errorf("tag %q: a tag cannot hold +; write %q", tag, strings.ReplaceAll(tag, "+", "_"))
	case len(tag) > maxTagLength || !tagPattern.MatchString(tag):
		return fmt.Errorf(
			"tag %q: want up to %d letters, digits, and . _ - after the first", tag, maxTagLength,
		)
	}
	return nil
}

func checkHost(host string) error {
	name, port, hasPort := host, "", false
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name, port, hasPort = host[:i], host[i+1:], true
	}
	if hasPort {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("port %q is not between 1 and 65535", port)
		}
	}
	if inner, ok := strings.CutPrefix(name, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err == nil && addr.Is6() && strings.HasSuffix(inner, "]") {
			return nil
		}
	} else if len(name) <= maxHostLength && hostPattern.MatchString(name) {
		return nil
	}
	return fmt.Errorf("host %q is not a host name", name)
}

// Name is the reference without tag and digest.
func (r Reference) Name() string { return r.Host + "/" + r.Repository }

// String is the reference as ParseReference reads it.
func (r Reference) String() string {
	s := r.Name()
	if r.Tag != "" {
		s += ":" + r.Tag
	}
	if r.Digest != "" {
		s += "@" + r.Digest.String()
	}
	return s
}

// Target is what decides which manifest is meant: the digest, else the tag,
// else "latest".
func (r Reference) Target() string {
	switch {
	case r.Digest != "":
		return r.Digest.String()
	case r.Tag != "":
		return r.Tag
	}
	return defaultTag
}

// Pinned is the reference by digest alone.
func (r Reference) Pinned(d artifact.Digest) Reference {
	return Reference{Host: r.Host, Repository: r.Repository, Digest: d}
}

// loopback reports whether host, with or without port, is this machine.
func loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}
