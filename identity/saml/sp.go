package saml

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	crewjam "github.com/crewjam/saml"
)

// SPConfig is a service provider on the caller's own sessions: it trusts identity providers, several at once.
type SPConfig struct {
	// EntityID is our name, BaseURL where the handler is mounted, without a final slash: "https://ent.example.fr/saml". It is
	// never guessed from a request.
	EntityID, BaseURL string
	// Keys are ours: the first one signs, each decrypts, and all stand in our metadata.
	Keys []KeyPair
	// Partners are the identity providers. Store remembers requests and what was used.
	Partners Partners
	Store    Store
	// SignedIn opens the caller's session for what an identity provider says, and answers the request: a redirect to back, as a
	// rule. What must be known for the logout is Assertion.Upstream, kept with the session.
	SignedIn func(w http.ResponseWriter, r *http.Request, a *Assertion, back string)
	// Declined answers when an identity provider did not sign the person in, as for a passive request without a session; a page
	// when nil.
	Declined func(w http.ResponseWriter, r *http.Request, status Status, back string)
	// Ended ends the caller's sessions that a request of logout names, see [LogoutRequest.Names], and tells their partners. It
	// returns how many they were: none is no error. Its context does not end when the request does.
	Ended func(ctx context.Context, l *LogoutRequest) (int, error)
	// Page shows a page; a plain one in French and English when nil.
	Page PageFunc
	// PlainHTTP allows a BaseURL of http, and cookies that are not Secure: for a try on one machine.
	PlainHTTP bool
	// Skew is that of a Receiver. Clock and Logger are time.Now and slog.Default when nil.
	Skew   time.Duration
	Clock  func() time.Time
	Logger *slog.Logger
}

// SP is a service provider. Safe for concurrent use.
type SP struct {
	side
	c SPConfig
}

const (
	// requestLife is how long somebody may take to sign in at the identity provider.
	requestLife = 10 * time.Minute
	// doubleClick is how long an answer that has served leads where it led.
	doubleClick = 2 * time.Minute

	browserCookie = "cartable-saml"
)

// NewSP returns a service provider, or an error of CodeSetup.
func NewSP(c SPConfig) (*SP, error) {
	if c.SignedIn == nil {
		return nil, refuseField(CodeSetup, "SignedIn")
	}
	s, err := newSide(side{
		entityID: c.EntityID, baseURL: c.BaseURL, partners: c.Partners, store: c.Store, kind: RoleIDP, clock: c.Clock, log: c.Logger, page: c.Page,
	}, c.Keys, c.Skew, c.PlainHTTP, c.BaseURL+"/acs")
	if err != nil {
		return nil, err
	}
	return &SP{side: s, c: c}, nil
}

// ServeHTTP answers at /metadata, /acs and /slo, below the prefix that the caller has stripped.
func (p *SP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/metadata":
		serveMetadata(w, r, p.Metadata)
	case "/acs":
		p.acs(w, r)
	case "/slo":
		p.logout(w, r)
	default:
		http.NotFound(w, r)
	}
}

// pending is a request that waits for its answer.
type pending struct {
	Issuer  string `json:"issuer"`
	Browser string `json:"browser"`
	Back    string `json:"back"`
}

// Upstream is the session of a person at an identity provider: what a logout must say of it. The caller keeps it with its own
// session. It is personal data.
type Upstream struct {
	Issuer       string `json:"issuer"`
	NameID       NameID `json:"nameId"`
	SessionIndex string `json:"sessionIndex,omitempty"`
	// ReturnURL is where the provider wants the browser after a logout when it has no logout of SAML: EduConnect's
	// FrEduUrlRetour, once guichet.ReturnPolicy has accepted it.
	ReturnURL string `json:"returnUrl,omitempty"`
}

// LogValue shows the provider.
func (u Upstream) LogValue() slog.Value { return slog.GroupValue(slog.String("issuer", u.Issuer)) }

