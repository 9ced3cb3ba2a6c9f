package cas_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
)

// world is a vendor with sessions and accounts of its own, and a CAS server on them.
type world struct {
	t      *testing.T
	server *cas.Server
	now    time.Time
	mu     sync.Mutex

	session *identity.Principal // who is signed in
	person  *identity.Attributes
	login   string // where the vendor's login sends back to
	renew   bool
	warn    bool
	journal []ent.Disclosure
	broken  error
	log     bytes.Buffer
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func layout(t testing.TB, id string) *identity.Compiled {
	t.Helper()
	l, ok := identity.Preset(id)
	require.True(t, ok, id)
	c, issues := l.Compile()
	require.Empty(t, issues)
	return c
}

func newWorld(t *testing.T, change func(*cas.Service)) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)}
	app := cas.Service{
		ID: "app", Name: "Application", Purpose: "vie scolaire", LegalBasis: "mission d'intérêt public", Layout: layout(t, "universalis"),
		URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://app.example.org"}, {Mode: cas.ModePrefix, URL: "http://127.0.0.1", AllowHTTP: true}},
	}
	if change != nil {
		change(&app)
	}
	back := app
	back.ID, back.URLs = "back", []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://back.example.org"}}
	back.ProxyTargets = true
	services, issues := cas.NewServices(app, back)
	require.Empty(t, issues)
	w.person = &identity.Attributes{
		ID: "us-42", Login: "lea.dupont", External: "RENNES-5123456", Profile: ent.ProfilePupil, Name: ent.Name{Family: "DUPONT", Given: "Léa"},
		Schools: []identity.School{{UAI: "0350029S", Name: "COLLEGE TEST"}},
	}
	w.server = &cas.Server{
		BaseURL: "https://ent.example.fr/cas", Services: services, Tickets: cas.NewMemoryRegistry(w.clock), Now: w.clock,
		Session: func(*http.Request) (*identity.Principal, error) { return w.session, w.broken },
		Attributes: func(_ context.Context, account ent.ID) (*identity.Attributes, error) {
			if w.person == nil || account != w.person.ID {
				return nil, w.broken
			}
			return w.person, w.broken
		},
		Login: func(rw http.ResponseWriter, r *http.Request, back string, renew bool) {
			w.login, w.renew = back, renew
			http.Redirect(rw, r, "/login-of-the-vendor", http.StatusSeeOther)
		},
		SignOut: func(http.ResponseWriter, *http.Request) error { w.session = nil; return nil },
		Warn:    func(*http.Request) bool { return w.warn },
		Journal: func(_ context.Context, _ ent.ID, d ent.Disclosure) error {
			w.journal = append(w.journal, d)
			return nil
		},
		Egress: identity.Egress(true), Logger: slog.New(slog.NewJSONHandler(&w.log, nil)),
	}
	require.Empty(t, w.server.Check())
	return w
}

// signIn is what the vendor's login does.
func (w *world) signIn() {
	w.session = &identity.Principal{Account: w.person.ID, Session: "session-1", At: w.clock()}
}

func (w *world) get(path string, params ...string) *httptest.ResponseRecorder {
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil))
	return rec
}

// ticket asks for a ticket in the session.
func (w *world) ticket(service string, params ...string) string {
	w.t.Helper()
	rec := w.get("/login", append([]string{"service", service}, params...)...)
	require.Equal(w.t, http.StatusFound, rec.Code, rec.Body.String())
	u, err := url.Parse(rec.Header().Get("Location"))
	require.NoError(w.t, err)
	require.Regexp(w.t, `^ST-[A-Za-z0-9]{22,}$`, u.Query().Get("ticket"))
	return u.Query().Get("ticket")
}

func (w *world) validated(path, service, ticket string, params ...string) string {
	w.t.Helper()
	rec := w.get(path, append([]string{"service", service, "ticket", ticket}, params...)...)
	require.Equal(w.t, http.StatusOK, rec.Code)
	return rec.Body.String()
}

const app = "https://app.example.org/x"

func code(f cas.Failure) string { return `code="` + string(f) + `"` }

