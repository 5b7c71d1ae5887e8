package credential

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const secret = "hunter2-secret"

func basic(user string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + secret))
}

// home is a home folder with the given files, and Files that look there.
func home(t *testing.T, files map[string]string) (string, *strings.Builder, Files) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{
		"HOME": dir, "USERPROFILE": dir, "APPDATA": filepath.Join(dir, ".config"),
		"XDG_RUNTIME_DIR": filepath.Join(dir, "run"),
	}
	var trace strings.Builder
	return dir, &trace, Files{
		Env:   func(name string) string { return env[name] },
		Trace: func(s string) { trace.WriteString(s + "\n") },
	}
}

func TestTheMostSpecificEntryWins(t *testing.T) {
	t.Parallel()
	_, _, files := home(t, map[string]string{"run/containers/auth.json": fmt.Sprintf(
		`{"auths":{"r.example.com/team":{"auth":%q},"r.example.com/team/app":{"auth":%q},"r.example.com":{"auth":%q}}}`,
		basic("team"), basic("app"), basic("host"))})
	for repository, user := range map[string]string{"team/app": "app", "team/other": "team", "else": "host", "team2": "host", "": "host", "team/app/sub": "app"} {
		c, err := files.Credential(t.Context(), "r.example.com", repository)
		if err != nil || c.Username != user || c.Password != secret {
			t.Errorf("%q: user %q, %v; want %q", repository, c.Username, err, user)
		}
	}
	for _, host := range []string{"r.example.com:5000", "example.com", "other.example.com"} {
		if c, err := files.Credential(t.Context(), host, "team/app"); err != nil || !c.Anonymous() {
			t.Errorf("%s: got %v, %v", host, c, err)
		}
	}
}