// String hides the session.
func (u Upstream) String() string { return hidden }

// GoString hides the session.
func (u Upstream) GoString() string { return hidden }

// Upstream returns what a logout must say of the session at the provider.
func (a *Assertion) Upstream() Upstream {
	return Upstream{Issuer: a.Issuer, NameID: a.NameID, SessionIndex: a.SessionIndex}
}

// Login sends the browser to an identity provider, and back to a page of ours: a path of this site. The error is a
// *[RefusedError], and nothing is written then: CodeIssuer for a provider that is not known, CodeRetired, CodePort, CodeSetup for
// a path that leads elsewhere.
func (p *SP) Login(w http.ResponseWriter, r *http.Request, issuer, back string) error {
	if !local(back) {
		return refuseField(CodeSetup, "back")
	}
	partner, role, err := p.partner(r.Context(), issuer)
	if err != nil {
		return err
	}
	to, binding, ok := role.exit("SingleSignOnService", false)
	if !ok {
		return refuseField(CodeMetadata, "SingleSignOnService")
	}
	id, cookie := newID(), p.browser(r)
	if err := p.keep(r.Context(), waitsLogin, id, pending{Issuer: issuer, Browser: storeKey("", cookie.Value), Back: back}); err != nil {
		return err
	}
	http.SetCookie(w, cookie)
	o, yes := partner.Request, true
	m := crewjam.AuthnRequest{
		ID: id, Version: "2.0", IssueInstant: p.utc(), Destination: to, Issuer: issuerElement(p.entityID),
		AssertionConsumerServiceURL: p.baseURL + "/acs", ProtocolBinding: BindingPOST,
	}
	if o.NameIDFormat != "" {
		m.NameIDPolicy = &crewjam.NameIDPolicy{Format: &o.NameIDFormat, AllowCreate: &yes}
	}
	if o.Context != "" {
		m.RequestedAuthnContext = &crewjam.RequestedAuthnContext{Comparison: "exact", AuthnContextClassRef: o.Context}
	}
	if o.Force {
		m.ForceAuthn = &yes
	}
	if o.Passive {
		m.IsPassive = &yes
	}
	p.log.InfoContext(r.Context(), "saml: sent to sign in", slog.String("provider", issuer))
	return p.send(w, r, binding, message{name: "SAMLRequest", root: m.Element(), to: to, relay: id})
}

// The kinds of what waits in the store: a request to sign in, one of logout, and one to sign in that was answered.
const (
	waitsLogin  = "q"
	waitsLogout = "l"
	answered    = "d"
)

func (p *SP) keep(ctx context.Context, kind, id string, v pending) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := p.store.Put(ctx, p.key(kind, id), b, requestLife); err != nil {
		return &RefusedError{Code: CodePort, Field: "Store", cause: err}
	}
	return nil
}

// browser returns the cookie with the secret of a browser, a new one when it has none: requests of several tabs share it, and each
// gives it its whole life again. The answer comes from another site, and by a POST: a cookie that is not "None" would stay behind.
func (p *SP) browser(r *http.Request) *http.Cookie {
	value := rand.Text()
	if c, err := r.Cookie(p.cookieName()); err == nil && len(c.Value) == len(value) {
		value = c.Value
	}
	c := &http.Cookie{Name: p.cookieName(), Value: value, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode, MaxAge: int(requestLife.Seconds())}
	if p.c.PlainHTTP {
		c.Secure, c.SameSite = false, http.SameSiteLaxMode
	}
	return c
}

func (p *SP) cookieName() string {
	if p.c.PlainHTTP {
		return browserCookie
	}
	return "__Host-" + browserCookie
}

