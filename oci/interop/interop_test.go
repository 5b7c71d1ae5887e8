package interop

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/edgepack"
)

// bench is one registry, and the commands with the environment they need.
type bench struct {
	t    *testing.T
	host string
	home string
	ours []string // flags that edgepack needs
	env  []string
}

func newBench(t *testing.T, k kind) *bench {
	t.Helper()
	b := &bench{t: t, home: t.TempDir()}
	var caFile string
	b.host, caFile = registry(t, k)
	b.env = append(
		os.Environ(), "HOME="+b.home, "DOCKER_CONFIG="+filepath.Join(b.home, ".docker"),
		"COSIGN_PASSWORD=passphrase", "REGISTRY_AUTH_FILE=",
	)
	if caFile != "" {
		b.ours = []string{"--ca-file", caFile}
		b.env = append(b.env, "SSL_CERT_FILE="+caFile)
	}
	if k.auth {
		args := append([]string{"login", b.host, "-q", "-u", user, "--password-stdin"}, b.ours...)
		if _, err := b.edgepack(password+"\n", args...); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// edgepack runs our command.
func (b *bench) edgepack(stdin string, args ...string) (string, error) {
	var out, log bytes.Buffer
	cmd := edgepack.Command{
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &log,
		Env: func(name string) (string, bool) {
			for _, e := range b.env {
				if value, ok := strings.CutPrefix(e, name+"="); ok {
					return value, true
				}
			}
			return "", false
		},
	}
	if code := cmd.Main(b.t.Context(), args); code != 0 {
		return "", errors.New("edgepack " + strings.Join(args, " ") + ": " + log.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// must runs edgepack with the flags the registry needs.
func (b *bench) must(args ...string) string {
	b.t.Helper()
	out, err := b.edgepack("", append(args, b.ours...)...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// tool runs another program, which finds its credentials where ours left them.
func (b *bench) tool(name string, args ...string) (string, error) {
	cmd := exec.CommandContext(b.t.Context(), program(b.t, name), args...)
	cmd.Env, cmd.Dir = b.env, b.home
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		err = errors.New(name + " " + strings.Join(args, " ") + ": " + err.Error() + ": " + log.String())
	}
	return strings.TrimSpace(string(out)), err
}

func (b *bench) mustTool(name string, args ...string) string {
	b.t.Helper()
	out, err := b.tool(name, args...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// program finds a program; without it the test is skipped, but not in CI.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	local, _ := filepath.Abs(filepath.Join("..", "..", ".tools", "bin", name))
	if _, err := os.Stat(local); err == nil {
		return local
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed; oci/interop/run.sh installs it", name)
	}
	t.Skipf("%s is not installed; oci/interop/run.sh installs it", name)
	return ""
}

// component is a small component, app a Spin application with files around it.
func component(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "pack", "testdata", "component.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (b *bench) app() string {
	b.t.Helper()
	dir := filepath.Join(b.home, "app")
	for name, text := range map[string]string{
		"spin.toml": `spin_manifest_version = 2
[application]
name = "shop"
version = "1.0.0"
[[trigger.http]]
route = "/..."
component = "main"
[component.main]
source = "app.wasm"
files = ["static/*"]
`,
		"app.wasm":      string(component(b.t)),
		"static/small":  "small",
		"static/large":  strings.Repeat("large", 100),
		"static/medium": strings.Repeat("medium", 100),
	} {
		b.write(filepath.Join(dir, name), text)
	}
	return dir
}

func (b *bench) write(path, text string) {
	b.t.Helper()
	if err := errors.Join(
		os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600),
	); err != nil {
		b.t.Fatal(err)
	}
}

func kinds() map[string]kind {
	return map[string]kind{
		"open":     {},
		"auth":     {auth: true},
		"TLS":      {tls: true},
		"TLS auth": {tls: true, auth: true},
	}
}

func TestWhatIsPushedComesBack(t *testing.T) {
	t.Parallel()
	for name, k := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, k)
			app := b.app()
			pushed := b.must("push", "--no-lint", "-q", app, b.host+"/team/shop:1.0")
			pulled := filepath.Join(b.home, "pulled")
			if got := b.must("pull", "-q", b.host+"/team/shop:1.0", "-o", pulled); got != pushed {
				t.Errorf("pushed %s, pulled %s", pushed, got)
			}
			if again := b.must(
				"push", "--no-lint", "-q", pulled, b.host+"/team/shop:again",
			); again != pushed {
				t.Errorf("packed again it is %s, not %s", again, pushed)
			}
			copied := b.must("copy", "-q", b.host+"/team/shop:1.0", b.host+"/other/shop:1.0")
			if strings.Split(copied, "@")[1] != strings.Split(pushed, "@")[1] {
				t.Errorf("copied %s, pushed %s", copied, pushed)
			}
			if k.auth {
				b.env = append([]string{"DOCKER_CONFIG=" + t.TempDir(), "HOME=" + t.TempDir()}, b.env...)
				if out, err := b.edgepack(
					"", append([]string{"pull", b.host + "/team/shop:1.0"}, b.ours...)...,
				); err == nil || !strings.Contains(err.Error(), "denied") {
					t.Errorf("without a credential: %s, %v", out, err)
				}
			}
		})
	}
}

func TestCraneReadsWhatWeWrite(t *testing.T) {
	t.Parallel()
	for name, k := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, k)
			app := b.app()
			for ref, args := range map[string][]string{
				b.host + "/spin:1":     {app},
				b.host + "/archived:1": {app, "--archive"},
				b.host + "/wasm:1":     {filepath.Join(app, "app.wasm")},
			} {
				pushed := b.must(append([]string{"push", "--no-lint", "-q", args[0], ref}, args[1:]...)...)
				if d := b.mustTool("crane", "digest", ref); d != strings.Split(pushed, "@")[1] {
					t.Errorf("%s: crane says %s, we said %s", ref, d, pushed)
				}
				if out, err := b.tool("crane", "validate", "--remote", ref); err != nil {
					t.Errorf("%s: %s, %v", ref, out, err)
				}
				if out := b.mustTool("crane", "config", ref); !json.Valid([]byte(out)) {
					t.Errorf("%s: config %s", ref, out)
				}
			}
			// A layout of ours pushed by crane, and back by us.
			layout := filepath.Join(b.home, "layout")
			packed := b.must0("pack", "--no-lint", app, "-o", layout)
			b.mustTool("crane", "push", layout, b.host+"/by-crane:1")
			again := b.must(
				"copy", "-q", b.host+"/by-crane:1", "oci-archive:"+filepath.Join(b.home, "back.tar"),
			)
			if strings.Split(packed, "@")[1] != strings.Split(again, "@")[1] {
				t.Errorf("packed %s, came back as %s", packed, again)
			}
		})
	}
}

