package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/cas"
)

// Somebody chooses who they are, and the application receives what its layout names.
func TestServer(t *testing.T) {
	t.Parallel()
	var h http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	defer server.Close()
	var seen *cas.Answer
	gate := &cas.Gate{
		Client: &cas.Client{Server: cas.At(server.URL + "/cas")}, SignedIn: func(*http.Request) bool { return seen != nil },
		Begin: func(_ http.ResponseWriter, _ *http.Request, who *cas.Answer, _ string) error { seen = who; return nil },
		Next:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, seen.User) }),
	}
	app := httptest.NewServer(gate)
	defer app.Close()
	gate.Client.Application = app.URL
	var err error
	h, err = handler(server.URL, app.URL, "universalis")
	require.NoError(t, err)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	do := func(method, address string, form url.Values) (string, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := browser.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return string(b), res.Request.URL.String()
	}
	body, at := do(http.MethodGet, app.URL+"/", nil)
	require.Contains(t, body, "DUPONT Léa")
	body, _ = do(http.MethodPost, at, url.Values{"who": {"lea"}})
	assert.Equal(t, "lea.dupont", body)
	assert.Equal(t, []string{"0019991E"}, seen.Get("ENTPersonStructRattachRNE"))
	body, _ = do(http.MethodGet, server.URL+"/cas/logout", nil)
	assert.Contains(t, body, "déconnecté")
	_, err = handler(server.URL, app.URL, "nothing")
	require.ErrorContains(t, err, "pronote")
}
