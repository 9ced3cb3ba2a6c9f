package saml_test

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
	"github.com/stretchr/testify/require"
)

const (
	more      = "http://www.w3.org/2001/04/xmldsig-more#"
	ds        = "http://www.w3.org/2000/09/xmldsig#"
	xenc      = "http://www.w3.org/2001/04/xmlenc#"
	xenc11    = "http://www.w3.org/2009/xmlenc11#"
	exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
)

// message is a response that the tests make, without any signature.
const message = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="2026-11-22T07:58:18Z" Destination="` + acs + `" InResponseTo="_q"><saml:Issuer>` + sspID + `</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>` + assertion + `</samlp:Response>`

const assertion = `<saml:Assertion xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="_a" Version="2.0" IssueInstant="2026-11-22T07:58:18Z"><saml:Issuer>` + sspID + `</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">_n</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="2026-11-22T08:03:18Z" Recipient="` + acs + `" InResponseTo="_q"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="2026-11-22T07:57:48Z" NotOnOrAfter="2026-11-22T08:03:18Z"><saml:AudienceRestriction><saml:Audience>` + spID + `</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="2026-11-22T07:58:18Z" SessionIndex="_s"><saml:AuthnContext><saml:AuthnContextClassRef>` + password + `</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="uid"><saml:AttributeValue xsi:type="xs:string">F1abc</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>`

// recipe is how a signature is made; the zero one is what the rules want.
type recipe struct {
	key              crypto.Signer
	method, digest   string
	methodHash, hash crypto.Hash
	c14n             string
	prefixes         string
	// uri is that of the reference, "#" and the ID by default; info changes the SignedInfo before it is signed, outer the
	// whole signature after.
	uri         *string
	info, outer func(string) string
}

// independent returns a canonical form made by goxmldsig, on a copy that it may rewrite.
func independent(t testing.TB, el *etree.Element, c14n, prefixes string) []byte {
	t.Helper()
	if c14n == inclusive {
		out, err := dsig.MakeC14N10RecCanonicalizer().Canonicalize(el)
		require.NoError(t, err)
		return out
	}
	out, err := goxmldsig(el, prefixes)
	require.NoError(t, err)
	return out
}

func goxmldsig(el *etree.Element, prefixes string) ([]byte, error) {
	ctx, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	detached, err := etreeutils.NSDetatch(ctx, el)
	if err != nil {
		return nil, err
	}
	return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes).Canonicalize(detached)
}

func byID(root *etree.Element, id string) *etree.Element {
	for _, a := range root.Attr {
		if a.Key == "ID" && a.Value == id {
			return root
		}
	}
	for _, c := range root.ChildElements() {
		if found := byID(c, id); found != nil {
			return found
		}
	}
	return nil
}

