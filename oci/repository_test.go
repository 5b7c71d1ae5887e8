package oci_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
	"github.com/edgelint/edgelint/pack/artifact"
)

const host = "registry.localhost:5000"

// bubble runs a test on fake time with a registry of its own.
func bubble(
	t *testing.T, o registrytest.Options,
	test func(t *testing.T, network *registrytest.Network, registry *registrytest.Registry),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := registrytest.NewNetwork(t)
		test(t, network, network.Registry(host, o))
	})
}

func ref(t *testing.T, s string) oci.Reference {
	t.Helper()
	r, err := oci.ParseReference(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func repository(t *testing.T, network *registrytest.Network, o oci.Options, name string) *oci.Repository {
	t.Helper()
	o.Transport = network.Transport()
	return oci.NewClient(o).Repository(ref(t, name))
}

// sample is an artifact with a config and n layers of the given size.
func sample(t testing.TB, n, size int) artifact.Artifact {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	config := artifact.NewBlob(artifact.TypeWasmConfig, []byte(`{"os":"wasip2"}`))
	m := artifact.Manifest{MediaType: artifact.TypeManifest, Config: config.Descriptor}
	blobs := []artifact.Blob{config}
	for range n {
		data := make([]byte, size)
		_, _ = random.Read(data)
		b := artifact.NewBlob(artifact.TypeWasm, data)
		m.Layers = append(m.Layers, b.Descriptor)
		blobs = append(blobs, b)
	}
	a, err := artifact.New(m, blobs)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pull reads an artifact back and compares it with a.
func pull(ctx context.Context, src oci.Source, a artifact.Artifact, target string) error {
	d, data, err := src.Manifest(ctx, target)
	if err != nil {
		return err
	}
	if d.Digest != a.Descriptor.Digest || !bytes.Equal(data, a.Manifest) {
		return errors.New("another manifest")
	}
	for _, b := range a.Blobs {
		got, err := oci.ReadBlob(ctx, src, b.Descriptor, artifact.MaxConfigSize)
		if err != nil {
			return err
		}
		r, err := b.Open()
		if err != nil {
			return err
		}
		want, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return errors.New("another blob")
		}
	}
	return nil
}

// events collects what a client reports.
type events struct {
	mu   sync.Mutex
	all  []oci.Event
	wait time.Duration
}

func (e *events) add(event oci.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
	e.wait += event.Wait
}

func (e *events) count(kind oci.EventKind) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, event := range e.all {
		if event.Kind == kind {
			n++
		}
	}
	return n
}

func TestAnArtifactIsReadBackAsPushed(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		var seen events
		repo := repository(t, network, oci.Options{Progress: seen.add}, host+"/team/app")
		a := sample(t, 3, 200_000)
		if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{"v1", a.Descriptor.Digest.String()} {
			if err := pull(t.Context(), repo, a, target); err != nil {
				t.Errorf("%s: %v", target, err)
			}
		}
		if seen.count(oci.Done) != 4 || seen.count(oci.Retrying) != 0 {
			t.Errorf("%d blobs done, %d retries", seen.count(oci.Done), seen.count(oci.Retrying))
		}
	})
}

func TestWhatIsThereIsNotSentAgain(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		var seen events
		repo := repository(t, network, oci.Options{Progress: seen.add}, host+"/app")
		a := sample(t, 2, 1000)
		for range 2 {
			if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
				t.Fatal(err)
			}
		}
		if n := registry.Count(registrytest.Uploads); n != 3 {
			t.Errorf("%d uploads of 3 blobs", n)
		}
		if seen.count(oci.Existed) != 3 {
			t.Errorf("%d blobs reported as there", seen.count(oci.Existed))
		}
	})
}