// Acceptance A4 and R-CAS-3: the life of a ticket.
func TestAcceptanceA4(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	st := w.ticket(app)
	assert.Contains(t, w.validated("/serviceValidate", app, st), "<cas:user>lea.dupont</cas:user>")
	assert.Contains(t, w.validated("/serviceValidate", app, st), code(cas.InvalidTicket), "once")
	st = w.ticket(app)
	assert.Contains(t, w.validated("/serviceValidate", "https://app.example.org/y", st), code(cas.InvalidService))
	assert.Contains(t, w.validated("/serviceValidate", app, st), code(cas.InvalidTicket), "a wrong service has burnt it")
	st = w.ticket(app)
	w.pass(31 * time.Second)
	assert.Contains(t, w.validated("/serviceValidate", app, st), code(cas.InvalidTicket))
	st = w.ticket(app)
	assert.Contains(t, w.validated("/p3/serviceValidate", "https://other.example.org/", st), code(cas.InvalidService), "a service that is not registered")
	assert.Contains(t, w.validated("/serviceValidate", app, "ST-"+strings.Repeat("x", 300)), code(cas.InvalidTicket))
	assert.Contains(t, w.validated("/serviceValidate", app, "<script>"), code(cas.InvalidTicket))
}

// Acceptance A5: of many validations of one ticket one succeeds.
func TestAcceptanceA5(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.server.Journal = nil
	w.server.Logger = slog.New(slog.DiscardHandler)
	w.signIn()
	for range 20 {
		st := w.ticket(app)
		var ok, bad int
		var mu sync.Mutex
		var wait sync.WaitGroup
		for range 100 {
			wait.Go(func() {
				body := w.get("/serviceValidate", "service", app, "ticket", st).Body.String()
				mu.Lock()
				defer mu.Unlock()
				switch {
				case strings.Contains(body, "authenticationSuccess"):
					ok++
				case strings.Contains(body, code(cas.InvalidTicket)):
					bad++
				}
			})
		}
		wait.Wait()
		assert.Equal(t, []int{1, 99}, []int{ok, bad})
	}
}

// Acceptance A6 and R-CAS-5: what each address takes.
func TestAcceptanceA6(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *cas.Service) {
		s.ProxyCallbacks = []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://app.example.org/pgt"}}
	})
	assert.Contains(t, w.get("/serviceValidate", "service", app).Body.String(), code(cas.InvalidRequest))
	assert.Contains(t, w.get("/serviceValidate", "ticket", "ST-1").Body.String(), code(cas.InvalidRequest))
	assert.Contains(t, w.get("/serviceValidate", "service", app, "ticket", "ST-1", "ticket", "ST-2").Body.String(), code(cas.InvalidRequest), "two tickets")
	assert.Contains(t, w.get("/serviceValidate", "service", app, "ticket", "ST-1", "format", "YAML").Body.String(), code(cas.InvalidRequest))
	assert.Contains(t, w.get("/serviceValidate", "service", app, "ticket", "ST-1", "format", "json").Body.String(), `"code":"INVALID_TICKET"`)
	w.signIn()
	rec := w.get("/validate", "service", app, "ticket", w.ticket(app))
	assert.Equal(t, "yes\nlea.dupont\n", rec.Body.String())
	assert.Equal(t, "text/plain; charset=UTF-8", rec.Header().Get("Content-Type"))
	assert.Equal(t, "no\n", w.get("/validate", "service", app, "ticket", "ST-1").Body.String())
	rec = w.get("/p3/serviceValidate", "service", app, "ticket", w.ticket(app), "format", "JSON")
	var j struct {
		ServiceResponse struct {
			AuthenticationSuccess struct {
				User       string
				Attributes map[string]any
			}
		}
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &j))
	assert.Equal(t, "lea.dupont", j.ServiceResponse.AuthenticationSuccess.User)
	assert.Equal(t, "0350029S", j.ServiceResponse.AuthenticationSuccess.Attributes["ENTPersonStructRattachRNE"])
	assert.Equal(t, "application/json", rec.Header().Get("Content-Type"))
}

