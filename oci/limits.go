package oci

import "time"

// Bounds on references, after the distribution specification and DNS.
const (
	maxReferenceLength  = 1024
	maxRepositoryLength = 255
	maxTagLength        = 128
	maxHostLength       = 253
	defaultTag          = "latest"
)

// Bounds on what a registry or a layout may make us do. Those on manifests and
// blobs are in package artifact.
const (
	// maxReferrers bounds the referrers listed for one subject.
	maxReferrers = 1000
	// maxReferrerPages bounds the pages they come in.
	maxReferrerPages = 100
	// maxTags bounds the tags of one repository, maxTagPages the pages they come in.
	maxTags     = 10_000
	maxTagPages = 1000
	// maxMetadataBytes bounds one page of a list.
	maxMetadataBytes = 4 << 20
	// maxCopyDepth bounds indexes within indexes, and referrers of referrers.
	maxCopyDepth = 8
	// maxCopyManifests bounds the manifests one copy may reach.
	maxCopyManifests = 10_000
	// maxCopyMetadata bounds the bytes of these manifests.
	maxCopyMetadata = 64 << 20
	// maxRedirects bounds the redirects of one request.
	maxRedirects = 5
	// maxHeaderBytes bounds the header of one response.
	maxHeaderBytes = 64 << 10
	// maxArchiveEntries bounds the entries of a layout archive.
	maxArchiveEntries = 100_000
	// maxResumes bounds how often one download is taken up again.
	maxResumes = 64
)

// Defaults of Options.
const (
	defaultAttempts     = 5
	defaultMinWait      = 250 * time.Millisecond
	defaultMaxWait      = 10 * time.Second
	defaultStallTimeout = 60 * time.Second
	defaultParallel     = 4
	// maxRetryAfter bounds the wait a server may ask for; beyond it the
	// request fails at once and says so.
	maxRetryAfter = 2 * time.Minute
	// connectTimeout bounds the making of one connection.
	connectTimeout = 15 * time.Second
)