func TestBlobsAreMountedFromANeighbour(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		var seen events
		first := repository(t, network, oci.Options{}, host+"/first")
		second := repository(t, network, oci.Options{Progress: seen.add}, host+"/second")
		a := sample(t, 2, 1000)
		if err := oci.Push(t.Context(), first, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		registry.Forget()
		mounting := second.MountFrom(host+"/empty", host+"/first", "other.example.com/first", "nonsense")
		if err := oci.Push(t.Context(), mounting, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		if err := pull(t.Context(), second, a, "v1"); err != nil {
			t.Error(err)
		}
		if n := seen.count(oci.Mounted) + seen.count(oci.Done); n != 3 {
			t.Errorf("%d blobs arrived", n)
		}
		third := repository(
			t, network, oci.Options{Progress: seen.add}, host+"/third",
		).MountFrom(host + "/first")
		registry.Forget()
		if err := oci.Push(t.Context(), third, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		if n := registry.Count(registrytest.Uploads); n != 0 {
			t.Errorf("%d blobs were sent although a neighbour has them", n)
		}
	})
}

func TestARefusedMountIsNoReasonToGiveUp(t *testing.T) {
	t.Parallel()
	for _, code := range []int{401, 403, 404, 500} {
		bubble(t, registrytest.Options{}, func(
			t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
		) {
			first := repository(t, network, oci.Options{}, host+"/first")
			a := sample(t, 1, 1000)
			if err := oci.Push(t.Context(), first, a, "v1", 0); err != nil {
				t.Fatal(err)
			}
			mounts := func(r registrytest.Request) bool {
				return registrytest.UploadStarts(r) && strings.Contains(r.Query, "mount=")
			}
			registry.Fault(registrytest.Times(registrytest.Always, mounts, registrytest.Status(code, "")))
			second := repository(t, network, oci.Options{}, host+"/second")
			if err := oci.Push(t.Context(), second.MountFrom(first.Name()), a, "v1", 0); err != nil {
				t.Fatal(err)
			}
			if err := pull(t.Context(), second, a, "v1"); err != nil || registry.Count(mounts) == 0 {
				t.Errorf("%d: %d mounts, %v", code, registry.Count(mounts), err)
			}
		})
	}
}

// TestFaultsOnTheWay pushes and pulls through each fault: either everything
// arrives or the error says what is wrong, and nothing half-made is tagged.
func TestFaultsOnTheWay(t *testing.T) {
	t.Parallel()
	const size = 300_000
	type fault = registrytest.Fault
	times := registrytest.Times
	for _, c := range []struct {
		name   string
		faults func() []*fault
		fails  error         // what push or pull must fail with, nil for none
		says   string        // in the error
		wait   time.Duration // at least, all waits together
	}{
		{name: "503 on every first request", faults: func() []*fault {
			return []*fault{
				times(1, registrytest.UploadStarts, registrytest.Status(503, "")),
				times(1, registrytest.Uploads, registrytest.Status(503, "")),
				times(1, registrytest.ManifestPuts, registrytest.Status(502, "")),
				times(1, registrytest.Manifests, registrytest.Status(504, "")),
				times(1, registrytest.Downloads, registrytest.Status(500, "")),
			}
		}},
		{name: "429 with seconds to wait", wait: 14 * time.Second, faults: func() []*fault {
			return []*fault{
				times(1, registrytest.Uploads, registrytest.Status(429, "7")),
				times(1, registrytest.Downloads, registrytest.Status(429, "7")),
			}
		}},
		{name: "429 with a date to wait for", wait: 29 * time.Second, faults: func() []*fault {
			at := time.Now().Add(30 * time.Second).UTC().Format(http.TimeFormat)
			return []*fault{times(1, registrytest.UploadStarts, registrytest.Status(429, at))}
		}},
		{name: "429 with an hour to wait", says: "asks to wait 1h0m0s", fails: errAny, faults: func() []*fault {
			return []*fault{times(1, registrytest.UploadStarts, registrytest.Status(429, "3600"))}
		}},
		{name: "503 for ever", says: "tried 5 times", fails: errAny, faults: func() []*fault {
			return []*fault{times(registrytest.Always, registrytest.Uploads, registrytest.Status(503, ""))}
		}},
		{name: "400 at once", says: "by a fault (status 400, TESTED)", fails: errAny, faults: func() []*fault {
			return []*fault{times(registrytest.Always, registrytest.Uploads, registrytest.Status(400, ""))}
		}},
		{name: "reset in the middle of an upload", faults: func() []*fault {
			return []*fault{times(2, registrytest.Uploads, registrytest.ResetAfter(size/2))}
		}},
		{name: "reset before an upload", faults: func() []*fault {
			return []*fault{times(3, registrytest.UploadStarts, registrytest.ResetAfter(0))}
		}},
		{name: "downloads cut again and again", faults: func() []*fault {
			return []*fault{times(4, registrytest.Downloads, registrytest.CutAfter(size/7))}
		}},
		{name: "downloads cut, no ranges", faults: func() []*fault {
			return []*fault{
				times(2, registrytest.Downloads, registrytest.CutAfter(size/2)),
				times(registrytest.Always, registrytest.Downloads, registrytest.NoRanges),
			}
		}},
		{name: "downloads that bring nothing", fails: errAny, says: "after 0 of", faults: func() []*fault {
			return []*fault{times(registrytest.Always, registrytest.Downloads, registrytest.CutAfter(0))}
		}},
		{name: "truncated downloads", faults: func() []*fault {
			return []*fault{times(2, registrytest.Downloads, registrytest.Truncated(size/3))}
		}},
		{name: "a flipped bit in a blob", fails: oci.ErrContent, faults: func() []*fault {
			return []*fault{times(registrytest.Always, registrytest.Downloads, registrytest.Flipped(100))}
		}},
		{name: "a flipped bit in the manifest", fails: oci.ErrContent, faults: func() []*fault {
			return []*fault{times(registrytest.Always, registrytest.Manifests, registrytest.Flipped(100))}
		}},
		{name: "a wrong digest header on the manifest", fails: oci.ErrContent, faults: func() []*fault {
			return []*fault{
				times(
					registrytest.Always, registrytest.Manifests,
					registrytest.Header("Docker-Content-Digest", "sha256:"+strings.Repeat("0", 64)),
				),
			}
		}},
		{name: "a wrong digest header on a blob", fails: errAny, says: "digest", faults: func() []*fault {
			return []*fault{
				times(
					registrytest.Always, registrytest.Downloads,
					registrytest.Header("Docker-Content-Digest", "sha256:"+strings.Repeat("0", 64)),
				),
			}
		}},
		{name: "a manifest without digest header", faults: func() []*fault {
			return []*fault{
				times(
					registrytest.Always, registrytest.Manifests,
					registrytest.Header("Docker-Content-Digest", ""),
				),
			}
		}},
		{name: "a slow loris", fails: errAny, says: "stalled", wait: 0, faults: func() []*fault {
			return []*fault{
				times(registrytest.Always, registrytest.Downloads, registrytest.Dripping(10*time.Second)),
			}
		}},
		{name: "a server that never answers", fails: oci.ErrStalled, says: "no answer within", faults: func() []*fault {
			return []*fault{times(registrytest.Always, registrytest.Uploads, registrytest.Silent)}
		}},
		{name: "a server that never answers, once", faults: func() []*fault {
			return []*fault{times(1, registrytest.Uploads, registrytest.Silent)}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, registrytest.Options{}, func(
				t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
			) {
				var seen events
				repo := repository(t, network, oci.Options{Progress: seen.add}, host+"/app")
				registry.Fault(c.faults()...)
				a := sample(t, 1, size)
				err := oci.Push(t.Context(), repo, a, "v1", 1)
				if err != nil && registry.Count(registrytest.ManifestPuts) != 0 {
					t.Error("the manifest was put although a blob is missing")
				}
				if err == nil {
					err = pull(t.Context(), repo, a, "v1")
				}
				switch {
				case c.fails == nil && err != nil:
					t.Fatal(err)
				case c.fails != nil && err == nil:
					t.Fatal("no error")
				case c.fails != nil && c.fails != errAny && !errors.Is(err, c.fails):
					t.Errorf("not %v: %v", c.fails, err)
				}
				if err != nil && !strings.Contains(err.Error(), c.says) {
					t.Errorf("%q does not say %q", err, c.says)
				}
				if seen.wait < c.wait {
					t.Errorf("waited %v of %v", seen.wait, c.wait)
				}
			})
		})
	}
}

