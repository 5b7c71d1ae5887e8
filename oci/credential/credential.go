// Package credential finds what a registry wants to be told: in the files and
// helpers of Docker, Podman and Spin, the most specific entry first.
//
//	source := credential.Files{Env: os.Getenv}
//	c, err := source.Credential(ctx, "registry.example.com", "team/app")
//
// A Credential never prints its secrets.
package credential

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// Credential is what to present to a registry. The zero value is anonymous.
type Credential struct {
	Username, Password string
	// IdentityToken is exchanged for access tokens (OAuth 2 refresh token).
	IdentityToken string
	// RegistryToken is presented as it is.
	RegistryToken string
	// Origin says where it was found, for messages.
	Origin string
}

// Anonymous reports whether there is nothing to present.
func (c Credential) Anonymous() bool {
	return c.Username == "" && c.Password == "" && c.IdentityToken == "" && c.RegistryToken == ""
}

// String names the origin, never the secret.
func (c Credential) String() string {
	if c.Anonymous() {
		return "anonymous"
	}
	return "credential from " + c.Origin
}

// Format prints String for every verb, so that %+v and %#v do not tell more.
func (c Credential) Format(
	s fmt.State, _ rune,
) {
	io.WriteString(s, c.String())
} //nolint:errcheck // no way to report

// LogValue is String.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Source finds credentials. repository may be empty. Finding none is no error:
// the answer is anonymous.
type Source interface {
	Credential(ctx context.Context, host, repository string) (Credential, error)
}

// Static is a source that knows one credential, for one host.
func Static(host string, c Credential) Source { return static{host, c} }

type static struct {
	host       string
	credential Credential
}

func (s static) Credential(_ context.Context, host, _ string) (Credential, error) {
	if host != s.host {
		return Credential{}, nil
	}
	return s.credential, nil
}

// Sources asks each source in turn until one knows.
type Sources []Source

// Credential implements Source.
func (s Sources) Credential(ctx context.Context, host, repository string) (Credential, error) {
	for _, source := range s {
		c, err := source.Credential(ctx, host, repository)
		if err != nil || !c.Anonymous() {
			return c, err
		}
	}
	return Credential{}, nil
}
