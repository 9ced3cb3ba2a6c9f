package saml_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/saml"
)

// respond receives a message of the tests.
func respond(t testing.TB, document string, c saml.Config) (*saml.Assertion, error) {
	t.Helper()
	return receiver(t, c).Response(background(), encode(document), saml.PendingIDs("_q"))
}

func TestXMLThatIsRefused(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"nothing":                       "",
		"no root":                       "<!-- a -->",
		"two roots":                     "<a/><b/>",
		"text after the root":           "<a/>x",
		"text before the root":          "x<a/>",
		"a comment after the root":      "<a/><!-- a -->",
		"a declaration that is late":    "\n<?xml version=\"1.0\"?><a/>",
		"a second declaration":          "<?xml version=\"1.0\"?><?xml version=\"1.0\"?><a/>",
		"an instruction before":         "<?x?><a/>",
		"an instruction inside":         "<a><?x?></a>",
		"an instruction after":          "<a/><?x?>",
		"a DOCTYPE":                     "<!DOCTYPE a><a/>",
		"a declaration inside":          "<a><!ELEMENT a></a>",
		"an unknown entity":             "<a>&b;</a>",
		"another charset":               `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`,
		"octets that are no UTF-8":      "<a>\xff</a>",
		"UTF-16":                        "\xff\xfe<\x00a\x00/\x00>\x00",
		"a NUL":                         "<a>\x00</a>",
		"an element that is not closed": "<a>",
		"an element closed by another":  "<a></b>",
		"a prefix that is not declared": "<x:a/>",
		"one of an attribute":           `<a x:b=""/>`,
		"a prefix taken back":           `<x:a xmlns:x="u"><b xmlns:x=""/></x:a>`,
		"xml declared as another":       `<a xmlns:xml="u"/>`,
		"another declared as xml":       `<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>`,
		"xmlns declared":                `<a xmlns:xmlns="u"/>`,
		"xmlns as a prefix":             `<xmlns:a/>`,
		"an empty prefix":               `<:a/>`,
		"an empty name":                 `<x: xmlns:x="u"/>`,
		"two colons":                    `<x:y:a xmlns:x="u"/>`,
		"an attribute twice":            `<a b="1" b="2"/>`,
		"a namespace twice":             `<a xmlns:b="1" xmlns:b="1"/>`,
		"one attribute by two prefixes": `<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>`,
		"an ID twice":                   `<a ID="1"><b ID="1"/></a>`,
		"an ID by another name":         `<a ID="1"><b Id="1"/></a>`,
		"an id":                         `<a id="1"><b ID="1"/></a>`,
		"an xml:id":                     `<a ID="1" xml:id="1"/>`,
		"too deep":                      strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65),
		"too many attributes":           "<a" + manyAttributes(65) + "/>",
		"too many namespaces":           "<a" + manyNamespaces(0, 60) + "><b" + manyNamespaces(60, 120) + "><c" + manyNamespaces(120, 150) + "/></b></a>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := saml.ParseForTest([]byte(doc))
			require.ErrorIs(t, err, saml.CodeXML)
		})
	}
	for name, doc := range map[string]string{
		"a byte order mark":   "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- a --><a/>\n",
		"deep enough":         strings.Repeat("<a>", 64) + strings.Repeat("</a>", 64),
		"one name, two parts": `<a xmlns:x="u" xmlns:y="v" x:b="1" y:b="2" b="3"/>`,
		"namespaces anew":     strings.Repeat("<a"+manyNamespaces(0, 60)+"/>", 1),
	} {
		_, err := saml.ParseForTest([]byte(doc))
		require.NoError(t, err, name)
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a" + strings.Repeat("b", i) + `=""`)
	}
	return b.String()
}

func manyNamespaces(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		b.WriteString(" xmlns:a" + strings.Repeat("b", i) + `="u"`)
	}
	return b.String()
}

