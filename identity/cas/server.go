package cas

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

// Server is a CAS server on the caller's own sessions and accounts. The struct is the configuration: it is not changed once it
// serves. Safe for concurrent use.
type Server struct {
	// BaseURL is where the server is reached, without a final slash: "https://ent.example.fr/cas". It is never guessed from a
	// request.
	BaseURL string
	// Services finds the registration of a service; Tickets keeps tickets.
	Services Registered
	Tickets  Registry
	// Session says who is signed in, nil for nobody. Principal.Session names the session for EndSession.
	Session func(r *http.Request) (*identity.Principal, error)
	// Attributes returns what is known of an account; nil for one that is gone or blocked, which gets no ticket.
	Attributes func(ctx context.Context, account ent.ID) (*identity.Attributes, error)
	// Login sends the browser to the caller's login, which sends it back to an address of this server. renew asks for
	// credentials although there is a session.
	Login func(w http.ResponseWriter, r *http.Request, back string, renew bool)
	// SignOut ends the caller's session, at /logout; EndSession is called after it.
	SignOut func(w http.ResponseWriter, r *http.Request) error
	// Warn says that the person wants to be asked before each ticket; nil for never.
	Warn func(r *http.Request) bool
	// Page shows a page of this server; a plain one in French and English when nil.
	Page func(w http.ResponseWriter, r *http.Request, p Page)
	// Journal records a release before it leaves; when it fails nothing is released.
	Journal func(ctx context.Context, account ent.ID, d ent.Disclosure) error
	// Opaque makes identifiers for one partner: see identity.Opaque.
	Opaque func(partner string, account ent.ID) string
	// SessionLife is how long a session lasts at most, 10 hours when zero: what is kept for it goes then.
	SessionLife time.Duration
	// Egress reaches services, to tell them of a logout and to send proxy-granting tickets; a careful one when nil: see
	// identity.Egress.
	Egress *http.Client
	// Logger says what is done, without a ticket or a personal value; slog.Default when nil.
	Logger *slog.Logger
	// Now and Random are time.Now and crypto/rand when nil.
	Now    func() time.Time
	Random io.Reader

	rates rates
}

const (
	defaultSessionLife = 10 * time.Hour
	// entryLife is how long somebody may take to sign in.
	entryLife = 10 * time.Minute
	// doubleClick is how long a link of ours that has served still serves.
	doubleClick = 10 * time.Second
	// clockSkew is by how much the clock of the caller's sessions may differ from this one.
	clockSkew = time.Minute
)

// Check returns what the configuration lacks.
func (s *Server) Check() ent.Issues {
	var out ent.Issues
	file := func(wrong bool, field ent.Field) {
		if wrong {
			out = append(out, catalog().New(CodeSetup, ent.Pos{}, "$."+string(field), ent.FieldOf("field", field)))
		}
	}
	u, err := url.Parse(s.BaseURL)
	file(err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.HasSuffix(s.BaseURL, "/") || u.RawQuery != "", "baseUrl")
	file(s.Services == nil, "services")
	file(s.Tickets == nil, "tickets")
	file(s.Session == nil, "session")
	file(s.Attributes == nil, "attributes")
	file(s.Login == nil, "login")
	return out
}

func (s *Server) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Server) random() io.Reader {
	if s.Random == nil {
		return rand.Reader
	}
	return s.Random
}

func (s *Server) log() *slog.Logger {
	if s.Logger == nil {
		return slog.Default()
	}
	return s.Logger
}

func (s *Server) sessionLife() time.Duration {
	if s.SessionLife == 0 {
		return defaultSessionLife
	}
	return s.SessionLife
}

// ServeHTTP answers at the addresses of the protocol, below the prefix that the caller has stripped.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/login":
		s.login(w, r)
	case "/logout":
		s.logout(w, r)
	case "/validate":
		s.validate1(w, r)
	case "/serviceValidate", "/p3/serviceValidate":
		s.validate(w, r, serviceTicket)
	case "/proxyValidate", "/p3/proxyValidate":
		s.validate(w, r, serviceTicket, proxyTicket)
	case "/proxy":
		s.proxy(w, r)
	case "/samlValidate":
		s.samlValidate(w, r)
	default:
		http.NotFound(w, r)
	}
}

// set reports whether a flag of a request is set: with any value but none and "false".
func set(q url.Values, name string) bool {
	v := q.Get(name)
	return v != "" && !strings.EqualFold(v, "false")
}

// query reads the parameters of a request that changes nothing, false when they are not readable.
func query(r *http.Request) (url.Values, bool) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	return q, err == nil
}

// login is where a service sends a browser. Source: CAS protocol 3.0.3, 2.1.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	q, ok := query(r)
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.page(w, r, Page{Kind: PageBadRequest, Status: http.StatusBadRequest})
		return
	}
	v := &visitor{s: s, w: w, r: r, q: q, asked: q.Get("service")}
	if v.asked == "" {
		v.asked, v.saml = q.Get("TARGET"), q.Get("TARGET") != ""
	}
	if err := v.run(); err != nil {
		v.fail(err)
	}
}

