package edgepack

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/sign"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
)

const keyText = `The key is ECDSA P-256 or Ed25519, in PEM form: PKCS #8 (openssl genpkey), or
encrypted by cosign; the passphrase of the latter is taken from $COSIGN_PASSWORD
or asked for.`

const signText = `The signature is a Sigstore bundle that refers to the artifact; cosign verify
--key --insecure-ignore-tlog reads it. Signing again changes nothing.

`

const attestText = `The statement is a Sigstore bundle that refers to the artifact. It is no
signature: verify does not take it for one.

`

const verifyText = `Standard output is the reference by digest: what to use from here on. With
--attestation it is what is stated instead, a JSON object a line.`

// signFlags are common to sign and attest.
type signFlags struct {
	registryFlags
	resultFlags
	key string
}

func (f *signFlags) define(fs *pflag.FlagSet) {
	fs.StringVar(&f.key, "key", "", "sign with the private key in `FILE`")
	f.resultFlags.define(fs)
	f.registryFlags.define(fs)
}

func (f *signFlags) check() error {
	if f.key == "" {
		return cli.Usagef("no key given: pass --key FILE")
	}
	return f.resultFlags.check()
}

func (c *Command) signVerb() cli.Verb {
	var f signFlags
	var legacy bool
	return cli.Verb{
		Name: "sign", Args: "REF", Summary: "sign an artifact with a key", MinArgs: 1, MaxArgs: 1,
		Text: signText + keyText,
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVar(
				&legacy, "legacy-signature", false,
				"sign in cosign's older form too, at the tag sha256-DIGEST.sig",
			)
			f.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			return c.withKey(ctx, &f, args[0], func(
				at *artifactAt, store sign.Store, d artifact.Descriptor, key sign.PrivateKey, o sign.Options,
			) (artifact.Descriptor, error) {
				if legacy {
					if _, err := sign.SignLegacy(ctx, store, at.Name(), d, key); err != nil {
						return artifact.Descriptor{}, err
					}
				}
				return sign.Sign(ctx, store, d, key, o)
			})
		},
	}
}

func (c *Command) attestVerb() cli.Verb {
	var f signFlags
	var kind, predicate string
	return cli.Verb{
		Name: "attest", Args: "REF", Summary: "attach a signed statement about an artifact, such as an SBOM",
		MinArgs: 1, MaxArgs: 1,
		Text: attestText + keyText,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVar(
				&kind, "type", "",
				"what is stated: cyclonedx, spdx, spdxjson, slsa, vuln or the `URI` of a predicate type",
			)
			fs.StringVar(
				&predicate, "predicate", "", "the statement, a JSON object in `FILE`, - for standard input",
			)
			f.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			uri, err := sign.PredicateType(kind)
			if err != nil {
				return cli.Usagef("--type: %w", err)
			}
			data, err := c.readInput(predicate)
			if err != nil {
				return fmt.Errorf("--predicate: %w", err)
			}
			return c.withKey(ctx, &f, args[0], func(
				_ *artifactAt, store sign.Store, d artifact.Descriptor, key sign.PrivateKey, o sign.Options,
			) (artifact.Descriptor, error) {
				return sign.Attest(ctx, store, d, uri, data, key, o)
			})
		},
	}
}

type signFunc func(
	*artifactAt, sign.Store, artifact.Descriptor, sign.PrivateKey, sign.Options,
) (artifact.Descriptor, error)

// withKey resolves an artifact once and lets do sign what was found.
func (c *Command) withKey(ctx context.Context, f *signFlags, written string, do signFunc) error {
	if err := f.check(); err != nil {
		return err
	}
	created, err := pack.ParseEpoch(c.env("SOURCE_DATE_EPOCH"))
	if err != nil {
		return err
	}
	key, err := c.privateKey(f.key)
	if err != nil {
		return fmt.Errorf("%s: %w", f.key, err)
	}
	at, err := c.open(&f.registryFlags, written, nil)
	if err != nil {
		return err
	}
	defer at.close()
	store, ok := at.source.(sign.Store)
	if !ok {
		return fmt.Errorf("%s cannot be written to; copy it to a folder (oci:) first", written)
	}
	d, _, err := at.source.Manifest(ctx, at.Wanted())
	if err != nil {
		return err
	}
	signature, err := do(at, store, d, key, sign.Options{Created: created})
	if err != nil {
		return err
	}
	if !f.quiet {
		c.notef("signed %s", at.Pinned(d.Digest.String()))
	}
	return c.tell(&f.resultFlags, result{
		Reference: at.Pinned(signature.Digest.String()), Digest: signature.Digest.String(),
		MediaType: signature.MediaType,
	})
}

