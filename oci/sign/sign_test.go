package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/nacl/secretbox"
	"golang.org/x/crypto/scrypt"
)

func load(t testing.TB, name string) (PrivateKey, PublicKey) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	private, err := ParsePrivateKey(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(filepath.Join("testdata", name+".pub")); err != nil {
		t.Fatal(err)
	}
	public, err := ParsePublicKey(data)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

// stranger is a key that signed nothing.
func stranger(t testing.TB) PublicKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func app(t testing.TB, content string) artifact.Artifact {
	t.Helper()
	config, layer := artifact.NewBlob(
		artifact.TypeWasmConfig, []byte("{}"),
	), artifact.NewBlob(artifact.TypeWasm, []byte(content))
	a, err := artifact.New(artifact.Manifest{
		MediaType: artifact.TypeManifest, Config: config.Descriptor, Layers: []artifact.Descriptor{
			layer.Descriptor,
		},
	}, []artifact.Blob{config, layer})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// stored is a layout that holds an artifact.
func stored(t testing.TB) (*oci.LayoutDir, artifact.Descriptor) {
	t.Helper()
	l, err := oci.CreateLayout(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := app(t, "content")
	if err := oci.Push(t.Context(), l, a, "v1", 0); err != nil {
		t.Fatal(err)
	}
	return l, a.Descriptor
}

func TestWhatAKeySignedVerifiesWithItAlone(t *testing.T) {
	t.Parallel()
	for _, without := range []bool{false, true} {
		for _, name := range []string{"p256", "ed25519"} {
			synctest.Test(t, func(t *testing.T) {
				network := registrytest.NewNetwork(t)
				network.Registry("r.localhost:5000", registrytest.Options{NoReferrers: without})
				client := oci.NewClient(oci.Options{Transport: network.Transport()})
				ref, err := oci.ParseReference("r.localhost:5000/app")
				if err != nil {
					t.Fatal(err)
				}
				repo := client.Repository(ref)
				a := app(t, "content")
				if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
					t.Fatal(err)
				}
				private, public := load(t, name)
				if _, err := Verify(
					t.Context(), repo, a.Descriptor, []PublicKey{public},
				); !errors.Is(err, ErrUnsigned) {
					t.Errorf("before: %v", err)
				}
				if _, err := Sign(t.Context(), repo, a.Descriptor, private, Options{}); err != nil {
					t.Fatal(err)
				}
				if _, err := SignLegacy(t.Context(), repo, repo.Name(), a.Descriptor, private); err != nil {
					t.Fatal(err)
				}
				found, err := Verify(t.Context(), repo, a.Descriptor, []PublicKey{stranger(t), public})
				if err != nil || len(found) != 2 || found[0].Legacy || !found[1].Legacy ||
					found[0].Key.Hint() != public.Hint() {
					t.Errorf("%s: %v, %v", name, found, err)
				}
				_, err = Verify(t.Context(), repo, a.Descriptor, []PublicKey{stranger(t)})
				if err == nil || errors.Is(err, ErrUnsigned) || !errors.Is(err, ErrSignature) {
					t.Errorf("%s, another key: %v", name, err)
				}
				if _, err := Verify(
					t.Context(), repo, app(t, "other").Descriptor, []PublicKey{public},
				); !errors.Is(err, ErrUnsigned) {
					t.Errorf("%s, another artifact: %v", name, err)
				}
			})
		}
	}
}

func TestSigningAgainChangesNothing(t *testing.T) {
	t.Parallel()
	l, d := stored(t)
	private, _ := load(t, "p256")
	index := func() string {
		for range 2 {
			if _, err := Sign(
				t.Context(), l, d, private, Options{Created: time.Unix(1_700_000_000, 0)},
			); err != nil {
				t.Fatal(err)
			}
			if _, err := SignLegacy(t.Context(), l, "r.example.com/app", d, private); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(filepath.Join(l.Dir(), "index.json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if diff := cmp.Diff(index(), index()); diff != "" {
		t.Error(diff)
	}
}

// TestSignatureBytes pins what is written: other tools read it.
func TestSignatureBytes(t *testing.T) {
	t.Parallel()
	l, d := stored(t)
	private, _ := load(t, "p256")
	bundle, err := Sign(t.Context(), l, d, private, Options{})
	if err != nil {
		t.Fatal(err)
	}
	legacy, err := SignLegacy(t.Context(), l, "r.example.com/app", d, private)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, d := range []artifact.Descriptor{bundle, legacy} {
		_, data, err := l.Manifest(t.Context(), d.Digest.String())
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(data, '\n'))
		m, err := artifact.ParseManifest(artifact.TypeManifest, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range m.Blobs() {
			content, err := oci.ReadBlob(t.Context(), l, b, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(append(content, '\n'))
		}
	}
	golden := filepath.Join("testdata", "signatures.golden")
	if conformance.Update() {
		if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAnAttestationIsNoSignature(t *testing.T) {
	t.Parallel()
	l, d := stored(t)
	private, public := load(t, "ed25519")
	kind, err := PredicateType("cyclonedx")
	if err != nil {
		t.Fatal(err)
	}
	sbom := `{"bomFormat":"CycloneDX","components":[]}`
	if _, err := Attest(t.Context(), l, d, kind, []byte(sbom+"\n"), private, Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), l, d, []PublicKey{public}); err == nil ||
		!strings.Contains(err.Error(), kind) {
		t.Errorf("an attested artifact counts as signed: %v", err)
	}
	found, err := Attestations(t.Context(), l, d, kind, []PublicKey{public})
	if err != nil || len(found) != 1 || string(found[0].Predicate) != sbom {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := Attestations(
		t.Context(), l, d, "https://spdx.dev/Document", []PublicKey{public},
	); err == nil {
		t.Error("an SBOM of one kind counts as one of another")
	}
	if _, err := Attestations(
		t.Context(), l, d, kind, []PublicKey{stranger(t)},
	); !errors.Is(err, ErrSignature) {
		t.Errorf("another key: %v", err)
	}
}

func TestPredicatesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	l, d := stored(t)
	private, _ := load(t, "p256")
	for predicate, says := range map[string]string{
		"": "unexpected end", "[]": "object", "{": "unexpected end", `{"a":1} x`: "after",
		strings.Repeat(" ", maxPredicate) + "{}": "limit",
	} {
		if _, err := Attest(
			t.Context(), l, d, "https://example.com/x", []byte(predicate), private, Options{},
		); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.20q: %v", predicate, err)
		}
	}
	if _, err := Attest(t.Context(), l, d, SignPredicate, []byte("{}"), private, Options{}); err == nil {
		t.Error("a signature is taken for an attestation")
	}
	if _, err := PredicateType("sbom"); err == nil || !strings.Contains(err.Error(), "cyclonedx") {
		t.Errorf("got %v", err)
	}
}

// attach puts a bundle beside an artifact, whatever is in it.
func put(
	t *testing.T, l *oci.LayoutDir, about artifact.Descriptor, bundle []byte, change func(*artifact.Manifest),
) {
	t.Helper()
	layer, empty := artifact.NewBlob(bundleType, bundle), artifact.NewBlob(artifact.TypeEmpty, []byte("{}"))
	bare := artifact.Descriptor{MediaType: about.MediaType, Digest: about.Digest, Size: about.Size}
	m := artifact.Manifest{
		MediaType: artifact.TypeManifest, ArtifactType: bundleType, Subject: &bare,
		Config: empty.Descriptor, Layers: []artifact.Descriptor{layer.Descriptor},
	}
	if change != nil {
		change(&m)
	}
	a, err := artifact.New(m, []artifact.Blob{empty, layer})
	if err != nil {
		t.Fatal(err)
	}
	if err := oci.Push(t.Context(), l, a, "", 0); err != nil {
		t.Fatal(err)
	}
}

func TestSignaturesThatSaySomethingElseDoNotCount(t *testing.T) {
	t.Parallel()
	private, public := load(t, "p256")
	_, d := stored(t)
	other := app(t, "other").Descriptor
	sign := func(payload []byte) []byte {
		data, err := newBundle(private, payload)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	say := func(subject artifact.Digest, kind string) []byte {
		data, err := statement(subject, kind, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	good := say(d.Digest, SignPredicate)
	// A statement signed as something that is no statement.
	signature, err := private.Sign(preAuth("text/plain", good))
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding.EncodeToString
	otherKind := []byte(
		`{"mediaType":"` + bundleType + `","dsseEnvelope":{"payload":"` + b64(good) + `","payloadType":"text/plain","signatures":[{"sig":"` + b64(signature) + `"}]}}`,
	)
	for name, c := range map[string]struct {
		bundle []byte
		change func(*artifact.Manifest)
		says   string
	}{
		"another artifact": {sign(say(other.Digest, SignPredicate)), nil, "another artifact"},
		"an attestation":   {sign(say(d.Digest, "https://slsa.dev/provenance/v1")), nil, "slsa.dev"},
		"another statement": {sign(
			bytes.Replace(good, []byte("in-toto.io/Statement/v1"), []byte("in-toto.io/Statement/v9"), 1),
		), nil, "Statement/v9"},
		"no statement":         {sign([]byte("hello")), nil, "statement"},
		"another payload type": {otherKind, nil, "text/plain"},
		"the type changed": {bytes.Replace(
			otherKind, []byte("text/plain"), []byte(payloadType), 1,
		), nil, "does not verify"},
		"a changed payload": {bytes.Replace(
			sign(good), []byte(b64(good)), []byte(b64(bytes.ToUpper(good))), 1,
		), nil, "does not verify"},
		"no signatures": {bytes.Replace(
			sign(good), []byte(`"signatures":[`), []byte(`"signatures":[],"x":[`), 1,
		), nil, "does not verify"},
		"no envelope": {[]byte(`{"mediaType":"` + bundleType + `"}`), nil, "without a DSSE"},
		"another bundle": {bytes.Replace(
			sign(good), []byte("bundle.v0.3"), []byte("bundle.v0.9"), 1,
		), nil, "v0.9"},
		"no JSON":               {[]byte("x"), nil, "bundle"},
		"another artifact type": {sign(good), func(m *artifact.Manifest) { m.ArtifactType = "" }, "artifact of type"},
		"two layers": {sign(good), func(m *artifact.Manifest) {
			m.Layers = append(
				m.Layers, m.Layers...,
			)
		}, "one Sigstore bundle"},
	} {
		l, d := stored(t)
		put(t, l, d, c.bundle, c.change)
		found, err := Verify(t.Context(), l, d, []PublicKey{public})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
		// A bad one beside a good one does no harm.
		put(t, l, d, sign(good), nil)
		if found, err := Verify(t.Context(), l, d, []PublicKey{public}); err != nil || len(found) != 1 {
			t.Errorf("%s and a good one: %v, %v", name, found, err)
		}
	}
}

func TestLegacySignaturesThatSaySomethingElseDoNotCount(t *testing.T) {
	t.Parallel()
	private, public := load(t, "p256")
	_, d := stored(t)
	payload, err := simpleSigning("r.example.com/app", d.Digest)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]byte) []byte{
		"another artifact": func(p []byte) []byte {
			return bytes.Replace(p, []byte(d.Digest), []byte(app(t, "x").Descriptor.Digest), 1)
		},
		"another type": func(p []byte) []byte {
			return bytes.Replace(
				p, []byte(simpleSigningWhat), []byte("something"), 1,
			)
		},
		"no JSON": func([]byte) []byte { return []byte("hello") },
	} {
		changed := change(payload)
		sig, err := private.Sign(changed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := openLegacy(
			changed, base64.StdEncoding.EncodeToString(sig), d.Digest, []PublicKey{public},
		); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := openLegacy(payload, "!", d.Digest, []PublicKey{public}); err == nil {
		t.Error("a signature that is not base64: no error")
	}
}

func TestSeveralKeysSignInTheOlderForm(t *testing.T) {
	t.Parallel()
	l, d := stored(t)
	for _, name := range []string{"p256", "ed25519"} {
		private, _ := load(t, name)
		if _, err := SignLegacy(t.Context(), l, "r.example.com/app", d, private); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"p256", "ed25519"} {
		_, public := load(t, name)
		if found, err := Verify(t.Context(), l, d, []PublicKey{public}); err != nil || len(found) != 1 {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// encrypted is a key in cosign's form.
func encrypted(t testing.TB, der []byte, passphrase string, change func(map[string]any)) []byte {
	t.Helper()
	salt, nonce := bytes.Repeat([]byte{1}, 32), [24]byte{2}
	const n, r, p = 1024, 8, 1
	derived, err := scrypt.Key([]byte(passphrase), salt, n, r, p, 32)
	if err != nil {
		t.Fatal(err)
	}
	doc := map[string]any{
		"kdf": map[string]any{
			"name": "scrypt", "params": map[string]any{"N": n, "r": r, "p": p}, "salt": salt,
		},
		"cipher":     map[string]any{"name": "nacl/secretbox", "nonce": nonce[:]},
		"ciphertext": secretbox.Seal(nil, der, &nonce, (*[32]byte)(derived)),
	}
	if change != nil {
		change(doc)
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED SIGSTORE PRIVATE KEY", Bytes: data})
}

func TestEncryptedKeysOpenWithTheirPassphrase(t *testing.T) {
	t.Parallel()
	plain, err := os.ReadFile(filepath.Join("testdata", "p256.key"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(plain)
	_, public := load(t, "p256")
	say := func(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }
	key, err := ParsePrivateKey(encrypted(t, block.Bytes, "open", nil), say("open"))
	if err != nil || key.Public().Hint() != public.Hint() {
		t.Fatalf("%v", err)
	}
	if _, err := ParsePrivateKey(
		encrypted(t, block.Bytes, "open", nil), say("shut"),
	); !errors.Is(err, ErrPassphrase) {
		t.Errorf("another passphrase: %v", err)
	}
	gone := errors.New("nobody there")
	if _, err := ParsePrivateKey(
		encrypted(t, block.Bytes, "open", nil), func() ([]byte, error) { return nil, gone },
	); !errors.Is(err, gone) {
		t.Errorf("no passphrase: %v", err)
	}
	if _, err := ParsePrivateKey(encrypted(t, block.Bytes, "open", nil), nil); err == nil {
		t.Error("no one to ask: no error")
	}
	params := func(n, r, p int) func(map[string]any) {
		return func(doc map[string]any) {
			doc["kdf"].(map[string]any)["params"] = map[string]any{"N": n, "r": r, "p": p}
		}
	}
	for name, change := range map[string]func(map[string]any){
		"too much memory": params(1<<30, 8, 1),
		"too much r":      params(2, 1<<30, 1),
		"too much p":      params(1024, 8, 1000),
		"zero":            params(0, 0, 0),
		"negative":        params(-1024, -8, 1),
		"no power of two": params(1000, 8, 1),
		"another kdf":     func(doc map[string]any) { doc["kdf"].(map[string]any)["name"] = "argon2" },
		"a short nonce":   func(doc map[string]any) { doc["cipher"].(map[string]any)["nonce"] = []byte{1} },
		"no ciphertext":   func(doc map[string]any) { doc["ciphertext"] = nil },
	} {
		if _, err := ParsePrivateKey(encrypted(t, block.Bytes, "open", change), say("open")); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOtherKeysAreRefusedByName(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	for says, data := range map[string][]byte{
		"P-384":                 encode("PRIVATE KEY", p384),
		"rsa":                   encode("PRIVATE KEY", rsaKey),
		"ENCRYPTED PRIVATE KEY": encode("ENCRYPTED PRIVATE KEY", ed),
		"this is a public key":  encode("PUBLIC KEY", ed),
		"not a key in PKCS #8 or SEC 1": pem.EncodeToMemory(
			&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")},
		),
		"not a key in PEM form": []byte("x"),
		"limit":                 make([]byte, maxKeySize+1),
	} {
		if _, err := ParsePrivateKey(data, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, err := ParsePublicKey(encode("PRIVATE KEY", ed)); err == nil ||
		!strings.Contains(err.Error(), "want PUBLIC KEY") {
		t.Errorf("a private key as public: %v", err)
	}
	if _, err := (PrivateKey{}).Sign(nil); err == nil {
		t.Error("no key signs")
	}
	if (PublicKey{}).Verify(nil, nil) == nil {
		t.Error("no key verifies")
	}
}

func FuzzOpenBundle(f *testing.F) {
	private, public := load(f, "p256")
	d := app(f, "content").Descriptor.Digest
	payload, err := statement(d, SignPredicate, []byte("{}"))
	if err != nil {
		f.Fatal(err)
	}
	good, err := newBundle(private, payload)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, s, err := openBundle(data, d, SignPredicate, []PublicKey{public}); err == nil &&
			s.PredicateType != SignPredicate {
			t.Fatalf("%s counts", data)
		}
	})
}

func FuzzParsePrivateKey(f *testing.F) {
	for _, name := range []string{"p256", "ed25519"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".key"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(encrypted(f, []byte("x"), "p", nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := ParsePrivateKey(data, func() ([]byte, error) { return nil, errors.New("not asked for") })
		if err != nil {
			return
		}
		sig, err := key.Sign(data)
		if err != nil || key.Public().Verify(data, sig) != nil {
			t.Fatalf("the key does not verify what it signs: %v", err)
		}
	})
}
