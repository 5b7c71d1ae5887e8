package credential

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"oras.land/oras-go/v2/registry/remote/credentials"
)

// maxFileSize bounds a credential file, in bytes.
const maxFileSize = 4 << 20

// Files looks through the files other tools keep credentials in.
type Files struct {
	// Env is the environment; nil is os.Getenv.
	Env func(string) string
	// Trace, if set, is told where was looked and what was found there.
	Trace func(string)
}

// Paths lists the files in the order they are asked: $REGISTRY_AUTH_FILE;
// Docker's config.json in $DOCKER_CONFIG or the home folder; Podman's auth.json
// in $XDG_RUNTIME_DIR and in the configuration folder; Spin's
// fermyon/registry-auth.json there.
func (f Files) Paths() []string {
	var paths []string
	add := func(dir string, rest ...string) {
		if dir != "" {
			paths = append(paths, filepath.Join(append([]string{dir}, rest...)...))
		}
	}
	add(f.env("REGISTRY_AUTH_FILE"))
	add(f.dockerDir(), "config.json")
	add(f.env("XDG_RUNTIME_DIR"), "containers", "auth.json")
	add(f.configDir(), "containers", "auth.json")
	add(f.nativeConfigDir(), "fermyon", spinFile)
	return paths
}

const spinFile = "registry-auth.json"

func (f Files) env(name string) string {
	if f.Env != nil {
		return f.Env(name)
	}
	return os.Getenv(name)
}

func (f Files) home() string {
	if runtime.GOOS == "windows" {
		return f.env("USERPROFILE")
	}
	return f.env("HOME")
}

func (f Files) dockerDir() string {
	if dir := f.env("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	return under(f.home(), ".docker")
}

func (f Files) configDir() string {
	if dir := f.env("XDG_CONFIG_HOME"); dir != "" {
		return dir
	}
	return under(f.home(), ".config")
}

// nativeConfigDir is the folder the operating system sets aside.
func (f Files) nativeConfigDir() string {
	switch runtime.GOOS {
	case "windows":
		return f.env("APPDATA")
	case "darwin":
		return under(f.home(), "Library", "Application Support")
	}
	return f.configDir()
}

func under(dir string, rest ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, rest...)...)
}

// Credential implements Source.
func (f Files) Credential(ctx context.Context, host, repository string) (Credential, error) {
	for _, path := range f.Paths() {
		data, err := readFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
			f.trace("%s: %v", path, errors.Unwrap(err))
			continue
		case err != nil:
			return Credential{}, err
		}
		config, err := parseConfig(data, filepath.Base(path) == spinFile)
		if err != nil {
			return Credential{}, fmt.Errorf("%s: %w", path, err)
		}
		c, err := f.lookup(ctx, path, config, host, repository)
		if err != nil || !c.Anonymous() {
			return c, err
		}
		f.trace("%s: nothing for %s", path, host)
	}
	return Credential{}, nil
}

func (f Files) lookup(
	ctx context.Context, path string, config config, host, repository string,
) (Credential, error) {
	keys := keys(host, repository)
	paths, hosts := keys[:len(keys)-1], keys[len(keys)-1:]
	if c, key, err := config.entry(paths); err != nil || key != "" {
		return f.found(c, path, key, err)
	}
	helper, key := config.helper(keys)
	if helper != "" {
		c, err := askHelper(ctx, helper, key)
		if err != nil {
			// The helper may be another machine's, and the repository public.
			f.trace("%s: %v", path, err)
		} else if !c.Anonymous() {
			return f.found(c, path+" by helper "+helper, key, nil)
		}
	}
	c, key, err := config.entry(hosts)
	if err != nil || key != "" {
		return f.found(c, path, key, err)
	}
	return Credential{}, nil
}

func (f Files) found(c Credential, origin, key string, err error) (Credential, error) {
	if err != nil {
		return Credential{}, fmt.Errorf("%s: entry %q: %w", origin, key, err)
	}
	c.Origin = origin + ", entry " + key
	f.trace("%s: found", c.Origin)
	return c, nil
}

func (f Files) trace(format string, args ...any) {
	if f.Trace != nil {
		f.Trace(fmt.Sprintf(format, args...))
	}
}

// keys lists the entries that may hold the credential, most specific first:
// HOST/A/B, HOST/A, HOST.
func keys(host, repository string) []string {
	key := host
	all := []string{key}
	for part := range strings.SplitSeq(repository, "/") {
		if part != "" {
			key += "/" + part
			all = append(all, key)
		}
	}
	slices.Reverse(all)
	return all
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFileSize {
		return nil, fmt.Errorf("%s: larger than %d bytes", path, maxFileSize)
	}
	return data, nil
}

var helperPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// askHelper asks docker-credential-NAME. What it says on failure is not passed
// on: it may hold a secret.
func askHelper(ctx context.Context, name, server string) (Credential, error) {
	if !helperPattern.MatchString(name) {
		return Credential{}, fmt.Errorf("credential helper %q: not the name of a program", name)
	}
	found, err := credentials.NewNativeStore(name).Get(ctx, serverAddress(server))
	if err != nil {
		return Credential{}, fmt.Errorf(
			"credential helper docker-credential-%s gave nothing for %s; run it with get to see why", name,
			server,
		)
	}
	return Credential{
		Username: found.Username, Password: found.Password,
		IdentityToken: found.RefreshToken, RegistryToken: found.AccessToken,
	}, nil
}

// serverAddress is the key Docker files a host under.
func serverAddress(host string) string {
	return credentials.ServerAddressFromRegistry(host)
}
