//go:build unix

package cas_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/internal/peers"
)

// The two clients of CAS that are found everywhere, as Debian ships them: phpCAS and mod_auth_cas. Each signs somebody in at our
// server, reads the attributes, and learns of the end of the session. They are asked for in CI.

// provider is a vendor with a CAS server over TLS.
type provider struct {
	server *cas.Server
	http   *httptest.Server
	ca     string // its authority, in a file

	mu       sync.Mutex
	sessions map[string]time.Time
}

// newProvider starts one for an application at an address.
func newProvider(t *testing.T, preset string, urls ...string) *provider {
	t.Helper()
	p := &provider{sessions: map[string]time.Time{}}
	mux := http.NewServeMux()
	p.http = httptest.NewTLSServer(mux)
	t.Cleanup(p.http.Close)
	p.ca = peers.CAFile(t, p.http)
	rules := make([]cas.URLRule, len(urls))
	for i, u := range urls {
		rules[i] = cas.URLRule{Mode: cas.ModePrefix, URL: u, AllowHTTP: true}
	}
	services, issues := cas.NewServices(cas.Service{
		ID: "app", Name: "Application", Layout: layout(t, preset), URLs: rules, Logout: cas.LogoutBack, Standard: true, ProxyTargets: true,
		ProxyCallbacks: rules,
	})
	require.Empty(t, issues)
	session := func(r *http.Request) (string, time.Time, bool) {
		c, err := r.Cookie("vendor")
		if err != nil {
			return "", time.Time{}, false
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		at, ok := p.sessions[c.Value]
		return c.Value, at, ok
	}
	egress := p.http.Client() // it trusts the certificate of all servers of the test
	egress.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p.server = &cas.Server{
		BaseURL: p.http.URL + "/cas", Services: services, Tickets: cas.NewMemoryRegistry(nil), Egress: egress, Logger: slog.New(slog.DiscardHandler),
		Session: func(r *http.Request) (*identity.Principal, error) {
			id, at, ok := session(r)
			if !ok {
				return nil, nil
			}
			return &identity.Principal{Account: "us-42", Session: id, At: at}, nil
		},
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) {
			return &identity.Attributes{
				ID: "us-42", Login: "lea.dupont", External: "RENNES-5123456", Profile: ent.ProfilePupil, Name: ent.Name{Family: "D'ALMEIDA & Fils", Given: "Zoé"},
				Mail:    identity.Mails{Personal: "zoe@exemple.test"},
				Schools: []identity.School{{UAI: "0350029S", Name: "COLLEGE"}, {UAI: "0350030T", Name: "LYCEE"}},
			}, nil
		},
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			p.mu.Lock()
			id := fmt.Sprint("session-", len(p.sessions)+1)
			p.sessions[id] = time.Now()
			p.mu.Unlock()
			http.SetCookie(w, &http.Cookie{Name: "vendor", Value: id, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
			http.Redirect(w, r, back, http.StatusSeeOther)
		},
		SignOut: func(_ http.ResponseWriter, r *http.Request) error {
			id, _, _ := session(r)
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.sessions, id)
			return nil
		},
	}
	mux.Handle("/cas/", http.StripPrefix("/cas", p.server))
	return p
}

// at says where the server is.
func (p *provider) at() peers.CASServer {
	return peers.CASServer{Base: p.http.URL + "/cas", CAFile: p.ca}
}

// live is how many sessions of the vendor have not ended.
func (p *provider) live() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.sessions)
}

// opened is a page of an application that must be shown.
func opened(t *testing.T, b *peers.Browser, address string) *peers.Page {
	t.Helper()
	page := b.Get(address)
	require.Equal(t, http.StatusOK, page.Status, "%s: %s", page.URL.Path, page.Body)
	return page
}

// ends proves that an application forgets its session when the vendor's ends: it signs in again, to a new one.
func ends(t *testing.T, p *provider, b *peers.Browser, app string) {
	t.Helper()
	first := p.live()
	opened(t, b, app+"/encore")
	require.Equal(t, first, p.live(), "it keeps its session")
	opened(t, b, p.http.URL+"/cas/logout")
	require.Equal(t, first-1, p.live())
	opened(t, b, app+"/encore")
	assert.Equal(t, first, p.live(), "one ended, and another one began: it asked to sign in again")
}