// Acceptance A7: renew.
func TestAcceptanceA7(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *cas.Service) { s.Standard = true; s.Layout = layout(t, "ode") })
	w.signIn()
	w.pass(time.Minute)
	assert.Contains(t, w.validated("/serviceValidate", app, w.ticket(app), "renew", "true"), code(cas.InvalidTicket), "in XML, for a ticket of the session")
	assert.NotContains(t, w.validated("/serviceValidate", app, w.ticket(app), "renew", "false"), "Failure")

	rec := w.get("/login", "service", app, "renew", "true")
	require.Equal(t, http.StatusSeeOther, rec.Code)
	assert.True(t, w.renew)
	back, err := url.Parse(w.login)
	require.NoError(t, err)
	assert.Equal(t, "https://ent.example.fr/cas/login", back.Scheme+"://"+back.Host+back.Path)
	rec = w.get("/login", "service", app, "renew", "true", "entry", back.Query().Get("entry"))
	assert.Equal(t, http.StatusSeeOther, rec.Code, "who comes back without having signed in again has not")
	back, err = url.Parse(w.login)
	require.NoError(t, err)
	w.pass(time.Second)
	w.signIn()
	st := w.ticket(app, "renew", "true", "entry", back.Query().Get("entry"))
	body := w.validated("/serviceValidate", app, st, "renew", "true")
	assert.Contains(t, body, "<cas:isFromNewLogin>true</cas:isFromNewLogin>")
	w.pass(11 * time.Second)
	assert.Equal(t, http.StatusSeeOther, w.get("/login", "service", app, "renew", "true", "entry", back.Query().Get("entry")).Code, "once")
}

// Acceptance A8: gateway.
func TestAcceptanceA8(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	rec := w.get("/login", "service", app+"?a=1", "gateway", "true")
	assert.Equal(t, http.StatusFound, rec.Code)
	assert.Equal(t, app+"?a=1", rec.Header().Get("Location"))
	assert.Equal(t, http.StatusSeeOther, w.get("/login", "service", app, "gateway", "true", "renew", "true").Code)
	assert.Equal(t, http.StatusSeeOther, w.get("/login", "gateway", "true").Code, "without a service it is as if it were not there")
	assert.Equal(t, http.StatusForbidden, w.get("/login", "service", "https://evil.example/", "gateway", "true").Code)
	w.signIn()
	w.ticket(app, "gateway", "true")
}

// Acceptance A9: the ticket stands after the query, before the fragment.
func TestAcceptanceA9(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	rec := w.get("/login", "service", "https://app.example.org/x?a=1#f")
	assert.Regexp(t, `^https://app\.example\.org/x\?a=1&ticket=ST-\w+#f$`, rec.Header().Get("Location"))
	assert.Equal(t, "no-store", rec.Header().Get("Cache-Control"))
	rec = w.get("/login", "service", app, "method", "POST")
	assert.Equal(t, http.StatusOK, rec.Code)
	assert.Regexp(t, `action="https://app.example.org/x"><input type="hidden" name="ticket" value="ST-\w+"`, rec.Body.String())
	assert.Contains(t, rec.Header().Get("Content-Security-Policy"), "script-src 'nonce-")
}

// Acceptance A11: each service learns of the end by its own ticket, and one that hangs delays the page once.
func TestAcceptanceA11(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		request := r.FormValue("logoutRequest")
		if r.URL.Path == "/hangs" {
			<-r.Context().Done()
			return
		}
		told <- r.URL.Path + " " + request
	}))
	defer service.Close()
	w := newWorld(t, func(s *cas.Service) { s.Logout = cas.LogoutBack })
	w.server.Services, _ = cas.NewServices(cas.Service{
		ID: "app", Layout: layout(t, "uid"), URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: service.URL, AllowHTTP: true}}, Logout: cas.LogoutBack,
	})
	w.signIn()
	// R-CAS-9: two tickets of one service are two visits.
	tickets := map[string]string{}
	for _, p := range []string{"/a", "/a", "/b", "/hangs", "/hangs"} {
		st := w.ticket(service.URL + p)
		tickets[st] = p
		if p != "/b" {
			w.validated("/serviceValidate", service.URL+p, st)
		}
	}
	began := time.Now()
	rec := w.get("/logout")
	assert.Equal(t, http.StatusOK, rec.Code)
	assert.Less(t, time.Since(began), 4*time.Second)
	assert.Contains(t, rec.Body.String(), "Vous êtes déconnecté")
	for range 3 {
		m := <-told
		path, body, _ := strings.Cut(m, " ")
		_, index, _ := strings.Cut(body, "<samlp:SessionIndex>")
		index, _, _ = strings.Cut(index, "<")
		assert.Equal(t, path, tickets[index])
		delete(tickets, index)
		if path == "/b" {
			assert.Contains(t, w.validated("/serviceValidate", service.URL+"/b", index), code(cas.InvalidTicket), "a ticket does not outlive its session")
		}
	}
	assert.Zero(t, w.server.EndSession(t.Context(), "session-1").Visits, "once")
}

