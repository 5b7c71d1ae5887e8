package spin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/joho/godotenv"

	"github.com/edgelint/edgelint/spin"
)

// Provider is a source of variables. ok is false for one that it does not have.
type Provider interface {
	Variable(ctx context.Context, name string) (value string, ok bool, err error)
}

// Static is a provider with fixed values.
type Static map[string]string

// Variable implements [Provider].
func (s Static) Variable(_ context.Context, name string) (string, bool, error) {
	v, ok := s[name]
	return v, ok, nil
}

// DefaultPrefix is the beginning of the environment variables that hold variables.
const DefaultPrefix = "SPIN_VARIABLE"

// Environment is the provider that reads environment variables: the variable
// api_token is PREFIX_API_TOKEN.
type Environment struct {
	prefix, dotenv string
	lookup         func(name string) (string, bool)
	load           func() (map[string]string, error)
}

// NewEnvironment makes a provider of the variables with a prefix, such as
// [DefaultPrefix]. What lookup does not have is looked for in the file dotenv, which
// is read once, when it is first needed, and need not exist; "" is none.
func NewEnvironment(prefix string, lookup func(name string) (string, bool), dotenv string) *Environment {
	e := &Environment{prefix: prefix, dotenv: dotenv, lookup: lookup}
	e.load = sync.OnceValues(e.read)
	return e
}

// Variable implements [Provider].
func (e *Environment) Variable(_ context.Context, name string) (string, bool, error) {
	key := e.prefix + "_" + strings.ToUpper(name)
	if v, ok := e.lookup(key); ok || e.dotenv == "" {
		return v, ok, nil
	}
	values, err := e.load()
	v, ok := values[key]
	return v, ok, err
}

func (e *Environment) read() (map[string]string, error) {
	data, err := os.ReadFile(e.dotenv)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	values, err := godotenv.UnmarshalBytes(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.dotenv, err)
	}
	return values, nil
}

// Vault is the provider that reads the secrets of a HashiCorp Vault: the variable
// api_token is the field "value" of the secret api_token of a KV engine, version 2.
type Vault struct {
	URL, Token string
	// Mount is the path of the engine, and Prefix one inside of it, "" for none.
	Mount, Prefix string
}

// Limits of what is asked of a Vault.
const (
	vaultTimeout = 30 * time.Second
	maxSecret    = 1 << 20

	maxVaultRedirects = 3
)

// vaultClient follows a Vault to its active server, but keeps the token from others.
var vaultClient = &http.Client{CheckRedirect: func(r *http.Request, via []*http.Request) error {
	if to, from := r.URL, via[0].URL; to.Hostname() != from.Hostname() || from.Scheme == "https" && to.Scheme != "https" {
		return fmt.Errorf("it redirects to %s, which is not to get the token: write its URL into the configuration", to.Host)
	}
	if len(via) >= maxVaultRedirects {
		return fmt.Errorf("it redirects more than %d times", maxVaultRedirects)
	}
	return nil
}}

// Variable implements [Provider].
func (v Vault) Variable(ctx context.Context, name string) (string, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, vaultTimeout)
	defer cancel()
	u, err := url.JoinPath(v.URL, "v1", v.Mount, "data", v.Prefix, name)
	if err != nil {
		return "", false, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return "", false, err
	}
	r.Header.Set("X-Vault-Token", v.Token)
	res, err := vaultClient.Do(r)
	if err != nil {
		return "", false, fmt.Errorf("vault: %w", err)
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return "", false, nil
	default:
		return "", false, fmt.Errorf("vault: %s: %s", u, res.Status)
	}
	var secret struct {
		Data struct {
			Data struct {
				Value *string `json:"value"`
			} `json:"data"`
		} `json:"data"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxSecret)).Decode(&secret); err != nil {
		return "", false, fmt.Errorf("vault: %s: %w", u, err)
	}
	if secret.Data.Data.Value == nil {
		return "", false, fmt.Errorf("vault: %s: the secret has no field \"value\"", u)
	}
	return *secret.Data.Data.Value, true, nil
}

// providers are the providers of a runtime configuration.
func providers(c *spin.RuntimeConfig, lookup func(string) (string, bool)) ([]Provider, error) {
	if c == nil {
		return nil, nil
	}
	if lookup == nil {
		lookup = os.LookupEnv
	}
	var out []Provider
	for _, p := range c.VariablesProviders {
		switch {
		case p.Env != nil:
			prefix := DefaultPrefix
			if p.Env.Prefix != nil {
				prefix = p.Env.Prefix.Value
			}
			out = append(out, NewEnvironment(prefix, lookup, p.Env.DotenvPath.Value))
		case p.Vault != nil:
			out = append(out, Vault{p.Vault.URL.Value, p.Vault.Token, p.Vault.Mount, p.Vault.Prefix})
		case p.Type == "static":
			values := Static{}
			for _, e := range p.Static {
				values[e.Name] = e.Value.Value
			}
			out = append(out, values)
		default:
			return nil, fmt.Errorf("%s: variables_provider: there is no client for %s here: use static, env or vault",
				p.Pos, p.Type)
		}
	}
	return out, nil
}
