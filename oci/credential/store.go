package credential

import (
	"context"
	"errors"
	"fmt"
	"os"

	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
)

// Save keeps c for host where the other tools look first: $REGISTRY_AUTH_FILE,
// else Docker's config.json, or the helper that file names. It returns the path
// of the file, and whether the secret now stands in it readably (base64).
func (f Files) Save(ctx context.Context, host string, c Credential) (path string, readable bool, err error) {
	path, err = f.writable()
	if err != nil {
		return "", false, err
	}
	store, err := credentials.NewStore(path, credentials.StoreOptions{AllowPlaintextPut: true})
	if err != nil {
		return path, false, fmt.Errorf("%s: %w", path, err)
	}
	readable, err = keptReadably(path, host)
	if err != nil {
		return path, false, err
	}
	err = store.Put(ctx, serverAddress(host), auth.Credential{
		Username: c.Username, Password: c.Password,
		RefreshToken: c.IdentityToken, AccessToken: c.RegistryToken,
	})
	if err != nil {
		return path, readable, fmt.Errorf("%s: the credential for %s was not kept: %w", path, host, err)
	}
	return path, readable, nil
}

// Remove forgets host in every file that can be written to: those of Save.
// removed lists the files it was in.
func (f Files) Remove(ctx context.Context, host string) (removed []string, err error) {
	for _, path := range f.writables() {
		data, err := readFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return removed, err
		}
		config, err := parseConfig(data, false)
		if err != nil {
			return removed, fmt.Errorf("%s: %w", path, err)
		}
		helper, _ := config.helper([]string{host})
		if _, listed := config.auths[normalise(serverAddress(host))]; !listed && helper == "" {
			continue
		}
		store, err := credentials.NewStore(path, credentials.StoreOptions{})
		if err != nil {
			return removed, fmt.Errorf("%s: %w", path, err)
		}
		if err := store.Delete(ctx, serverAddress(host)); err != nil {
			return removed, fmt.Errorf("%s: the credential for %s was not removed: %w", path, host, err)
		}
		removed = append(removed, path)
	}
	return removed, nil
}

func (f Files) writables() []string {
	var paths []string
	if path := f.env("REGISTRY_AUTH_FILE"); path != "" {
		paths = append(paths, path)
	}
	if dir := f.dockerDir(); dir != "" {
		paths = append(paths, under(dir, "config.json"))
	}
	return paths
}

func (f Files) writable() (string, error) {
	paths := f.writables()
	if len(paths) == 0 {
		return "", errors.New(
			"there is no home folder to keep credentials in; set DOCKER_CONFIG or REGISTRY_AUTH_FILE",
		)
	}
	return paths[0], nil
}

// keptReadably reports whether no helper is in charge of host.
func keptReadably(path, host string) (bool, error) {
	data, err := readFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	config, err := parseConfig(data, false)
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	helper, _ := config.helper([]string{host})
	return helper == "", nil
}
