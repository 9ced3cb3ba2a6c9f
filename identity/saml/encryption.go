package saml

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/rand"
	"crypto/rsa"
	"slices"

	"github.com/beevik/etree"
)

// maxEncryptedKeys bounds the private key operations that one message costs.
const maxEncryptedKeys = 8

// decryptor holds our private keys.
type decryptor struct {
	keys []crypto.Decrypter
	// recipient is our name, which an EncryptedKey may bear.
	recipient string
}

// open decrypts the assertion that stands in an EncryptedAssertion and puts it there, where it finds the namespaces that it
// was written with. Every failure that depends on a key is the same error, so that nobody learns anything by trying.
func (d decryptor) open(encrypted *etree.Element, p *Peer) (*etree.Element, error) {
	data, err := child(encrypted, nsXEnc, "EncryptedData")
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, refuseStructure("EncryptedData")
	}
	if kind, ok := attr(data, "Type"); ok && kind != nsXEnc+"Element" {
		return nil, refuseStructure("EncryptedData")
	}
	content, err := contentCipherOf(data, p)
	if err != nil {
		return nil, err
	}
	sealed, ok := cipherValue(data)
	if !ok {
		return nil, refuseStructure("CipherValue")
	}
	wrapped, err := d.wrapped(encrypted, data, p)
	if err != nil {
		return nil, err
	}
	for _, w := range wrapped {
		for _, key := range d.keys {
			session, ok := w.unwrap(key, content.size)
			if !ok {
				continue
			}
			plain, ok := content.decrypt(session, sealed)
			if !ok {
				continue
			}
			assertion, err := read(plain)
			if err != nil || assertion.Tag != "Assertion" {
				continue
			}
			for len(encrypted.Child) > 0 {
				encrypted.RemoveChildAt(0)
			}
			encrypted.AddChild(assertion)
			if !is(assertion, nsAssertion, "Assertion") {
				return nil, refuse(CodeDecrypt)
			}
			return assertion, nil
		}
	}
	return nil, refuse(CodeDecrypt)
}

func algorithmOf(el *etree.Element) (method *etree.Element, algorithm string, err error) {
	method, err = child(el, nsXEnc, "EncryptionMethod")
	if err != nil {
		return nil, "", err
	}
	if method == nil {
		return nil, "", refuseStructure("EncryptionMethod")
	}
	return method, value(method, "Algorithm"), nil
}

func cipherValue(el *etree.Element) ([]byte, bool) {
	data, err := child(el, nsXEnc, "CipherData")
	if err != nil || data == nil {
		return nil, false
	}
	v, err := child(data, nsXEnc, "CipherValue")
	if err != nil || v == nil {
		return nil, false
	}
	return octets(v)
}

// contentCipher decrypts the data: GCM, or CBC, of which the padding alone says whether the key was right.
type contentCipher struct {
	size  int
	gcm   bool
	block func([]byte) (cipher.Block, error)
}

func contentCipherOf(data *etree.Element, p *Peer) (contentCipher, error) {
	_, algorithm, err := algorithmOf(data)
	if err != nil {
		return contentCipher{}, err
	}
	switch algorithm {
	case nsXEnc11 + "aes128-gcm":
		return contentCipher{16, true, aes.NewCipher}, nil
	case nsXEnc11 + "aes256-gcm":
		return contentCipher{32, true, aes.NewCipher}, nil
	case nsXEnc + "aes128-cbc":
		return contentCipher{16, false, aes.NewCipher}, nil
	case nsXEnc + "aes192-cbc":
		return contentCipher{24, false, aes.NewCipher}, nil
	case nsXEnc + "aes256-cbc":
		return contentCipher{32, false, aes.NewCipher}, nil
	case nsXEnc + "tripledes-cbc":
		if p.allows(ToleranceTripleDES) {
			return contentCipher{24, false, des.NewTripleDESCipher}, nil
		}
	}
	return contentCipher{}, refuseField(CodeAlgorithm, "EncryptionMethod")
}

func (c contentCipher) decrypt(key, sealed []byte) ([]byte, bool) {
	block, err := c.block(key)
	if err != nil {
		return nil, false
	}
	if c.gcm {
		aead, err := cipher.NewGCM(block)
		if err != nil || len(sealed) < aead.NonceSize() {
			return nil, false
		}
		plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], nil)
		return plain, err == nil
	}
	size := block.BlockSize()
	if len(sealed) < 2*size || len(sealed)%size != 0 {
		return nil, false
	}
	plain := make([]byte, len(sealed)-size)
	cipher.NewCBCDecrypter(block, sealed[:size]).CryptBlocks(plain, sealed[size:])
	// Only the last byte of the padding has a meaning (XML Encryption 1.1, 5.2).
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > size {
		return nil, false
	}
	return plain[:len(plain)-pad], true
}