func digestOf(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

// sign puts a signature into the element of an ID, after its Issuer, and returns the document.
func sign(t testing.TB, document, id string, r recipe) string {
	t.Helper()
	if r.key == nil {
		r.key = key(t, "idp")
	}
	if r.method == "" {
		r.method, r.methodHash = more+"rsa-sha256", crypto.SHA256
	}
	if r.digest == "" {
		r.digest, r.hash = xenc+"sha256", crypto.SHA256
	}
	if r.c14n == "" {
		r.c14n = exclusive
	}
	uri := "#" + id
	if r.uri != nil {
		uri = *r.uri
	}
	list := ""
	if r.prefixes != "" {
		list = `<ec:InclusiveNamespaces xmlns:ec="` + exclusive + `" PrefixList="` + r.prefixes + `"/>`
	}
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromString(document))
	el := byID(doc.Root(), id)
	require.NotNil(t, el)
	value := encode(digestOf(r.hash, independent(t, el, r.c14n, r.prefixes)))
	info := `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="` + r.c14n + `"/><ds:SignatureMethod Algorithm="` + r.method + `"/><ds:Reference URI="` + uri + `"><ds:Transforms><ds:Transform Algorithm="` + ds + `enveloped-signature"/><ds:Transform Algorithm="` + r.c14n + `">` + list + `</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="` + r.digest + `"/><ds:DigestValue>` + value + `</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	if r.info != nil {
		info = r.info(info)
	}
	sig := etree.NewDocument()
	require.NoError(t, sig.ReadFromString(`<ds:Signature xmlns:ds="`+ds+`">`+info+`<ds:SignatureValue>@</ds:SignatureValue></ds:Signature>`))
	signature := sig.Root()
	el.InsertChildAt(1, signature)
	digest := digestOf(r.methodHash, independent(t, signature.ChildElements()[0], r.c14n, ""))
	var octets []byte
	switch k := r.key.(type) {
	case *rsa.PrivateKey:
		var err error
		octets, err = rsa.SignPKCS1v15(rand.Reader, k, r.methodHash, digest)
		require.NoError(t, err)
	case *ecdsa.PrivateKey:
		a, b, err := ecdsa.Sign(rand.Reader, k, digest)
		require.NoError(t, err)
		size := (k.Curve.Params().BitSize + 7) / 8
		octets = append(a.FillBytes(make([]byte, size)), b.FillBytes(make([]byte, size))...)
	}
	signature.ChildElements()[1].SetText(encode(octets))
	out, err := doc.WriteToString()
	require.NoError(t, err)
	if r.outer != nil {
		out = r.outer(out)
	}
	return out
}

// change replaces one thing, which must be there.
func change(t testing.TB, s, old, by string) string {
	t.Helper()
	require.Contains(t, s, old)
	return strings.Replace(s, old, by, 1)
}

// sealing is how an assertion is encrypted; the zero one is what we would emit.
type sealing struct {
	content, transport string
	// method stands inside the EncryptionMethod of the key.
	method string
	oaep   rsa.OAEPOptions
	// outside puts the key beside the data; before holds more EncryptedKeys.
	outside, before string
	recipient       string
	to              *rsa.PublicKey
	tamper          func(key, data []byte)
}

func (s sealing) encryptedKey(t testing.TB, session []byte) string {
	t.Helper()
	if s.to == nil {
		s.to = &key(t, "sp").PublicKey
	}
	var sealed []byte
	var err error
	if s.transport == xenc+"rsa-1_5" {
		sealed, err = rsa.EncryptPKCS1v15(rand.Reader, s.to, session) //nolint:staticcheck // old peers still do, and the tolerance is tested
	} else {
		sealed, err = rsa.EncryptOAEPWithOptions(rand.Reader, s.to, session, &s.oaep)
	}
	require.NoError(t, err)
	if s.tamper != nil {
		s.tamper(sealed, nil)
	}
	return `<xenc:EncryptedKey xmlns:xenc="` + xenc + `"` + s.recipient + `><xenc:EncryptionMethod Algorithm="` + s.transport + `">` + s.method + `</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>` + encode(sealed) + `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`
}

// seal encrypts the text between two marks of a document.
func seal(t testing.TB, document, plain string, s sealing) string {
	t.Helper()
	if s.content == "" {
		s.content = xenc11 + "aes256-gcm"
	}
	if s.transport == "" {
		s.transport = xenc + "rsa-oaep-mgf1p"
	}
	if s.oaep.Hash == 0 {
		s.oaep.Hash = crypto.SHA1
	}
	sizes := map[string]int{"aes128-gcm": 16, "aes256-gcm": 32, "aes128-cbc": 16, "aes192-cbc": 24, "aes256-cbc": 32, "tripledes-cbc": 24}
	_, name, _ := strings.Cut(s.content, "#")
	session := make([]byte, sizes[name])
	_, _ = rand.Read(session)
	var block cipher.Block
	var err error
	if name == "tripledes-cbc" {
		block, err = des.NewTripleDESCipher(session)
	} else {
		block, err = aes.NewCipher(session)
	}
	require.NoError(t, err)
	var sealed []byte
	if strings.HasSuffix(name, "gcm") {
		aead, err := cipher.NewGCM(block)
		require.NoError(t, err)
		sealed = make([]byte, 12)
		_, _ = rand.Read(sealed)
		sealed = aead.Seal(sealed, sealed, []byte(plain), nil)
	} else {
		size := block.BlockSize()
		pad := size - len(plain)%size
		data := append([]byte(plain), make([]byte, pad)...)
		data[len(data)-1] = byte(pad)
		sealed = make([]byte, size+len(data))
		_, _ = rand.Read(sealed[:size])
		cipher.NewCBCEncrypter(block, sealed[:size]).CryptBlocks(sealed[size:], data)
	}
	if s.tamper != nil {
		s.tamper(nil, sealed)
	}
	inside, beside := s.before+s.encryptedKey(t, session), ""
	if s.outside != "" {
		inside, beside = s.outside, inside
	}
	return change(t, document, plain, fmt.Sprintf(
		`<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="%s" Type="%sElement"><xenc:EncryptionMethod Algorithm="%s"/><ds:KeyInfo xmlns:ds="%s">%s</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>%s</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>%s</saml:EncryptedAssertion>`,
		xenc, xenc, s.content, ds, inside, encode(sealed), beside))
}

// part returns the assertion of a document as it stands there.
func part(t testing.TB, document string) string {
	t.Helper()
	from, to := strings.Index(document, "<saml:Assertion"), strings.Index(document, "</saml:Assertion>")
	require.Positive(t, from)
	return document[from : to+len("</saml:Assertion>")]
}
