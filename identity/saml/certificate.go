package saml

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// publicKeyOf returns the RSA or ECDSA key of a certificate, nil when there is none. The rest of the certificate is not
// read: metadata is full of certificates that crypto/x509 refuses (a negative serial number), expired ten years ago, or
// signed in SHA-1, and what is trusted is the key (SAML 2.0 Metadata Interoperability Profile, 2.6.1).
func publicKeyOf(der []byte) crypto.PublicKey {
	var certificate struct {
		TBS struct {
			Version    int `asn1:"optional,explicit,default:0,tag:0"`
			Serial     *big.Int
			Algorithm  asn1.RawValue
			Issuer     asn1.RawValue
			Validity   asn1.RawValue
			Subject    asn1.RawValue
			PublicKey  asn1.RawValue
			IssuerID   asn1.BitString `asn1:"optional,tag:1"`
			SubjectID  asn1.BitString `asn1:"optional,tag:2"`
			Extensions asn1.RawValue  `asn1:"optional,explicit,tag:3"`
		}
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &certificate); err != nil {
		return nil
	}
	key, err := x509.ParsePKIXPublicKey(certificate.TBS.PublicKey.FullBytes)
	if err != nil {
		return nil
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key
	case *ecdsa.PublicKey:
		return key
	}
	return nil
}

// duration reads an xs:duration that is not negative. Months and years, which have no length, count 30 and 365 days.
func duration(s string) (time.Duration, bool) {
	s, ok := strings.CutPrefix(strings.TrimSpace(s), "P")
	if !ok || s == "" {
		return 0, false
	}
	const day = 24 * time.Hour
	days, clock, timed := strings.Cut(s, "T")
	total, ok := units(days, "YMD", 365*day, 30*day, day)
	if !ok || timed && clock == "" {
		return 0, false
	}
	more, ok := units(clock, "HMS", time.Hour, time.Minute, time.Second)
	return total + more, ok
}

// units reads numbers followed by letters, each letter once at the most and in this order.
func units(s, letters string, lengths ...time.Duration) (time.Duration, bool) {
	var total time.Duration
	for i, length := range lengths {
		number, rest, found := strings.Cut(s, letters[i:i+1])
		if !found {
			continue
		}
		whole, fraction, cut := strings.Cut(number, ".")
		n, err := strconv.ParseUint(whole, 10, 16)
		if err != nil || cut && letters[i] != 'S' {
			return 0, false
		}
		if _, err := strconv.ParseUint(fraction, 10, 64); cut && err != nil {
			return 0, false
		}
		total += time.Duration(n) * length
		s = rest
	}
	return total, s == ""
}