// must0 runs edgepack without the flags of the registry.
func (b *bench) must0(args ...string) string {
	b.t.Helper()
	out, err := b.edgepack("", args...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func TestOrasPullsWhatWeWriteAndWeWhatItWrites(t *testing.T) {
	t.Parallel()
	for name, k := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, k)
			plain := []string{"--plain-http"}
			if k.tls {
				plain = []string{"--ca-file", b.ours[1]}
			}
			ref := b.host + "/wasm:1"
			b.must("push", "--no-lint", "-q", filepath.Join(b.app(), "app.wasm"), ref)
			b.mustTool("oras", append([]string{"pull", ref, "-o", "by-oras"}, plain...)...)
			if data, err := os.ReadFile(filepath.Join(b.home, "by-oras", "app.wasm")); err != nil ||
				!bytes.Equal(data, component(t)) {
				t.Errorf("oras pulled %d bytes, %v", len(data), err)
			}
			b.write(filepath.Join(b.home, "theirs.wasm"), string(component(t)))
			theirs := b.host + "/theirs:1"
			b.mustTool("oras", append([]string{"push", theirs, "theirs.wasm:application/wasm"}, plain...)...)
			out := filepath.Join(b.home, "ours.wasm")
			b.must("pull", "-q", theirs, "-o", out)
			if data, err := os.ReadFile(out); err != nil || !bytes.Equal(data, component(t)) {
				t.Errorf("pulled %d bytes, %v", len(data), err)
			}
			// The registry has no referrers API: both must mean the same tag.
			b.mustTool(
				"oras",
				append([]string{"attach", ref, "--artifact-type", "test/note", "theirs.wasm"}, plain...)...,
			)
			if text := b.must("inspect", ref); !strings.Contains(text, "referrer: sha256:") ||
				!strings.Contains(text, "test/note") {
				t.Errorf("what oras attached is not found:\n%s", text)
			}
		})
	}
}