// wrappedKey is an EncryptedKey.
type wrappedKey struct {
	oaep   rsa.OAEPOptions
	rsa15  bool
	sealed []byte
}

// wrapped returns the EncryptedKeys that stand inside the KeyInfo of the data or beside the data, those that name us first.
// A RetrievalMethod can only point to one of them, so all of them are tried.
func (d decryptor) wrapped(encrypted, data *etree.Element, p *Peer) ([]wrappedKey, error) {
	elements := children(encrypted, nsXEnc, "EncryptedKey")
	for _, info := range children(data, nsDSig, "KeyInfo") {
		elements = append(elements, children(info, nsXEnc, "EncryptedKey")...)
	}
	if len(elements) == 0 || len(elements) > maxEncryptedKeys {
		return nil, refuseStructure("EncryptedKey")
	}
	slices.SortStableFunc(elements, func(a, b *etree.Element) int { return d.rank(a) - d.rank(b) })
	var out []wrappedKey
	var refused error
	for _, el := range elements {
		w, err := readWrappedKey(el, p)
		if err != nil {
			refused = err
			continue
		}
		out = append(out, w)
	}
	if len(out) == 0 {
		return nil, refused
	}
	return out, nil
}

func (d decryptor) rank(el *etree.Element) int {
	switch value(el, "Recipient") {
	case d.recipient:
		return 0
	case "":
		return 1
	}
	return 2
}

func readWrappedKey(el *etree.Element, p *Peer) (w wrappedKey, err error) {
	method, algorithm, err := algorithmOf(el)
	if err != nil {
		return w, err
	}
	var ok bool
	if w.sealed, ok = cipherValue(el); !ok {
		return w, refuseStructure("CipherValue")
	}
	w.oaep = rsa.OAEPOptions{Hash: crypto.SHA1, MGFHash: crypto.SHA1}
	switch algorithm {
	case nsXEnc + "rsa-1_5":
		if !p.allows(ToleranceRSA15) {
			return w, refuseField(CodeAlgorithm, "EncryptedKey")
		}
		w.rsa15 = true
		return w, nil
	case nsXEnc + "rsa-oaep-mgf1p":
	case nsXEnc11 + "rsa-oaep":
		if w.oaep.MGFHash, ok = hashIn(method, nsXEnc11, "MGF"); !ok {
			return w, refuseField(CodeAlgorithm, "MGF")
		}
	default:
		return w, refuseField(CodeAlgorithm, "EncryptedKey")
	}
	if w.oaep.Hash, ok = hashIn(method, nsDSig, "DigestMethod"); !ok {
		return w, refuseField(CodeAlgorithm, "DigestMethod")
	}
	params, err := child(method, nsXEnc, "OAEPparams")
	if err != nil {
		return w, err
	}
	if params != nil {
		s, _ := text(params)
		if w.oaep.Label, err = unbase64(s); err != nil {
			return w, refuseStructure("OAEPparams")
		}
	}
	return w, nil
}

// hashIn returns the hash that a child of an encryption method names, SHA-1 when there is none.
func hashIn(method *etree.Element, ns, tag string) (crypto.Hash, bool) {
	el, err := child(method, ns, tag)
	switch {
	case err != nil:
		return 0, false
	case el == nil:
		return crypto.SHA1, true
	}
	switch value(el, "Algorithm") {
	case sha1Digest, nsXEnc11 + "mgf1sha1":
		return crypto.SHA1, true
	case nsXEnc + "sha256", nsXEnc11 + "mgf1sha256":
		return crypto.SHA256, true
	}
	return 0, false
}

// unwrap decrypts the key of the data. With rsa-1_5 a wrong padding gives a random key, which then opens nothing.
func (w wrappedKey) unwrap(key crypto.Decrypter, size int) ([]byte, bool) {
	var session []byte
	var err error
	if w.rsa15 {
		//nolint:staticcheck // deprecated because it is weak, as is the tolerance that leads here
		session, err = key.Decrypt(rand.Reader, w.sealed, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: size})
	} else {
		session, err = key.Decrypt(rand.Reader, w.sealed, &w.oaep)
	}
	return session, err == nil && len(session) == size
}
