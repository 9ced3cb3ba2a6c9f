//go:build unix

package cas_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/internal/peers"
)

// gated is an application behind a Gate, with sessions of its own, by ticket.
type gated struct {
	gate *cas.Gate
	http *httptest.Server

	mu       sync.Mutex
	sessions map[string]*cas.Answer
	refused  []error
}

func newGated(t *testing.T, name string) *gated {
	t.Helper()
	a := &gated{sessions: map[string]*cas.Answer{}}
	who := func(r *http.Request) *cas.Answer {
		c, err := r.Cookie(name)
		if err != nil {
			return nil
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.sessions[c.Value]
	}
	a.gate = &cas.Gate{
		SignedIn: func(r *http.Request) bool { return who(r) != nil },
		Begin: func(w http.ResponseWriter, _ *http.Request, who *cas.Answer, ticket string) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.sessions[ticket] = who
			http.SetCookie(w, &http.Cookie{Name: name, Value: ticket, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
			return nil
		},
		End: func(_ context.Context, ticket string) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			delete(a.sessions, ticket)
			return nil
		},
		Failed: func(w http.ResponseWriter, _ *http.Request, err error) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.refused = append(a.refused, err)
			http.Error(w, "refused", http.StatusForbidden)
		},
		Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "bonjour "+who(r).User) }),
	}
	a.http = httptest.NewServer(a.gate)
	t.Cleanup(a.http.Close)
	a.gate.Client = &cas.Client{Application: a.http.URL}
	return a
}

// tickets are those of the sessions that last.
func (a *gated) tickets() (out []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for t := range a.sessions {
		out = append(out, t)
	}
	return out
}