// Acceptance A12: a logout leads nowhere but to a registered service.
func TestAcceptanceA12(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, params := range [][]string{{"service", "https://evil.example/"}, {"url", "https://evil.example/"}, {"url", app}} {
		w.signIn()
		rec := w.get("/logout", params...)
		assert.Equal(t, http.StatusOK, rec.Code)
		assert.Empty(t, rec.Header().Get("Location"))
		assert.Nil(t, w.session)
		assert.NotContains(t, rec.Body.String(), "evil")
	}
	rec := w.get("/logout", "service", app)
	assert.Equal(t, app, rec.Header().Get("Location"))
}

// The front channel: the browser tells the service, by a hidden frame of the page.
func TestFrontChannelLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *cas.Service) { s.Logout = cas.LogoutFront })
	w.signIn()
	st := w.ticket(app)
	w.validated("/serviceValidate", app, st)
	rec := w.get("/logout", "service", app)
	assert.Equal(t, http.StatusOK, rec.Code, "the page comes before the service")
	assert.Contains(t, rec.Body.String(), `<iframe src="https://app.example.org/x?SAMLRequest=`)
	assert.Contains(t, rec.Body.String(), `href="https://app.example.org/x"`)
}

// An address that nobody registered gets a page, and nobody.
func TestUnregistered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for range 2 {
		for _, s := range []string{"https://evil.example/", "https://app.example.org@evil.example/", "javascript:alert(1)", "https://app.example.org.evil.example/"} {
			rec := w.get("/login", "service", s)
			assert.Equal(t, http.StatusForbidden, rec.Code, s)
			assert.Empty(t, rec.Header().Get("Location"))
			assert.NotContains(t, rec.Body.String(), "evil")
		}
		w.signIn()
	}
	assert.Equal(t, http.StatusOK, w.get("/login").Code, "signed in, and nothing asked for")
}

// Who may use a service: by profile, by school, by day; what changes between ticket and validation counts.
func TestWhoMayUseAService(t *testing.T) {
	t.Parallel()
	open := true
	w := newWorld(t, func(s *cas.Service) {
		s.Profiles, s.Establishments = []ent.Profile{ent.ProfilePupil}, []ent.UAI{"0350029S"}
		s.Open = func(time.Time) bool { return open }
	})
	w.signIn()
	w.ticket(app)
	st := w.ticket(app)
	open = false
	assert.Contains(t, w.validated("/serviceValidate", app, st), code(cas.InvalidTicket))
	assert.Equal(t, http.StatusForbidden, w.get("/login", "service", app).Code)
	open = true
	w.person.Profile = ent.ProfileRelative
	rec := w.get("/login", "service", app)
	assert.Equal(t, http.StatusForbidden, rec.Code)
	assert.Contains(t, rec.Body.String(), "Application")
	w.person.Profile, w.person.Schools[0].UAI = ent.ProfilePupil, "0350030T"
	assert.Equal(t, http.StatusForbidden, w.get("/login", "service", app).Code)
	w.person.Schools[0].UAI = "0350029S"
	st = w.ticket(app)
	w.person = nil
	w.session.Account = "us-42"
	assert.Contains(t, w.validated("/serviceValidate", app, st), code(cas.InvalidTicket), "an account that is gone")
}

// A person who wants to be asked is, once per ticket; nobody else can answer.
func TestWarn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	w.warn = true
	rec := w.get("/login", "service", app)
	require.Equal(t, http.StatusOK, rec.Code)
	_, link, _ := strings.Cut(rec.Body.String(), `<a href="`)
	link, _, _ = strings.Cut(link, `"`)
	u, err := url.Parse(strings.ReplaceAll(link, "&amp;", "&"))
	require.NoError(t, err)
	confirm := u.Query().Get("confirm")
	require.NotEmpty(t, confirm)
	assert.Equal(t, http.StatusOK, w.get("/login", "service", "https://app.example.org/other", "confirm", confirm).Code, "for this service only")
	rec = w.get("/login", "service", app)
	_, link, _ = strings.Cut(rec.Body.String(), `confirm=`)
	confirm, _, _ = strings.Cut(link, "&")
	w.ticket(app, "confirm", confirm)
	w.ticket(app, "confirm", confirm) // a double click
	w.pass(11 * time.Second)
	assert.Equal(t, http.StatusOK, w.get("/login", "service", app, "confirm", confirm).Code, "once")
}

