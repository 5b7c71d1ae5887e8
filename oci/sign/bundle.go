package sign

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/internal/canonjson"
	"github.com/edgelint/edgelint/pack/artifact"
)

// Names of the formats.
const (
	bundleType    = "application/vnd.dev.sigstore.bundle.v0.3+json"
	payloadType   = "application/vnd.in-toto+json"
	statementType = "https://in-toto.io/Statement/v1"
	// SignPredicate is the predicate type of a signature, as opposed to an
	// attestation of something.
	SignPredicate = "https://sigstore.dev/cosign/sign/v1"

	contentAnnotation   = "dev.sigstore.bundle.content"
	predicateAnnotation = "dev.sigstore.bundle.predicateType"
	envelopeContent     = "dsse-envelope"
)

// preAuth is the pre-authentication encoding of DSSE: what is signed.
func preAuth(kind string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(payload), payload)
}

// statement is an in-toto statement about subject.
func statement(subject artifact.Digest, predicateType string, predicate []byte) ([]byte, error) {
	type object = canonjson.Object
	return canonjson.Marshal(object{
		{Name: "_type", Value: statementType},
		{Name: "subject", Value: []object{{{Name: "digest", Value: map[string]string{
			subject.Algorithm().String(): subject.Encoded(),
		}}}}},
		{Name: "predicateType", Value: predicateType},
		{Name: "predicate", Value: json.Number(predicate)},
	})
}

// newBundle signs a statement and wraps it.
func newBundle(key PrivateKey, payload []byte) ([]byte, error) {
	signature, err := key.Sign(preAuth(payloadType, payload))
	if err != nil {
		return nil, err
	}
	type object = canonjson.Object
	b64 := base64.StdEncoding.EncodeToString
	return canonjson.Marshal(object{
		{Name: "mediaType", Value: bundleType},
		{Name: "verificationMaterial", Value: object{
			{Name: "publicKey", Value: object{{Name: "hint", Value: key.Public().Hint()}}},
		}},
		{Name: "dsseEnvelope", Value: object{
			{Name: "payload", Value: b64(payload)},
			{Name: "payloadType", Value: payloadType},
			{Name: "signatures", Value: []object{{{Name: "sig", Value: b64(signature)}}}},
		}},
	})
}

// bundle is what is read of a Sigstore bundle.
type bundle struct {
	MediaType string `json:"mediaType"`
	Envelope  *struct {
		Payload     []byte `json:"payload"`
		PayloadType string `json:"payloadType"`
		Signatures  []struct {
			Sig []byte `json:"sig"`
		} `json:"signatures"`
	} `json:"dsseEnvelope"`
}

// readStatement is what is read of an in-toto statement.
type readStatement struct {
	Type    string `json:"_type"`
	Subject []struct {
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// openBundle checks a bundle's signature and that its statement is about
// subject and of the predicate type. Nothing in it is believed before the
// signature is verified.
func openBundle(
	data []byte, subject artifact.Digest, predicateType string, keys []PublicKey,
) (PublicKey, readStatement, error) {
	var b bundle
	var s readStatement
	if err := json.Unmarshal(data, &b); err != nil {
		return PublicKey{}, s, fmt.Errorf("bundle: %w", err)
	}
	switch {
	case b.MediaType != bundleType:
		return PublicKey{}, s, fmt.Errorf("bundle of type %q; %s is supported", b.MediaType, bundleType)
	case b.Envelope == nil:
		return PublicKey{}, s, errors.New("bundle without a DSSE envelope")
	case b.Envelope.PayloadType != payloadType:
		return PublicKey{}, s, fmt.Errorf("bundle about %q, not an in-toto statement", b.Envelope.PayloadType)
	}
	signed := preAuth(b.Envelope.PayloadType, b.Envelope.Payload)
	for _, sig := range b.Envelope.Signatures {
		for _, key := range keys {
			if key.Verify(signed, sig.Sig) != nil {
				continue
			}
			if err := json.Unmarshal(b.Envelope.Payload, &s); err != nil {
				return key, s, fmt.Errorf("statement: %w", err)
			}
			return key, s, s.check(subject, predicateType)
		}
	}
	return PublicKey{}, s, ErrSignature
}

func (s readStatement) check(subject artifact.Digest, predicateType string) error {
	if s.Type != statementType {
		return fmt.Errorf("statement of type %q, not %s", s.Type, statementType)
	}
	if s.PredicateType != predicateType {
		return fmt.Errorf("statement about %q, not %s", s.PredicateType, predicateType)
	}
	for _, about := range s.Subject {
		if about.Digest[subject.Algorithm().String()] == subject.Encoded() {
			return nil
		}
	}
	return fmt.Errorf("statement about another artifact than %s", subject)
}
