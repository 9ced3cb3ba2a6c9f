package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/cas"
)

// An application signs the vendor's users in by CAS: the vendor's own login, its own session, its own tables; and learns of
// the end of the session.
func TestCASWithTheVendorsSession(t *testing.T) {
	t.Parallel()
	v := open(t)
	require.NoError(t, v.createAdmin(t.Context(), "admin", "secret of the admin"))

	var mu sync.Mutex
	sessions := map[string]string{} // of the application: ticket → who
	client := &cas.Client{}
	gate := &cas.Gate{
		Client: client,
		SignedIn: func(r *http.Request) bool {
			c, err := r.Cookie("app")
			mu.Lock()
			defer mu.Unlock()
			return err == nil && sessions[c.Value] != ""
		},
		Begin: func(w http.ResponseWriter, _ *http.Request, who *cas.Answer, ticket string) error {
			mu.Lock()
			defer mu.Unlock()
			sessions[ticket] = who.User + ", " + strings.Join(who.Get("Nom"), "")
			http.SetCookie(w, &http.Cookie{Name: "app", Value: ticket, Path: "/"})
			return nil
		},
		End: func(_ context.Context, ticket string) error {
			mu.Lock()
			defer mu.Unlock()
			delete(sessions, ticket)
			return nil
		},
		Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := r.Cookie("app")
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				_, _ = io.WriteString(w, "bonjour "+sessions[c.Value])
			}
		}),
	}
	app := httptest.NewServer(gate)
	defer app.Close()
	var pages http.Handler
	us := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { pages.ServeHTTP(w, r) }))
	defer us.Close()
	client.Application, client.Server = app.URL, cas.At(us.URL+"/cas")
	mux := v.mux()
	require.NoError(t, v.withCAS(mux, us.URL, app.URL, "universalis"))
	pages = guard(mux)

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	do := func(method, address string, form url.Values) (string, *url.URL) {
		req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r, err := browser.Do(req)
		require.NoError(t, err)
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		return string(b), r.Request.URL
	}
	get := func(address string) (string, *url.URL) { return do(http.MethodGet, address, nil) }
	post := func(address string, form url.Values) (string, *url.URL) { return do(http.MethodPost, address, form) }
	body, at := get(app.URL + "/cours?semaine=3")
	require.Contains(t, body, "Mot de passe", "the vendor's login")
	body, at = post(at.String(), url.Values{"login": {"admin"}, "password": {"secret of the admin"}})
	assert.Equal(t, "bonjour admin, Admin", body)
	assert.Equal(t, app.URL+"/cours?semaine=3", at.String())
	require.Len(t, sessions, 1)

	_, _ = post(us.URL+"/logout", nil)
	assert.Empty(t, sessions, "the application has been told")
	body, _ = get(app.URL + "/cours")
	assert.Contains(t, body, "Mot de passe")

	_, _ = post(us.URL+"/login?next="+url.QueryEscape("//evil.example/"), url.Values{"login": {"admin"}, "password": {"secret of the admin"}})
	body, at = get(us.URL + "/cas/login?service=" + url.QueryEscape("https://evil.example/"))
	assert.Equal(t, us.URL, at.Scheme+"://"+at.Host, "nobody is sent to who is not registered")
	assert.Contains(t, body, "pas enregistré")
}
