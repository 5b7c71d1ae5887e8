package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
)

// maxKeySize bounds a key file, in bytes.
const maxKeySize = 64 << 10

// PrivateKey signs. The zero value cannot.
type PrivateKey struct{ signer crypto.Signer }

// PublicKey verifies. The zero value verifies nothing.
type PublicKey struct {
	key  crypto.PublicKey // *ecdsa.PublicKey or ed25519.PublicKey
	spki []byte
}

// ErrSignature is for a signature that is not the key's over the message.
var ErrSignature = errors.New("the signature does not verify with this key")

// ParsePrivateKey reads a key in PEM form: PKCS #8, SEC 1, or cosign's encrypted
// form, for which passphrase is asked.
func ParsePrivateKey(data []byte, passphrase func() ([]byte, error)) (PrivateKey, error) {
	block, err := decodePEM(data)
	if err != nil {
		return PrivateKey{}, err
	}
	der := block.Bytes
	var key any
	switch block.Type {
	case "ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY":
		if der, err = decrypt(block.Bytes, passphrase); err != nil {
			return PrivateKey{}, err
		}
		key, err = x509.ParsePKCS8PrivateKey(der)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(der)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(der)
	case "PUBLIC KEY":
		return PrivateKey{}, errors.New("this is a public key; the private one signs")
	default:
		return PrivateKey{}, fmt.Errorf(
			"private key of PEM type %q; PKCS #8 (openssl pkcs8 -topk8) and cosign's are supported",
			block.Type,
		)
	}
	if err != nil {
		return PrivateKey{}, errors.New("private key: not a key in PKCS #8 or SEC 1 form")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return PrivateKey{}, fmt.Errorf("private key: %T is not supported; ECDSA P-256 and Ed25519 are", key)
	}
	if _, err := newPublicKey(signer.Public()); err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{signer}, nil
}

// ParsePublicKey reads a public key in PEM form.
func ParsePublicKey(data []byte) (PublicKey, error) {
	block, err := decodePEM(data)
	if err != nil {
		return PublicKey{}, err
	}
	if block.Type != "PUBLIC KEY" {
		return PublicKey{}, fmt.Errorf("public key of PEM type %q; want PUBLIC KEY", block.Type)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return PublicKey{}, fmt.Errorf("public key: %w", err)
	}
	return newPublicKey(key)
}

func decodePEM(data []byte) (*pem.Block, error) {
	if len(data) > maxKeySize {
		return nil, fmt.Errorf("key of %d bytes: the limit is %d", len(data), maxKeySize)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("not a key in PEM form")
	}
	return block, nil
}

func newPublicKey(key crypto.PublicKey) (PublicKey, error) {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return PublicKey{}, fmt.Errorf("ECDSA key on curve %s; P-256 is supported", k.Params().Name)
		}
	case ed25519.PublicKey:
	default:
		return PublicKey{}, fmt.Errorf("key of type %T; ECDSA P-256 and Ed25519 are supported", key)
	}
	spki, err := x509.MarshalPKIXPublicKey(key)
	return PublicKey{key, spki}, err
}

// Public is the key that verifies what k signs.
func (k PrivateKey) Public() PublicKey {
	// The key was checked when it was read.
	p, _ := newPublicKey(k.signer.Public())
	return p
}

// Sign signs a message; the same message always gets the same signature, ECDSA
// by RFC 6979.
func (k PrivateKey) Sign(message []byte) ([]byte, error) {
	if k.signer == nil {
		return nil, errors.New("no key to sign with")
	}
	if _, ok := k.signer.Public().(ed25519.PublicKey); ok {
		return k.signer.Sign(nil, message, crypto.Hash(0))
	}
	digest := sha256.Sum256(message)
	return k.signer.Sign(nil, digest[:], crypto.SHA256)
}

// Verify checks a signature over a message.
func (p PublicKey) Verify(message, signature []byte) error {
	good := false
	switch k := p.key.(type) {
	case *ecdsa.PublicKey:
		digest := sha256.Sum256(message)
		good = ecdsa.VerifyASN1(k, digest[:], signature)
	case ed25519.PublicKey:
		good = ed25519.Verify(k, message, signature)
	}
	if !good {
		return ErrSignature
	}
	return nil
}

// Hint names the key: the SHA-256 of its DER form in base64, as Sigstore bundles
// carry it.
func (p PublicKey) Hint() string {
	sum := sha256.Sum256(p.spki)
	return base64.StdEncoding.EncodeToString(sum[:])
}
