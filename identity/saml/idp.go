package saml

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

// IDPConfig is an identity provider on the caller's own sessions and accounts: it signs people in to partners.
type IDPConfig struct {
	// EntityID is our name, BaseURL where the handler is mounted, without a final slash: "https://ent.example.fr/idp". It is
	// never guessed from a request.
	EntityID, BaseURL string
	// Keys are ours: the first one signs, and all stand in our metadata.
	Keys []KeyPair
	// Partners are the services. Store remembers who was sent where.
	Partners Partners
	Store    Store
	// Session says who is signed in, nil for nobody. Principal.Session names the session for EndSession, and is never empty.
	Session func(r *http.Request) (*identity.Principal, error)
	// Attributes returns what is known of an account; nil for one that is gone or blocked, which is sent nowhere.
	Attributes func(ctx context.Context, account ent.ID) (*identity.Attributes, error)
	// Login sends the browser to the caller's login, which sends it back to an address of this provider. renew asks for
	// credentials although there is a session.
	Login func(w http.ResponseWriter, r *http.Request, back string, renew bool)
	// End ends a session of the caller's by its name, when a partner asks for it; EndSession is called before. Without it a
	// partner is answered that nothing ended. It is called again when the partner asks again after an error.
	End func(ctx context.Context, session string) error
	// Journal records a release before it leaves; when it fails nothing is released.
	Journal func(ctx context.Context, account ent.ID, d ent.Disclosure) error
	// Opaque makes identifiers for one partner: see identity.Opaque.
	Opaque func(partner string, account ent.ID) string
	// Context returns the AuthnContext class of a sign-in; PasswordProtectedTransport when nil, or when it says nothing.
	Context func(who *identity.Principal) string
	// RequireSigned refuses requests that are not signed, whatever the service's metadata says.
	RequireSigned bool
	// SessionLife is how long a session lasts at most, 10 hours when zero.
	SessionLife time.Duration
	// Egress tells services of a logout, over SOAP. No redirect is followed, and private addresses are not reached unless the
	// caller's client does: see identity.Egress.
	Egress *http.Client
	// Page shows a page; a plain one in French and English when nil.
	Page PageFunc
	// PlainHTTP allows a BaseURL of http: for a try on one machine.
	PlainHTTP bool
	// Skew is that of a Receiver. Clock and Logger are time.Now and slog.Default when nil.
	Skew   time.Duration
	Clock  func() time.Time
	Logger *slog.Logger
}

const (
	// PasswordProtected is the class of a password over TLS.
	PasswordProtected = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"

	sessionLife = 10 * time.Hour
	// clockSkew is by how much the clock of the caller's sessions may differ from this one.
	clockSkew = time.Minute
)

// IDP is an identity provider. Safe for concurrent use.
type IDP struct {
	side
	c IDPConfig
}

// NewIDP returns an identity provider, or an error of CodeSetup.
func NewIDP(c IDPConfig) (*IDP, error) {
	switch {
	case c.Session == nil:
		return nil, refuseField(CodeSetup, "Session")
	case c.Attributes == nil:
		return nil, refuseField(CodeSetup, "Attributes")
	case c.Login == nil:
		return nil, refuseField(CodeSetup, "Login")
	}
	switch {
	case c.SessionLife == 0:
		c.SessionLife = sessionLife
	case c.SessionLife < 0:
		return nil, refuseField(CodeSetup, "SessionLife")
	}
	if c.Egress == nil {
		c.Egress = identity.Egress(false)
	}
	s, err := newSide(side{
		entityID: c.EntityID, baseURL: c.BaseURL, partners: c.Partners, store: c.Store, kind: RoleSP, clock: c.Clock, log: c.Logger, page: c.Page,
	}, c.Keys, c.Skew, c.PlainHTTP, "")
	if err != nil {
		return nil, err
	}
	return &IDP{side: s, c: c}, nil
}

// ServeHTTP answers at /metadata, /sso, /continue and /slo, below the prefix that the caller has stripped.
func (p *IDP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/metadata":
		serveMetadata(w, r, p.Metadata)
	case "/sso":
		p.sso(w, r)
	case "/continue":
		p.resume(w, r)
	case "/slo":
		p.logout(w, r)
	default:
		http.NotFound(w, r)
	}
}

// asked is a request of a service that waits for the person to sign in.
type asked struct {
	Partner string `json:"partner"`
	// ID is that of the request, "" when nobody asked: the person goes there from our pages.
	ID    string `json:"id,omitempty"`
	ACS   string `json:"acs"`
	Relay string `json:"relay,omitempty"`
	// Force wants credentials given since At; Passive wants nothing shown.
	Force   bool      `json:"force,omitempty"`
	Passive bool      `json:"passive,omitempty"`
	At      time.Time `json:"at"`
	// Back says that the browser was sent to the login already.
	Back bool `json:"back,omitempty"`
	// Format is the format of the name that the service wants, Contexts the classes of authentication: any when it is nil.
	Format   string   `json:"format,omitempty"`
	Contexts []string `json:"contexts"`
	// Subject is the hash of the name of the only person that the service wants, "" for anybody.
	Subject string `json:"subject,omitempty"`
}