var errAny = errors.New("any error")

func TestACancelledPushStopsAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		repo := repository(t, network, oci.Options{}, host+"/app")
		registry.Fault(
			registrytest.Times(registrytest.Always, registrytest.Any, registrytest.Status(503, "60")),
		)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := oci.Push(ctx, repo, sample(t, 1, 10), "v1", 0)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestAFailingReaderIsNoReasonToRetry(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		repo := repository(t, network, oci.Options{}, host+"/app")
		broken := errors.New("the disk is gone")
		b := artifact.NewBlob(artifact.TypeWasm, make([]byte, 100))
		b.Open = func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("x"), failing{broken})), nil
		}
		if err := repo.PutBlob(t.Context(), b); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		if n := registry.Count(registrytest.UploadStarts); n != 1 {
			t.Errorf("tried %d times", n)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestCredentialsAreUsedAndNotLeaked(t *testing.T) {
	t.Parallel()
	for _, bearer := range []bool{false, true} {
		o := registrytest.Options{User: "user", Password: "secret-password", Bearer: bearer}
		bubble(t, o, func(t *testing.T, network *registrytest.Network, registry *registrytest.Registry) {
			known := oci.Options{
				Credentials: credential.Static(
					host, credential.Credential{Username: "user", Password: "secret-password"},
				),
			}
			a := sample(t, 2, 50_000)
			repo := repository(t, network, known, host+"/app")
			if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
				t.Fatal(err)
			}
			registry.ExpireTokens()
			if err := pull(t.Context(), repo, a, "v1"); err != nil {
				t.Errorf("after the tokens expired: %v", err)
			}
			for _, bad := range []oci.Options{
				{},
				{Credentials: credential.Static(
					"other.localhost:5000",
					credential.Credential{Username: "user", Password: "secret-password"},
				)},
				{Credentials: credential.Static(
					host, credential.Credential{Username: "user", Password: "wrong-password"},
				)},
			} {
				_, _, err := repository(t, network, bad, host+"/app").Manifest(t.Context(), "v1")
				if !errors.Is(err, oci.ErrDenied) || strings.Contains(err.Error(), "password") {
					t.Errorf("bearer %v: %v", bearer, err)
				}
			}
		})
	}
}