// phpCAS signs in by CAS 3 and by SAML 1.1, reads attributes of the layouts' styles, and forgets its session when ours ends.
func TestPHPCAS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		preset, protocol string
		want             map[string]any
	}{
		{"milliweb", "CAS_VERSION_3_0", map[string]any{"Nom": "D'ALMEIDA & Fils", "Prenoms": "Zoé", "ENTPersonStructRattachRNE": []any{"0350029S", "0350030T"}, "uid": "RENNES-5123456"}},
		{"milliweb", "SAML_VERSION_1_1", map[string]any{"Nom": "D'ALMEIDA & Fils", "Prenoms": "Zoé", "ENTPersonStructRattachRNE": []any{"0350029S", "0350030T"}, "uid": "RENNES-5123456"}},
		{"universalis", "CAS_VERSION_3_0", map[string]any{"Nom": "D'ALMEIDA & Fils", "Prenoms": "Zoé", "ENTPersonStructRattachRNE": []any{"0350029S", "0350030T"}}},
	} {
		app := peers.NewPHPCAS(t, false)
		p := newProvider(t, c.preset, app.URL)
		app.Start(p.at(), c.protocol)
		b := peers.NewBrowser(t, p.ca)
		page := opened(t, b, app.URL+"/cours?semaine=12")
		assert.Equal(t, app.URL+"/cours?semaine=12", page.URL.String(), "without the ticket")
		got, in := app.Read(page)
		require.True(t, in, page.Body)
		assert.NotEmpty(t, got.User)
		for name, v := range c.want {
			assert.Equal(t, v, got.Attributes[name], "%s: %s", c.preset, name)
		}
		ends(t, p, b, app.URL)
	}
}

// phpCAS in proxy mode: it gets a proxy-granting ticket at its callback, and a proxy ticket that another service validates.
func TestPHPCASProxy(t *testing.T) {
	t.Parallel()
	const target = "https://back.example.org/notes"
	app := peers.NewPHPCAS(t, true)
	p := newProvider(t, "uid", app.URL, "https://back.example.org")
	app.Start(p.at(), "CAS_VERSION_3_0")
	ticket := func() string {
		page := opened(t, peers.NewBrowser(t, p.ca), app.URL+"/?target="+url.QueryEscape(target))
		got, in := app.Read(page)
		require.True(t, in, page.Body)
		require.Regexp(t, `^PT-`, got.ProxyTicket, page.Body)
		return got.ProxyTicket
	}
	client := &cas.Client{Application: "https://back.example.org", Server: cas.At(p.http.URL + "/cas"), HTTP: p.http.Client()}
	client.Server.Validate = p.http.URL + "/cas/p3/proxyValidate"
	_, err := client.Check(t.Context(), target, ticket())
	require.ErrorIs(t, err, cas.CodeProxies, "no chain is let in but those of a list")
	client.Proxies = [][]*regexp.Regexp{{regexp.MustCompile(regexp.QuoteMeta(app.URL) + "/.*")}}
	who, err := client.Check(t.Context(), target, ticket())
	require.NoError(t, err)
	assert.Equal(t, "lea.dupont", who.User)
}

// mod_auth_cas signs in, gives the attributes to what is behind it, and forgets its session when ours ends.
func TestModAuthCAS(t *testing.T) {
	t.Parallel()
	app := peers.NewModAuthCAS(t)
	p := newProvider(t, "milliweb", app.URL)
	app.Start(p.at())
	b := peers.NewBrowser(t, p.ca)
	page := opened(t, b, app.URL+"/cours?semaine=12")
	assert.Equal(t, app.URL+"/cours?semaine=12", page.URL.String())
	h, in := app.Headers(page)
	require.True(t, in, page.Body)
	assert.Equal(t, "RENNES-5123456", h.Get("CAS-User"))
	assert.Equal(t, "D'ALMEIDA & Fils", h.Get("CAS-Nom"))
	assert.Equal(t, "0350029S,0350030T", h.Get("CAS-ENTPersonStructRattachRNE"))
	ends(t, p, b, app.URL)
}