// A registry, or an account base, that does not answer is no verdict on a ticket.
func TestDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	st := w.ticket(app)
	w.broken = errors.New("the base is down")
	for _, p := range []string{"/serviceValidate", "/p3/serviceValidate", "/validate"} {
		rec := w.get(p, "service", app, "ticket", st)
		assert.Equal(t, http.StatusServiceUnavailable, rec.Code, p)
		assert.NotContains(t, rec.Body.String(), "INVALID_TICKET")
		w.broken = nil
		st = w.ticket(app)
		w.broken = errors.New("the base is down")
	}
	assert.Equal(t, http.StatusServiceUnavailable, w.get("/login", "service", app).Code)
	w.broken = nil
	w.server.Tickets = downRegistry{}
	rec := w.get("/serviceValidate", "service", app, "ticket", st)
	assert.Equal(t, http.StatusServiceUnavailable, rec.Code)
	assert.Contains(t, rec.Body.String(), code(cas.InternalError))
	assert.Equal(t, http.StatusServiceUnavailable, w.get("/login", "service", app).Code)
}

type downRegistry struct{ cas.Registry }

var errDown = errors.New("registry down")

func (downRegistry) Put(context.Context, string, []byte, time.Duration) error { return errDown }
func (downRegistry) Get(context.Context, string) ([]byte, error)              { return nil, errDown }

func (downRegistry) Take(context.Context, string) ([]byte, error)              { return nil, errDown }
func (downRegistry) Join(context.Context, string, []byte, time.Duration) error { return errDown }

// The proxy flow, and a chain of two. Acceptance A10: the last proxy comes first.
func TestAcceptanceA10(t *testing.T) {
	t.Parallel()
	granted := map[string]string{}
	callback := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refuses" {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		granted[r.FormValue("pgtIou")] = r.FormValue("pgtId")
	}))
	defer callback.Close()
	w := newWorld(t, func(s *cas.Service) {
		s.ProxyCallbacks = []cas.URLRule{{Mode: cas.ModePrefix, URL: callback.URL}}
		s.ProxyTargets = true
	})
	w.server.Egress = callback.Client()
	w.signIn()
	body := w.validated("/serviceValidate", app, w.ticket(app), "pgtUrl", callback.URL+"/one?x=1")
	_, iou, found := strings.Cut(body, "<cas:proxyGrantingTicket>")
	require.True(t, found, body)
	iou, _, _ = strings.Cut(iou, "<")
	pgt := granted[iou]
	require.Regexp(t, `^PGT-`, pgt)
	assert.NotContains(t, iou, pgt)

	proxied := func(pgt, target string) string {
		rec := w.get("/proxy", "pgt", pgt, "targetService", target)
		_, pt, _ := strings.Cut(rec.Body.String(), "<cas:proxyTicket>")
		pt, _, _ = strings.Cut(pt, "<")
		require.Regexp(t, `^PT-`, pt, rec.Body.String())
		return pt
	}
	const back = "https://back.example.org/y"
	assert.Contains(t, w.validated("/serviceValidate", back, proxied(pgt, back)), code(cas.InvalidTicketSpec), "A6: only where proxies are asked for")
	assert.Equal(t, "no\n", w.validated("/validate", back, proxied(pgt, back)))
	pt := proxied(pgt, back)
	body = w.validated("/proxyValidate", back, pt, "pgtUrl", callback.URL+"/two")
	assert.Contains(t, body, "<cas:proxies><cas:proxy>"+callback.URL+"/one?x=1</cas:proxy></cas:proxies>")
	assert.Contains(t, w.validated("/proxyValidate", back, pt), code(cas.InvalidTicket), "once")
	_, iou, _ = strings.Cut(body, "<cas:proxyGrantingTicket>")
	iou, _, _ = strings.Cut(iou, "<")
	body = w.validated("/p3/proxyValidate", app, proxied(granted[iou], app))
	assert.Contains(t, body, "<cas:proxies><cas:proxy>"+callback.URL+"/two</cas:proxy><cas:proxy>"+callback.URL+"/one?x=1</cas:proxy></cas:proxies>")
	assert.Contains(t, w.validated("/proxyValidate", app, w.ticket(app)), "authenticationSuccess", "a service ticket too")

	body = w.validated("/serviceValidate", app, w.ticket(app), "pgtUrl", callback.URL+"/refuses")
	assert.Contains(t, body, "authenticationSuccess", "R-CAS-7: a call that fails leaves the block out")
	assert.NotContains(t, body, "proxyGrantingTicket")
	for _, bad := range []string{"https://evil.example/", "http://app.example.org/pgt", strings.Replace(callback.URL, "https", "http", 1)} {
		assert.Contains(t, w.validated("/serviceValidate", app, w.ticket(app), "pgtUrl", bad), code(cas.InvalidProxyCallback), bad)
	}
	assert.Contains(t, w.get("/proxy", "pgt", pgt).Body.String(), code(cas.InvalidRequest))
	assert.Contains(t, w.get("/proxy", "pgt", "PGT-nothing", "targetService", back).Body.String(), `<cas:proxyFailure code="INVALID_TICKET"`)
	assert.Contains(t, w.get("/proxy", "pgt", pgt, "targetService", "https://evil.example/").Body.String(), code(cas.UnauthorizedService))
	assert.Contains(t, w.get("/proxy", "pgt", pgt, "targetService", back, "format", "JSON").Body.String(), `"proxyTicket":"PT-`)
	w.server.EndSession(t.Context(), "session-1")
	assert.Contains(t, w.get("/proxy", "pgt", pgt, "targetService", back).Body.String(), code(cas.InvalidTicket), "it dies at logout")
}

