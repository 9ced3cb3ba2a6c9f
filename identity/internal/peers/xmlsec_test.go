//go:build unix

package peers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/internal/peers"
)

const unsigned = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="r1"><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="a1"><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#a1"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature><saml:Subject>zoe</saml:Subject></saml:Assertion></samlp:Response>`

const sealed = `<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`

// The judge of signatures and of encryption says no when it must.
func TestXMLSec(t *testing.T) {
	t.Parallel()
	k, other := peers.NewKey(t, "a"), peers.NewKey(t, "b")
	signed := peers.XMLSecSign(t, []byte(unsigned), k, "")
	require.NoError(t, peers.XMLSecVerify(t, signed, k.CertPEM, ""))
	require.NoError(t, peers.XMLSecVerify(t, signed, k.CertPEM, "a1"))
	require.Error(t, peers.XMLSecVerify(t, signed, k.CertPEM, "r1"), "that one is not signed")
	require.Error(t, peers.XMLSecVerify(t, signed, other.CertPEM, ""), "another key, although the document carries the certificate of its own")
	changed := strings.Replace(string(signed), ">zoe<", ">leo<", 1)
	require.NotEqual(t, string(signed), changed)
	require.Error(t, peers.XMLSecVerify(t, []byte(changed), k.CertPEM, ""))

	secret := peers.XMLSecEncrypt(t, signed, []byte(sealed), k.CertPEM, "aes-256", `//*[local-name()="Assertion"]`)
	assert.NotContains(t, string(secret), "zoe")
	plain, err := peers.XMLSecDecrypt(t, secret, k.KeyPEM)
	require.NoError(t, err)
	assert.Contains(t, string(plain), "zoe")
	require.NoError(t, peers.XMLSecVerify(t, plain, k.CertPEM, "a1"))
	_, err = peers.XMLSecDecrypt(t, secret, other.KeyPEM)
	require.Error(t, err)
}