func TestATokenThatExpiresDuringAnUploadIsReplaced(t *testing.T) {
	t.Parallel()
	o := registrytest.Options{User: "user", Password: "pw", Bearer: true}
	bubble(t, o, func(t *testing.T, network *registrytest.Network, registry *registrytest.Registry) {
		known := oci.Options{
			Credentials: credential.Static(host, credential.Credential{Username: "user", Password: "pw"}),
		}
		repo := repository(t, network, known, host+"/app")
		registry.Fault(registrytest.Times(1, registrytest.Uploads, func(
			w http.ResponseWriter, req *http.Request, next http.Handler,
		) {
			registry.ExpireTokens()
			next.ServeHTTP(w, req)
		}))
		if err := oci.Push(t.Context(), repo, sample(t, 1, 1000), "v1", 1); err != nil {
			t.Error(err)
		}
	})
}

func TestARedirectedHostGetsNoCredentials(t *testing.T) {
	t.Parallel()
	for _, bearer := range []bool{false, true} {
		o := registrytest.Options{User: "user", Password: "secret-password", Bearer: bearer}
		bubble(t, o, func(t *testing.T, network *registrytest.Network, registry *registrytest.Registry) {
			known := oci.Options{
				Credentials: credential.Static(
					host, credential.Credential{Username: "user", Password: "secret-password"},
				),
			}
			a := sample(t, 1, 1000)
			repo := repository(t, network, known, host+"/app")
			if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
				t.Fatal(err)
			}
			// The same name at another port, and another name.
			for _, other := range []string{"registry.localhost:6000", "storage.localhost:5000"} {
				storage := network.Registry(other, registrytest.Options{})
				if err := oci.Push(
					t.Context(), repository(t, network, oci.Options{}, other+"/app"), a, "v1", 0,
				); err != nil {
					t.Fatal(err)
				}
				storage.Forget()
				registry.Fault(
					registrytest.Times(2, registrytest.Downloads, registrytest.RedirectTo("http://"+other)),
				)
				if err := pull(t.Context(), repo, a, "v1"); err != nil {
					t.Error(err)
				}
				requests := storage.Requests()
				if len(requests) != 2 {
					t.Errorf("%s was asked %v", other, requests)
				}
				for _, r := range requests {
					if r.Authorization != "" {
						t.Errorf("%s was sent %q", other, r.Authorization)
					}
				}
			}
		})
	}
}

