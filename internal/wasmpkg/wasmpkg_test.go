package wasmpkg

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/edgelint/edgelint/spin"
)

// start serves a registry and gives its address.
func start(t *testing.T, handler http.Handler) (host string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// domain serves nothing but a registry.json.
func domain(t *testing.T, text string) (host string) {
	t.Helper()
	return start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != metadataPath || r.Header.Get("Authorization") != "" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, text)
	}))
}

// publish pushes versions of a package; the content of each is its version.
func publish(t *testing.T, name string, tags ...string) {
	t.Helper()
	user := credential.Credential{Username: "user", Password: "pw"}
	ref, err := oci.ParseReference(name)
	if err != nil {
		t.Fatal(err)
	}
	client := oci.NewClient(oci.Options{Credentials: credential.Static(ref.Host, user)})
	defer client.Close()
	for _, tag := range tags {
		a, err := pack.CNCF("x.wasm", pack.WasmBytes(fmt.Appendf(nil, "\x00asm\x01\x00\x00\x00%s", tag)), pack.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := oci.Push(t.Context(), client.Repository(ref), a, tag, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// configured makes a client whose configuration is text.
func configured(t *testing.T, text string, env ...string) *Client {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, ".config", "wasm-pkg", "config.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"HOME": home, "APPDATA": filepath.Join(home, ".config")}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		values[name] = value
	}
	c := &Client{Env: func(name string) (string, bool) { v, ok := values[name]; return v, ok }}
	t.Cleanup(c.Close)
	return c
}

// found is the tag that a source leads to, or the error.
func found(t *testing.T, c *Client, s spin.Source) string {
	t.Helper()
	content, err := c.Find(t.Context(), s)
	if err != nil {
		return err.Error()
	}
	r, err := content.Open(t.Context())
	if err != nil {
		return err.Error()
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return err.Error()
	}
	if got := artifact.DescriptorOf("", data).Digest.String(); got != content.Digest {
		t.Errorf("%s has the digest %s", content.Name, got)
	}
	return strings.TrimPrefix(string(data), "\x00asm\x01\x00\x00\x00")
}

func TestTheHighestVersionThatWillDoIsChosen(t *testing.T) {
	t.Parallel()
	host := start(t, registrytest.New(t, registrytest.Options{}))
	publish(t, host+"/a/b", "0.9.0", "1.0.0", "1.2.0", "1.10.0", "1.11.0-rc.1", "2.0.0_build.1", "latest", "v3.0.0", "sha256-x.sig")
	c := configured(t, fmt.Sprintf("default_registry = %q", host))
	for requirement, want := range map[string]string{
		"*": "2.0.0_build.1", "1": "1.10.0", "^1.1": "1.10.0", "~1.0": "1.0.0", ">=1, <1.5": "1.2.0",
		"0.9": "0.9.0", "=1.11.0-rc.1": "1.11.0-rc.1", "1.11.0-rc.0": "1.11.0-rc.1",
	} {
		if got := found(t, c, spin.Source{Package: "a:b", Requirement: requirement}); got != want {
			t.Errorf("%s: %s, want %s", requirement, got, want)
		}
	}
	for version, want := range map[string]string{
		"1.0.0": "1.0.0", "2.0.0": "2.0.0_build.1",
		"1.0.1": host + "/a/b has 2.0.0+build.1, 1.11.0-rc.1, 1.10.0, 1.2.0, 1.0.0, 0.9.0",
		"1.0":   "three numbers",
	} {
		if got := found(t, c, spin.Source{Package: "a:b", Version: version}); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

func TestConfigurationAndMetadataSayWhereAPackageIs(t *testing.T) {
	t.Parallel()
	host := start(t, registrytest.New(t, registrytest.Options{}))
	publish(t, host+"/a/b", "1.0.0")
	publish(t, host+"/team/a/b", "1.1.0")
	publish(t, host+"/team-a/b", "1.2.0")
	team := domain(t, fmt.Sprintf(`{"preferredProtocol": "oci", "oci": {"registry": %q, "namespacePrefix": "team/"}, "warg": {"url": "x"}}`, host))
	older := domain(t, fmt.Sprintf(`{"ociRegistry": %q, "ociNamespacePrefix": "team-"}`, host))
	warg := domain(t, `{"warg": {"url": "https://example.com"}}`)
	broken := domain(t, `{"oci": 7}`)
	page := domain(t, `<!doctype html>`)
	for name, c := range map[string]struct{ config, registry, want string }{
		"default":              {config: fmt.Sprintf("default_registry = %q", host), want: "1.0.0"},
		"named":                {registry: host, want: "1.0.0"},
		"named before default": {config: "default_registry = \"x.example.com\"", registry: team, want: "1.1.0"},
		"metadata":             {config: fmt.Sprintf("default_registry = %q", team), want: "1.1.0"},
		"older metadata":       {config: fmt.Sprintf("default_registry = %q", older), want: "1.2.0"},
		"namespace":            {config: fmt.Sprintf("default_registry = %q\nnamespace_registries = { a = %q }", host, team), want: "1.1.0"},
		"package": {
			config: fmt.Sprintf("namespace_registries = { a = %q }\npackage_registry_overrides = { \"a:b\" = %q }", host, older),
			want:   "1.2.0",
		},
		"metadata of the user": {
			config: fmt.Sprintf("[namespace_registries]\na = { registry = \"x.example.com\", metadata = "+
				"{ oci = { registry = %q, namespacePrefix = \"team/\" } } }", host),
			want: "1.1.0",
		},
		"metadata of the user for the registry named": {
			config: fmt.Sprintf("[namespace_registries]\na = { registry = \"x.example.com\", metadata = "+
				"{ oci = { registry = %q, namespacePrefix = \"team/\" } } }", host),
			registry: "x.example.com", want: "1.1.0",
		},
		"protocol of the user": {
			config:   fmt.Sprintf("[registry.%q]\ntype = \"oci\"\noci = { auth = { username = \"a\", password = \"b\" } }", warg),
			registry: warg, want: "a/b: tags: not found",
		},
		"warg":            {registry: warg, want: "is one of the protocol warg, and only oci is spoken here"},
		"local":           {registry: host, config: fmt.Sprintf("[registry.%q.local]\nroot = \"/x\"", host), want: "protocol local"},
		"no registry":     {want: "config.toml: default_registry = \"registry.example.com\""},
		"broken metadata": {registry: broken, want: metadataPath + ": the registry's metadata: json"},
		"a page":          {registry: page, want: "a/b: tags: not found"},
		"no package":      {registry: older, config: "default_registry = \"x.example.com\"", want: "1.2.0"},
		"no host":         {registry: "a/b", want: "is not a host name"},
		"nobody there":    {registry: "127.0.0.1:1", want: "to work without it, fetch the package with edgepack pull"},
		"unknown key":     {config: "default_registri = \"x\"", want: "config.toml:1:1: unknown key default_registri"},
		"no TOML":         {config: "\n= 1", want: "config.toml:2:1: "},
		"bad mapping":     {config: "namespace_registries = { a = 1 }", want: "namespace_registries.a: expected the name of a registry"},
		"bad protocol":    {registry: host, config: fmt.Sprintf("[registry.%q.oci]\nprotocol = \"ftp\"", host), want: "neither http nor https"},
		"bad credential":  {registry: host, config: fmt.Sprintf("[registry.%q.oci]\nauth = \"secret\"", host), want: "oci.auth is not the base64"},
		"certificates":    {registry: host, config: fmt.Sprintf("[registry.%q.oci]\nextra_root_certificates = [{}]", host), want: "certs.d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := configured(t, c.config)
			client.Options.Retry.Attempts = 1
			for range 2 {
				got := found(t, client, spin.Source{Package: "a:b", Registry: c.registry, Requirement: "1"})
				if !strings.Contains(got, c.want) || strings.Contains(got, "secret") {
					t.Errorf("%s, want %s", got, c.want)
				}
			}
		})
	}
}

func TestCredentialsOfTheUserAreUsed(t *testing.T) {
	t.Parallel()
	registry := registrytest.New(t, registrytest.Options{User: "user", Password: "pw"})
	host := start(t, registry)
	publish(t, host+"/a/b", "1.0.0")
	auth := base64.StdEncoding.EncodeToString([]byte("user:pw"))
	for name, config := range map[string]string{
		"a pair": fmt.Sprintf("[registry.%q.oci]\nauth = { username = \"user\", password = \"pw\" }", host),
		"a text": fmt.Sprintf("[registry.%q.oci]\nauth = %q", host, auth),
	} {
		if got := found(t, configured(t, config), spin.Source{Package: "a:b", Registry: host, Version: "1.0.0"}); got != "1.0.0" {
			t.Errorf("%s: %s", name, got)
		}
	}
	docker := configured(t, "")
	home, _ := docker.Env("HOME")
	text := fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, host, auth)
	if err := errors.Join(os.Mkdir(filepath.Join(home, ".docker"), 0o700),
		os.WriteFile(filepath.Join(home, ".docker", "config.json"), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	if got := found(t, docker, spin.Source{Package: "a:b", Registry: host, Version: "1.0.0"}); got != "1.0.0" {
		t.Errorf("Docker's file: %s", got)
	}
	got := found(t, configured(t, ""), spin.Source{Package: "a:b", Registry: host, Version: "1.0.0"})
	if !strings.Contains(got, "denied") || !strings.Contains(got, "log in with edgepack login "+host) {
		t.Errorf("anonymous: %s", got)
	}
	registry = registrytest.New(t, registrytest.Options{User: "user", Password: "pw", Bearer: true})
	host = start(t, registry)
	token := tokenVariable(host) + "=the-token"
	_ = found(t, configured(t, "", token), spin.Source{Package: "a:b", Registry: host, Version: "1.0.0"})
	bearer := func(r registrytest.Request) bool { return r.Authorization == "Bearer the-token" }
	if !strings.HasPrefix(token, "WKG_REGISTRY_127_0_0_1_") {
		t.Errorf("the variable is %s", token)
	}
	if registry.Count(bearer) == 0 {
		t.Errorf("the token was not presented: %v", registry.Requests())
	}
}

func TestWhatIsNoPackageIsRefused(t *testing.T) {
	t.Parallel()
	registry := registrytest.New(t, registrytest.Options{})
	host := start(t, registry)
	publish(t, host+"/a/b", "1.0.0")
	client := oci.NewClient(oci.Options{})
	defer client.Close()
	ref, err := oci.ParseReference(host + "/a/image")
	if err != nil {
		t.Fatal(err)
	}
	layer, config := artifact.NewBlob("text/plain", []byte("x")), artifact.NewBlob(artifact.TypeImageConfig, []byte("{}"))
	image, err := artifact.New(artifact.Manifest{Config: config.Descriptor, Layers: []artifact.Descriptor{layer.Descriptor}},
		[]artifact.Blob{config, layer})
	if err != nil {
		t.Fatal(err)
	}
	if err := oci.Push(t.Context(), client.Repository(ref), image, "1.0.0", 0); err != nil {
		t.Fatal(err)
	}
	c := configured(t, "")
	if got := found(t, c, spin.Source{Package: "a:image", Registry: host, Version: "1.0.0"}); !strings.Contains(got, "want one layer of the type application/wasm") {
		t.Error(got)
	}
	registry.Fault(registrytest.Times(1, registrytest.Downloads, registrytest.Flipped(9)))
	if got := found(t, c, spin.Source{Package: "a:b", Registry: host, Version: "1.0.0"}); !strings.Contains(got, "content differs") {
		t.Error(got)
	}
	if got := found(t, c, spin.Source{Package: "a:none", Registry: host, Version: "1.0.0"}); !strings.Contains(got, "there are no versions at "+host+"/a/none") {
		t.Error(got)
	}
}
