package saml

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"

	"github.com/beevik/etree"
)

// encryptionKey returns the key that a role wants assertions encrypted with, nil when it has none.
func (r *Role) encryptionKey() *rsa.PublicKey {
	for _, k := range r.Keys {
		if public, ok := k.Public.(*rsa.PublicKey); ok && k.Use != UseSigning && public.N.BitLen() >= minRSA {
			return public
		}
	}
	return nil
}

// encryptAssertion returns an EncryptedAssertion that only the key opens: AES-256 in GCM, its key in RSA-OAEP with SHA-1 and no
// MGF element, which every peer reads.
func encryptAssertion(assertion []byte, to *rsa.PublicKey, recipient string) (*etree.Element, error) {
	session, nonce := make([]byte, 32), make([]byte, 12)
	_, _ = rand.Read(session) // it never fails
	_, _ = rand.Read(nonce)
	wrapped, err := rsa.EncryptOAEPWithOptions(rand.Reader, to, session, &rsa.OAEPOptions{Hash: crypto.SHA1})
	if err != nil {
		return nil, &RefusedError{Code: CodePort, Field: "Key", cause: err}
	}
	block, err := aes.NewCipher(session)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	out := etree.NewElement("saml:EncryptedAssertion")
	data := out.CreateElement("xenc:EncryptedData")
	data.CreateAttr("xmlns:xenc", nsXEnc)
	data.CreateAttr("Type", nsXEnc+"Element")
	data.CreateElement("xenc:EncryptionMethod").CreateAttr("Algorithm", nsXEnc11+"aes256-gcm")
	info := data.CreateElement("ds:KeyInfo")
	info.CreateAttr("xmlns:ds", nsDSig)
	key := info.CreateElement("xenc:EncryptedKey")
	key.CreateAttr("Recipient", recipient)
	method := key.CreateElement("xenc:EncryptionMethod")
	method.CreateAttr("Algorithm", nsXEnc+"rsa-oaep-mgf1p")
	method.CreateElement("ds:DigestMethod").CreateAttr("Algorithm", sha1Digest)
	key.CreateElement("xenc:CipherData").CreateElement("xenc:CipherValue").SetText(base64.StdEncoding.EncodeToString(wrapped))
	data.CreateElement("xenc:CipherData").CreateElement("xenc:CipherValue").
		SetText(base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, assertion, nil)))
	return out, nil
}