// The rules of the signature. Each wrong one is signed by the right key: its form alone is refused.
func TestSignatureRules(t *testing.T) {
	t.Parallel()
	replaced := func(old, by string) func(string) string {
		return func(s string) string { return change(t, s, old, by) }
	}
	empty, other := "", "#_r"
	transform := `<ds:Transform Algorithm="` + exclusive + `"></ds:Transform>`
	for name, c := range map[string]struct {
		recipe recipe
		want   ent.Code
	}{
		"as it should be":      {recipe{}, ""},
		"sha384":               {recipe{method: more + "rsa-sha384", methodHash: crypto.SHA384, digest: more + "sha384", hash: crypto.SHA384}, ""},
		"sha512":               {recipe{method: more + "rsa-sha512", methodHash: crypto.SHA512, digest: xenc + "sha512", hash: crypto.SHA512}, ""},
		"inclusive namespaces": {recipe{prefixes: "xs saml"}, ""},
		"white space and comments around the values": {recipe{outer: func(s string) string {
			s = strings.ReplaceAll(s, "<ds:SignatureValue>", "<ds:SignatureValue>\n ")
			return strings.ReplaceAll(s, "<ds:Signature ", "<!-- a comment outside --><ds:Signature ")
		}}, ""},
		"KeyInfo is not read": {recipe{outer: replaced("</ds:SignatureValue>", "</ds:SignatureValue><ds:KeyInfo><ds:KeyName>x</ds:KeyName><!-- x --></ds:KeyInfo>")}, ""},

		"rsa-sha1":                    {recipe{method: ds + "rsa-sha1", methodHash: crypto.SHA1}, saml.CodeAlgorithm},
		"a digest in sha1":            {recipe{digest: ds + "sha1", hash: crypto.SHA1}, saml.CodeAlgorithm},
		"an unknown signature":        {recipe{info: replaced(more+"rsa-sha256", more+"rsa-md5")}, saml.CodeAlgorithm},
		"hmac":                        {recipe{info: replaced(more+"rsa-sha256", more+"hmac-sha256")}, saml.CodeAlgorithm},
		"ecdsa, with a key of RSA":    {recipe{info: replaced(more+"rsa-sha256", more+"ecdsa-sha256")}, saml.CodeKey},
		"inclusive c14n":              {recipe{c14n: inclusive}, saml.CodeAlgorithm},
		"c14n with comments":          {recipe{info: replaced(`Method Algorithm="`+exclusive, `Method Algorithm="`+exclusive+"WithComments")}, saml.CodeAlgorithm},
		"a transform with comments":   {recipe{info: replaced(`Transform Algorithm="`+exclusive, `Transform Algorithm="`+exclusive+"WithComments")}, saml.CodeAlgorithm},
		"an empty URI":                {recipe{uri: &empty}, saml.CodeSignature},
		"the URI of another element":  {recipe{uri: &other}, saml.CodeSignature},
		"no URI":                      {recipe{info: replaced(` URI="#_a"`, "")}, saml.CodeSignature},
		"a Type":                      {recipe{info: replaced(` URI=`, ` Type="`+ds+`Object" URI=`)}, saml.CodeSignature},
		"an XPath":                    {recipe{info: replaced(transform, `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>true()</ds:XPath></ds:Transform>`)}, saml.CodeAlgorithm},
		"a third transform":           {recipe{info: replaced(transform, transform+transform)}, saml.CodeSignature},
		"no canonical transform":      {recipe{info: replaced(transform, "")}, saml.CodeSignature},
		"not enveloped":               {recipe{info: replaced(ds+"enveloped-signature", exclusive)}, saml.CodeSignature},
		"two references":              {recipe{info: replaced("</ds:Reference>", `</ds:Reference><ds:Reference URI="#_a"/>`)}, saml.CodeSignature},
		"two SignedInfo":              {recipe{outer: replaced("<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>")}, saml.CodeSignature},
		"an Object":                   {recipe{outer: replaced("</ds:SignatureValue>", "</ds:SignatureValue><ds:Object/>")}, saml.CodeSignature},
		"an Object after KeyInfo":     {recipe{outer: replaced("</ds:SignatureValue>", "</ds:SignatureValue><ds:KeyInfo/><ds:Object/>")}, saml.CodeSignature},
		"text in SignedInfo":          {recipe{info: replaced("</ds:SignedInfo>", "x</ds:SignedInfo>")}, saml.CodeSignature},
		"a comment in SignedInfo":     {recipe{outer: replaced("<ds:SignedInfo>", "<ds:SignedInfo><!-- a -->")}, saml.CodeSignature},
		"a comment in the digest":     {recipe{outer: replaced("<ds:DigestValue>", "<ds:DigestValue><!-- a -->")}, saml.CodeSignature},
		"a comment in the signature":  {recipe{outer: replaced("<ds:SignatureValue>", "<ds:SignatureValue><!-- a -->")}, saml.CodeSignature},
		"a parameter of the method":   {recipe{info: replaced(`rsa-sha256"/>`, `rsa-sha256"><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>`)}, saml.CodeSignature},
		"the key of somebody else":    {recipe{key: key(t, "attacker")}, saml.CodeSignature},
		"an ID in another namespace":  {recipe{outer: replaced(`ID="_a"`, `saml:ID="_a"`)}, saml.CodeSignature},
		"a changed attribute":         {recipe{outer: replaced("F1abc", "F1abd")}, saml.CodeSignature},
		"a namespace that moves":      {recipe{outer: replaced(`xs="http://www.w3.org/2001/XMLSchema"`, `xs="urn:x"`)}, ""},
		"a used namespace that moves": {recipe{outer: replaced(`xsi="http://www.w3.org/2001/XMLSchema-instance"`, `xsi="urn:x"`)}, saml.CodeSignature},
		"a second signature":          {recipe{outer: replaced("</ds:Signature>", `</ds:Signature><ds:Signature xmlns:ds="`+ds+`"/>`)}, saml.CodeStructure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := respond(t, sign(t, message, "_a", c.recipe), config(t))
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, []string{"F1abc"}, a.Values("uid"))
				return
			}
			require.Nil(t, a)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestSignatureTolerances(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		recipe recipe
		allow  saml.Tolerance
	}{
		"rsa-sha1":       {recipe{method: ds + "rsa-sha1", methodHash: crypto.SHA1, digest: ds + "sha1", hash: crypto.SHA1}, saml.ToleranceSHA1},
		"inclusive c14n": {recipe{c14n: inclusive}, saml.ToleranceInclusive},
	} {
		document := sign(t, message, "_a", c.recipe)
		_, err := respond(t, document, config(t))
		require.ErrorIs(t, err, saml.CodeAlgorithm, name)
		_, err = respond(t, document, config(t, c.allow))
		require.NoError(t, err, name)
	}

	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	document := sign(t, message, "_a", recipe{key: short})
	c := config(t)
	c.Peers[0].Keys = []crypto.PublicKey{&short.PublicKey}
	_, err = respond(t, document, c)
	require.ErrorIs(t, err, saml.CodeKey)
	c.Peers[0].Allow = []saml.Tolerance{saml.ToleranceShortKey}
	_, err = respond(t, document, c)
	require.NoError(t, err)
}

