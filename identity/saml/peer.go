package saml

import (
	"crypto"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Peer is a partner whose messages are received: an identity provider, or a service for its requests of logout. Its
// EntityID and Keys usually come from its metadata, see [Entity.Peer].
type Peer struct {
	// EntityID is the name under which it issues.
	EntityID string
	// Keys are its public keys, *rsa.PublicKey or *ecdsa.PublicKey: each is tried, so that one can succeed another. The
	// dates of its certificates are not looked at.
	Keys []crypto.PublicKey
	// Contexts are the AuthnContext classes accepted from it; [AnyContext] accepts each. Without any, no response passes.
	Contexts []string
	// Allow lists what is accepted from it beyond the rules.
	Allow []Tolerance
	// ValidUntil is the end of its metadata: nothing is accepted from then on. Zero is without end.
	ValidUntil time.Time
}

// AnyContext stands in Peer.Contexts for every AuthnContext class.
const AnyContext = "*"

// Tolerance is something weaker than the rules, or outside of them, that one peer may do.
type Tolerance string

// The tolerances.
const (
	// ToleranceSHA1 accepts signatures in rsa-sha1 and digests in sha1.
	ToleranceSHA1 Tolerance = "sha1"
	// ToleranceShortKey accepts RSA keys from 1024 bits on; from 2048 otherwise.
	ToleranceShortKey Tolerance = "short-key"
	// ToleranceInclusive accepts inclusive canonical XML 1.0.
	ToleranceInclusive Tolerance = "inclusive-c14n"
	// ToleranceResponseSignature accepts an assertion that has no signature inside a response that has one. When it is
	// encrypted, the signature of the response covers what is encrypted.
	ToleranceResponseSignature Tolerance = "response-signature"
	// ToleranceUnsolicited accepts a response that answers no request.
	ToleranceUnsolicited Tolerance = "unsolicited"
	// ToleranceRSA15 accepts keys encrypted with rsa-1_5.
	ToleranceRSA15 Tolerance = "rsa-1_5"
	// ToleranceTripleDES accepts data encrypted with tripledes-cbc.
	ToleranceTripleDES Tolerance = "tripledes-cbc"
)

// Label returns the tolerance in words; an unknown one as it is.
func (t Tolerance) Label(lang ent.Lang) string {
	switch t {
	case ToleranceSHA1:
		return ent.Label{FR: "signatures en SHA-1", EN: "signatures in SHA-1"}.In(lang)
	case ToleranceShortKey:
		return ent.Label{FR: "clés RSA de 1024 bits", EN: "RSA keys of 1024 bits"}.In(lang)
	case ToleranceInclusive:
		return ent.Label{FR: "forme canonique inclusive", EN: "inclusive canonical form"}.In(lang)
	case ToleranceResponseSignature:
		return ent.Label{FR: "la signature de la réponse suffit", EN: "the signature of the response is enough"}.In(lang)
	case ToleranceUnsolicited:
		return ent.Label{FR: "réponses non demandées", EN: "responses not asked for"}.In(lang)
	case ToleranceRSA15:
		return ent.Label{FR: "clés chiffrées en RSA 1.5", EN: "keys encrypted with RSA 1.5"}.In(lang)
	case ToleranceTripleDES:
		return ent.Label{FR: "données chiffrées en triple DES", EN: "data encrypted with triple DES"}.In(lang)
	}
	return string(t)
}

func tolerances() []Tolerance {
	return []Tolerance{
		ToleranceSHA1, ToleranceShortKey, ToleranceInclusive, ToleranceResponseSignature, ToleranceUnsolicited,
		ToleranceRSA15, ToleranceTripleDES,
	}
}

func (p *Peer) allows(t Tolerance) bool { return slices.Contains(p.Allow, t) }
