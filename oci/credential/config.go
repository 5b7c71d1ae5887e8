package credential

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// config is what Docker's config.json and Podman's auth.json have in common.
type config struct {
	auths   map[string]authEntry // by normalised key
	helpers map[string]string    // by normalised key
	store   string
}

type authEntry struct {
	Auth          string `json:"auth"`
	Username      string `json:"username"`
	Password      string `json:"password"`
	IdentityToken string `json:"identitytoken"`
	RegistryToken string `json:"registrytoken"`
}

var errMalformed = errors.New("malformed credential file")

// parseConfig reads a file. Spin's differs in that an entry is the auth text
// itself. Errors never quote the text.
func parseConfig(data []byte, spin bool) (config, error) {
	c := config{auths: map[string]authEntry{}, helpers: map[string]string{}}
	if len(strings.TrimSpace(string(data))) == 0 {
		return c, nil
	}
	var file struct {
		Auths       map[string]json.RawMessage `json:"auths"`
		CredHelpers map[string]string          `json:"credHelpers"`
		CredsStore  string                     `json:"credsStore"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return c, malformed(err)
	}
	for key, raw := range file.Auths {
		var entry authEntry
		var err error
		if spin {
			err = json.Unmarshal(raw, &entry.Auth)
		} else {
			err = json.Unmarshal(raw, &entry)
		}
		if err != nil {
			return c, fmt.Errorf("entry %q: %w", key, malformed(err))
		}
		c.auths[normalise(key)] = entry
	}
	for key, name := range file.CredHelpers {
		c.helpers[normalise(key)] = name
	}
	c.store = file.CredsStore
	return c, nil
}

func malformed(err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: at byte %d", errMalformed, syntax.Offset)
	case errors.As(err, &typed):
		return fmt.Errorf("%w: at byte %d: want a %s", errMalformed, typed.Offset, typed.Type)
	}
	return errMalformed
}

// normalise takes scheme, trailing slash and API version off a key, as older
// tools wrote them: "https://registry.example.com/v2/".
func normalise(key string) string {
	key = strings.TrimPrefix(strings.TrimPrefix(key, "https://"), "http://")
	key = strings.TrimSuffix(key, "/")
	for _, version := range []string{"/v1", "/v2"} {
		key = strings.TrimSuffix(key, version)
	}
	return key
}

// entry is the first of keys with an entry that says something. key is "" if
// there is none.
func (c config) entry(keys []string) (_ Credential, key string, err error) {
	for _, key := range keys {
		entry, ok := c.auths[normalise(serverAddress(key))]
		if !ok {
			entry, ok = c.auths[key]
		}
		if !ok {
			continue
		}
		cred, err := entry.credential()
		if err != nil || !cred.Anonymous() {
			return cred, key, err
		}
	}
	return Credential{}, "", nil
}

// helper is the helper for the first of keys that has one, else the store for
// all, which knows hosts only.
func (c config) helper(keys []string) (name, key string) {
	for _, key := range keys {
		if name := c.helpers[normalise(serverAddress(key))]; name != "" {
			return name, key
		}
		if name := c.helpers[key]; name != "" {
			return name, key
		}
	}
	return c.store, keys[len(keys)-1]
}

func (e authEntry) credential() (Credential, error) {
	c := Credential{
		Username: e.Username, Password: e.Password,
		IdentityToken: e.IdentityToken, RegistryToken: e.RegistryToken,
	}
	if e.Auth == "" {
		return c, nil
	}
	text, err := base64.StdEncoding.DecodeString(e.Auth)
	if err != nil {
		if text, err = base64.RawStdEncoding.DecodeString(e.Auth); err != nil {
			return Credential{}, fmt.Errorf("%w: auth is not base64", errMalformed)
		}
	}
	user, password, ok := strings.Cut(strings.TrimRight(string(text), "\x00"), ":")
	if !ok {
		return Credential{}, fmt.Errorf("%w: auth is not USER:PASSWORD in base64", errMalformed)
	}
	c.Username, c.Password = user, password
	return c, nil
}