func TestSignatureByEllipticCurve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		curve  elliptic.Curve
		method string
		hash   crypto.Hash
	}{{elliptic.P256(), "ecdsa-sha256", crypto.SHA256}, {elliptic.P384(), "ecdsa-sha384", crypto.SHA384}, {elliptic.P521(), "ecdsa-sha256", crypto.SHA256}} {
		k, err := ecdsa.GenerateKey(c.curve, rand.Reader)
		require.NoError(t, err)
		document := sign(t, message, "_a", recipe{key: k, method: more + c.method, methodHash: c.hash})
		conf := config(t)
		conf.Peers[0].Keys = []crypto.PublicKey{&key(t, "idp").PublicKey, &k.PublicKey}
		_, err = respond(t, document, conf)
		require.NoError(t, err)
		_, err = respond(t, change(t, document, "F1abc", "F1abd"), conf)
		require.ErrorIs(t, err, saml.CodeSignature)
	}
}

// The wrapped responses of the samples repeat an ID, which is refused first. Here nothing is repeated.
func TestWrapping(t *testing.T) {
	t.Parallel()
	signed := sign(t, message, "_r", recipe{})
	evil := strings.NewReplacer(`ID="_r"`, `ID="_e"`, `ID="_a"`, `ID="_f"`, "F1abc", "evil").Replace(message)
	at := strings.Index(signed, "<ds:Signature")
	end := strings.Index(signed, "</ds:Signature>") + len("</ds:Signature>")
	signature, bare := signed[at:end], signed[:at]+signed[end:]
	after := func(s, mark, more string) string { return change(t, s, mark, mark+more) }
	for name, doc := range map[string]string{
		"the response inside its signature": after(evil, "</saml:Issuer>", change(t, signature, "</ds:Signature>", "<ds:Object>"+bare+"</ds:Object></ds:Signature>")),
		"the response beside its signature": after(evil, "</saml:Issuer>", bare+signature),
		"the response in an extension":      after(evil, "</saml:Issuer>", "<samlp:Extensions>"+signed+"</samlp:Extensions>"),
		"the response in an advice":         change(t, evil, "<saml:AuthnStatement", "<saml:Advice>"+signed+"</saml:Advice><saml:AuthnStatement"),
		"a second assertion":                after(signed, "</saml:Assertion>", part(t, evil)),
		"the signature moved":               after(evil, "</saml:Issuer>", "<samlp:Extensions>"+signature+"</samlp:Extensions>"),
		"the signature of another":          after(evil, "</saml:Issuer>", signature),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := respond(t, doc, config(t, everything()...))
			require.Error(t, err)
			require.NotErrorIs(t, err, saml.CodeXML)
		})
	}
	_, err := respond(t, signed, config(t, saml.ToleranceResponseSignature))
	require.NoError(t, err)
	_, err = respond(t, signed, config(t))
	require.ErrorIs(t, err, saml.CodeUnsigned)
	// A signature that is there must hold, even if another is enough.
	both := sign(t, sign(t, message, "_a", recipe{}), "_r", recipe{})
	_, err = respond(t, both, config(t))
	require.NoError(t, err)
	_, err = respond(t, sign(t, sign(t, message, "_a", recipe{}), "_r", recipe{key: key(t, "attacker")}), config(t))
	require.ErrorIs(t, err, saml.CodeSignature)
}