func TestRedirectsThatCannotBeTrustedAreRefused(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		a := sample(t, 1, 1000)
		repo := repository(t, network, oci.Options{PlainHTTP: oci.Hosts{"*"}}, host+"/app")
		if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		for base, says := range map[string]string{
			"http://plain.example.com": "plain HTTP to plain.example.com",
			"http://" + host:           "more than 5 redirects",
		} {
			registry.Fault(registrytest.Times(6, registrytest.Downloads, registrytest.RedirectTo(base)))
			_, err := oci.ReadBlob(t.Context(), repo, a.Blobs[1].Descriptor, 1<<20)
			if err == nil || !strings.Contains(err.Error(), says) ||
				strings.Contains(err.Error(), "secret-signature") {
				t.Errorf("%s: %v", base, err)
			}
			for registry.Count(registrytest.Downloads) < 6 {
				_, _ = oci.ReadBlob(t.Context(), repo, a.Blobs[1].Descriptor, 1<<20)
			}
			registry.Forget()
		}
	})
}

func TestErrorsOfStorageHostsDoNotShowTheirKeys(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		a := sample(t, 1, 1000)
		repo := repository(t, network, oci.Options{}, host+"/app")
		if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		storage := network.Registry("storage.localhost:80", registrytest.Options{})
		for _, fault := range []registrytest.Do{
			registrytest.Status(403, ""), registrytest.Status(404, ""), registrytest.ResetAfter(0),
			registrytest.Header("Content-Length", "17"), registrytest.Header("Docker-Content-Digest", "x"),
		} {
			registry.Fault(
				registrytest.Times(
					1, registrytest.Downloads, registrytest.RedirectTo("http://storage.localhost"),
				),
			)
			storage.Fault(registrytest.Times(registrytest.Always, registrytest.Any, fault))
			_, err := oci.ReadBlob(t.Context(), repo, a.Blobs[1].Descriptor, 1<<20)
			if err != nil && strings.Contains(err.Error(), "secret-signature") {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestOversizedAnswersAreRefused(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		a := sample(t, 1, 1000)
		repo := repository(t, network, oci.Options{}, host+"/app")
		if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		registry.Fault(
			registrytest.Times(
				1, registrytest.Manifests, registrytest.Body(strings.Repeat(" ", artifact.MaxManifestSize+1)),
			),
		)
		if _, _, err := repo.Manifest(t.Context(), "v1"); err == nil ||
			!strings.Contains(err.Error(), "limit") {
			t.Errorf("manifest: %v", err)
		}
		if _, err := oci.ReadBlob(t.Context(), repo, a.Blobs[1].Descriptor, 999); err == nil ||
			!strings.Contains(err.Error(), "limit") {
			t.Errorf("blob: %v", err)
		}
	})
}

func TestWhatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		repo := repository(t, network, oci.Options{}, host+"/app")
		if _, _, err := repo.Manifest(t.Context(), "v1"); !errors.Is(err, oci.ErrNotFound) {
			t.Errorf("manifest: %v", err)
		}
		if _, err := repo.Blob(
			t.Context(), artifact.DescriptorOf("x", []byte("x")),
		); !errors.Is(err, oci.ErrNotFound) {
			t.Errorf("blob: %v", err)
		}
	})
}