// LemonLDAP::NG is the CAS server of many French administrations. Our client signs in at it, reads what it tells, is told of the
// end of a session, and takes its odd answers for what they are. Source: A15.
func TestLemonLDAP(t *testing.T) {
	t.Parallel()
	const fresh = 3 * time.Second
	// Version 2.16 writes values as they are, so that one with an ampersand makes XML that is none.
	const odd = "http://127.0.0.1/odd"
	app, strict := newGated(t, "app"), newGated(t, "strict")
	told := map[string]string{"cn": "cn", "mail": "mail", "ENTPersonNomPatro": "family", "ENTPersonStructRattachRNE": "schools"}
	server := peers.StartLemonLDAP(t, peers.LemonLDAPOptions{
		TLS: true, Fresh: fresh,
		Macros: map[string]string{"family": "D'ALMEIDA-É", "company": "Dupont & Fils <x>", "schools": "0350029S; 0350030T"},
		Apps: []peers.CASApplication{
			{Name: "app", Service: app.http.URL + "/", Attributes: told},
			{Name: "strict", Service: strict.http.URL + "/", Attributes: told},
			{Name: "odd", Service: odd, Attributes: map[string]string{"raison": "company"}},
		},
	})
	trusting := peers.NewBrowser(t, server.CAFile).HTTP
	app.gate.Client.Server, app.gate.Client.HTTP = cas.At(server.CAS), trusting
	strict.gate.Client.Server, strict.gate.Client.HTTP, strict.gate.Client.Renew = cas.At(server.CAS), trusting, true
	refusal := func(err error) cas.Failure {
		t.Helper()
		require.ErrorIs(t, err, cas.CodeRefused)
		r, _ := errors.AsType[cas.RefusedError](err)
		return r.Failure
	}

	// Nobody is signed in: the gateway comes back without a ticket.
	b := peers.NewBrowser(t, server.CAFile)
	const path = "/cours?semaine=12&mati%C3%A8re=fran%C3%A7ais"
	back := b.Step(http.MethodGet, app.gate.Client.LoginURL(app.http.URL+path, true), nil)
	assert.Equal(t, http.StatusFound, back.Status)
	assert.Equal(t, app.http.URL+path, back.Header.Get("Location"))

	// Somebody signs in, and comes back to the page that was asked for.
	p := b.SignIn(b.Get(app.http.URL+path), "rtyler", "rtyler")
	require.Equal(t, "bonjour rtyler", p.Body, "%v", app.refused)
	assert.Equal(t, app.http.URL+path, p.URL.String())
	require.Len(t, app.tickets(), 1)
	ticket := app.tickets()[0]
	who := app.sessions[ticket]
	assert.Equal(t, []string{"Rose Tyler"}, who.Get("cn"))
	assert.Equal(t, []string{"rtyler@badwolf.org"}, who.Get("mail"))
	assert.Equal(t, []string{"D'ALMEIDA-É"}, who.Get("ENTPersonNomPatro"))
	assert.Equal(t, []string{"0350029S", "0350030T"}, who.Get("ENTPersonStructRattachRNE"))

	other := peers.NewBrowser(t, server.CAFile)
	require.Equal(t, "bonjour msmith", other.SignIn(other.Get(app.http.URL+"/"), "msmith", "msmith").Body)
	signedIn := time.Now()

	// The ticket has served.
	_, err := app.gate.Client.Check(t.Context(), app.http.URL+path, ticket)
	assert.Equal(t, cas.InvalidTicket, refusal(err))
	stranger := peers.NewBrowser(t, server.CAFile)
	assert.Equal(t, http.StatusForbidden, stranger.Get(app.http.URL+"/cours?semaine=12&ticket="+ticket).Status)
	require.Len(t, app.refused, 1)
	assert.Equal(t, cas.InvalidTicket, refusal(app.refused[0]))

	// A ticket of another service is refused, and is no good any more for its own.
	given := func(service string) string {
		t.Helper()
		step := b.Step(http.MethodGet, app.gate.Client.LoginURL(service, false), nil)
		u, err := url.Parse(step.Header.Get("Location"))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(u.String(), service+"?ticket=ST-"), "%d %s", step.Status, step.Body)
		return u.Query().Get("ticket")
	}
	wrong := given(app.http.URL + "/encore")
	_, err = app.gate.Client.Check(t.Context(), app.http.URL+"/ailleurs", wrong)
	assert.Equal(t, cas.InvalidService, refusal(err))
	_, err = app.gate.Client.Check(t.Context(), app.http.URL+"/encore", wrong)
	assert.Equal(t, cas.InvalidTicket, refusal(err))

	// The whole of an answer, or nothing of it.
	who, err = app.gate.Client.Check(t.Context(), odd, given(odd))
	if err == nil {
		assert.Equal(t, []string{"Dupont & Fils <x>"}, who.Get("raison"))
	} else {
		require.ErrorIs(t, err, cas.CodeMalformed)
	}

	// Renew: it answers a plain "no", as CAS 1 does, where XML was asked for.
	time.Sleep(time.Until(signedIn.Add(fresh + time.Second)))
	_, err = strict.gate.Client.Check(t.Context(), strict.http.URL+"/encore", given(strict.http.URL+"/encore"))
	assert.Equal(t, cas.InvalidTicket, refusal(err))
	p = other.Get(strict.http.URL + "/notes")
	require.Len(t, p.Forms, 1, "the session that is there is not enough: it asks whether to ask")
	p = other.SignIn(other.Submit(&p.Forms[0]), "msmith", "msmith")
	require.Equal(t, "bonjour msmith", p.Body, "%v", strict.refused)
	require.Len(t, strict.tickets(), 1)

	// A session ends at the server: the application is told, and forgets that session and no other.
	require.Len(t, app.tickets(), 2)
	require.Equal(t, "bonjour rtyler", b.Get(app.http.URL+"/cours").Body)
	b.Get(server.CAS + "/logout")
	assert.Len(t, app.tickets(), 1)
	assert.NotContains(t, app.tickets(), ticket)
	assert.NotEqual(t, "bonjour rtyler", b.Get(app.http.URL+"/cours").Body)
	assert.Equal(t, "bonjour msmith", other.Get(app.http.URL+"/cours").Body)
	other.Get(server.Logout)
	assert.Empty(t, strict.tickets(), "the portal's own way out tells it too")
}
