package spin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"github.com/edgelint/edgelint/spin"
)

// clientTLS is how a component makes TLS connections to the hosts that
// [[client_tls]] names for it. All others trust the system's authorities.
type clientTLS map[string]*tls.Config

// newClientTLS reads the entries of a component. The first one for a host is its.
func newClientTLS(c *spin.RuntimeConfig, id string) (clientTLS, error) {
	configs := clientTLS{}
	if c == nil {
		return configs, nil
	}
	for i := range c.ClientTLS {
		entry := &c.ClientTLS[i]
		if !slices.ContainsFunc(entry.ComponentIDs, func(s spin.String) bool { return s.Value == id }) {
			continue
		}
		config, err := readClientTLS(c, entry)
		if err != nil {
			return nil, fmt.Errorf("%s: client_tls: %w", entry.Pos, err)
		}
		for _, h := range entry.Hosts {
			host := tlsHost(h.Value)
			if configs[host] == nil {
				configs[host] = config
			}
		}
	}
	return configs, nil
}

// tlsHost is a host in the form in which hosts are compared.
func tlsHost(host string) string { return strings.ToLower(strings.Trim(host, "[]")) }

// config is the configuration for a connection to a host and port.
func (c clientTLS) config(hostport string) *tls.Config {
	host, _ := splitHost(hostport)
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if own := c[tlsHost(host)]; own != nil {
		config = own.Clone()
	}
	config.ServerName = tlsHost(host)
	return config
}

func readClientTLS(c *spin.RuntimeConfig, entry *spin.ClientTLS) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if config.RootCAs, err = readRoots(c, entry); err != nil {
		return nil, err
	}
	if entry.ClientCertFile.Value == "" {
		return config, nil
	}
	pair, err := tls.LoadX509KeyPair(c.Path(entry.ClientCertFile.Value), c.Path(entry.ClientPrivateKeyFile.Value))
	if err != nil {
		return nil, fmt.Errorf("client_cert_file %s: %w", entry.ClientCertFile.Value, err)
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}

// readRoots is the authorities that an entry trusts.
func readRoots(c *spin.RuntimeConfig, entry *spin.ClientTLS) (*x509.CertPool, error) {
	roots := x509.NewCertPool()
	var err error
	if entry.UsePlatformRoots {
		if roots, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("ca_use_platform_roots: %w", err)
		}
	}
	if entry.UseWebPKIRoots {
		if err := addWebPKI(roots); err != nil {
			return nil, fmt.Errorf("ca_use_webpki_roots: %w", err)
		}
	}
	if file := entry.CARootsFile.Value; file != "" {
		data, err := os.ReadFile(c.Path(file))
		if err != nil {
			return nil, fmt.Errorf("ca_roots_file: %w", err)
		}
		if !roots.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("ca_roots_file: %s: %w", c.Path(file), errNoCertificate)
		}
	}
	return roots, nil
}

var errNoCertificate = errors.New("there is no PEM certificate in it")

// addWebPKI adds the authorities of Mozilla's root program, which Spin's list for
// ca_use_webpki_roots has as well, as they were when this host was built.
func addWebPKI(roots *x509.CertPool) error {
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return err
		}
		if root.Constraint == nil {
			roots.AddCert(cert)
			continue
		}
		roots.AddCertWithConstraint(cert, root.Constraint)
	}
	return nil
}