// What a response must be. Each is signed after the change.
func TestResponseRules(t *testing.T) {
	t.Parallel()
	const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	for name, c := range map[string]struct {
		old, by string
		want    ent.Code
	}{
		"an older version":                 {`Version="2.0" IssueInstant="2026-11-22T07:58:18Z" Destination`, `Version="1.1" IssueInstant="2026-11-22T07:58:18Z" Destination`, saml.CodeStructure},
		"no ID":                            {` ID="_r"`, "", saml.CodeStructure},
		"another destination":              {`Destination="` + acs, `Destination="` + acs + "2", saml.CodeDestination},
		"an empty destination":             {`Destination="` + acs, `Destination="`, saml.CodeDestination},
		"no destination, unsigned":         {` Destination="` + acs + `"`, "", ""},
		"an unknown issuer":                {sspID, sspID + "2", saml.CodeIssuer},
		"no issuer":                        {"<saml:Issuer>" + sspID + "</saml:Issuer>", "", saml.CodeStructure},
		"a qualified issuer":               {"<saml:Issuer>", `<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">`, saml.CodeStructure},
		"another request":                  {`InResponseTo="_q"><saml:Issuer>`, `InResponseTo="_other"><saml:Issuer>`, saml.CodeRequest},
		"an empty request":                 {`InResponseTo="_q"><saml:Issuer>`, `InResponseTo=""><saml:Issuer>`, saml.CodeRequest},
		"no request":                       {` InResponseTo="_q"><saml:Issuer>`, `><saml:Issuer>`, saml.CodeUnsolicited},
		"too old":                          {`IssueInstant="2026-11-22T07:58:18Z" Dest`, `IssueInstant="2026-11-22T07:48:59Z" Dest`, saml.CodeInstant},
		"old":                              {`IssueInstant="2026-11-22T07:58:18Z" Dest`, `IssueInstant="2026-11-22T07:49:00Z" Dest`, ""},
		"in the future":                    {`IssueInstant="2026-11-22T07:58:18Z" Dest`, `IssueInstant="2026-11-22T08:02:01Z" Dest`, saml.CodeInstant},
		"in the near future":               {`IssueInstant="2026-11-22T07:58:18Z" Dest`, `IssueInstant="2026-11-22T08:02:00.0+00:00" Dest`, ""},
		"a date without zone":              {`IssueInstant="2026-11-22T07:58:18Z" Dest`, `IssueInstant="2026-11-22T07:58:18" Dest`, saml.CodeStructure},
		"no status":                        {`<samlp:Status>`, `<samlp:Other>`, ""},
		"no assertion":                     {"<saml:Subject>", "<saml:Subject>", ""},
		"another assertion's version":      {`ID="_a" Version="2.0"`, `ID="_a" Version="2.1"`, saml.CodeStructure},
		"another issuer of the assertion":  {"XMLSchema\" ID=\"_a\" Version=\"2.0\" IssueInstant=\"2026-11-22T07:58:18Z\"><saml:Issuer>" + sspID, "XMLSchema\" ID=\"_a\" Version=\"2.0\" IssueInstant=\"2026-11-22T07:58:18Z\"><saml:Issuer>" + llngID, saml.CodeIssuer},
		"an issuer with a comment":         {sspID, "http://localhost:9084<!-- a -->/simplesamlphp/saml2/idp/metadata.php", ""},
		"no bearer":                        {bearer, "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key", saml.CodeConfirmation},
		"no confirmation data":             {`<saml:SubjectConfirmationData NotOnOrAfter="2026-11-22T08:03:18Z" Recipient="` + acs + `" InResponseTo="_q"/>`, "", saml.CodeConfirmation},
		"no end of the confirmation":       {`<saml:SubjectConfirmationData NotOnOrAfter="2026-11-22T08:03:18Z"`, "<saml:SubjectConfirmationData", saml.CodeConfirmation},
		"a beginning of the confirmation":  {`<saml:SubjectConfirmationData `, `<saml:SubjectConfirmationData NotBefore="2026-11-22T07:50:00Z" `, saml.CodeConfirmation},
		"a confirmation that ended":        {`Data NotOnOrAfter="2026-11-22T08:03:18Z"`, `Data NotOnOrAfter="2026-11-22T07:58:00Z"`, saml.CodeExpired},
		"another recipient":                {`Recipient="` + acs, `Recipient="` + acs + "2", saml.CodeRecipient},
		"no recipient":                     {`Recipient="` + acs + `"`, "", saml.CodeRecipient},
		"another request of the assertion": {`" InResponseTo="_q"/>`, `" InResponseTo="_p"/>`, saml.CodeRequest},
		"no request of the assertion":      {`" InResponseTo="_q"/>`, `"/>`, saml.CodeRequest},
		"a confirmation that does not hold beside one that does": {
			`<saml:SubjectConfirmation Method`, `<saml:SubjectConfirmation Method="` + bearer + `"/><saml:SubjectConfirmation Method="urn:x"/><saml:SubjectConfirmation Method`, "",
		},
		"no conditions":              {`<saml:Conditions NotBefore="2026-11-22T07:57:48Z" NotOnOrAfter="2026-11-22T08:03:18Z"><saml:AudienceRestriction><saml:Audience>` + spID + `</saml:Audience></saml:AudienceRestriction></saml:Conditions>`, "", saml.CodeAudience},
		"not yet":                    {`NotBefore="2026-11-22T07:57:48Z"`, `NotBefore="2026-11-22T08:00:01Z"`, saml.CodeEarly},
		"nearly":                     {`NotBefore="2026-11-22T07:57:48Z"`, `NotBefore="2026-11-22T08:00:00Z"`, ""},
		"no more":                    {`Z" NotOnOrAfter="2026-11-22T08:03:18Z"`, `Z" NotOnOrAfter="2026-11-22T07:58:00Z"`, saml.CodeExpired},
		"only just":                  {`Z" NotOnOrAfter="2026-11-22T08:03:18Z"`, `Z" NotOnOrAfter="2026-11-22T07:58:01Z"`, ""},
		"no audience":                {`<saml:AudienceRestriction><saml:Audience>` + spID + `</saml:Audience></saml:AudienceRestriction>`, "", saml.CodeAudience},
		"another audience":           {"<saml:Audience>" + spID, "<saml:Audience>" + spID + "2", saml.CodeAudience},
		"one audience of two":        {"<saml:Audience>", "<saml:Audience>x</saml:Audience><saml:Audience>", ""},
		"each restriction counts":    {"</saml:AudienceRestriction>", "</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction>", saml.CodeAudience},
		"an unknown condition":       {"</saml:AudienceRestriction>", `</saml:AudienceRestriction><saml:Condition xsi:type="x"/>`, saml.CodeCondition},
		"a condition of another":     {"</saml:AudienceRestriction>", `</saml:AudienceRestriction><OneTimeUse xmlns="urn:x"/>`, saml.CodeCondition},
		"a known condition":          {"</saml:AudienceRestriction>", `</saml:AudienceRestriction><saml:ProxyRestriction Count="0"/>`, ""},
		"no statement":               {`<saml:AuthnStatement AuthnInstant="2026-11-22T07:58:18Z" SessionIndex="_s"><saml:AuthnContext><saml:AuthnContextClassRef>` + password + `</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`, "", saml.CodeStructure},
		"two statements":             {"<saml:AuthnStatement", "<saml:AuthnStatement/><saml:AuthnStatement", saml.CodeStructure},
		"another class":              {password, "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified", saml.CodeContext},
		"no class":                   {"<saml:AuthnContextClassRef>" + password + "</saml:AuthnContextClassRef>", "", saml.CodeContext},
		"a session that is over":     {`SessionIndex="_s"`, `SessionIndex="_s" SessionNotOnOrAfter="2026-11-22T07:50:00Z"`, saml.CodeExpired},
		"no subject":                 {"<saml:Subject>", "<saml:Subject/><saml:Subject>", saml.CodeStructure},
		"an encrypted name":          {"<saml:NameID", "<saml:EncryptedID/><saml:NameID", saml.CodeStructure},
		"an empty name":              {">_n</saml:NameID>", "></saml:NameID>", saml.CodeStructure},
		"a name that holds elements": {">_n</saml:NameID>", ">_n<saml:x/></saml:NameID>", saml.CodeStructure},
		"a name with a comment":      {">_n</saml:NameID>", "><!-- a -->_n</saml:NameID>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := change(t, message, c.old, c.by)
			if name == "no status" {
				document = strings.ReplaceAll(document, "</samlp:Status>", "</samlp:Other>")
				c.want = saml.CodeStructure
			}
			if name == "no assertion" {
				document, c.want = change(t, message, assertion, ""), saml.CodeAssertions
			} else {
				document = sign(t, document, "_a", recipe{})
			}
			a, err := respond(t, document, config(t))
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, "_n", a.NameID.Value)
				return
			}
			require.Nil(t, a)
			require.ErrorIs(t, err, c.want)
		})
	}

	signed := sign(t, change(t, message, ` Destination="`+acs+`"`, ""), "_r", recipe{})
	_, err := respond(t, signed, config(t, saml.ToleranceResponseSignature))
	require.ErrorIs(t, err, saml.CodeDestination, "a signed response has a destination")

	_, err = receiver(t, config(t)).Response(t.Context(), strings.Repeat("A", saml.MaxMessage+1), nil)
	require.ErrorIs(t, err, saml.CodeTooLarge)
	_, err = receiver(t, config(t)).Response(t.Context(), "é", nil)
	require.ErrorIs(t, err, saml.CodeEncoding)
	_, err = receiver(t, config(t)).Response(t.Context(), encode("<Response/>"), nil)
	require.ErrorIs(t, err, saml.CodeStructure)
}

