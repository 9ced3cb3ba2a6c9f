package cas_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
)

// What browsers and people do: double clicks, two tabs, the Back button, refused cookies; and clocks that differ.

// entry asks for somebody's credentials, and returns where the vendor's login goes back to.
func (w *world) entry(params ...string) []string {
	w.t.Helper()
	require.Equal(w.t, http.StatusSeeOther, w.get("/login", append([]string{"service", app}, params...)...).Code)
	u, err := url.Parse(w.login)
	require.NoError(w.t, err)
	return append(params, "entry", u.Query().Get("entry"))
}

// fresh reports whether a sign-in counts as new.
func (w *world) fresh(params ...string) bool {
	w.t.Helper()
	return strings.Contains(w.validated("/serviceValidate", app, w.ticket(app, params...), "renew", "true"), "authenticationSuccess")
}

func TestDoubleClickAtTheLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	back := w.entry("renew", "true")
	w.pass(time.Minute)
	w.signIn()
	assert.True(t, w.fresh(back...))
	w.pass(5 * time.Second)
	assert.True(t, w.fresh(back...), "the second click of two is not asked again")
	w.pass(6 * time.Second)
	assert.Equal(t, http.StatusSeeOther, w.get("/login", append([]string{"service", app}, back...)...).Code, "the Back button, later, is: what was used once does not last longer by being used")
}

func TestTwoTabs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	one, two := w.entry(), w.entry("renew", "true")
	w.pass(time.Minute)
	w.signIn()
	assert.False(t, w.fresh(), "a ticket of the session is not new by itself")
	assert.True(t, w.fresh(two...), "who signed in at the first tab has done so since the second one asked")
	assert.True(t, w.fresh(one...))
}

// The session's clock is one minute late, or early: nobody is asked for ever, and who has not signed in again is not new.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-time.Minute, 0, time.Minute} {
		w := newWorld(t, nil)
		signIn := func(session string) {
			w.session = &identity.Principal{Account: w.person.ID, Session: session, At: w.clock().Add(skew)}
		}
		back := w.entry("renew", "true")
		signIn("session-1")
		assert.True(t, w.fresh(back...), "%v: credentials just now", skew)

		back = w.entry("renew", "true")
		w.pass(20 * time.Second)
		assert.Equal(t, http.StatusSeeOther, w.get("/login", append([]string{"service", app}, back...)...).Code, "%v: none since", skew)

		back = w.entry("renew", "true")
		w.pass(2 * time.Second)
		w.session.Session = "session-2"
		w.session.Remembered = true
		assert.Equal(t, http.StatusSeeOther, w.get("/login", append([]string{"service", app}, back...)...).Code, "%v: a remembered person", skew)
	}
}

// An entry that was made in another browser does not make somebody new who signed in before.
func TestEntryOfAnotherBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	mine := w.session
	w.pass(time.Hour)
	w.session = nil
	other := w.entry("renew", "true")
	w.session = mine
	assert.Equal(t, http.StatusSeeOther, w.get("/login", append([]string{"service", app}, other...)...).Code)
}

// A browser that keeps no cookie is told so, by the server and by the application, and is not sent round.
func TestCookiesRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	back := w.entry("renew", "true")
	rec := w.get("/login", append([]string{"service", app}, back...)...)
	assert.Equal(t, http.StatusForbidden, rec.Code)
	assert.Contains(t, rec.Body.String(), "refuse les cookies")
	assert.Contains(t, rec.Body.String(), `href="https://ent.example.fr/cas/login?renew=true&amp;service=https%3A%2F%2Fapp.example.org%2Fx"`)
	w.pass(11 * time.Second)
	assert.Equal(t, http.StatusSeeOther, w.get("/login", append([]string{"service", app}, back...)...).Code, "later it is a visit like another one")

	vendor := httptest.NewServer(http.StripPrefix("/cas", w.server))
	defer vendor.Close()
	w.server.BaseURL = vendor.URL + "/cas"
	client := &cas.Client{Server: cas.At(vendor.URL + "/cas")}
	shop := &application{}
	site := httptest.NewServer(shop.gate(client))
	defer site.Close()
	client.Application = site.URL
	services, issues := cas.NewServices(cas.Service{
		ID: "app", Layout: layout(t, "universalis"), URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: site.URL, AllowHTTP: true}},
	})
	require.Empty(t, issues)
	w.server.Services = services
	w.signIn()
	refusing := &http.Client{}
	req, err := http.NewRequest(http.MethodGet, site.URL+"/lessons?week=12", nil)
	require.NoError(t, err)
	req.Header.Set("Accept-Language", "en")
	res, err := refusing.Do(req)
	require.NoError(t, err, "it ends")
	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	page := body(t, res)
	assert.Contains(t, page, "Your browser refuses cookies")
	assert.Contains(t, page, "service="+url.QueryEscape(site.URL+"/lessons?week=12")+`"`, "the way on goes to what was wanted")
}

// A link with a ticket that has served: who is signed in goes on without it, who is not is shown how to sign in.
func TestLinkWithUsedTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	vendor := httptest.NewServer(http.StripPrefix("/cas", w.server))
	defer vendor.Close()
	w.server.BaseURL = vendor.URL + "/cas"
	client := &cas.Client{Server: cas.At(vendor.URL + "/cas")}
	shop := &application{}
	site := httptest.NewServer(shop.gate(client))
	defer site.Close()
	client.Application = site.URL
	services, issues := cas.NewServices(cas.Service{
		ID: "app", Layout: layout(t, "universalis"), URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: site.URL, AllowHTTP: true}},
	})
	require.Empty(t, issues)
	w.server.Services = services
	w.signIn()
	link := fmt.Sprintf("%s/lessons?week=12&ticket=%s", site.URL, w.ticket(site.URL+"/lessons?week=12"))
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	for range 2 {
		res, err := browser.Get(link)
		require.NoError(t, err)
		assert.Equal(t, "hello lea.dupont DUPONT", body(t, res))
		assert.Equal(t, "/lessons?week=12", res.Request.URL.RequestURI())
	}
	assert.Len(t, shop.sessions, 1)
	res, err := browser.Get(site.URL + "/helpdesk?ticket=42")
	require.NoError(t, err)
	body(t, res)
	assert.Equal(t, "/helpdesk?ticket=42", res.Request.URL.RequestURI(), "what is no ticket of CAS is the application's")

	res, err = (&http.Client{}).Get(link)
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	page := body(t, res)
	assert.Contains(t, page, "La connexion n&#39;a pas abouti")
	assert.Contains(t, page, url.QueryEscape(site.URL+"/lessons?week=12")+`"`)
	assert.NotContains(t, page, "ST-")
}
