package wasmpkg

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/edgelint/edgelint/oci/credential"
)

// maxConfig bounds the configuration file, in bytes.
const maxConfig = 1 << 20

// config is what the user's file says: config.toml of wkg.
type config struct {
	path string

	DefaultRegistry string `toml:"default_registry"`
	// A mapping is the name of a registry, or a table with its metadata, too.
	Namespaces map[string]any            `toml:"namespace_registries"`
	Packages   map[string]any            `toml:"package_registry_overrides"`
	Registries map[string]map[string]any `toml:"registry"`
}

// configPath is where the file is, "" if nobody can say.
func configPath(env func(string) (string, bool)) string {
	get := func(name string) string {
		value, _ := env(name)
		return value
	}
	base := get("XDG_CONFIG_HOME")
	switch {
	case runtime.GOOS == "windows":
		base = get("APPDATA")
	case !filepath.IsAbs(base) && get("HOME") != "":
		base = filepath.Join(get("HOME"), ".config")
	}
	if !filepath.IsAbs(base) {
		return ""
	}
	return filepath.Join(base, "wasm-pkg", "config.toml")
}

// readConfig reads the file; one that is not there says nothing.
func readConfig(path string) (*config, error) {
	c := &config{path: path}
	if path == "" {
		return c, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxConfig:
		return nil, fmt.Errorf("%s: it has more than %d bytes", path, maxConfig)
	}
	d := toml.NewDecoder(strings.NewReader(string(data)))
	if err := d.DisallowUnknownFields().Decode(c); err != nil {
		return nil, configError(path, err)
	}
	return c, nil
}

func configError(path string, err error) error {
	if missing, ok := errors.AsType[*toml.StrictMissingError](err); ok && len(missing.Errors) > 0 {
		first := missing.Errors[0]
		row, col := first.Position()
		return fmt.Errorf("%s:%d:%d: unknown key %s", path, row, col, strings.Join(first.Key(), "."))
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		row, col := wrong.Position()
		return fmt.Errorf("%s:%d:%d: %w", path, row, col, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// mapping is where a package is: a registry, and its metadata if the file tells
// that in place of the registry.
type mapping struct {
	registry string
	metadata *metadata
}

// mapping is that of a package; registry, if not "", is the one that is asked for.
func (c *config) mapping(pkg, registry string) (mapping, error) {
	namespace, _, _ := strings.Cut(pkg, ":")
	var found mapping
	var err error
	if v, ok := c.Packages[pkg]; ok {
		found, err = readMapping(v)
		err = c.at("package_registry_overrides."+pkg, err)
	} else if v, ok := c.Namespaces[namespace]; ok {
		found, err = readMapping(v)
		err = c.at("namespace_registries."+namespace, err)
	} else {
		found.registry = c.DefaultRegistry
	}
	switch {
	case err != nil:
		return mapping{}, err
	case registry != "" && registry != found.registry:
		return mapping{registry: registry}, nil
	case found.registry == "":
		return mapping{}, c.unmapped(namespace)
	}
	return found, nil
}

func (c *config) unmapped(namespace string) error {
	file := c.path
	if file == "" {
		file = "wkg's config.toml"
	}
	return fmt.Errorf("no registry is configured for the namespace %s: name one in the manifest, as in "+
		"{ registry = \"registry.example.com\", ... }, or write into %s: default_registry = \"registry.example.com\"",
		namespace, file)
}

func (c *config) at(key string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %s: %w", c.path, key, err)
	}
	return err
}

func readMapping(v any) (mapping, error) {
	if name, ok := v.(string); ok {
		return mapping{registry: name}, nil
	}
	table, _ := v.(map[string]any)
	name, _ := table["registry"].(string)
	said, ok := table["metadata"].(map[string]any)
	if name == "" || !ok {
		return mapping{}, errors.New("expected the name of a registry, or a table with registry and metadata")
	}
	text, err := json.Marshal(said)
	if err != nil {
		return mapping{}, err
	}
	m, err := parseMetadata(text)
	return mapping{registry: name, metadata: &m}, err
}

// registryConfig is what the file says of one registry.
type registryConfig struct {
	protocol string // "" if the file leaves it to the registry
	oci      ociConfig
}

type ociConfig struct {
	Auth                  json.RawMessage   `json:"auth"`
	Protocol              string            `json:"protocol"`
	AcceptInvalid         bool              `json:"accept_invalid_certificates"`
	ExtraCertificates     []json.RawMessage `json:"extra_root_certificates"`
	credential.Credential `json:"-"`
}

func (c *config) registry(name string) (registryConfig, error) {
	r, err := readRegistry(c.Registries[name])
	r.oci.Origin = c.path
	return r, c.at("registry."+name, err)
}

func readRegistry(table map[string]any) (r registryConfig, err error) {
	var backends []string
	for key, v := range table {
		switch {
		case key == "default" || key == "type":
			var ok bool
			if r.protocol, ok = v.(string); !ok {
				return r, fmt.Errorf("%s is no string", key)
			}
		default:
			backends = append(backends, key)
		}
	}
	if r.protocol == "" && len(backends) == 1 {
		r.protocol = backends[0]
	}
	if table["oci"] == nil {
		return r, nil
	}
	text, err := json.Marshal(table["oci"])
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r.oci); err != nil {
		return r, fmt.Errorf("oci: %w", withoutText(err))
	}
	return r, r.oci.check()
}

// withoutText is an error on JSON that quotes nothing of it, as it may be secret.
func withoutText(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s: expected a %s", wrong.Field, wrong.Type)
	}
	return errors.New("it cannot be read")
}

func (o *ociConfig) check() error {
	switch {
	case o.Protocol != "" && o.Protocol != "http" && o.Protocol != "https":
		return fmt.Errorf("oci.protocol: %q is neither http nor https", o.Protocol)
	case len(o.ExtraCertificates) > 0:
		return errors.New("oci.extra_root_certificates is not read: put the certificate into " +
			"~/.config/containers/certs.d/HOST/ca.crt")
	case len(o.Auth) == 0:
		return nil
	}
	var encoded string
	if json.Unmarshal(o.Auth, &encoded) == nil {
		text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
		user, password, ok := strings.Cut(string(text), ":")
		if err != nil || !ok {
			return errors.New("oci.auth is not the base64 of USER:PASSWORD")
		}
		o.Username, o.Password = user, password
		return nil
	}
	var pair struct{ Username, Password string }
	if json.Unmarshal(o.Auth, &pair) != nil || pair.Username == "" {
		return errors.New("oci.auth: expected a text, or { username, password }")
	}
	o.Username, o.Password = pair.Username, pair.Password
	return nil
}