// visitor is one request to /login.
type visitor struct {
	s *Server
	w http.ResponseWriter
	r *http.Request
	q url.Values

	// asked is the address of the service as it stands in the request, under service or, for SAML 1.1, under TARGET.
	asked   string
	saml    bool
	service *Service
	bound   string
	address *url.URL
	who     *identity.Principal
	fresh   bool
}

func (v *visitor) fail(err error) {
	s := v.s
	switch {
	case errors.Is(err, CodeUnregistered):
		s.page(v.w, v.r, Page{Kind: PageUnregistered, Status: http.StatusForbidden})
	case errors.Is(err, CodeNotAllowed), errors.Is(err, identity.CodeNoPrincipal):
		s.page(v.w, v.r, Page{Kind: PageNotAllowed, Status: http.StatusForbidden, Service: v.service.Name})
	default:
		s.log().ErrorContext(v.r.Context(), "cas: login", slog.Any("error", err))
		s.page(v.w, v.r, Page{Kind: PageUnavailable, Status: http.StatusServiceUnavailable})
	}
}

func (v *visitor) run() error {
	s, ctx := v.s, v.r.Context()
	var err error
	if v.asked != "" {
		// A service that is not registered is not sent anybody, signed in or not.
		if v.service, err = s.Services.Service(ctx, v.asked); err != nil {
			return err
		}
		if v.bound, v.address, err = v.service.bound(v.asked); err != nil {
			return errors.Join(catalog().New(CodeUnregistered, ent.Pos{}, "$"), err)
		}
	}
	if v.who, err = s.Session(v.r); err != nil {
		return err
	}
	var back bool
	if v.fresh, back, err = v.since(ctx); err != nil {
		return err
	}
	renew := set(v.q, "renew") || v.service != nil && v.service.FreshLogin
	gateway := set(v.q, "gateway") && !renew && v.service != nil
	switch {
	case v.who == nil && back:
		// Signed in a moment ago, and nothing of it has come along: asking again would ask for ever.
		s.page(v.w, v.r, Page{Kind: PageNoCookies, Status: http.StatusForbidden, Continue: s.BaseURL + "/login?" + v.again().Encode()})
		return nil
	case v.who == nil && gateway:
		v.redirect("")
		return nil
	case v.who == nil || renew && !v.fresh:
		return v.signIn(ctx, renew)
	case v.service == nil:
		s.page(v.w, v.r, Page{Kind: PageSignedIn, Status: http.StatusOK})
		return nil
	}
	return v.admit(ctx)
}

// since reports whether the person has given credentials since this server asked for them, and whether the browser comes back
// from the login it was sent to.
func (v *visitor) since(ctx context.Context) (fresh, back bool, err error) {
	e := v.q.Get("entry")
	if !shaped(e, loginEntry) {
		return false, false, nil
	}
	g, back, err := v.s.once(ctx, e)
	if !back || v.who == nil {
		return false, back, err
	}
	// Another session, or new credentials in the same one; not older than the question, but for the clocks of two nodes: an
	// entry that another browser was given must not make somebody fresh who signed in long ago.
	changed := g.session != keyOf(v.who.Session) || g.bound != v.who.At.UTC().Format(time.RFC3339Nano)
	return changed && !v.who.Remembered && !v.who.At.Before(g.at.Add(-clockSkew)), true, nil
}

// once reads what a token of this server stands for, false when it stands for nothing any more. A token that has served lasts
// for a double click, and no longer.
func (s *Server) once(ctx context.Context, token string) (grant, bool, error) {
	b, err := s.Tickets.Get(ctx, keyOf(token))
	if errors.Is(err, CodeGone) {
		return grant{}, false, nil
	}
	if err != nil {
		return grant{}, false, err
	}
	g, ok := decodeGrant(b)
	if !ok {
		return grant{}, false, nil
	}
	if used := g.remember; !used {
		g.remember = true
		err = s.Tickets.Put(ctx, keyOf(token), g.encode(), doubleClick)
	}
	return g, err == nil, err
}

// signIn sends the browser to the caller's login, and back here.
func (v *visitor) signIn(ctx context.Context, renew bool) error {
	s := v.s
	entry, err := newTicket(s.random(), loginEntry)
	if err != nil {
		return err
	}
	g := grant{at: s.now()}
	if v.who != nil {
		g.session, g.bound = keyOf(v.who.Session), v.who.At.UTC().Format(time.RFC3339Nano)
	}
	if err := s.Tickets.Put(ctx, keyOf(entry), g.encode(), entryLife); err != nil {
		return err
	}
	back := v.again()
	back.Set("entry", entry)
	s.Login(v.w, v.r, s.BaseURL+"/login?"+back.Encode(), renew)
	return nil
}