func TestReferrersByTheAPIAndByTheFallbackTag(t *testing.T) {
	t.Parallel()
	for _, without := range []bool{false, true} {
		bubble(t, registrytest.Options{NoReferrers: without}, func(
			t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
		) {
			repo := repository(t, network, oci.Options{}, host+"/app")
			subject := sample(t, 1, 100)
			if err := oci.Push(t.Context(), repo, subject, "v1", 0); err != nil {
				t.Fatal(err)
			}
			if found, err := repo.Referrers(t.Context(), subject.Descriptor, ""); err != nil ||
				len(found) != 0 {
				t.Fatalf("before: %v, %v", found, err)
			}
			for _, kind := range []string{"test/a", "test/b", "test/b"} {
				layer := artifact.NewBlob(kind, []byte(kind+time.Now().String()))
				time.Sleep(time.Second) // fake; makes the layers differ
				empty := artifact.NewBlob(artifact.TypeEmpty, []byte("{}"))
				a, err := artifact.New(artifact.Manifest{
					MediaType: artifact.TypeManifest, ArtifactType: kind, Subject: &subject.Descriptor,
					Config: empty.Descriptor, Layers: []artifact.Descriptor{layer.Descriptor},
				}, []artifact.Blob{empty, layer})
				if err != nil {
					t.Fatal(err)
				}
				if err := oci.Push(t.Context(), repo, a, "", 0); err != nil {
					t.Fatal(err)
				}
			}
			for kind, want := range map[string]int{"": 3, "test/a": 1, "test/b": 2, "test/c": 0} {
				found, err := repo.Referrers(t.Context(), subject.Descriptor, kind)
				if err != nil || len(found) != want {
					t.Errorf(
						"without API %v, %q: %d referrers, %v; want %d", without, kind, len(found), err, want,
					)
				}
			}
		})
	}
}

func TestABrokenDownloadGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(
		t *testing.T, network *registrytest.Network, registry *registrytest.Registry,
	) {
		const size = 1 << 20
		repo := repository(t, network, oci.Options{}, host+"/app")
		a := sample(t, 1, size)
		if err := oci.Push(t.Context(), repo, a, "v1", 0); err != nil {
			t.Fatal(err)
		}
		registry.Forget()
		registry.Fault(registrytest.Times(1, registrytest.Downloads, registrytest.CutAfter(size/2)))
		if _, err := oci.ReadBlob(t.Context(), repo, a.Blobs[1].Descriptor, size); err != nil {
			t.Fatal(err)
		}
		ranged := 0
		for _, r := range registry.Requests() {
			if strings.HasPrefix(r.Range, "bytes=") && r.Range != "bytes=0-" {
				ranged++
			}
		}
		if ranged != 1 {
			t.Errorf("%d range requests: %v", ranged, registry.Requests())
		}
	})
}

func TestPingTellsGoodCredentialsFromBad(t *testing.T) {
	t.Parallel()
	for _, bearer := range []bool{false, true} {
		o := registrytest.Options{User: "user", Password: "pw", Bearer: bearer}
		bubble(t, o, func(t *testing.T, network *registrytest.Network, registry *registrytest.Registry) {
			for password, good := range map[string]bool{"pw": true, "wrong": false} {
				client := oci.NewClient(oci.Options{
					Transport: network.Transport(),
					Credentials: credential.Static(
						host, credential.Credential{Username: "user", Password: password},
					),
				})
				err := client.Ping(t.Context(), host)
				if good && err != nil || !good && !errors.Is(err, oci.ErrDenied) {
					t.Errorf("bearer %v, %s: %v", bearer, password, err)
				}
			}
		})
	}
}