func TestServiceThatMayNotProxy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	assert.Contains(t, w.validated("/serviceValidate", app, w.ticket(app), "pgtUrl", "https://app.example.org/pgt"), code(cas.UnauthorizedServiceProxy))
}

// Every release is recorded before it leaves, by names; one that cannot be recorded does not leave.
func TestJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	w.validated("/serviceValidate", app, w.ticket(app))
	require.Len(t, w.journal, 1)
	assert.Equal(t, "app", w.journal[0].Recipient)
	assert.Equal(t, "vie scolaire", w.journal[0].Purpose)
	assert.Contains(t, w.journal[0].Fields, ent.Field("name.family"))
	assert.NotContains(t, fmt.Sprint(w.journal), "DUPONT")
	w.server.Journal = func(context.Context, ent.ID, ent.Disclosure) error { return errors.New("disk full") }
	rec := w.get("/serviceValidate", "service", app, "ticket", w.ticket(app))
	assert.Equal(t, http.StatusServiceUnavailable, rec.Code)
	assert.NotContains(t, rec.Body.String(), "DUPONT")
}

// R-CAS-18: neither a ticket nor a personal value is in the log.
func TestLogsHoldNoTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *cas.Service) { s.Logout = cas.LogoutBack })
	w.signIn()
	st := w.ticket(app)
	w.validated("/serviceValidate", app, st)
	w.validated("/serviceValidate", app, st)
	w.server.Egress = &http.Client{Transport: failing{}}
	w.get("/logout")
	text := w.log.String()
	require.Contains(t, text, "logout not told")
	for _, secret := range []string{st, st[3:], "lea.dupont", "DUPONT", "5123456", "session-1"} {
		assert.NotContains(t, text, secret)
	}
}

type failing struct{}

func (failing) RoundTrip(r *http.Request) (*http.Response, error) {
	b, _ := io.ReadAll(r.Body)
	return nil, fmt.Errorf("cannot send to a service (%d bytes)", len(b))
}

func TestCheck(t *testing.T) {
	t.Parallel()
	assert.Len(t, (&cas.Server{}).Check(), 6)
	require.NoError(t, cas.Catalog().Check())
	_, issues := cas.NewServices(cas.Service{}, cas.Service{ID: "x", TicketLife: time.Second, Logout: "no", URLs: []cas.URLRule{{Mode: "?", URL: "x"}}})
	assert.Len(t, issues, 7)
	require.ErrorIs(t, issues.Err(), cas.CodeService)
	require.ErrorIs(t, issues.Err(), cas.CodeURLRule)
}

// Private addresses are not called, whatever name leads there.
func TestEgress(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.NotFoundHandler())
	defer inside.Close()
	for _, host := range []string{inside.URL, strings.Replace(inside.URL, "127.0.0.1", "localhost", 1)} {
		res, err := identity.Egress(false).Get(host)
		if err == nil {
			res.Body.Close()
		}
		require.ErrorContains(t, err, "private", host)
		res, err = identity.Egress(true).Get(host)
		require.NoError(t, err)
		res.Body.Close()
	}
}
