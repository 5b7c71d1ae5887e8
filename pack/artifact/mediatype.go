package artifact

import ocispec "github.com/opencontainers/image-spec/specs-go/v1"

// Media types of manifests.
const (
	TypeManifest       = ocispec.MediaTypeImageManifest
	TypeIndex          = ocispec.MediaTypeImageIndex
	TypeDockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	TypeDockerList     = "application/vnd.docker.distribution.manifest.list.v2+json"
)

// Media types of configs and layers.
const (
	// TypeImageConfig is the config of a Spin application.
	TypeImageConfig = ocispec.MediaTypeImageConfig
	// TypeWasmConfig is the config of a CNCF Wasm artifact.
	TypeWasmConfig = "application/vnd.wasm.config.v0+json"
	// TypeEmpty is the config of an artifact that has none: two bytes, {}.
	TypeEmpty = ocispec.MediaTypeEmptyJSON

	// TypeWasm is the only layer of a CNCF Wasm artifact.
	TypeWasm = "application/wasm"
	// TypeSpinWasm is a component of a Spin application.
	TypeSpinWasm = "application/vnd.wasm.content.layer.v1+wasm"
	// TypeSpinData is one file of a Spin application.
	TypeSpinData = "application/vnd.wasm.content.layer.v1+data"
	// TypeSpinArchive is all files of one component of a Spin application.
	TypeSpinArchive = "application/vnd.wasm.content.bundle.v1.tar+gzip"
	// TypeSpinApp is the locked application: the last layer.
	TypeSpinApp = "application/vnd.fermyon.spin.application.v1+config"
)

// Annotations used on manifests and layers.
const (
	AnnotationTitle       = ocispec.AnnotationTitle
	AnnotationDescription = ocispec.AnnotationDescription
	AnnotationVersion     = ocispec.AnnotationVersion
	AnnotationAuthors     = ocispec.AnnotationAuthors
	AnnotationCreated     = ocispec.AnnotationCreated
)

// IsManifestType reports whether content of the media type is stored among a
// registry's manifests rather than its blobs.
func IsManifestType(mediaType string) bool {
	switch mediaType {
	case TypeManifest, TypeIndex, TypeDockerManifest, TypeDockerList:
		return true
	}
	return false
}

// IsWasmType reports whether a layer of the media type is a Wasm binary. Types
// of tools no longer made are included: their artifacts still lie in registries.
func IsWasmType(mediaType string) bool {
	switch mediaType {
	case TypeWasm, TypeSpinWasm,
		"application/vnd.module.wasm.content.layer.v1+wasm",
		"application/vnd.bytecodealliance.wasm.component.layer.v0+wasm":
		return true
	}
	return false
}