// acs receives the response of an identity provider.
func (p *SP) acs(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	encoded, err := posted1(w, r, "SAMLResponse")
	if err != nil {
		p.fail(w, r, "saml: response", err)
		return
	}
	browser := ""
	if c, err := r.Cookie(p.cookieName()); err == nil {
		browser = storeKey("", c.Value)
	}
	var waits pending
	var id string
	a, err := p.receiving(ctx).Response(ctx, encoded, func(ctx context.Context, asked string) (Standing, error) {
		id = asked
		b, ok, err := p.store.Get(ctx, p.key(waitsLogin, asked))
		if err != nil || !ok {
			return RequestUnknown, err
		}
		if err := json.Unmarshal(b, &waits); err != nil {
			return RequestUnknown, err
		}
		if browser == "" || browser != waits.Browser {
			return RequestElsewhere, nil
		}
		return RequestPending, nil
	})
	if err == nil && a.InResponseTo != "" {
		err = p.settle(ctx, a, waits)
	}
	back := waits.Back
	if back == "" {
		back = "/" // nobody asked
	}
	var refused *RefusedError
	switch {
	case err == nil:
	case errors.Is(err, CodeReplay) && waits.Browser != "" && browser == waits.Browser:
		// A double click whose first answer is being served, or a store that broke down then: this browser made the request, and
		// goes on to where that led. It gets nothing else from the answer.
		p.logged(ctx, "saml: response", err)
		noStore(w.Header())
		http.Redirect(w, r, back, http.StatusSeeOther)
		return
	case errors.Is(err, CodeRequest) && id != "" && browser != "" && p.again(w, r, id, browser):
		return
	case errors.As(err, &refused) && refused.Code == CodeStatus && p.c.Declined != nil:
		p.logged(ctx, "saml: response", err)
		noStore(w.Header())
		p.c.Declined(w, r, refused.Status, back)
		return
	default:
		p.fail(w, r, "saml: response", err)
		return
	}
	p.log.InfoContext(ctx, "saml: signed in", slog.Any("assertion", a))
	noStore(w.Header())
	p.c.SignedIn(w, r, a, back)
}

// settle takes the request that an assertion answers: of two answers that hold, one is accepted.
func (p *SP) settle(ctx context.Context, a *Assertion, waits pending) error {
	if a.Issuer != waits.Issuer {
		return refuse(CodeRequest) // another provider than the one that was asked
	}
	b, ok, err := p.store.Take(ctx, p.key(waitsLogin, a.InResponseTo))
	if err != nil {
		return &RefusedError{Code: CodePort, Field: "Store", cause: err}
	}
	if !ok {
		return refuse(CodeRequest)
	}
	// What only serves a double click does not stop a sign-in: the assertion and the request could not be used again.
	if err := p.store.Put(ctx, p.key(answered, a.InResponseTo), b, doubleClick); err != nil {
		p.logged(ctx, "saml: response", &RefusedError{Code: CodePort, Field: "Store", cause: err})
	}
	return nil
}

// again leads on a browser that sends an answer once more, by a double click or the Back button: it has its session by now, and
// gets nothing from the answer.
func (p *SP) again(w http.ResponseWriter, r *http.Request, id, browser string) bool {
	b, ok, err := p.store.Get(r.Context(), p.key(answered, id))
	var waits pending
	if err != nil || !ok || json.Unmarshal(b, &waits) != nil || waits.Browser != browser {
		return false
	}
	noStore(w.Header())
	http.Redirect(w, r, waits.Back, http.StatusSeeOther)
	return true
}

// posted1 reads one field of a posted form.
func posted1(w http.ResponseWriter, r *http.Request, field string) (string, error) {
	if r.Method != http.MethodPost {
		return "", refuseField(CodeEncoding, "method")
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return "", refuseField(CodeEncoding, "form")
	}
	// Base64 grows by what percent-encoding adds.
	r.Body = http.MaxBytesReader(w, r.Body, 2*MaxMessage)
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return "", refuse(CodeTooLarge)
		}
		return "", refuseField(CodeEncoding, "form")
	}
	values := r.PostForm[field]
	if len(values) != 1 {
		return "", refuseField(CodeEncoding, "form")
	}
	return values[0], nil
}