// keys writes a key of each type and gives their paths.
func (b *bench) keys() (private, public []string) {
	b.t.Helper()
	for _, name := range []string{"p256", "ed25519"} {
		for _, ext := range []string{".key", ".pub"} {
			data, err := os.ReadFile(filepath.Join("..", "sign", "testdata", name+ext))
			if err != nil {
				b.t.Fatal(err)
			}
			b.write(filepath.Join(b.home, name+ext), string(data))
		}
		private = append(private, filepath.Join(b.home, name+".key"))
		public = append(public, filepath.Join(b.home, name+".pub"))
	}
	return private, public
}

func (b *bench) cosignVerify(ref, key string) error {
	_, err := b.tool("cosign", "verify", "--key", key, "--insecure-ignore-tlog", ref)
	return err
}

func TestCosignVerifiesWhatWeSign(t *testing.T) {
	t.Parallel()
	for name, k := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, k)
			app := filepath.Join(b.app(), "app.wasm")
			private, public := b.keys()
			for i := range private {
				for form, flags := range map[string][]string{"bundle": nil, "both": {"--legacy-signature"}} {
					ref := b.host + "/" + form + "-" + strings.TrimSuffix(
						filepath.Base(private[i]), ".key",
					) + ":1"
					b.must("push", "--no-lint", "-q", app, ref)
					if b.cosignVerify(ref, public[i]) == nil {
						t.Errorf("%s: cosign verifies what nobody signed", ref)
					}
					b.must(append([]string{"sign", "-q", ref, "--key", private[i]}, flags...)...)
					if err := b.cosignVerify(ref, public[i]); err != nil {
						t.Errorf("%s: %v", ref, err)
					}
					if b.cosignVerify(ref, public[1-i]) == nil {
						t.Errorf("%s: cosign verifies with the other key", ref)
					}
				}
			}
		})
	}
}

func TestCosignVerifiesOurOlderFormAndOurAttestations(t *testing.T) {
	t.Parallel()
	b := newBench(t, kind{})
	private, public := b.keys()
	ref := b.host + "/app:1"
	b.must("push", "--no-lint", "-q", filepath.Join(b.app(), "app.wasm"), ref)
	b.must("sign", "-q", ref, "--key", private[0], "--legacy-signature")
	if _, err := b.tool(
		"cosign", "verify", "--key", public[0], "--insecure-ignore-tlog", "--new-bundle-format=false", ref,
	); err != nil {
		t.Errorf("the older form: %v", err)
	}
	sbom := filepath.Join(b.home, "sbom.json")
	b.write(sbom, `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}`)
	b.must("attest", "-q", ref, "--key", private[0], "--type", "cyclonedx", "--predicate", sbom)
	if _, err := b.tool(
		"cosign", "verify-attestation", "--key", public[0], "--insecure-ignore-tlog", "--type", "cyclonedx",
		ref,
	); err != nil {
		t.Errorf("the attestation: %v", err)
	}
	if _, err := b.tool(
		"cosign", "verify-attestation", "--key", public[1], "--insecure-ignore-tlog", "--type", "cyclonedx",
		ref,
	); err == nil {
		t.Error("cosign verifies the attestation with another key")
	}
}

