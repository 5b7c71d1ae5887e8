package sign_test

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/sign"
	"github.com/edgelint/edgelint/pack"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	layout, err := oci.CreateLayout(dir)
	if err != nil {
		log.Fatal(err)
	}
	a, err := pack.CNCF("app.wasm", pack.WasmBytes([]byte("\x00asm\x0d\x00\x01\x00")), pack.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := oci.Push(ctx, layout, a, "1.0", 0); err != nil {
		log.Fatal(err)
	}

	key, err := sign.ParsePrivateKey(newKey(), nil)
	if err != nil {
		log.Fatal(err)
	}
	keys := []sign.PublicKey{key.Public()}
	_, err = sign.Verify(ctx, layout, a.Descriptor, keys)
	fmt.Println("signed:", !errors.Is(err, sign.ErrUnsigned))
	if _, err := sign.Sign(ctx, layout, a.Descriptor, key, sign.Options{}); err != nil {
		log.Fatal(err)
	}
	found, err := sign.Verify(ctx, layout, a.Descriptor, keys)
	fmt.Println("signed:", len(found), err)
	// Output:
	// signed: false
	// signed: 1 <nil>
}

// newKey is what `openssl genpkey -algorithm ed25519` writes.
func newKey() []byte {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		log.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		log.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
