package spin

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/edgelint/edgelint/spin"
)

func TestProvidersOfTheConfigurationAreAskedInItsOrder(t *testing.T) {
	t.Parallel()
	vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Vault-Token") != "root":
			http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
		case r.URL.Path == "/v1/secret/data/app/token":
			w.Write([]byte(`{"data":{"data":{"value":"vault"},"metadata":{"version":1}}}`))
		case r.URL.Path == "/v1/secret/data/app/none":
			w.Write([]byte(`{"data":{"data":{"other":"x"}}}`))
		default:
			http.Error(w, `{"errors":[]}`, http.StatusNotFound)
		}
	}))
	defer vault.Close()
	dotenv := filepath.Join(t.TempDir(), "my.env")
	if err := os.WriteFile(dotenv, []byte("MY_SURROUNDING='dot env' # comment\nMY_STATIC=x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("DOTENV", dotenv, "VAULT", vault.URL).Replace(`
[[variables_provider]]
type = "static"
values = { static = "static", flagged = "static" }
[[variables_provider]]
type = "env"
prefix = "MY"
dotenv_path = 'DOTENV'
[[variables_provider]]
type = "vault"
url = "VAULT"
token = "root"
mount = "secret"
prefix = "app"
`)
	cfg := Config{
		Variables: map[string]string{"flagged": "flag"},
		Runtime:   runtimeConfig(t, "", text),
		Providers: []Provider{NewEnvironment(DefaultPrefix, environ, "")},
	}
	m := strings.ReplaceAll(variablesManifest, "{{ none }}", "none")
	g := grantsOf(t, newApp(t, strings.Replace(m, "none = {", "absent = {", 1), cfg), "one")
	if got, verr := g.get(t.Context(), "all"); verr != nil || got != "flag static dot env none vault" {
		t.Errorf("got %q, %+v", got, verr)
	}
	if got, ok, err := (Vault{vault.URL, "root", "secret", ""}).Variable(t.Context(), "token"); ok || err != nil {
		t.Errorf("a secret that is elsewhere: %q, %v, %v", got, ok, err)
	}
	for name, v := range map[string]Vault{
		"403 Forbidden": {vault.URL, "wrong", "secret", "app"}, `no field "value"`: {vault.URL, "root", "secret", "app"},
		"connection refused": {"http://127.0.0.1:1", "root", "secret", "app"},
	} {
		if _, ok, err := v.Variable(t.Context(), "none"); ok || err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func TestVaultsGiveTheTokenToNobodyElse(t *testing.T) {
	t.Parallel()
	var got atomic.Value
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got.Store(r.Header.Get("X-Vault-Token"))
	}))
	defer other.Close()
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/secret/data/away" {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
			return
		}
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer vault.Close()
	for name, want := range map[string]string{"away": "is not to get the token", "round": "more than 3 times"} {
		_, _, err := Vault{URL: vault.URL, Token: "root", Mount: "secret"}.Variable(t.Context(), name)
		if err == nil || !strings.Contains(err.Error(), want) || got.Load() != nil {
			t.Errorf("%s: %v, %v", name, err, got.Load())
		}
	}
}

func TestVaultsAreAskedForWhatIsUsedOnly(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		http.Error(w, `{"errors":[]}`, http.StatusNotFound)
	}))
	defer vault.Close()
	g := grantsOf(t, newApp(t, variablesManifest, Config{Runtime: runtimeConfig(t, "", `
[[variables_provider]]
type = "vault"
url = "`+vault.URL+`"
token = "root"
mount = "secret"
`)}), "one")
	if n := asked.Load(); n != 0 {
		t.Errorf("asked %d times before anything was used", n)
	}
	if got, verr := g.get(t.Context(), "plain"); got != "text" || verr != nil || asked.Load() != 0 {
		t.Errorf("%q, %+v, asked %d times for what needs no variable", got, verr, asked.Load())
	}
	_, verr := g.get(t.Context(), "all")
	if verr == nil || verr.Case != 2 || !strings.Contains(verr.Provider, `no value for the required variable "token"`) {
		t.Errorf("a variable without value: %+v", verr)
	}
	if n := asked.Load(); n != 5 {
		t.Errorf("asked %d times for five variables", n)
	}
}

func TestProvidersWithoutClientStopTheStart(t *testing.T) {
	t.Parallel()
	m, err := spin.Parse("spin.toml", []byte(storesManifest))
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewApp(t.Context(), m, Config{Runtime: runtimeConfig(t, "", `
[[variables_provider]]
type = "azure_key_vault"
vault_url = "https://example.vault.azure.net"
`)})
	want := "runtime-config.toml:2:3: variables_provider: there is no client for azure_key_vault here: use static, env or vault"
	if err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
}

func TestEnvironmentReadsTheFileOnlyForWhatItLacks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, ".env")
	if err := os.WriteFile(file, []byte("SPIN_VARIABLE_STATIC=file\nexport SPIN_VARIABLE_NEW=\"two\\nlines\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, name, want string }{
		{file, "static", "environment"},
		{file, "new", "two\nlines"},
		{file, "none", ""},
		{filepath.Join(dir, "none"), "new", ""},
		{"", "new", ""},
	} {
		got, ok, err := NewEnvironment(DefaultPrefix, environ, c.file).Variable(t.Context(), c.name)
		if got != c.want || ok != (c.want != "") || err != nil {
			t.Errorf("%s: %q, %v, %v", c.name, got, ok, err)
		}
	}
	if _, _, err := NewEnvironment(DefaultPrefix, environ, dir).Variable(t.Context(), "new"); err == nil {
		t.Error("a folder was read as a file")
	}
}
