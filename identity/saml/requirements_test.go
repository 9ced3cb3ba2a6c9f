package saml_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
)

// R-SAML-1: an assertion of five minutes, signed in RSA-SHA256 over exclusive canonical XML, the response too when the service
// wants it, and a transient name qualified by both sides.
func TestRSAML1(t *testing.T) {
	t.Parallel()
	for _, both := range []bool{false, true} {
		w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
			w.partner = func(p *saml.Partner) { p.SignResponse = both }
		})
		_, values := upTo(t, w.browser, w.spV.http.URL+"/login")
		data, err := base64.StdEncoding.DecodeString(values.Get("SAMLResponse"))
		require.NoError(t, err)
		doc := etree.NewDocument()
		require.NoError(t, doc.ReadFromBytes(data))
		at := func(path string) *etree.Element {
			el := doc.FindElement(path)
			require.NotNil(t, el, path)
			return el
		}
		assert.Equal(t, both, doc.FindElement("/Response/Signature") != nil)
		const signature = "/Response/Assertion/Signature/SignedInfo"
		assert.Equal(t, more+"rsa-sha256", at(signature+"/SignatureMethod").SelectAttrValue("Algorithm", ""))
		assert.Equal(t, exclusive, at(signature+"/CanonicalizationMethod").SelectAttrValue("Algorithm", ""))
		name := at("/Response/Assertion/Subject/NameID")
		assert.Equal(t, saml.NameIDFormatTransient, name.SelectAttrValue("Format", ""))
		assert.Equal(t, w.idpV.http.URL+"/idp/metadata", name.SelectAttrValue("NameQualifier", ""))
		assert.Equal(t, w.spV.http.URL+"/saml/metadata", name.SelectAttrValue("SPNameQualifier", ""))
		issued, err := time.Parse(time.RFC3339, at("/Response/Assertion").SelectAttrValue("IssueInstant", ""))
		require.NoError(t, err)
		for _, path := range []string{"/Response/Assertion/Subject/SubjectConfirmation/SubjectConfirmationData", "/Response/Assertion/Conditions"} {
			end, err := time.Parse(time.RFC3339, at(path).SelectAttrValue("NotOnOrAfter", ""))
			require.NoError(t, err)
			assert.Equal(t, 5*time.Minute, end.Sub(issued), path)
		}
		assert.Equal(t, "xs:string", at("/Response/Assertion/AttributeStatement/Attribute/AttributeValue").SelectAttrValue("type", ""))
	}
}

// R-SLO-1: a request of logout is verified, its destination too; it ends the sessions of the name and the index, or all those of
// the name; a session that is not known is answered as one that was.
func TestRSLO1(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.NameID = saml.NameIDPersistent }
	})
	_, body := visit(t, w.browser, w.spV.http.URL+"/login")
	require.Contains(t, body, "signed in")
	second := browser(w.idpV, w.spV)
	_, body = visit(t, second, w.spV.http.URL+"/login")
	require.Contains(t, body, "signed in")
	require.Equal(t, 2, w.idpV.count())
	one := w.spV.sessions["session-x"].upstream
	require.Equal(t, one.NameID, w.spV.sessions["session-xx"].upstream.NameID, "a lasting name")

	// ask sends the request of a session that the test makes up, and returns where the answer goes.
	ask := func(c *http.Client, u saml.Upstream, change func(string) string) (status int, to string) {
		t.Helper()
		stop := *c
		stop.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		w.spV.mu.Lock()
		w.spV.sessions["made"] = session{upstream: u}
		w.spV.mu.Unlock()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.spV.http.URL+"/logout", nil)
		require.NoError(t, err)
		req.AddCookie(&http.Cookie{Name: "vendor", Value: "made"})
		bare := *c
		bare.Jar, bare.CheckRedirect = nil, stop.CheckRedirect
		res, err := bare.Do(req)
		require.NoError(t, err)
		_ = res.Body.Close()
		to = res.Header.Get("Location")
		if change != nil {
			to = change(to)
		}
		res, err = stop.Get(to)
		require.NoError(t, err)
		_ = res.Body.Close()
		return res.StatusCode, res.Header.Get("Location")
	}
	// A flipped character, and a message without its signature: nothing ends.
	for _, change := range []func(string) string{
		func(s string) string { return strings.Replace(s, "SAMLRequest=", "SAMLRequest=A", 1) },
		func(s string) string { head, _, _ := strings.Cut(s, "&SigAlg="); return head },
	} {
		status, _ := ask(w.browser, one, change)
		assert.Equal(t, http.StatusForbidden, status)
		require.Equal(t, 2, w.idpV.count())
	}
	// A session that is not known: the answer is the same.
	unknown := one
	unknown.SessionIndex = "_unknown"
	status, to := ask(w.browser, unknown, nil)
	assert.Equal(t, http.StatusFound, status)
	answer := mustURL(t, to)
	assert.Equal(t, "/saml/slo", answer.Path)
	assert.Equal(t, saml.StatusSuccess, statusOf(t, answer.RawQuery))
	require.Equal(t, 2, w.idpV.count())
	// One index ends that session alone.
	_, to = ask(w.browser, one, nil)
	assert.Equal(t, saml.StatusSuccess, statusOf(t, mustURL(t, to).RawQuery))
	assert.Equal(t, 1, w.idpV.count())
	// No index ends all those of the name.
	_, _ = visit(t, browser(w.idpV, w.spV), w.spV.http.URL+"/login")
	require.Equal(t, 2, w.idpV.count())
	all := one
	all.SessionIndex = ""
	_, _ = ask(w.browser, all, nil)
	assert.Zero(t, w.idpV.count())
	assert.NotContains(t, w.idpV.log.String(), "lea.dupont")
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	require.NoError(t, err)
	return u
}

// statusOf is the status in an answer of the redirect binding.
func statusOf(t *testing.T, rawQuery string) string {
	t.Helper()
	q, err := url.ParseQuery(rawQuery)
	require.NoError(t, err)
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromBytes(inflated(t, q.Get("SAMLResponse"))))
	el := doc.FindElement("/LogoutResponse/Status/StatusCode")
	require.NotNil(t, el)
	return el.SelectAttrValue("Value", "")
}

// A part of the caller's that fails at a logout: the partner is not told that all is over.
func TestLogoutThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
		sp.Ended = nil
	})
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	ended := w.idp.EndSession(t.Context(), "session-x")
	assert.Equal(t, 1, ended.Failed, "a service that cannot end sessions says so")
}