func TestAnEntryForOneRepositoryIsNotUsedForAnother(t *testing.T) {
	t.Parallel()
	_, _, files := home(t, map[string]string{".docker/config.json": fmt.Sprintf(
		`{"auths":{"r.example.com/private":{"auth":%q}}}`, basic("u"))})
	if c, err := files.Credential(t.Context(), "r.example.com", "public"); err != nil || !c.Anonymous() {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestFilesAreAskedInOrder(t *testing.T) {
	t.Parallel()
	entry := func(user string) string {
		return fmt.Sprintf(
			`{"auths":{"r.example.com":{"auth":%q}}}`, basic(user),
		)
	}
	all := map[string]string{
		"named.json":                       entry("named"),
		".docker/config.json":              entry("docker"),
		"run/containers/auth.json":         entry("podman-run"),
		".config/containers/auth.json":     entry("podman"),
		".config/fermyon/" + spinFile:      fmt.Sprintf(`{"auths":{"r.example.com":%q}}`, basic("spin")),
		"Library/Application Support/keep": "",
	}
	if runtime.GOOS == "darwin" {
		all["Library/Application Support/fermyon/"+spinFile] = all[".config/fermyon/"+spinFile]
	}
	for _, want := range []struct{ user, file string }{
		{"named", "named.json"},
		{"docker", ".docker/config.json"},
		{"podman-run", "run/containers/auth.json"},
		{"podman", ".config/containers/auth.json"},
		{"spin", ""},
	} {
		dir, trace, files := home(t, all)
		env := files.Env
		files.Env = func(name string) string {
			if name == "REGISTRY_AUTH_FILE" {
				return filepath.Join(dir, "named.json")
			}
			return env(name)
		}
		c, err := files.Credential(t.Context(), "r.example.com", "a")
		if err != nil || c.Username != want.user || c.Password != secret {
			t.Errorf("want %s, got %q, %v; trace:\n%s", want.user, c.Username, err, trace)
		}
		delete(all, want.file)
	}
}

func TestEveryFormOfEntryIsRead(t *testing.T) {
	t.Parallel()
	raw := base64.RawStdEncoding.EncodeToString([]byte("u:" + secret))
	for _, c := range []struct {
		auths string
		want  Credential
	}{
		{fmt.Sprintf(`"r.example.com":{"auth":%q}`, basic("u")), Credential{Username: "u", Password: secret}},
		{fmt.Sprintf(`"r.example.com":{"auth":%q}`, raw), Credential{Username: "u", Password: secret}},
		{fmt.Sprintf(
			`"https://r.example.com/v2/":{"auth":%q}`, basic("u"),
		), Credential{Username: "u", Password: secret}},
		{fmt.Sprintf(
			`"https://r.example.com/v1/":{"username":"u","password":%q}`, secret,
		), Credential{Username: "u", Password: secret}},
		{fmt.Sprintf(`"r.example.com":{"identitytoken":%q}`, secret), Credential{IdentityToken: secret}},
		{fmt.Sprintf(`"r.example.com":{"registrytoken":%q}`, secret), Credential{RegistryToken: secret}},
		{`"r.example.com":{}`, Credential{}},
	} {
		_, _, files := home(t, map[string]string{".docker/config.json": `{"auths":{` + c.auths + `}}`})
		got, err := files.Credential(t.Context(), "r.example.com", "a")
		got.Origin = ""
		if err != nil || got != c.want {
			t.Errorf("%s: %v", c.auths, err)
		}
	}
}

func TestMalformedFilesAreNamedButNeverQuoted(t *testing.T) {
	t.Parallel()
	colonless := base64.StdEncoding.EncodeToString([]byte(secret))
	for _, text := range []string{
		`{"auths":{"r.example.com":{"auth":"` + colonless + `"}}}`,
		`{"auths":{"r.example.com":{"auth":"!` + secret + `"}}}`,
		`{"auths":{"r.example.com":"` + secret + `"}}`,
		`{"auths":"` + secret + `"}`,
		`{"auths":` + secret + `}`,
	} {
		_, trace, files := home(t, map[string]string{".docker/config.json": text})
		_, err := files.Credential(t.Context(), "r.example.com", "a")
		if err == nil || !strings.Contains(err.Error(), "config.json") {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, s := range []string{secret, colonless} {
			if strings.Contains(err.Error()+trace.String(), s) {
				t.Errorf("the secret is in %q", err)
			}
		}
	}
}

func TestACredentialNeverPrintsItsSecret(t *testing.T) {
	t.Parallel()
	c := Credential{
		Username: "u", Password: secret, IdentityToken: secret, RegistryToken: secret, Origin: "here",
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", c)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf(
		"%+v %#v %q %x %s", c, c, c, c, []any{c},
	), log.String()} {
		if strings.Contains(s, secret) || strings.Contains(s, fmt.Sprintf("%x", secret)) {
			t.Errorf("printed: %s", s)
		}
	}
}

// helperOnPath puts a docker-credential-NAME program on the path that answers
// get with the given text and status.
func helperOnPath(t *testing.T, name, answer string, status int) (log string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the helper of this test is a shell script")
	}
	dir := t.TempDir()
	log = filepath.Join(dir, "log")
	script := fmt.Sprintf(
		"#!/bin/sh\n{ printf '%%s ' \"$1\"; cat; echo; } >>%s\nprintf '%%s' '%s'\nexit %d\n", log, answer,
		status,
	)
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+name), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return log
}

func TestHelpersAreAsked(t *testing.T) {
	answer := fmt.Sprintf(`{"ServerURL":"x","Username":"h","Secret":%q}`, secret)
	for _, config := range []string{
		`{"credsStore":"good"}`,
		`{"credHelpers":{"r.example.com":"good"},"credsStore":"missing-one"}`,
		`{"credHelpers":{"r.example.com/team":"good"}}`,
	} {
		helperOnPath(t, "good", answer, 0)
		_, _, files := home(t, map[string]string{".docker/config.json": config})
		c, err := files.Credential(context.Background(), "r.example.com", "team/app")
		if err != nil || c.Username != "h" || c.Password != secret ||
			!strings.Contains(c.Origin, "helper good") {
			t.Errorf("%s: %v from %q, %v", config, c, c.Origin, err)
		}
	}
	helperOnPath(t, "token", fmt.Sprintf(`{"Username":"<token>","Secret":%q}`, secret), 0)
	_, _, files := home(t, map[string]string{".docker/config.json": `{"credsStore":"token"}`})
	if c, err := files.Credential(context.Background(), "r.example.com", "a"); err != nil ||
		c.IdentityToken != secret {
		t.Errorf("identity token: %v, %v", c, err)
	}
}