// sso receives the request of a service.
func (p *IDP) sso(w http.ResponseWriter, r *http.Request) {
	a, err := p.receiveRequest(w, r)
	if err != nil {
		p.fail(w, r, "saml: request", err)
		return
	}
	p.serve(w, r, a)
}

// Start sends the person to a service from our pages, without a request of the service, to the page that relay names there. The
// service must be allowed that: see Partner.Unsolicited.
func (p *IDP) Start(w http.ResponseWriter, r *http.Request, entityID, relay string) {
	partner, role, err := p.partner(r.Context(), entityID)
	if err == nil && !partner.Unsolicited {
		err = refuse(CodeUnsolicited)
	}
	if err != nil {
		p.fail(w, r, "saml: start", err)
		return
	}
	to, ok := role.Endpoint("AssertionConsumerService", BindingPOST)
	if !ok || !webAddress(to.Location) {
		p.fail(w, r, "saml: start", refuse(CodeACS))
		return
	}
	p.serve(w, r, asked{Partner: entityID, ACS: to.Location, Relay: relay, At: p.clock()})
}

// resume takes up a request once the person has signed in.
func (p *IDP) resume(w http.ResponseWriter, r *http.Request) {
	state := r.URL.Query().Get("state")
	b, ok, err := p.store.Get(r.Context(), p.key("s", state))
	var a asked
	switch {
	case err != nil:
		p.fail(w, r, "saml: request", &RefusedError{Code: CodePort, Field: "Store", cause: err})
		return
	case !ok || json.Unmarshal(b, &a) != nil:
		p.fail(w, r, "saml: request", refuse(CodeRequest))
		return
	}
	p.serve(w, r, a)
}

// serve answers a request: with an assertion when the person is signed in, after the login otherwise.
func (p *IDP) serve(w http.ResponseWriter, r *http.Request, a asked) {
	err := p.answer(w, r, a)
	if err == nil {
		return
	}
	var refused *RefusedError
	if errors.As(err, &refused) && refused.Code == CodeStatus {
		p.logged(r.Context(), "saml: request", err)
		err = p.decline(w, r, a, refused.Status)
	}
	if err != nil {
		p.fail(w, r, "saml: request", err)
	}
}

func (p *IDP) answer(w http.ResponseWriter, r *http.Request, a asked) error {
	// The metadata may have changed while the person signed in: nothing is sent to an address that is not in it any more.
	partner, role, err := p.partner(r.Context(), a.Partner)
	if err != nil {
		return err
	}
	if !role.consumes(a.ACS) {
		return refuse(CodeACS)
	}
	who, err := p.c.Session(r)
	if err != nil {
		return &RefusedError{Code: CodePort, Field: "Session", cause: err}
	}
	if who != nil && who.Session == "" {
		// Sessions without a name would all be one: the logout of one person would be that of everybody.
		return refuseField(CodePort, "Session")
	}
	// What the clocks of two nodes may differ by, and not more: somebody who signed in before is asked again.
	fresh := who != nil && !who.Remembered && a.Back && !who.At.Before(a.At.Add(-clockSkew))
	switch {
	case who != nil && (!a.Force || fresh):
	case who == nil && r.Method == http.MethodPost:
		// From another site, and by POST, a session's cookie that is "Lax" stays behind: it comes with the next request.
		return p.again(w, r, a)
	case a.Passive:
		return &RefusedError{Code: CodeStatus, Status: Status{Code: StatusResponder, Detail: StatusNoPassive}}
	case who == nil && a.Back:
		// Signed in a moment ago, and nothing of it has come along: asking again would ask for ever.
		return refuse(CodeBrowser)
	default:
		return p.askLogin(w, r, a, who != nil)
	}
	return p.assert(w, r, a, who, partner, role)
}

// askLogin sends the browser to the caller's login, and back here.
func (p *IDP) askLogin(w http.ResponseWriter, r *http.Request, a asked, renew bool) error {
	a.Back = true
	back, err := p.wait(r.Context(), a)
	if err != nil {
		return err
	}
	noStore(w.Header())
	p.c.Login(w, r, back, renew || a.Force)
	return nil
}

// again has the browser come back at once.
func (p *IDP) again(w http.ResponseWriter, r *http.Request, a asked) error {
	back, err := p.wait(r.Context(), a)
	if err != nil {
		return err
	}
	noStore(w.Header())
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// wait keeps a request, and returns the address where it is taken up.
func (p *IDP) wait(ctx context.Context, a asked) (string, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	state := newID()
	if err := p.store.Put(ctx, p.key("s", state), b, requestLife); err != nil {
		return "", &RefusedError{Code: CodePort, Field: "Store", cause: err}
	}
	return p.baseURL + "/continue?" + url.Values{"state": {state}}.Encode(), nil
}
