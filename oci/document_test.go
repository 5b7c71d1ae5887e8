package oci_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
)

func listsTags(r registrytest.Request) bool { return strings.HasSuffix(r.Path, "/tags/list") }

// tagPages answers with a page of tags, after which there is another one.
func tagPages(text string) registrytest.Do {
	pages := 0
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		pages++
		w.Header().Set("Link", fmt.Sprintf(`</v2/team/app/tags/list?n=%d>; rel="next"`, pages))
		io.WriteString(w, text)
	}
}

func TestTagsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(t *testing.T, network *registrytest.Network, registry *registrytest.Registry) {
		repo := repository(t, network, oci.Options{}, host+"/team/app")
		a := sample(t, 1, 10)
		for _, tag := range []string{"1.0.0", "1.1.0", "latest"} {
			if err := oci.Push(t.Context(), repo, a, tag, 0); err != nil {
				t.Fatal(err)
			}
		}
		registry.Fault(
			registrytest.Times(1, listsTags, registrytest.Status(http.StatusServiceUnavailable, "")),
			registrytest.Times(2, listsTags, tagPages(`{"tags": ["x"]}`)),
		)
		if got, err := repo.Tags(t.Context()); err != nil || strings.Join(got, " ") != "x x 1.0.0 1.1.0 latest" {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func TestTagsWithoutEndAreRefused(t *testing.T) {
	t.Parallel()
	many := `{"tags": [` + strings.Repeat(`"x",`, 999) + `"x"]}`
	for says, text := range map[string]string{
		"more than 10000 tags": many, "exceeded 1000 pages": `{"tags": []}`, "failed to decode": `{"tags": ["` + strings.Repeat("x", 5<<20) + `"]}`,
	} {
		bubble(t, registrytest.Options{}, func(t *testing.T, network *registrytest.Network, registry *registrytest.Registry) {
			registry.Fault(registrytest.Times(registrytest.Always, listsTags, tagPages(text)))
			got, err := repository(t, network, oci.Options{}, host+"/team/app").Tags(t.Context())
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%d tags, %v, want %s", len(got), err, says)
			}
		})
	}
}

func TestDocumentsAreReadWithoutCredentials(t *testing.T) {
	t.Parallel()
	bubble(t, registrytest.Options{}, func(t *testing.T, network *registrytest.Network, _ *registrytest.Registry) {
		asked := map[string]int{}
		network.Serve("site.localhost:80", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked[r.URL.Path]++
			switch r.URL.Path {
			case "/ok":
				io.WriteString(w, "text"+r.Header.Get("Authorization")+r.Header.Get("Cookie"))
			case "/moved":
				http.Redirect(w, r, "/ok", http.StatusFound)
			case "/away":
				http.Redirect(w, r, "http://other.example.com/ok", http.StatusFound)
			case "/busy":
				if asked[r.URL.Path] == 1 {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			case "/private":
				w.WriteHeader(http.StatusUnauthorized)
			default:
				http.NotFound(w, r)
			}
		}))
		user := credential.Credential{Username: "user", Password: "pw"}
		client := oci.NewClient(oci.Options{
			Transport: network.Transport(), Credentials: credential.Static("site.localhost:80", user),
		})
		for path, want := range map[string]string{"/ok": "text", "/moved": "text", "/busy": ""} {
			if got, err := client.Document(t.Context(), "site.localhost:80", path, 4); err != nil || string(got) != want {
				t.Errorf("%s: %q, %v", path, got, err)
			}
		}
		for path, want := range map[string]error{"/none": oci.ErrNotFound, "/private": oci.ErrDenied} {
			var failed *oci.Error
			if _, err := client.Document(t.Context(), "site.localhost:80", path, 4); !errors.Is(err, want) ||
				!errors.As(err, &failed) || failed.Status < 400 {
				t.Errorf("%s: %v", path, err)
			}
		}
		if _, err := client.Document(t.Context(), "site.localhost:80", "/ok", 3); err == nil || !strings.Contains(err.Error(), "more than 3 bytes") {
			t.Errorf("a long one: %v", err)
		}
		if _, err := client.Document(t.Context(), "site.localhost:80", "/away", 4); err == nil || !strings.Contains(err.Error(), "plain HTTP to other.example.com") {
			t.Errorf("to another host without TLS: %v", err)
		}
		if _, err := client.Document(t.Context(), "site/x", "/ok", 4); err == nil {
			t.Error("a host with a slash")
		}
	})
}