func TestAFailingHelperLeavesTheOtherFilesAndItsWordsUnsaid(t *testing.T) {
	helperOnPath(t, "bad", "broken "+secret, 1)
	_, trace, files := home(t, map[string]string{
		".docker/config.json": `{"credsStore":"bad"}`,
		".config/containers/auth.json": fmt.Sprintf(
			`{"auths":{"r.example.com":{"auth":%q}}}`, basic("podman"),
		),
	})
	c, err := files.Credential(context.Background(), "r.example.com", "a")
	if err != nil || c.Username != "podman" {
		t.Errorf("got %v, %v", c, err)
	}
	if s := trace.String(); strings.Contains(s, secret) || !strings.Contains(s, "docker-credential-bad") {
		t.Errorf("trace:\n%s", s)
	}
}

func TestHelperNamesCannotBePaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../x", "/bin/sh", "", "-x", `a\b`, "a b"} {
		if _, err := askHelper(t.Context(), name, "r.example.com"); err == nil ||
			!strings.Contains(err.Error(), "not the name") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestASavedCredentialIsFoundAndRemoved(t *testing.T) {
	t.Parallel()
	dir, _, files := home(
		t,
		map[string]string{
			".docker/config.json": `{"proxies":{"x":1},"auths":{"other.example.com":{"auth":"YTpi"}}}`,
		},
	)
	path, readable, err := files.Save(
		t.Context(), "r.example.com", Credential{Username: "u", Password: secret},
	)
	if err != nil || !readable || path != filepath.Join(dir, ".docker", "config.json") {
		t.Fatalf("Save: %s, %v, %v", path, readable, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
	if c, err := files.Credential(t.Context(), "r.example.com", "a"); err != nil || c.Password != secret {
		t.Errorf("not found again: %v, %v", c, err)
	}
	removed, err := files.Remove(t.Context(), "r.example.com")
	if err != nil || len(removed) != 1 {
		t.Errorf("Remove: %v, %v", removed, err)
	}
	if c, err := files.Credential(t.Context(), "r.example.com", "a"); err != nil || !c.Anonymous() {
		t.Errorf("still there: %v, %v", c, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), "proxies") ||
		!strings.Contains(string(data), "other.example.com") {
		t.Errorf("the rest of the file is lost: %s, %v", data, err)
	}
	if removed, err := files.Remove(t.Context(), "r.example.com"); err != nil || len(removed) != 0 {
		t.Errorf("removed twice: %v, %v", removed, err)
	}
}

func TestAHelperKeepsWhatIsSaved(t *testing.T) {
	log := helperOnPath(t, "keep", "", 0)
	_, _, files := home(t, map[string]string{".docker/config.json": `{"credsStore":"keep"}`})
	path, readable, err := files.Save(
		context.Background(), "r.example.com", Credential{Username: "u", Password: secret},
	)
	if err != nil || readable {
		t.Fatalf("Save: %v, %v", readable, err)
	}
	config, _ := os.ReadFile(path)
	asked, _ := os.ReadFile(log)
	if strings.Contains(string(config), secret) || !strings.HasPrefix(string(asked), "store ") ||
		!strings.Contains(string(asked), secret) {
		t.Errorf("file %s, helper was told %q", config, asked)
	}
}

func TestSourcesAreAskedInTurn(t *testing.T) {
	t.Parallel()
	s := Sources{
		Static("a.example.com", Credential{Username: "a"}),
		Static("b.example.com", Credential{Username: "b"}),
	}
	for host, user := range map[string]string{"a.example.com": "a", "b.example.com": "b", "c.example.com": ""} {
		if c, err := s.Credential(t.Context(), host, ""); err != nil || c.Username != user {
			t.Errorf("%s: %q, %v", host, c.Username, err)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add(
		[]byte(
			`{"auths":{"https://r.example.com/v1/":{"auth":"YTpi"}},"credHelpers":{"a":"b"},"credsStore":"c"}`,
		),
		false,
	)
	f.Add([]byte(`{"auths":{"r.example.com":"YTpi"}}`), true)
	f.Fuzz(func(t *testing.T, data []byte, spin bool) {
		c, err := parseConfig(data, spin)
		if err != nil {
			return
		}
		for key := range c.auths {
			_, _, _ = c.entry([]string{key})
			c.helper([]string{key})
		}
	})
}
