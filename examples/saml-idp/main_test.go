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
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
)

// A service sends somebody to sign in, receives what its layout names, encrypted, and learns of the end of the session.
func TestProvider(t *testing.T) {
	t.Parallel()
	var provider, service http.Handler
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { provider.ServeHTTP(w, r) }))
	defer idp.Close()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { service.ServeHTTP(w, r) }))
	defer app.Close()
	var err error
	provider, err = handler(idp.URL, app.URL+"/saml/metadata")
	require.NoError(t, err)

	published := get(t, http.DefaultClient, idp.URL+"/idp/metadata")
	entities, err := saml.ReadMetadata([]byte(published))
	require.NoError(t, err)
	book, err := saml.NewBook(saml.Partner{Entity: entities[0], Contexts: []string{saml.PasswordProtected}})
	require.NoError(t, err)
	key, err := saml.SelfSigned("service", time.Now(), time.Now().AddDate(1, 0, 0))
	require.NoError(t, err)
	var got *saml.Assertion
	sp, err := saml.NewSP(saml.SPConfig{
		EntityID: app.URL + "/saml/metadata", BaseURL: app.URL + "/saml", PlainHTTP: true, Keys: []saml.KeyPair{key}, Partners: book, Store: saml.NewMemoryStore(nil),
		SignedIn: func(w http.ResponseWriter, _ *http.Request, a *saml.Assertion, back string) {
			got = a
			_, _ = io.WriteString(w, "signed in, to "+back)
		},
		Ended: func(context.Context, *saml.LogoutRequest) (int, error) {
			got = nil
			return 1, nil
		},
	})
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/saml/", http.StripPrefix("/saml", sp))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if err := sp.Login(w, r, idp.URL+"/idp/metadata", "/home"); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	service = mux

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(app.URL)
	require.NoError(t, err)
	body := read(t, res)
	require.Contains(t, body, "MARTIN Paule")
	res, err = browser.PostForm(res.Request.URL.String(), url.Values{"who": {"paule"}})
	require.NoError(t, err)
	assert.Equal(t, "signed in, to /home", posted(t, browser, read(t, res)))
	require.NotNil(t, got)
	assert.Equal(t, []string{"{AAF}14|1|77001", "{AAF}14|1|77002"}, got.Values("FrEduCtRefId"))
	assert.Equal(t, []string{"resp2d"}, got.Values("urn:oid:1.3.6.1.4.1.20326.10.999.1.7"))
	assert.Equal(t, []string{"MARTIN"}, got.Values("urn:oid:2.5.4.4"))
	assert.Len(t, got.Values("urn:oid:1.3.6.1.4.1.20326.10.999.1.57"), 1)

	res, err = browser.PostForm(idp.URL+"/logout", nil)
	require.NoError(t, err)
	_ = read(t, res)
	assert.Nil(t, got, "the service was told")
}

func get(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	res, err := c.Get(address)
	require.NoError(t, err)
	return read(t, res)
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

// posted posts the form that a page posts by itself.
func posted(t *testing.T, c *http.Client, body string) string {
	t.Helper()
	m := formOf.FindStringSubmatch(body)
	require.NotNil(t, m, body)
	values := url.Values{}
	for _, f := range fieldOf.FindAllStringSubmatch(body, -1) {
		values.Add(f[1], html.UnescapeString(f[2]))
	}
	res, err := c.PostForm(html.UnescapeString(m[1]), values)
	require.NoError(t, err)
	return read(t, res)
}
