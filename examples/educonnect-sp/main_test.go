package main

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
)

// educonnect is an identity provider that signs in whoever the test says.
type educonnect struct {
	*httptest.Server
	idp        *saml.IDP
	references []string
	open       map[string]bool
}

func newEduConnect(t *testing.T, site string) *educonnect {
	t.Helper()
	e := &educonnect{open: map[string]bool{}}
	mux := http.NewServeMux()
	e.Server = httptest.NewServer(mux)
	t.Cleanup(e.Close)
	layout := identity.Layout{ID: "x", Principal: identity.Principle{First: []identity.Source{"id"}}, Elements: []identity.Element{
		{Name: "FrEduCtRefId", From: "extra.references"}, {Name: "FrEduCtPersonAffiliation", From: "extra.affiliation"},
	}}
	compiled, issues := layout.Compile()
	require.Empty(t, issues)
	key, err := saml.SelfSigned("educonnect", time.Now(), time.Now().AddDate(1, 0, 0))
	require.NoError(t, err)
	e.idp, err = saml.NewIDP(saml.IDPConfig{
		EntityID: e.URL + "/idp/metadata", BaseURL: e.URL + "/idp", PlainHTTP: true, Keys: []saml.KeyPair{key}, Partners: live{t, site, compiled}, Store: saml.NewMemoryStore(nil),
		Session: func(*http.Request) (*identity.Principal, error) {
			if !e.open["s"] {
				return nil, nil
			}
			return &identity.Principal{Account: "family", Session: "s", At: time.Now()}, nil
		},
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) {
			return &identity.Attributes{ID: "family", Extra: map[string][]string{"references": e.references, "affiliation": {"resp2d"}}}, nil
		},
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			e.open["s"] = true
			http.Redirect(w, r, back, http.StatusSeeOther)
		},
		End:    func(_ context.Context, s string) error { delete(e.open, s); return nil },
		Egress: identity.Egress(true),
	})
	require.NoError(t, err)
	mux.Handle("/idp/", http.StripPrefix("/idp", e.idp))
	return e
}

// One account is opened, two are offered, none is refused and logged out upstream; EduConnect ends the session too.
func TestFamilies(t *testing.T) {
	t.Parallel()
	var pages http.Handler
	us := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { pages.ServeHTTP(w, r) }))
	defer us.Close()
	idp := newEduConnect(t, us.URL)
	var err error
	pages, err = handler(us.URL, idp.URL+"/idp/metadata", idp.URL+"/idp/metadata")
	require.NoError(t, err)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	idp.references = []string{"{AAF}14|1|77001"}
	body := visit(t, browser, us.URL+"/educonnect")
	assert.Contains(t, body, "MARTIN Paule")
	assert.Contains(t, body, "compte u2")
	assert.EqualValues(t, 1, idp.idp.EndSession(t.Context(), "s").Told)
	assert.Contains(t, visit(t, browser, us.URL+"/"), "Entrer avec EduConnect", "the session is over here too")

	idp.references = []string{"{AAF}14|1|77001", "{AAF}14|1|77002"}
	body = visit(t, browser, us.URL+"/educonnect")
	require.Contains(t, body, "Avec quel compte")
	state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(body)[1]
	res, err := browser.PostForm(us.URL+"/choose", url.Values{"state": {state}, "n": {"1"}})
	require.NoError(t, err)
	assert.Contains(t, read(t, res), "compte u3")
	res, err = browser.PostForm(us.URL+"/choose", url.Values{"state": {state}, "n": {"0"}})
	require.NoError(t, err)
	assert.Contains(t, read(t, res), "recommencez")
	res, err = browser.PostForm(us.URL+"/logout", nil)
	require.NoError(t, err)
	assert.Contains(t, read(t, res), "Entrer avec EduConnect")
	assert.False(t, idp.open["s"], "and upstream")

	idp.references = []string{"{AAF}14|1|99999"}
	body = visit(t, browser, us.URL+"/educonnect")
	require.Contains(t, body, "Aucun compte ici")
	token := regexp.MustCompile(`name="refused" value="([^"]+)"`).FindStringSubmatch(body)[1]
	res, err = browser.PostForm(us.URL+"/logout", url.Values{"refused": {token}})
	require.NoError(t, err)
	assert.Contains(t, read(t, res), "Entrer avec EduConnect")
	assert.False(t, idp.open["s"], "the next person can sign in")
}

// live is the site as a partner, by the metadata that it publishes now.
type live struct {
	t      *testing.T
	site   string
	layout *identity.Compiled
}

func (l live) Partner(context.Context, string) (*saml.Partner, error) {
	res, err := http.Get(l.site + "/saml/metadata")
	if err != nil {
		return nil, err
	}
	list, err := saml.ReadMetadata([]byte(read(l.t, res)))
	if err != nil {
		return nil, err
	}
	return &saml.Partner{Entity: list[0], Layout: l.layout, Encrypt: true, SignResponse: true}, nil
}

func read(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(b)
}

var (
	formOf  = regexp.MustCompile(`<form id="to" method="post" action="([^"]+)">`)
	fieldOf = regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`)
)

// visit opens an address as a browser does, forms that post themselves included.
func visit(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	res, err := c.Get(address)
	require.NoError(t, err)
	body := read(t, res)
	m := formOf.FindStringSubmatch(body)
	if m == nil {
		return body
	}
	values := url.Values{}
	for _, f := range fieldOf.FindAllStringSubmatch(body, -1) {
		values.Add(f[1], html.UnescapeString(f[2]))
	}
	res, err = c.PostForm(html.UnescapeString(m[1]), values)
	require.NoError(t, err)
	return strings.TrimSpace(read(t, res))
}
