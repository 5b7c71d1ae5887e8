package pull

import (
	"context"
	"os"
	"path"
	"path/filepath"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
)

// IsReference reports whether a command's argument names an artifact in a
// registry rather than a file: HOST/REPOSITORY..., and there is no such file.
func IsReference(arg string) bool {
	if _, err := oci.ParseReference(arg); err != nil {
		return false
	}
	if ext := path.Ext(arg); ext == ".wasm" || ext == ".toml" {
		return false
	}
	_, err := os.Stat(arg)
	return err != nil
}

// Reference fetches what a reference names into a new folder below dir, with the
// credentials of the user's files, and returns the path of the component or of
// the spin.toml, and the reference by digest. env is the environment.
func Reference(
	ctx context.Context, env func(string) (string, bool), reference, dir string,
) (file, pinned string, err error) {
	ref, err := oci.ParseReference(reference)
	if err != nil {
		return "", "", err
	}
	get := func(name string) string {
		value, _ := env(name)
		return value
	}
	client := oci.NewClient(oci.Options{Credentials: credential.Files{Env: get}, CertDirs: CertDirs(get)})
	defer client.Close()
	repo := client.Repository(ref)
	d, data, err := repo.Manifest(ctx, ref.Target())
	if err != nil {
		return "", "", err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return "", "", err
	}
	name := path.Base(ref.Repository)
	out := filepath.Join(dir, d.Digest.Encoded())
	if FormatOf(m) == Wasm {
		if err := os.MkdirAll(out, 0o755); err != nil {
			return "", "", err
		}
	}
	if file, err = Write(ctx, repo, m, name, out); err != nil {
		return "", "", err
	}
	if FormatOf(m) == Spin {
		file = filepath.Join(file, pack.ManifestName)
	}
	return file, ref.Pinned(d.Digest).String(), nil
}

// CertDirs are the folders of Docker and Podman with a folder of certificates a
// host.
func CertDirs(env func(string) string) []string {
	var dirs []string
	if home := env("HOME"); home != "" {
		dirs = []string{
			filepath.Join(home, ".config", "containers", "certs.d"),
			filepath.Join(home, ".docker", "certs.d"),
		}
	}
	return append(dirs, "/etc/containers/certs.d", "/etc/docker/certs.d")
}
