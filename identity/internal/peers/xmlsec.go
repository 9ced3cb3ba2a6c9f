//go:build unix

package peers

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// xmlsecIDs are the attributes that identify elements of SAML: xmlsec1 follows no reference without being told.
func xmlsecIDs() []string {
	var out []string
	for _, e := range []string{"assertion:Assertion", "protocol:Response", "protocol:AuthnRequest", "protocol:LogoutRequest", "protocol:LogoutResponse", "metadata:EntityDescriptor", "metadata:EntitiesDescriptor"} {
		out = append(out, "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:"+e)
	}
	return out
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	return b
}

// xmlsec runs the tool on a document and returns what it writes.
func xmlsec(t testing.TB, document []byte, args ...string) ([]byte, error) {
	t.Helper()
	Need(t, "xmlsec1")
	dir := t.TempDir()
	in, out := write(t, dir, "in.xml", document), filepath.Join(dir, "out.xml")
	if err := command(t, dir, "xmlsec1", append(append(args, xmlsecIDs()...), "--output", out, in)...); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	if os.IsNotExist(err) { // a verification writes nothing
		return nil, nil
	}
	return b, err
}

// XMLSecVerify asks xmlsec1 whether the key of a certificate in PEM signed a document, or the element with an ID of it; "" is
// for the first signature. Certificates that the document itself carries count for nothing.
func XMLSecVerify(t testing.TB, document, certPEM []byte, id string) error {
	t.Helper()
	args := []string{
		"--verify", "--enabled-reference-uris", "same-doc", "--enabled-key-data", "raw-x509-cert",
		"--pubkey-cert-pem", write(t, t.TempDir(), "cert.pem", certPEM),
	}
	if id != "" {
		args = append(args, "--node-xpath", `//*[@ID="`+id+`"]/*[local-name()="Signature"]`)
	}
	_, err := xmlsec(t, document, args...)
	return err
}

// XMLSecSign fills the empty signature that a document holds, with a key in PEM; xpath says which one, "" for the first.
func XMLSecSign(t testing.TB, document []byte, k *Key, xpath string) []byte {
	t.Helper()
	args := []string{"--sign", "--privkey-pem", k.KeyFile + "," + k.CertFile}
	if xpath != "" {
		args = append(args, "--node-xpath", xpath)
	}
	b, err := xmlsec(t, document, args...)
	require.NoError(t, err)
	return b
}

// XMLSecDecrypt decrypts the first encrypted element of a document by a private key in PEM.
func XMLSecDecrypt(t testing.TB, document, keyPEM []byte) ([]byte, error) {
	t.Helper()
	return xmlsec(t, document, "--decrypt", "--privkey-pem", write(t, t.TempDir(), "key.pem", keyPEM))
}

// XMLSecEncrypt puts a document, or the element of it that xpath names, into a template of EncryptedData, under a new key of the
// kind "aes-256" or the like, and that key under the one of a certificate.
func XMLSecEncrypt(t testing.TB, document, template, certPEM []byte, kind, xpath string) []byte {
	t.Helper()
	dir := t.TempDir()
	args := []string{
		"--encrypt", "--pubkey-cert-pem", write(t, dir, "cert.pem", certPEM), "--session-key", kind,
		"--xml-data", write(t, dir, "data.xml", document),
	}
	if xpath != "" {
		args = append(args, "--node-xpath", xpath)
	}
	b, err := xmlsec(t, template, args...)
	require.NoError(t, err)
	return b
}
