// Package sign signs artifacts with a key and verifies them, in the forms that
// cosign reads and writes: a Sigstore bundle that refers to the artifact, or, on
// request, cosign's older signature tag. It also attaches attestations, such as
// an SBOM.
//
//	key, err := sign.ParsePrivateKey(pem, askPassphrase)
//	d, _, err := repo.Manifest(ctx, "v1.0")
//	_, err = sign.Sign(ctx, repo, d, key, sign.Options{})
//
//	found, err := sign.Verify(ctx, repo, d, []sign.PublicKey{public})
//
// Keys are ECDSA P-256 and Ed25519. Signatures are deterministic: signing twice
// gives the same bytes, so the same artifact. There is no certificate authority
// and no transparency log in this; what a key signs is trusted because the key
// is.
package sign