func TestWeVerifyWhatCosignSigns(t *testing.T) {
	t.Parallel()
	b := newBench(t, kind{})
	private, public := b.keys()
	// cosign's own encrypted form of our key, which must open here too.
	if _, err := b.tool(
		"cosign", "import-key-pair", "--key", private[0], "--output-key-prefix", "imported",
	); err != nil {
		t.Fatal(err)
	}
	imported := filepath.Join(b.home, "imported.key")
	data, err := os.ReadFile(imported)
	if err != nil {
		t.Fatal(err)
	}
	if block, _ := pem.Decode(data); block == nil || !strings.HasPrefix(block.Type, "ENCRYPTED") {
		t.Fatalf("cosign wrote %s", data)
	}
	for name, flags := range map[string][]string{"bundle": nil, "older": {"--new-bundle-format=false"}} {
		ref := b.host + "/" + name + ":1"
		b.must("push", "--no-lint", "-q", filepath.Join(b.app(), "app.wasm"), ref)
		if out, err := b.edgepack("", "verify", ref, "--key", public[0]); err == nil {
			t.Errorf("%s: verified what nobody signed: %s", name, out)
		}
		args := append(
			[]string{"sign", "--key", imported, "--yes", "--use-signing-config=false", "--tlog-upload=false"},
			flags...,
		)
		if _, err := b.tool("cosign", append(args, ref)...); err != nil {
			t.Fatal(err)
		}
		if _, err := b.edgepack("", "verify", ref, "--key", public[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := b.edgepack("", "verify", ref, "--key", public[1]); err == nil {
			t.Errorf("%s: verified with the other key", name)
		}
	}
	ref := b.host + "/by-imported:1"
	b.must("push", "--no-lint", "-q", filepath.Join(b.app(), "app.wasm"), ref)
	b.must("sign", "-q", ref, "--key", imported)
	if err := b.cosignVerify(ref, public[0]); err != nil {
		t.Errorf("signed here with cosign's key file: %v", err)
	}
}

// TestWkgReadsWhatWeWriteAndWeWhatItWrites needs wkg, which is built by cargo
// and takes long: run.sh installs it only when told to, so its absence is no
// failure anywhere.
func TestWkgReadsWhatWeWriteAndWeWhatItWrites(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("wkg"); err != nil {
		t.Skip("wkg is not installed; oci/interop/run.sh wkg installs it with cargo")
	}
	b := newBench(t, kind{})
	ref := b.host + "/wasm:1.0.0"
	b.must("push", "--no-lint", "-q", filepath.Join(b.app(), "app.wasm"), ref)
	b.mustTool("wkg", "oci", "pull", "--insecure", b.host, "-o", "by-wkg.wasm", ref)
	if data, err := os.ReadFile(filepath.Join(b.home, "by-wkg.wasm")); err != nil || !bytes.Equal(data, component(t)) {
		t.Errorf("wkg pulled %d bytes, %v", len(data), err)
	}
	theirs := b.host + "/theirs:1.0.0"
	b.write(filepath.Join(b.home, "theirs.wasm"), string(component(t)))
	b.mustTool("wkg", "oci", "push", "--insecure", b.host, theirs, "theirs.wasm")
	out := filepath.Join(b.home, "ours.wasm")
	b.must("pull", "-q", theirs, "-o", out)
	if data, err := os.ReadFile(out); err != nil || !bytes.Equal(data, component(t)) {
		t.Errorf("pulled %d bytes, %v", len(data), err)
	}
	// The same bytes, but for the time, which wkg takes from the clock.
	same := b.host + "/same:1.0.0"
	b.env = append(b.env, "SOURCE_DATE_EPOCH=1700000000")
	b.must("push", "--no-lint", "-q", filepath.Join(b.home, "theirs.wasm"), same)
	for _, what := range []string{"config", "manifest"} {
		a, b := undated(b.mustTool("crane", what, same)), undated(b.mustTool("crane", what, theirs))
		if a != b {
			t.Errorf("%s: ours\n%s\nwkg's\n%s", what, a, b)
		}
	}
}

// undated is a config without its time, or a manifest without the digest and
// the size of its config, which follow from the time.
func undated(text string) string {
	text = regexp.MustCompile(`"created":"[^"]*"`).ReplaceAllString(text, `"created":""`)
	return regexp.MustCompile(`"config":\{"digest":"[^"]*",("mediaType":"[^"]*"),"size":\d+\}`).
		ReplaceAllString(text, `"config":{$1}`)
}
