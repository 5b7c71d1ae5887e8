package sign

import (
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/nacl/secretbox"
	"golang.org/x/crypto/scrypt"
)

// encryptedKey is cosign's encrypted key: secretbox over PKCS #8, with a key
// that scrypt makes of the passphrase.
type encryptedKey struct {
	KDF struct {
		Name   string `json:"name"`
		Params struct {
			N int `json:"N"`
			R int `json:"r"`
			P int `json:"p"`
		} `json:"params"`
		Salt []byte `json:"salt"`
	} `json:"kdf"`
	Cipher struct {
		Name  string `json:"name"`
		Nonce []byte `json:"nonce"`
	} `json:"cipher"`
	Ciphertext []byte `json:"ciphertext"`
}

// Bounds on the work a key file may ask for. cosign uses N=65536, r=8, p=1.
const (
	maxScryptMemory = 256 << 20
	maxScryptP      = 4
)

// ErrPassphrase is for a passphrase that does not open the key.
var ErrPassphrase = errors.New("the passphrase does not open this key")

func decrypt(data []byte, passphrase func() ([]byte, error)) ([]byte, error) {
	var k encryptedKey
	if err := json.Unmarshal(data, &k); err != nil {
		return nil, fmt.Errorf("encrypted key: %w", err)
	}
	p := k.KDF.Params
	var nonce [24]byte
	switch {
	case k.KDF.Name != "scrypt" || k.Cipher.Name != "nacl/secretbox":
		return nil, fmt.Errorf(
			"encrypted key: made by %q and %q; scrypt and nacl/secretbox are supported", k.KDF.Name,
			k.Cipher.Name,
		)
	case len(k.Cipher.Nonce) != len(nonce):
		return nil, fmt.Errorf("encrypted key: a nonce of %d bytes; want %d", len(k.Cipher.Nonce), len(nonce))
	case p.N < 2 || p.R < 1 || p.P < 1 || p.P > maxScryptP || int64(p.R) > maxScryptMemory/128 ||
		int64(p.N) > maxScryptMemory/128/int64(p.R):
		return nil, fmt.Errorf(
			"encrypted key: scrypt parameters N=%d r=%d p=%d are out of range", p.N, p.R, p.P,
		)
	}
	if passphrase == nil {
		return nil, errors.New("encrypted key: no passphrase given")
	}
	phrase, err := passphrase()
	if err != nil {
		return nil, err
	}
	derived, err := scrypt.Key(phrase, k.KDF.Salt, p.N, p.R, p.P, 32)
	if err != nil {
		return nil, fmt.Errorf("encrypted key: %w", err)
	}
	copy(nonce[:], k.Cipher.Nonce)
	plain, ok := secretbox.Open(nil, k.Ciphertext, &nonce, (*[32]byte)(derived))
	if !ok {
		return nil, ErrPassphrase
	}
	return plain, nil
}
