package saml_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/saml"
)

const logoutRequest = `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l" Version="2.0" IssueInstant="2026-11-22T07:58:18Z" NotOnOrAfter="2026-11-22T08:03:18Z" Destination="` + slo + `"><saml:Issuer>` + sspID + `</saml:Issuer><saml:NameID NameQualifier="q" SPProvidedID="p">_n</saml:NameID><samlp:SessionIndex>_1</samlp:SessionIndex><samlp:SessionIndex>_2</samlp:SessionIndex></samlp:LogoutRequest>`

const logoutResponse = `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l" Version="2.0" IssueInstant="2026-11-22T07:58:18Z" InResponseTo="_q" Destination="` + slo + `"><saml:Issuer>` + sspID + `</saml:Issuer><samlp:Status><samlp:StatusCode Value="` + saml.StatusSuccess + `"><samlp:StatusCode Value="` + saml.StatusPartialLogout + `"/></samlp:StatusCode></samlp:Status></samlp:LogoutResponse>`

// redirect signs a message for the redirect binding.
func redirect(t testing.TB, name, document, relay string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	require.NoError(t, err)
	_, err = w.Write([]byte(document))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	q := name + "=" + url.QueryEscape(encode(b.Bytes())) + relay + "&SigAlg=" + url.QueryEscape(more+"rsa-sha256")
	s, err := rsa.SignPKCS1v15(rand.Reader, key(t, "idp"), crypto.SHA256, digestOf(crypto.SHA256, []byte(q)))
	require.NoError(t, err)
	return q + "&Signature=" + url.QueryEscape(encode(s))
}

func TestRedirectRules(t *testing.T) {
	t.Parallel()
	r := receiver(t, config(t))
	sound := redirect(t, "SAMLRequest", logoutRequest, "&RelayState=a%2Bb+c")
	m, err := r.Redirect(sound)
	require.NoError(t, err)
	assert.Equal(t, "a+b c", m.RelayState)
	_, err = r.Redirect(redirect(t, "SAMLRequest", logoutRequest, "&RelayState="))
	require.NoError(t, err, "an empty RelayState is signed too")
	_, err = r.Redirect("x=1&" + sound + "&y=2&SAMLEncoding=urn%3Aoasis%3Anames%3Atc%3ASAML%3A2.0%3Abindings%3AURL-Encoding%3ADEFLATE")
	require.NoError(t, err, "other parameters do not count")
	unsigned, _, _ := strings.Cut(sound, "&Signature")
	for name, c := range map[string]struct {
		query string
		want  ent.Code
	}{
		"nothing":                  {"", saml.CodeEncoding},
		"two messages":             {sound + "&SAMLResponse=x", saml.CodeEncoding},
		"a message twice":          {sound + "&SAMLRequest=x", saml.CodeEncoding},
		"a RelayState twice":       {sound + "&RelayState=x", saml.CodeEncoding},
		"a signature twice":        {sound + "&Signature=x", saml.CodeEncoding},
		"another encoding":         {sound + "&SAMLEncoding=x", saml.CodeEncoding},
		"a wrong escape":           {"SAMLRequest=%zz", saml.CodeEncoding},
		"no base64":                {"SAMLRequest=*", saml.CodeEncoding},
		"no deflate":               {"SAMLRequest=AAAA", saml.CodeEncoding},
		"not signed":               {unsigned, saml.CodeUnsigned},
		"a RelayState that is new": {redirect(t, "SAMLRequest", logoutRequest, "") + "&RelayState=x", saml.CodeSignature},
		"another name":             {redirect(t, "SAMLRequest", logoutRequest, "")[len("SAMLRequest"):], saml.CodeEncoding},
		"an answer as a request":   {"SAMLResponse" + redirect(t, "SAMLRequest", logoutRequest, "")[len("SAMLRequest"):], saml.CodeSignature},
		"another algorithm":        {change(t, sound, "rsa-sha256", "rsa-md5"), saml.CodeAlgorithm},
		"a DOCTYPE":                {redirect(t, "SAMLRequest", "<!DOCTYPE a>"+logoutRequest, ""), saml.CodeXML},
		"of another protocol":      {redirect(t, "SAMLRequest", "<LogoutRequest/>", ""), saml.CodeStructure},
		"an unknown issuer":        {redirect(t, "SAMLRequest", change(t, logoutRequest, sspID, "x"), ""), saml.CodeIssuer},
	} {
		_, err := r.Redirect(c.query)
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestLogoutRules(t *testing.T) {
	t.Parallel()
	r := receiver(t, config(t))
	for name, c := range map[string]struct {
		old, by string
		want    ent.Code
	}{
		"as it should be":     {"_n", "_n", ""},
		"another destination": {slo, slo + "2", saml.CodeDestination},
		"no destination":      {` Destination="` + slo + `"`, "", saml.CodeDestination},
		"too old":             {"2026-11-22T07:58:18Z", "2026-11-22T07:28:18Z", saml.CodeInstant},
		"over":                {"2026-11-22T08:03:18Z", "2026-11-22T07:53:18Z", saml.CodeExpired},
		"nobody":              {`<saml:NameID NameQualifier="q" SPProvidedID="p">_n</saml:NameID>`, "", saml.CodeStructure},
		"an empty index":      {"_1", "", saml.CodeStructure},
		"no end":              {` NotOnOrAfter="2026-11-22T08:03:18Z"`, "", ""},
	} {
		document := change(t, logoutRequest, c.old, c.by)
		redirected, byRedirect := r.LogoutRequest(redirect(t, "SAMLRequest", document, ""))
		posted, byPost := r.PostedLogoutRequest(encode(sign(t, document, "_l", recipe{})))
		if c.want == "" {
			require.NoError(t, byRedirect, name)
			require.NoError(t, byPost, name)
			assert.Equal(t, redirected, posted)
			assert.Equal(t, saml.NameID{Value: "_n", NameQualifier: "q", SPProvidedID: "p"}, posted.NameID)
			assert.Equal(t, []string{"_1", "_2"}, posted.SessionIndexes)
			continue
		}
		require.ErrorIs(t, byRedirect, c.want, name)
		require.ErrorIs(t, byPost, c.want, name)
	}
	_, err := r.PostedLogoutRequest(encode(logoutRequest))
	require.ErrorIs(t, err, saml.CodeUnsigned)
	_, err = r.PostedLogoutRequest(encode(sign(t, logoutRequest, "_l", recipe{key: key(t, "attacker")})))
	require.ErrorIs(t, err, saml.CodeSignature)

	pending := saml.PendingIDs("_q")
	l, err := r.LogoutResponse(t.Context(), redirect(t, "SAMLResponse", logoutResponse, "&RelayState=x"), pending)
	require.NoError(t, err)
	assert.False(t, l.Complete(), "some sessions are left")
	assert.Equal(t, "x", l.RelayState)
	l, err = r.PostedLogoutResponse(t.Context(), encode(sign(t, logoutResponse, "_l", recipe{})), pending)
	require.NoError(t, err)
	assert.Equal(t, saml.StatusPartialLogout, l.Status.Detail)
	_, err = r.LogoutResponse(t.Context(), redirect(t, "SAMLResponse", logoutResponse, ""), nil)
	require.ErrorIs(t, err, saml.CodeRequest)
	_, err = r.LogoutRequest(redirect(t, "SAMLResponse", logoutResponse, ""))
	require.ErrorIs(t, err, saml.CodeStructure)
	_, err = r.LogoutResponse(t.Context(), redirect(t, "SAMLRequest", logoutRequest, ""), pending)
	require.ErrorIs(t, err, saml.CodeStructure)
}
