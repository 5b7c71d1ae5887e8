package edgepack

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/internal/pull"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
)

// registryFlags are the flags of every verb that speaks to registries.
type registryFlags struct {
	plainHTTP     []string
	skipVerify    []string
	caFile        string
	certFile      string
	certKeyFile   string
	username      string
	passwordStdin bool
	attempts      int
	parallel      int
	quiet         bool
}

func (f *registryFlags) define(fs *pflag.FlagSet) {
	fs.StringSliceVar(
		&f.plainHTTP, "plain-http", nil,
		"speak HTTP without TLS to `HOST`, or to every host named if none is given (loopback always)",
	)
	fs.StringSliceVar(
		&f.skipVerify, "insecure-skip-tls-verify", nil,
		"do not check the certificate of `HOST`, or of every host named",
	)
	fs.Lookup("plain-http").NoOptDefVal = "*"
	fs.Lookup("insecure-skip-tls-verify").NoOptDefVal = "*"
	fs.StringVar(&f.caFile, "ca-file", "", "trust the authorities in `FILE` (PEM) too")
	fs.StringVar(&f.certFile, "cert-file", "", "present the client certificate in `FILE` (PEM)")
	fs.StringVar(&f.certKeyFile, "cert-key-file", "", "the key of the client certificate (PEM `FILE`)")
	fs.StringVarP(
		&f.username, "username", "u", "", "the user `NAME` for the registry written to, or else read from",
	)
	fs.BoolVar(&f.passwordStdin, "password-stdin", false, "read the password or token from standard input")
	fs.IntVar(&f.attempts, "attempts", 0, "try each request up to `N` times (default 5)")
	fs.IntVar(&f.parallel, "parallel", 0, "move up to `N` blobs at once (default 4)")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no notes")
}

// credentials are the one given on the command line, for host alone, and those
// of the user's files.
func (c *Command) credentials(f *registryFlags, host string) (credential.Source, error) {
	given, err := c.givenCredential(f)
	if err != nil {
		return nil, err
	}
	files := credential.Files{Env: c.env, Trace: c.noteSearched}
	return credential.Sources{credential.Static(host, given), files}, nil
}

func (c *Command) noteSearched(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.searched, s) {
		c.searched = append(c.searched, s)
	}
}

// client makes a client. Close it when done.
func (c *Command) client(
	f *registryFlags, source credential.Source, progress func(oci.Event),
) (*oci.Client, error) {
	if (f.certFile == "") != (f.certKeyFile == "") {
		return nil, cli.Usagef("--cert-file and --cert-key-file go together")
	}
	for _, file := range []struct{ flag, name string }{
		{"--ca-file", f.caFile}, {"--cert-file", f.certFile}, {"--cert-key-file", f.certKeyFile},
	} {
		if _, err := os.Stat(file.name); file.name != "" && err != nil {
			return nil, fmt.Errorf("%s: %w", file.flag, err)
		}
	}
	return oci.NewClient(oci.Options{
		Credentials: source,
		PlainHTTP:   f.plainHTTP, SkipTLSVerify: f.skipVerify,
		CAFile: f.caFile, CertFile: f.certFile, KeyFile: f.certKeyFile,
		CertDirs:  pull.CertDirs(c.env),
		UserAgent: "edgepack/" + c.version(),
		Retry:     oci.Retry{Attempts: f.attempts},
		Parallel:  f.parallel,
		Progress:  progress,
	}), nil
}

// givenCredential is the credential of the flags, or of the environment.
func (c *Command) givenCredential(f *registryFlags) (credential.Credential, error) {
	given := credential.Credential{Username: f.username, Origin: "the command line"}
	switch {
	case f.passwordStdin:
		secret, err := readSecret(c.Stdin)
		if err != nil {
			return given, err
		}
		given.Password = secret
	case f.username != "" && c.ReadPassword != nil:
		secret, err := c.ReadPassword("password for " + f.username + ": ")
		if err != nil {
			return given, err
		}
		given.Password = string(secret)
	case f.username != "":
		return given, cli.Usagef("--username needs a password: pass --password-stdin")
	default:
		given = credential.Credential{
			Username: c.env("EDGEPACK_USERNAME"), Password: c.env("EDGEPACK_PASSWORD"),
			Origin: "the environment",
		}
	}
	if given.Password != "" && given.Username == "" {
		// What registries call a personal token goes with any name.
		given.Username = "token"
	}
	return given, nil
}

// readSecret reads the first line.
func readSecret(r io.Reader) (string, error) {
	const limit = 64 << 10
	line, err := bufio.NewReader(io.LimitReader(r, limit)).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		if err == nil || errors.Is(err, io.EOF) {
			err = errors.New("standard input holds no password")
		}
		return "", err
	}
	return line, nil
}

// artifactAt is a verb's one artifact: where it is, opened.
type artifactAt struct {
	pull.Location
	source oci.Source
	client *oci.Client
	close  func()
}

// open opens the artifact written on the command line.
func (c *Command) open(f *registryFlags, written string, progress func(oci.Event)) (*artifactAt, error) {
	loc, err := pull.ParseLocation(written)
	if err != nil {
		return nil, err
	}
	return c.openAt(f, loc, loc.Ref.Host, progress)
}

// openFor opens the source of a copy. An explicit credential is for the target,
// if that is a registry.
func (c *Command) openFor(
	f *registryFlags, written string, dst pull.Location, progress func(oci.Event),
) (*artifactAt, error) {
	loc, err := pull.ParseLocation(written)
	if err != nil {
		return nil, err
	}
	host := dst.Ref.Host
	if dst.Scheme != "" {
		host = loc.Ref.Host
	}
	return c.openAt(f, loc, host, progress)
}

// openAt opens a location; an explicit credential is for host.
func (c *Command) openAt(
	f *registryFlags, loc pull.Location, host string, progress func(oci.Event),
) (*artifactAt, error) {
	creds, err := c.credentials(f, host)
	if err != nil {
		return nil, err
	}
	client, err := c.client(f, creds, progress)
	if err != nil {
		return nil, err
	}
	src, done, err := loc.Source(client)
	if err != nil {
		client.Close()
		return nil, err
	}
	closeAll := func() {
		done()
		client.Close()
	}
	return &artifactAt{Location: loc, source: src, client: client, close: closeAll}, nil
}

// writeFile is os.WriteFile for small results users name.
func writeFile(path string, text string) error { return os.WriteFile(path, []byte(text), 0o644) }

// maxInput bounds a file given on the command line, in bytes.
const maxInput = 16 << 20

// readInput reads a file named on the command line; - is standard input.
func (c *Command) readInput(name string) ([]byte, error) {
	in := c.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxInput)
	}
	return data, err
}