func (c *Command) privateKey(file string) (sign.PrivateKey, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return sign.PrivateKey{}, err
	}
	return sign.ParsePrivateKey(data, func() ([]byte, error) {
		if phrase, ok := c.Env("COSIGN_PASSWORD"); ok {
			return []byte(phrase), nil
		}
		if c.ReadPassword == nil {
			return nil, errors.New("the key is encrypted: set COSIGN_PASSWORD")
		}
		return c.ReadPassword("passphrase for " + file + ": ")
	})
}

func publicKeys(files []string) ([]sign.PublicKey, error) {
	var keys []sign.PublicKey
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		key, err := sign.ParsePublicKey(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// verifyWith demands a signature by one of the keys in files.
func verifyWith(ctx context.Context, src oci.Source, d artifact.Descriptor, files []string) error {
	keys, err := publicKeys(files)
	if err != nil {
		return err
	}
	if _, err := sign.Verify(ctx, src, d, keys); err != nil {
		return refused(err)
	}
	return nil
}

// refused marks what is wrong with a signature; a request that failed is not.
func refused(err error) error {
	var failed *oci.Error
	if errors.As(err, &failed) && !errors.Is(err, oci.ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w: %w", errRefused, err)
}

func (c *Command) verifyVerb() cli.Verb {
	var flags registryFlags
	var results resultFlags
	var keys []string
	var kind string
	return cli.Verb{
		Name: "verify", Args: "REF", Summary: "demand that an artifact is signed with a key", MinArgs: 1,
		MaxArgs: 1,
		Text:    verifyText,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringArrayVar(
				&keys, "key", nil, "a public key in `FILE` (PEM); repeatable, one of them suffices",
			)
			fs.StringVar(
				&kind, "attestation", "",
				"demand a statement of `TYPE` (cyclonedx, spdx, ..., or a URI) instead of a signature",
			)
			results.define(fs)
			flags.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			if len(keys) == 0 {
				return cli.Usagef("no key given: pass --key FILE")
			}
			if err := results.check(); err != nil {
				return err
			}
			return c.verify(ctx, &flags, &results, keys, kind, args[0])
		},
	}
}

func (c *Command) verify(
	ctx context.Context, flags *registryFlags, results *resultFlags, files []string, kind, written string,
) error {
	at, err := c.open(flags, written, nil)
	if err != nil {
		return err
	}
	defer at.close()
	d, _, err := at.source.Manifest(ctx, at.Wanted())
	if err != nil {
		return err
	}
	if kind != "" {
		return c.attested(ctx, at, d, files, kind)
	}
	if err := verifyWith(ctx, at.source, d, files); err != nil {
		return err
	}
	return c.tell(results, result{
		Reference: at.Pinned(d.Digest.String()), Digest: d.Digest.String(), MediaType: d.MediaType,
	})
}

func (c *Command) attested(
	ctx context.Context, at *artifactAt, d artifact.Descriptor, files []string, kind string,
) error {
	uri, err := sign.PredicateType(kind)
	if err != nil {
		return err
	}
	keys, err := publicKeys(files)
	if err != nil {
		return err
	}
	found, err := sign.Attestations(ctx, at.source, d, uri, keys)
	if err != nil {
		return refused(err)
	}
	for _, s := range found {
		if _, err := fmt.Fprintf(c.Stdout, "%s\n", s.Predicate); err != nil {
			return err
		}
	}
	return nil
}
