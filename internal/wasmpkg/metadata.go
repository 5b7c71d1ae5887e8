package wasmpkg

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/edgelint/edgelint/oci"
)

// metadataPath is where a registry tells its metadata.
const metadataPath = "/.well-known/wasm-pkg/registry.json"

// maxMetadata bounds that document, in bytes.
const maxMetadata = 64 << 10

// protocolOCI is the protocol that is spoken here.
const protocolOCI = "oci"

// metadata is what a registry says of itself.
type metadata struct {
	protocol        string // "" if it says none
	registry        string // of OCI, "" for the registry itself
	namespacePrefix string // put before the namespace as it is
}

// parseMetadata reads a registry.json.
func parseMetadata(data []byte) (metadata, error) {
	var said struct {
		PreferredProtocol  string `json:"preferredProtocol"`
		OCIRegistry        string `json:"ociRegistry"`        // older names of
		OCINamespacePrefix string `json:"ociNamespacePrefix"` // what OCI has
		OCI                *struct {
			Registry        string `json:"registry"`
			NamespacePrefix string `json:"namespacePrefix"`
		} `json:"oci"`
	}
	var all map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(data, &said), json.Unmarshal(data, &all)); err != nil {
		return metadata{}, fmt.Errorf("the registry's metadata: %w", err)
	}
	m := metadata{protocol: said.PreferredProtocol, registry: said.OCIRegistry, namespacePrefix: said.OCINamespacePrefix}
	if o := said.OCI; o != nil {
		if m.registry == "" {
			m.registry = o.Registry
		}
		if m.namespacePrefix == "" {
			m.namespacePrefix = o.NamespacePrefix
		}
	}
	if m.protocol != "" {
		return m, nil
	}
	var protocols []string
	for key, text := range all {
		if bytes.HasPrefix(text, []byte("{")) {
			protocols = append(protocols, key)
		}
	}
	if len(protocols) == 1 {
		m.protocol = protocols[0]
	}
	return m, nil
}

// fetchMetadata asks a registry; one that has none to tell is the OCI registry
// itself.
func fetchMetadata(ctx context.Context, client *oci.Client, registry string) (metadata, error) {
	data, err := client.Document(ctx, registry, metadataPath, maxMetadata)
	if failed, ok := errors.AsType[*oci.Error](err); ok {
		switch failed.Status {
		case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
			http.StatusMethodNotAllowed, http.StatusGone:
			return metadata{}, nil
		}
	}
	if err != nil {
		return metadata{}, err
	}
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return metadata{}, nil // a page for people
	}
	m, err := parseMetadata(data)
	if err != nil {
		err = fmt.Errorf("%s%s: %w", registry, metadataPath, err)
	}
	return m, err
}
