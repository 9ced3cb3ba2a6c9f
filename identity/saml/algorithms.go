package saml

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1" // verified for peers that are allowed it, and the digest of rsa-oaep-mgf1p
	_ "crypto/sha256"
	_ "crypto/sha512"
	"math/big"
)

const (
	exclusiveC14N = nsExcC14N
	inclusiveC14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	enveloped     = nsDSig + "enveloped-signature"
	sha1Digest    = nsDSig + "sha1"

	minRSA   = 2048
	shortRSA = 1024
)

// signatureMethod is how a signature is made: the hash, and the kind of key. The kind comes from the algorithm, and a key
// of another kind is never tried.
type signatureMethod struct {
	hash  crypto.Hash
	ecdsa bool
}

func signatureMethodOf(algorithm string, p *Peer) (signatureMethod, bool) {
	const more = "http://www.w3.org/2001/04/xmldsig-more#"
	switch algorithm {
	case more + "rsa-sha256":
		return signatureMethod{hash: crypto.SHA256}, true
	case more + "rsa-sha384":
		return signatureMethod{hash: crypto.SHA384}, true
	case more + "rsa-sha512":
		return signatureMethod{hash: crypto.SHA512}, true
	case more + "ecdsa-sha256":
		return signatureMethod{hash: crypto.SHA256, ecdsa: true}, true
	case more + "ecdsa-sha384":
		return signatureMethod{hash: crypto.SHA384, ecdsa: true}, true
	case nsDSig + "rsa-sha1":
		return signatureMethod{hash: crypto.SHA1}, p.allows(ToleranceSHA1)
	}
	return signatureMethod{}, false
}

func digestMethodOf(algorithm string, p *Peer) (crypto.Hash, bool) {
	switch algorithm {
	case nsXEnc + "sha256":
		return crypto.SHA256, true
	case "http://www.w3.org/2001/04/xmldsig-more#sha384":
		return crypto.SHA384, true
	case nsXEnc + "sha512":
		return crypto.SHA512, true
	case sha1Digest:
		return crypto.SHA1, p.allows(ToleranceSHA1)
	}
	return 0, false
}

func sum(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

// verify verifies a signature over octets with each key of the peer that fits.
func (m signatureMethod) verify(p *Peer, signed, signature []byte) error {
	digest := sum(m.hash, signed)
	fits := false
	for _, key := range p.Keys {
		switch key := key.(type) {
		case *rsa.PublicKey:
			if m.ecdsa || !longEnough(key, p) {
				continue
			}
			fits = true
			if rsa.VerifyPKCS1v15(key, m.hash, digest, signature) == nil {
				return nil
			}
		case *ecdsa.PublicKey:
			if !m.ecdsa {
				continue
			}
			fits = true
			// XML signatures hold r and s one after the other, not in ASN.1.
			size := (key.Curve.Params().BitSize + 7) / 8
			if len(signature) != 2*size {
				continue
			}
			r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
			if ecdsa.Verify(key, digest, r, s) {
				return nil
			}
		}
	}
	if !fits {
		return refuse(CodeKey)
	}
	return refuseField(CodeSignature, "SignatureValue")
}

func longEnough(key *rsa.PublicKey, p *Peer) bool {
	if p.allows(ToleranceShortKey) {
		return key.N.BitLen() >= shortRSA
	}
	return key.N.BitLen() >= minRSA
}