// again are the parameters of the same request.
func (v *visitor) again() url.Values {
	out := url.Values{}
	for _, name := range []string{"service", "TARGET", "renew", "method"} {
		if x := v.q.Get(name); x != "" {
			out.Set(name, x)
		}
	}
	return out
}

// admit gives a ticket to who may have one.
func (v *visitor) admit(ctx context.Context) error {
	s := v.s
	a, err := s.Attributes(ctx, v.who.Account)
	if err != nil {
		return err
	}
	if a == nil || !v.service.allows(a, s.now()) {
		return catalog().New(CodeNotAllowed, ent.Pos{}, "$")
	}
	// Who has no name for this partner is told so here, and not by the partner.
	if _, err := v.service.Layout.Release(a, s.context(v.service, nil, v.fresh, v.who.Remembered)); err != nil {
		return err
	}
	if s.Warn != nil && s.Warn(v.r) {
		confirmed, err := v.confirmed(ctx)
		if err != nil || !confirmed {
			return err
		}
	}
	g := grant{
		bound: v.bound, serviceID: v.service.ID, account: v.who.Account, session: v.who.Session, at: v.who.At, fresh: v.fresh, remember: v.who.Remembered,
	}
	ticket, err := s.issue(ctx, serviceTicket, &g, v.service.life(), v.asked)
	if err != nil {
		return err
	}
	s.log().InfoContext(ctx, "cas: ticket given", slog.String("service", v.service.ID), slog.String("ticket", shown(ticket)))
	v.redirect(ticket)
	return nil
}

// confirmed asks the person before a ticket is given, and reports whether they have agreed.
func (v *visitor) confirmed(ctx context.Context) (bool, error) {
	s := v.s
	if c := v.q.Get("confirm"); shaped(c, loginEntry) {
		g, there, err := s.once(ctx, c)
		if err != nil {
			return false, err
		}
		if there && g.session == keyOf(v.who.Session) && g.bound == v.bound {
			return true, nil
		}
	}
	token, err := newTicket(s.random(), loginEntry)
	if err != nil {
		return false, err
	}
	g := grant{session: keyOf(v.who.Session), bound: v.bound, at: s.now()}
	if err := s.Tickets.Put(ctx, keyOf(token), g.encode(), entryLife); err != nil {
		return false, err
	}
	q := url.Values{v.parameter("service", "TARGET"): {v.asked}, "confirm": {token}}
	if m := v.q.Get("method"); m != "" {
		q.Set("method", m)
	}
	s.page(v.w, v.r, Page{Kind: PageConfirm, Status: http.StatusOK, Service: v.service.Name, Continue: s.BaseURL + "/login?" + q.Encode()})
	return false, nil
}

// issue puts a ticket into the registry, and into its session.
func (s *Server) issue(ctx context.Context, k kind, g *grant, life time.Duration, address string) (string, error) {
	ticket, err := newTicket(s.random(), k)
	if err != nil {
		return "", err
	}
	// The session first: a ticket that its end does not find would outlive it.
	visit := visit{ticket, address, g.serviceID}
	if err := s.Tickets.Join(ctx, keyOf(g.session), visit.encode(), s.sessionLife()); err != nil {
		return "", err
	}
	return ticket, s.Tickets.Put(ctx, keyOf(ticket), g.encode(), life)
}

// parameter returns how something is called in the protocol of the request.
func (v *visitor) parameter(cas, saml string) string {
	if v.saml {
		return saml
	}
	return cas
}

// redirect sends the browser to the service, with a ticket unless there is none.
func (v *visitor) redirect(ticket string) {
	h := v.w.Header()
	noStore(h)
	if ticket != "" && strings.EqualFold(v.q.Get("method"), "POST") {
		v.s.post(v.w, v.r, v.asked, v.parameter("ticket", "SAMLart"), ticket)
		return
	}
	to := *v.address
	if ticket != "" {
		if to.RawQuery != "" {
			to.RawQuery += "&"
		}
		to.RawQuery += v.parameter("ticket", "SAMLart") + "=" + ticket
	}
	h.Set("Location", to.String())
	v.w.WriteHeader(http.StatusFound)
}

func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
	h.Set("Referrer-Policy", "no-referrer")
}

// context is what a release depends on.
func (s *Server) context(svc *Service, address *url.URL, fresh, remembered bool) identity.Context {
	c := identity.Context{Partner: svc.ID, Schools: svc.Establishments, NewLogin: fresh, Remembered: remembered, Opaque: s.Opaque}
	if name := svc.Layout.SchoolParameter(); name != "" && address != nil {
		if q, err := url.ParseQuery(address.RawQuery); err == nil {
			c.School = ent.UAI(strings.ToUpper(q.Get(name)))
		}
	}
	return c
}
