package saml_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
)

// wire answers in the place of a partner, and keeps what was sent.
type wire struct {
	answer func(r *http.Request, id string) (int, string)
	mu     sync.Mutex
	sent   []string
}

var idOfRequest = regexp.MustCompile(` ID="([^"]+)"`)

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.sent = append(w.sent, string(b))
	w.mu.Unlock()
	rec := httptest.NewRecorder()
	status, body := w.answer(r, idOfRequest.FindStringSubmatch(string(b))[1])
	rec.WriteHeader(status)
	_, _ = rec.WriteString(body)
	return rec.Result(), nil
}

func soap(body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
}

// What a partner answers over SOAP counts when it is that partner's, and an answer to what was asked.
func TestSOAPAnswers(t *testing.T) {
	t.Parallel()
	const other = "https://other.example/metadata"
	answer := func(issuer, id, status string) string {
		return `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" Version="2.0" IssueInstant="` +
			time.Now().UTC().Format(time.RFC3339) + `" InResponseTo="` + id + `"><saml:Issuer>` + issuer + `</saml:Issuer><samlp:Status><samlp:StatusCode Value="` + status + `"/></samlp:Status></samlp:LogoutResponse>`
	}
	for name, c := range map[string]struct {
		answer func(t *testing.T, ours, id string) (int, string)
		plain  bool
		told   bool
	}{
		"signed": {func(t *testing.T, ours, id string) (int, string) {
			return 200, soap(sign(t, answer(ours, id, saml.StatusSuccess), "_a", recipe{key: pair()[1].Key}))
		}, false, true},
		"not signed, over TLS": {func(_ *testing.T, ours, id string) (int, string) {
			return 200, soap(answer(ours, id, saml.StatusSuccess))
		}, false, true},
		"signed, without TLS": {func(t *testing.T, ours, id string) (int, string) {
			return 200, soap(sign(t, answer(ours, id, saml.StatusSuccess), "_a", recipe{key: pair()[1].Key}))
		}, true, true},
		"not signed, without TLS": {func(_ *testing.T, ours, id string) (int, string) {
			return 200, soap(answer(ours, id, saml.StatusSuccess))
		}, true, false},
		"signed by another partner": {func(t *testing.T, _, id string) (int, string) {
			return 200, soap(sign(t, answer(other, id, saml.StatusSuccess), "_a", recipe{key: pair()[0].Key}))
		}, false, false},
		"of another partner": {func(_ *testing.T, _, id string) (int, string) {
			return 200, soap(answer(other, id, saml.StatusSuccess))
		}, false, false},
		"by nobody we know": {func(_ *testing.T, _, id string) (int, string) { return 200, soap(answer("x", id, saml.StatusSuccess)) }, false, false},
		"a signature of ours's key, altered": {func(t *testing.T, ours, id string) (int, string) {
			s := sign(t, answer(ours, id, saml.StatusResponder), "_a", recipe{key: pair()[1].Key})
			return 200, soap(strings.Replace(s, saml.StatusResponder, saml.StatusSuccess, 1))
		}, false, false},
		"to another request": {func(_ *testing.T, ours, _ string) (int, string) {
			return 200, soap(answer(ours, "_x", saml.StatusSuccess))
		}, false, false},
		"no": {func(_ *testing.T, ours, id string) (int, string) {
			return 200, soap(answer(ours, id, saml.StatusResponder))
		}, false, false},
		"two answers": {func(_ *testing.T, ours, id string) (int, string) {
			return 200, soap(answer(ours, id, saml.StatusSuccess) + strings.Replace(answer(ours, id, saml.StatusSuccess), "_a", "_b", 1))
		}, false, false},
		"a page":        {func(*testing.T, string, string) (int, string) { return 200, "<html>" }, false, false},
		"a redirection": {func(*testing.T, string, string) (int, string) { return 302, "" }, false, false},
		"without end": {func(_ *testing.T, ours, id string) (int, string) {
			return 200, soap(answer(ours, id, saml.StatusSuccess)) + strings.Repeat(" ", 1<<20)
		}, false, false},
		"a bomb": {func(*testing.T, string, string) (int, string) {
			return 200, `<!DOCTYPE a [<!ENTITY b "c">]>` + soap("&b;")
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := &wire{}
			w := newWorld(t, func(w *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
				idp.Egress = &http.Client{Transport: line}
				w.partner = func(p *saml.Partner) {
					for i := range p.Entity.Roles[0].Endpoints {
						if e := &p.Entity.Roles[0].Endpoints[i]; c.plain && e.Binding == saml.BindingSOAP {
							e.Location = strings.Replace(e.Location, "https:", "http:", 1)
						}
					}
				}
			})
			line.answer = func(_ *http.Request, id string) (int, string) {
				return c.answer(t, w.spV.http.URL+"/saml/metadata", id)
			}
			late := w.idpC.Partners.(*lateBook)
			known, err := late.Partner(t.Context(), w.spV.http.URL+"/saml/metadata")
			require.NoError(t, err)
			stranger := *known
			stranger.Entity.ID = other
			stranger.Entity.Roles = []saml.Role{{Kind: saml.RoleSP, Keys: []saml.Key{{Public: pair()[0].Key.Public()}}}}
			late.Book, err = saml.NewBook(*known, stranger)
			require.NoError(t, err)
			_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
			ended := w.idp.EndSession(t.Context(), "session-x")
			require.Len(t, line.sent, 1)
			if c.told {
				assert.Equal(t, 1, ended.Told)
			} else {
				assert.Equal(t, 1, ended.Failed)
			}
		})
	}
}

