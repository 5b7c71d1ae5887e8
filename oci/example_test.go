package oci_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
)

// registry starts a registry for an example and gives its HOST:PORT.
func registry() (host string, stop func()) {
	registry := registrytest.Open(registrytest.Options{})
	server := httptest.NewServer(registry)
	stop = func() {
		server.Close()
		_ = registry.Close()
	}
	return strings.TrimPrefix(server.URL, "http://"), stop
}

func ExamplePush() {
	host, stop := registry()
	defer stop()
	ctx := context.Background()

	wasm := pack.WasmBytes([]byte("\x00asm\x0d\x00\x01\x00")) // an empty component
	a, err := pack.CNCF("app.wasm", wasm, pack.Options{})
	if err != nil {
		log.Fatal(err)
	}
	client := oci.NewClient(oci.Options{})
	defer client.Close()
	ref, err := oci.ParseReference(host + "/team/app:1.0")
	if err != nil {
		log.Fatal(err)
	}
	if err := oci.Push(ctx, client.Repository(ref), a, ref.Tag, 0); err != nil {
		log.Fatal(err)
	}
	d, _, err := client.Repository(ref).Manifest(ctx, ref.Target())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.Digest)
	// Output: sha256:0834ad71f2a032a927249a44ce234506b55addcc96c8986bded7143e4d0ef376
}

func ExampleCopy() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	a, err := pack.CNCF("app.wasm", pack.WasmBytes([]byte("\x00asm\x0d\x00\x01\x00")), pack.Options{})
	if err != nil {
		log.Fatal(err)
	}
	layout, err := oci.CreateLayout(dir)
	if err != nil {
		log.Fatal(err)
	}
	root := oci.Root{Target: a.Descriptor.Digest.String(), Tag: "1.0"}
	if _, err := oci.Copy(
		context.Background(), layout, oci.Artifacts{a}, root, oci.CopyOptions{},
	); err != nil {
		log.Fatal(err)
	}
	d, _, err := layout.Manifest(context.Background(), "1.0")
	fmt.Println(d.MediaType, err)
	// Output: application/vnd.oci.image.manifest.v1+json <nil>
}

func ExampleParseReference() {
	ref, err := oci.ParseReference("registry.example.com/team/app:1.0")
	fmt.Println(ref.Host, ref.Repository, ref.Tag, err)
	_, err = oci.ParseReference("team/app:1.0")
	fmt.Println(err)
	// Output:
	// registry.example.com team/app 1.0 <nil>
	// reference "team/app:1.0": names no registry; write HOST/REPOSITORY:TAG, such as registry.example.com/team/app:1.0
}
