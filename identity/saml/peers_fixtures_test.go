//go:build unix

package saml_test

import (
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/internal/peers"
	"github.com/opencartable/cartable/identity/saml"
)

// signedElements are the IDs of the elements of a document that hold their own signature.
func signedElements(t *testing.T, document []byte) (out []string) {
	t.Helper()
	d := etree.NewDocument()
	require.NoError(t, d.ReadFromBytes(document))
	for _, s := range d.FindElements("//Signature") {
		if p := s.Parent(); p != nil && p.SelectAttr("ID") != nil {
			out = append(out, p.SelectAttrValue("ID", ""))
		}
	}
	return out
}

// What we verify and decrypt of the samples, xmlsec1 verifies and decrypts, by the same certificates and keys; and it refuses what
// was changed, or signed by somebody else.
func TestXMLSecAgreesOnSamples(t *testing.T) {
	t.Parallel()
	metadata := etree.NewDocument()
	require.NoError(t, metadata.ReadFromBytes(sample(t, "metadata/idp-lemonldap.xml")))
	text := metadata.FindElement("//IDPSSODescriptor/KeyDescriptor[@use='signing']//X509Certificate")
	require.NotNil(t, text)
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text.Text()), ""))
	require.NoError(t, err)
	theirs := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	seen, opened := 0, 0
	for _, r := range expected(t) {
		if r.group != "valid" {
			continue
		}
		document, certificate := sample(t, r.path()), sample(t, "keys/idp-test.pem")
		if strings.HasPrefix(r.file, "llng") {
			certificate = theirs
		}
		_, err := receiver(t, config(t, everything()...)).Response(t.Context(), encode(document), saml.PendingIDs(r.request))
		require.NoError(t, err, r.file)
		signed := signedElements(t, document)
		for _, id := range signed {
			require.NoError(t, peers.XMLSecVerify(t, document, certificate, id), r.file)
		}
		if strings.Contains(string(document), "EncryptedAssertion") {
			plain, err := peers.XMLSecDecrypt(t, document, sample(t, "keys/sp-test.key"))
			require.NoError(t, err, r.file)
			inside := 0
			for _, id := range signedElements(t, plain) {
				if !strings.Contains(string(document), id) { // it was not to be seen before
					require.NoError(t, peers.XMLSecVerify(t, plain, certificate, id), r.file)
					inside++
				}
			}
			require.Positive(t, inside, r.file)
			opened++
		}
		require.True(t, len(signed) > 0 || strings.Contains(string(document), "EncryptedAssertion"), r.file)
		seen++
	}
	assert.Equal(t, 13, seen)
	assert.Equal(t, 7, opened)
	for _, name := range []string{"tampered-attribute-value", "signed-by-attacker-cert-in-keyinfo", "signature-stripped"} {
		require.Error(t, peers.XMLSecVerify(t, sample(t, "attacks/"+name+".xml"), sample(t, "keys/idp-test.pem"), ""), name)
	}
}