// Requests over SOAP: what the signature covers is what counts, wherever it is moved to.
func TestSOAPWrapping(t *testing.T) {
	t.Parallel()
	line := &wire{answer: func(*http.Request, string) (int, string) { return 500, "" }}
	w := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) { idp.Egress = &http.Client{Transport: line} })
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	victim := browser(w.idpV, w.spV)
	_, _ = visit(t, victim, w.spV.http.URL+"/login")
	name := w.spV.sessions["session-xx"].upstream.NameID.Value
	_ = w.idp.EndSession(t.Context(), "session-x")
	require.Len(t, line.sent, 1)
	genuine := line.sent[0]
	_, rest, _ := strings.Cut(genuine, "<soap:Body>")
	request, _, _ := strings.Cut(rest, "</soap:Body>")
	nameOf := regexp.MustCompile(`(<saml:NameID [^>]*>)[^<]+`)
	id := idOfRequest.FindStringSubmatch(request)[1]
	// evil names somebody else; bare has no signature.
	evil := nameOf.ReplaceAllString(request, "${1}"+name)
	bare := regexp.MustCompile(`(?s)<ds:Signature .*</ds:Signature>`).ReplaceAllString(evil, "")
	other := strings.Replace(evil, id, "_other", 1)
	envelope := func(header, body string) string {
		return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">` + header + `<soap:Body>` + body + `</soap:Body></soap:Envelope>`
	}
	send := func(document string) int {
		res, err := w.browser.Post(w.spV.http.URL+"/saml/slo", "text/xml", strings.NewReader(document))
		require.NoError(t, err)
		_ = res.Body.Close()
		return res.StatusCode
	}
	for what, document := range map[string]string{
		"altered":                          envelope("", evil),
		"no signature":                     envelope("", bare),
		"the signed one in the header":     envelope("<soap:Header>"+request+"</soap:Header>", strings.Replace(bare, id, "_other", 1)),
		"the signature of another element": envelope("<soap:Header>"+request+"</soap:Header>", other),
		"the same ID twice":                envelope("<soap:Header>"+request+"</soap:Header>", evil),
		"two in the body, evil first":      envelope("", strings.Replace(bare, id, "_other", 1)+request),
		"two in the body, evil last":       envelope("", request+strings.Replace(bare, id, "_other", 1)),
		"two bodies":                       envelope("", request+"</soap:Body><soap:Body>"+strings.Replace(bare, id, "_other", 1)),
		"one inside the other":             envelope("", strings.Replace(strings.Replace(bare, id, "_other", 1), "</samlp:LogoutRequest>", request+"</samlp:LogoutRequest>", 1)),
		"in an extension": envelope("", strings.Replace(strings.Replace(bare, id, "_other", 1), "<saml:NameID",
			`<samlp:Extensions>`+request+`</samlp:Extensions><saml:NameID`, 1)),
		"no envelope":  bare,
		"another name": strings.Replace(genuine, "LogoutRequest", "ManageNameIDRequest", 2),
		"empty":        envelope("", ""),
	} {
		assert.Equal(t, http.StatusForbidden, send(document), what)
		require.Equal(t, 2, w.spV.count(), what)
	}
	// It is not signed for another address, nor for later.
	assert.Equal(t, http.StatusOK, send(genuine))
	assert.Equal(t, 1, w.spV.count())
	_, body := visit(t, victim, w.spV.http.URL+"/x")
	assert.Contains(t, body, "signed in")
	w.clock.add(15 * time.Minute)
	assert.Equal(t, http.StatusForbidden, send(genuine))
	assert.NotContains(t, bytes.NewBufferString(w.spV.log.String()).String(), name)
}

