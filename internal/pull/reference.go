package pull

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
)

// IsReference reports whether a command's argument names an artifact rather than a
// file: one in a registry, HOST/REPOSITORY..., if there is no such file, or one in
// a layout, oci:FOLDER or oci-archive:FILE.
func IsReference(arg string) bool {
	for _, scheme := range schemes {
		if strings.HasPrefix(arg, scheme+":") {
			return true
		}
	}
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
	loc, err := ParseLocation(reference)
	if err != nil {
		return "", "", err
	}
	get := func(name string) string {
		value, _ := env(name)
		return value
	}
	client := oci.NewClient(oci.Options{Credentials: credential.Files{Env: get}, CertDirs: CertDirs(get)})
	defer client.Close()
	src, done, err := loc.Source(client)
	if err != nil {
		return "", "", err
	}
	defer done()
	d, data, err := src.Manifest(ctx, loc.Wanted())
	if err != nil {
		return "", "", err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return "", "", err
	}
	out := filepath.Join(dir, d.Digest.Encoded())
	if FormatOf(m) == Wasm {
		if err := os.MkdirAll(out, 0o755); err != nil {
			return "", "", err
		}
	}
	if file, err = Write(ctx, src, m, loc.Base(), out); err != nil {
		return "", "", err
	}
	if FormatOf(m) == Spin {
		file = filepath.Join(file, pack.ManifestName)
	}
	return file, loc.Pinned(d.Digest.String()), nil
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
