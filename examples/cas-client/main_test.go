package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A server that knows one ticket: who has it is shown what the server says, until the server ends the session.
func TestClient(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cas/login" {
			http.Redirect(w, r, r.FormValue("service")+"?ticket=ST-1", http.StatusFound)
			return
		}
		assert.Equal(t, "ST-1", r.FormValue("ticket"))
		_, _ = io.WriteString(w, `{"serviceResponse":{"authenticationSuccess":{"user":"lea","attributes":{"grp":["1","2"]}}}}`)
	}))
	defer server.Close()
	var h http.Handler
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	defer app.Close()
	h = handler(app.URL, server.URL+"/cas")
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	get := func() string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL+"/", http.NoBody)
		require.NoError(t, err)
		res, err := browser.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return string(b)
	}
	assert.Equal(t, "lea\ngrp [1 2]\n", get())
	message := strings.NewReader("logoutRequest=" + `<LogoutRequest><SessionIndex>ST-1</SessionIndex></LogoutRequest>`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, app.URL+"/", message)
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	res.Body.Close()
	assert.Equal(t, http.StatusNoContent, res.StatusCode)
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	assert.Contains(t, get(), "/cas/login", "the session has ended")
}
