package saml

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/asn1"
	"encoding/base64"
	"math/big"

	"github.com/beevik/etree"
)

const (
	rsaSHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	ecdsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	ecdsaSHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
)

// algorithm returns how the key signs.
func (k KeyPair) algorithm() (string, crypto.Hash) {
	if public, ok := k.Key.Public().(*ecdsa.PublicKey); ok {
		if public.Curve.Params().BitSize == 384 {
			return ecdsaSHA384, crypto.SHA384
		}
		return ecdsaSHA256, crypto.SHA256
	}
	return rsaSHA256, crypto.SHA256
}

// sign signs octets.
func (k KeyPair) sign(octets []byte) ([]byte, error) {
	_, hash := k.algorithm()
	signature, err := k.Key.Sign(rand.Reader, sum(hash, octets), hash)
	if err != nil {
		return nil, &RefusedError{Code: CodePort, Field: "Key", cause: err}
	}
	public, ok := k.Key.Public().(*ecdsa.PublicKey)
	if !ok {
		return signature, nil
	}
	// XML signatures hold r and s one after the other, not in ASN.1.
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &rs); err != nil {
		return nil, &RefusedError{Code: CodePort, Field: "Key", cause: err}
	}
	size := (public.Curve.Params().BitSize + 7) / 8
	return append(rs.R.FillBytes(make([]byte, size)), rs.S.FillBytes(make([]byte, size))...), nil
}

// signElement puts a signature into an element where it stands, after its Issuer or, in metadata, first. The element is not
// moved nor written otherwise after that.
func (k KeyPair) signElement(el *etree.Element) error {
	algorithm, _ := k.algorithm()
	digest := sum(crypto.SHA256, canonical(el, nil, form{}))

	signature := etree.NewElement("ds:Signature")
	signature.CreateAttr("xmlns:ds", nsDSig)
	info := signature.CreateElement("ds:SignedInfo")
	info.CreateElement("ds:CanonicalizationMethod").CreateAttr("Algorithm", exclusiveC14N)
	info.CreateElement("ds:SignatureMethod").CreateAttr("Algorithm", algorithm)
	reference := info.CreateElement("ds:Reference")
	reference.CreateAttr("URI", "#"+value(el, "ID"))
	transforms := reference.CreateElement("ds:Transforms")
	transforms.CreateElement("ds:Transform").CreateAttr("Algorithm", enveloped)
	transforms.CreateElement("ds:Transform").CreateAttr("Algorithm", exclusiveC14N)
	reference.CreateElement("ds:DigestMethod").CreateAttr("Algorithm", nsXEnc+"sha256")
	reference.CreateElement("ds:DigestValue").SetText(base64.StdEncoding.EncodeToString(digest))
	signatureValue := signature.CreateElement("ds:SignatureValue")
	certificate := signature.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data").CreateElement("ds:X509Certificate")
	certificate.SetText(base64.StdEncoding.EncodeToString(k.Certificate))

	at := 0
	if issuer := el.SelectElement("saml:Issuer"); issuer != nil {
		at = issuer.Index() + 1
	}
	el.InsertChildAt(at, signature)
	octets, err := k.sign(canonical(info, nil, form{}))
	if err != nil {
		return err
	}
	signatureValue.SetText(base64.StdEncoding.EncodeToString(octets))
	return nil
}

// serialize writes a tree in canonical form: nothing in it can be read otherwise than it was signed.
func serialize(root *etree.Element) []byte { return canonical(root, nil, form{inclusive: true}) }