func TestStatusIsTold(t *testing.T) {
	t.Parallel()
	document := change(t, change(t, message, assertion, ""), `<samlp:StatusCode Value="`+saml.StatusSuccess+`"/>`,
		`<samlp:StatusCode Value="`+saml.StatusResponder+`"><samlp:StatusCode Value="`+saml.StatusNoPassive+`"/></samlp:StatusCode><samlp:StatusMessage>Zoé Martin</samlp:StatusMessage>`)
	_, err := respond(t, document, config(t))
	refused, ok := errors.AsType[*saml.RefusedError](err)
	require.True(t, ok)
	assert.Equal(t, saml.CodeStatus, refused.Code)
	assert.Equal(t, saml.Status{Code: saml.StatusResponder, Detail: saml.StatusNoPassive}, refused.Status)
	assert.Equal(t, "Le partenaire n'a pas donné suite (Responder, NoPassive).", refused.Message(ent.FR))
	assert.NotContains(t, err.Error(), "Zoé")
}

func TestUnsolicitedResponses(t *testing.T) {
	t.Parallel()
	document := change(t, change(t, message, ` InResponseTo="_q"><saml:Issuer>`, `><saml:Issuer>`), `" InResponseTo="_q"/>`, `"/>`)
	signed := sign(t, document, "_a", recipe{})
	_, err := respond(t, signed, config(t))
	require.ErrorIs(t, err, saml.CodeUnsolicited)
	a, err := respond(t, signed, config(t, saml.ToleranceUnsolicited))
	require.NoError(t, err)
	assert.Empty(t, a.InResponseTo)
	// An answer to a request that nobody made is none, even where answers without a request are.
	_, err = respond(t, sign(t, strings.ReplaceAll(message, `"_q"`, `"_p"`), "_a", recipe{}), config(t, saml.ToleranceUnsolicited))
	require.ErrorIs(t, err, saml.CodeRequest)
	// What answered a request cannot be presented as unsolicited by an envelope without one.
	_, err = respond(t, sign(t, change(t, message, ` InResponseTo="_q"><saml:Issuer>`, `><saml:Issuer>`), "_a", recipe{}), config(t, saml.ToleranceUnsolicited))
	require.ErrorIs(t, err, saml.CodeRequest)
}