// Which of the caller's sessions a request of logout names.
func TestLogoutRequestNames(t *testing.T) {
	t.Parallel()
	u := saml.Upstream{Issuer: "idp", NameID: saml.NameID{Value: "n", Format: saml.NameIDFormatPersistent, NameQualifier: "idp", SPNameQualifier: "sp"}, SessionIndex: "_1"}
	request := func(change func(*saml.LogoutRequest)) *saml.LogoutRequest {
		l := &saml.LogoutRequest{Issuer: "idp", NameID: u.NameID}
		change(l)
		return l
	}
	for name, c := range map[string]struct {
		change func(*saml.LogoutRequest)
		want   bool
	}{
		"all those of the name":          {func(*saml.LogoutRequest) {}, true},
		"that one":                       {func(l *saml.LogoutRequest) { l.SessionIndexes = []string{"_0", "_1"} }, true},
		"another one":                    {func(l *saml.LogoutRequest) { l.SessionIndexes = []string{"_2"} }, false},
		"another provider":               {func(l *saml.LogoutRequest) { l.Issuer = "other" }, false},
		"another name":                   {func(l *saml.LogoutRequest) { l.NameID.Value = "m" }, false},
		"the name of another service":    {func(l *saml.LogoutRequest) { l.NameID.SPNameQualifier = "other" }, false},
		"the name of another provider":   {func(l *saml.LogoutRequest) { l.NameID.NameQualifier = "other" }, false},
		"a name of another format":       {func(l *saml.LogoutRequest) { l.NameID.Format = saml.NameIDFormatTransient }, false},
		"a name without what it may say": {func(l *saml.LogoutRequest) { l.NameID = saml.NameID{Value: "n"} }, true},
		"a name of no format":            {func(l *saml.LogoutRequest) { l.NameID.Format = saml.NameIDFormatUnspecified }, true},
		"no name":                        {func(l *saml.LogoutRequest) { l.NameID.Value = "" }, false},
	} {
		assert.Equal(t, c.want, request(c.change).Names(u), name)
	}
	// A session that the provider gave no index to is one of the name.
	u.SessionIndex = ""
	assert.True(t, request(func(l *saml.LogoutRequest) { l.SessionIndexes = []string{"_1"} }).Names(u))
	assert.False(t, request(func(l *saml.LogoutRequest) { l.NameID.Value = "" }).Names(saml.Upstream{Issuer: "idp"}))
}
