package oci

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// tlsConfig is the TLS configuration for host. Only a host the user named gets
// the client certificate of the options or is spared verification; the
// authorities of the options and the host's own folder count for any host.
func (o Options) tlsConfig(host string, named bool) (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: named && o.SkipTLSVerify.match(host), //nolint:gosec // asked for by name
	}
	roots := rootPool{}
	if o.CAFile != "" {
		if err := roots.add(o.CAFile); err != nil {
			return nil, err
		}
	}
	if named && o.CertFile != "" {
		if err := addCertificate(config, o.CertFile, o.KeyFile); err != nil {
			return nil, err
		}
	}
	for _, dir := range o.CertDirs {
		if err := addHostFolder(config, &roots, filepath.Join(dir, hostFolder(host))); err != nil {
			return nil, err
		}
	}
	config.RootCAs = roots.pool
	return config, nil
}

// hasTLS reports whether the options hold settings for TLS that concern host.
func (o Options) hasTLS(host string) bool {
	if o.CAFile != "" || o.CertFile != "" || o.SkipTLSVerify.match(host) {
		return true
	}
	for _, dir := range o.CertDirs {
		if _, err := os.Stat(filepath.Join(dir, hostFolder(host))); err == nil {
			return true
		}
	}
	return false
}

// hostFolder is the folder of a host below certs.d. It cannot lead elsewhere.
func hostFolder(host string) string {
	return strings.NewReplacer("/", "_", `\`, "_", "..", "_").Replace(host)
}

// addHostFolder takes up a certs.d folder: each NAME.crt is an authority, each
// NAME.cert with NAME.key a client certificate.
func addHostFolder(config *tls.Config, roots *rootPool, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch filepath.Ext(path) {
		case ".crt":
			err = roots.add(path)
		case ".cert":
			err = addCertificate(config, path, strings.TrimSuffix(path, ".cert")+".key")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func addCertificate(config *tls.Config, certFile, keyFile string) error {
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return fmt.Errorf("client certificate %s with key %s: %w", certFile, keyFile, err)
	}
	config.Certificates = append(config.Certificates, cert)
	return nil
}

// rootPool is the system's roots and more; nil stands for the system's alone.
type rootPool struct{ pool *x509.CertPool }

func (r *rootPool) add(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if r.pool == nil {
		if r.pool, err = x509.SystemCertPool(); err != nil {
			r.pool = x509.NewCertPool()
		}
	}
	if !r.pool.AppendCertsFromPEM(data) {
		return fmt.Errorf("%s holds no certificate in PEM form", file)
	}
	return nil
}