func TestContextsOfAPeer(t *testing.T) {
	t.Parallel()
	signed := sign(t, change(t, message, password, "urn:other"), "_a", recipe{})
	c := config(t)
	c.Peers[0].Contexts = nil
	_, err := respond(t, signed, c)
	require.ErrorIs(t, err, saml.CodeContext)
	c.Peers[0].Contexts = []string{saml.AnyContext}
	a, err := respond(t, signed, c)
	require.NoError(t, err)
	assert.Equal(t, "urn:other", a.Context)
}

func TestPeersWhoseMetadataIsOver(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.Peers[0].ValidUntil = instant()
	_, err := respond(t, sign(t, message, "_a", recipe{}), c)
	require.ErrorIs(t, err, saml.CodeRetired)
	c.Peers[0].ValidUntil = instant().Add(time.Second)
	_, err = respond(t, sign(t, message, "_a", recipe{}), c)
	require.NoError(t, err)
}

func TestValuesAreWhole(t *testing.T) {
	t.Parallel()
	document := change(t, message, "<saml:Attribute Name=\"uid\">", `<saml:Attribute Name="urn:oid:1" FriendlyName="uid"><saml:AttributeValue>a<!-- x -->b<![CDATA[<c>]]>d</saml:AttributeValue><saml:AttributeValue/><saml:AttributeValue><saml:NameID>e<!-- x -->f</saml:NameID></saml:AttributeValue></saml:Attribute><saml:Attribute Name=""/><saml:Attribute Name="uid">`)
	document = change(t, document, "</saml:AudienceRestriction>", "</saml:AudienceRestriction><saml:OneTimeUse/>")
	a, err := respond(t, sign(t, document, "_a", recipe{}), config(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"ab<c>d", "", "ef"}, a.Values("urn:oid:1"))
	assert.Equal(t, []string{"F1abc"}, a.Values("uid"), "a FriendlyName is no name")
	assert.True(t, a.OneTimeUse)
}

func TestPortsThatFail(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	signed := sign(t, message, "_a", recipe{})
	_, err := receiver(t, config(t)).Response(t.Context(), encode(signed), func(context.Context, string) (saml.Standing, error) { return saml.RequestPending, down })
	require.ErrorIs(t, err, saml.CodePort)
	require.ErrorIs(t, err, down)
	c := config(t)
	c.Replay = broken{down}
	_, err = respond(t, signed, c)
	require.ErrorIs(t, err, saml.CodePort)
	require.ErrorIs(t, err, down)
}

type broken struct{ err error }

func (b broken) SetIfAbsent(context.Context, string, time.Time) (bool, error) { return true, b.err }
