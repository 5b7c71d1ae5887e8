// Package oci moves artifacts between registries, OCI layout folders and layout
// archives. It trusts none of them: sizes and counts are bounded, digests are
// compared while content streams, and a file gets its name only when it is
// whole.
//
//	client := oci.NewClient(oci.Options{Credentials: credential.Files{}})
//	ref, err := oci.ParseReference("registry.example.com/team/app:1.0")
//	repo := client.Repository(ref)
//	d, manifest, err := repo.Manifest(ctx, ref.Target())
//
// Sources and targets compose: Copy takes any artifact from any Source to any
// Target, with what refers to it. Requests that fail for a passing reason are
// repeated, with the patience Options.Retry and the server ask for; a broken
// download goes on where it stopped.
//
// Artifacts are made by package pack, signed and verified by oci/sign.
// Credentials come from oci/credential.
package oci
