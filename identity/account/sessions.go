package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

// Session is somebody signed in, in one browser. It is personal data.
type Session struct {
	Tenant ent.Tenant `json:"tenant"`
	// ID names the session in lists and to partners (see [Session.Principal]); it opens nothing. Key is the hash of the token
	// that the browser holds.
	ID  string `json:"id"`
	Key string `json:"key"`
	// Account is the one that was opened; Via another one whose login was given and that was merged into it.
	Account ent.ID `json:"account"`
	Via     ent.ID `json:"via,omitempty"`
	// Upstream is the session of the portal that vouched for the person.
	Upstream Upstream `json:"upstream,omitzero"`
	// Second says that a second factor was given.
	Second bool `json:"second,omitempty"`
	// MustEnrol says that the policy wants a second factor, which the account had not when the session began: what it may do to
	// others waits until then. See [Sessions.Renew].
	MustEnrol bool `json:"mustEnrol,omitempty"`
	// Remember says that the browser keeps it beyond the day.
	Remember bool `json:"remember,omitempty"`
	// Address and Agent are what the person sees in the list of sessions: from where, by which browser.
	Address string `json:"address,omitempty"`
	Agent   string `json:"agent,omitempty"`
	// Created is when credentials were given, Seen the last visit to a minute, Ends when the session is over if nobody comes.
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Ends    time.Time `json:"ends"`
	// Remembered says that the day of the credentials is over: ask for them again before what matters.
	Remembered bool `json:"-"`
}

// Upstream is a session of a portal, to be found again when it ends there.
type Upstream struct {
	// Provider is the portal, Subject the person as it names them (a NameID), Index the session (a SessionIndex).
	Provider string `json:"provider"`
	Subject  string `json:"subject"`
	Index    string `json:"index,omitempty"`
	// Data is the caller's: what a logout sent to the portal needs.
	Data []byte `json:"data,omitempty"`
}

// LogValue shows the account and the provider.
func (s Session) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(s.Account)), slog.String("provider", s.Upstream.Provider))
}

// String hides the session.
func (s Session) String() string { return hidden }

// GoString hides the session.
func (s Session) GoString() string { return hidden }

// LogValue shows the provider.
func (u Upstream) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", u.Provider))
}

// String hides the session of the portal.
func (u Upstream) String() string { return hidden }

// GoString hides the session of the portal.
func (u Upstream) GoString() string { return hidden }

// Principal returns who is signed in, for cas and saml.
func (s *Session) Principal() identity.Principal {
	return identity.Principal{Account: s.Account, Session: s.ID, Provider: s.Upstream.Provider, At: s.Created, Remembered: s.Remembered}
}

// SessionStore keeps sessions. It is apart from [Store], since it is read at each visit: several nodes may keep it in Redis
// or Valkey. accounttest.RunSessions proves one. A session past its Ends may be gone by itself.
type SessionStore interface {
	// Put keeps a session, new or in the place of the one of its ID; what its former Key opened is closed.
	Put(ctx context.Context, s Session) error
	// Get returns the session of a key, and CodeNoSession for none.
	Get(ctx context.Context, tenant ent.Tenant, key string) (Session, error)
	// Touch writes when a session was seen and when it ends. A session that is gone stays gone.
	Touch(ctx context.Context, tenant ent.Tenant, id string, seen, ends time.Time) error
	// List returns the sessions of an account, Upstream those of a session of a portal, of all of a subject when the index is
	// "": the oldest first.
	List(ctx context.Context, tenant ent.Tenant, account ent.ID) ([]Session, error)
	Upstream(ctx context.Context, tenant ent.Tenant, provider, subject, index string) ([]Session, error)
	// Remove ends a session: of any number of callers, one gets it and true.
	Remove(ctx context.Context, tenant ent.Tenant, id string) (Session, bool, error)
	// Over returns sessions that ended before an instant, some hundreds at the most.
	Over(ctx context.Context, tenant ent.Tenant, before time.Time) ([]Session, error)
}

// EndReason says why a session ended.
type EndReason string

// The reasons.
const (
	EndLogout   EndReason = "logout"
	EndReplaced EndReason = "replaced" // somebody signed in again in this browser
	EndExpired  EndReason = "expired"
	EndKilled   EndReason = "killed" // from the list of sessions
	EndPassword EndReason = "password"
	EndBlocked  EndReason = "blocked"
	EndMerged   EndReason = "merged"
	EndErased   EndReason = "erased"
	EndUpstream EndReason = "upstream" // the portal said so
)

// Sessions starts, lists and ends the sessions of a server. Fields are set before the first use.
type Sessions struct {
	Store SessionStore
	// Idle ends a session that nobody uses, Max one that began: 2 hours and 10 hours when 0.
	Idle, Max time.Duration
	// Remember is how long a browser is remembered when the person asks: 30 days when 0, 92 at the most, none when negative.
	Remember time.Duration
	// MayRemember says who may be remembered: adults when nil, since pupils share computers.
	MayRemember func(ent.Profile) bool
	// OnEnd is told of each session that ends, once, for instance cas.Server.EndSession: partners are then signed out too.
	// The session is gone whatever it returns; an error is logged.
	OnEnd func(context.Context, Session, EndReason) error
	// CookieName is "ct_session" when "", CookiePath "/".
	CookieName, CookiePath string
	// Clock is time.Now, Random crypto/rand, Logger silent when nil.
	Clock  func() time.Time
	Random io.Reader
	Logger *slog.Logger
}

const (
	defaultIdle     = 2 * time.Hour
	defaultMax      = 10 * time.Hour
	defaultRemember = 30 * 24 * time.Hour
	maxRemember     = 92 * 24 * time.Hour
	// touchEvery is how exact Seen is: a visit writes at most so often.
	touchEvery = time.Minute
)

// Start says who signed in, and where.
type Start struct {
	Tenant  ent.Tenant
	Account ent.ID
	Via     ent.ID
	Profile ent.Profile
	// Second says that a second factor was given, MustEnrol that one is missing.
	Second, MustEnrol bool
	// Remember is what the person asked for; see [Sessions.MayRemember].
	Remember bool
	Upstream Upstream
	Address  string
	Agent    string
	// Replaces is the token that the browser held before: that session ends.
	Replaces string
}

// LogValue shows the account.
func (s Start) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(s.Account)), slog.String("provider", s.Upstream.Provider))
}

// String hides the start.
func (s Start) String() string { return hidden }

// GoString hides the start.
func (s Start) GoString() string { return hidden }

func (m *Sessions) now() time.Time {
	if m.Clock == nil {
		return time.Now()
	}
	return m.Clock()
}

func (m *Sessions) random() io.Reader {
	if m.Random == nil {
		return rand.Reader
	}
	return m.Random
}

func (m *Sessions) log() *slog.Logger { return logger(m.Logger) }

func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}

func orDefault(d, fallback time.Duration) time.Duration {
	if d == 0 {
		return fallback
	}
	return d
}

func (m *Sessions) remember() time.Duration {
	return min(orDefault(m.Remember, defaultRemember), maxRemember)
}

// ends returns when a session is over if nobody comes after an instant.
func (m *Sessions) ends(s *Session, seen time.Time) time.Time {
	idle, most := orDefault(m.Idle, defaultIdle), orDefault(m.Max, defaultMax)
	if s.Remember {
		idle, most = m.remember(), m.remember()
	}
	end, limit := seen.Add(idle), s.Created.Add(most)
	if end.After(limit) {
		end = limit
	}
	return end
}

// sessionKey is how a token is kept: 160 random bits need no key.
func sessionKey(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// Start begins a session under a new token, for the cookie. What the browser held before is never taken on: see
// Start.Replaces.
func (m *Sessions) Start(ctx context.Context, o Start) (s Session, token string, err error) {
	if token, err = newSecret(m.random()); err != nil {
		return Session{}, "", err
	}
	id, err := newSecret(m.random())
	if err != nil {
		return Session{}, "", err
	}
	may := o.Profile != ent.ProfilePupil
	if m.MayRemember != nil {
		may = m.MayRemember(o.Profile)
	}
	now := m.now()
	s = Session{
		Tenant: o.Tenant, ID: id, Key: sessionKey(token), Account: o.Account, Via: o.Via, Upstream: o.Upstream, Second: o.Second, MustEnrol: o.MustEnrol,
		Remember: o.Remember && may && m.remember() > 0, Address: o.Address, Agent: o.Agent, Created: now, Seen: now,
	}
	s.Ends = m.ends(&s, now)
	if err := m.Store.Put(ctx, s); err != nil {
		return Session{}, "", storeError(err)
	}
	if o.Replaces != "" {
		if err := m.End(ctx, o.Tenant, o.Replaces, EndReplaced); err != nil {
			return Session{}, "", err
		}
	}
	m.log().InfoContext(ctx, "session started", slog.String("tenant", string(o.Tenant)), slog.Any("session", s))
	return s, token, nil
}

// Get returns the session of a token, and writes that it was seen. It returns CodeNoSession for one that is unknown or over.
func (m *Sessions) Get(ctx context.Context, tenant ent.Tenant, token string) (Session, error) {
	if token == "" || len(token) > 64 {
		return Session{}, failure(CodeNoSession)
	}
	s, err := m.Store.Get(ctx, tenant, sessionKey(token))
	if err != nil {
		return Session{}, storeError(err)
	}
	now := m.now()
	if !now.Before(s.Ends) {
		return Session{}, failure(CodeNoSession)
	}
	if now.Sub(s.Seen) >= touchEvery {
		s.Seen, s.Ends = now, m.ends(&s, now)
		if err := m.Store.Touch(ctx, tenant, s.ID, s.Seen, s.Ends); err != nil {
			return Session{}, storeError(err)
		}
	}
	s.Remembered = s.Remember && now.After(s.Created.Add(orDefault(m.Max, defaultMax)))
	return s, nil
}

// Renew gives a session a new token, when its rights grow: after a second factor, for instance. The former one is closed.
// It returns CodeNoSession for a session that is gone.
func (m *Sessions) Renew(ctx context.Context, s Session) (Session, string, error) {
	token, err := newSecret(m.random())
	if err != nil {
		return Session{}, "", err
	}
	// What ended meanwhile, by a block for instance, stays so.
	if _, ok, err := m.Store.Remove(ctx, s.Tenant, s.ID); err != nil {
		return Session{}, "", storeError(err)
	} else if !ok {
		return Session{}, "", failure(CodeNoSession)
	}
	s.Key = sessionKey(token)
	if err := m.Store.Put(ctx, s); err != nil {
		return Session{}, "", storeError(err)
	}
	return s, token, nil
}

// List returns the sessions of an account that are not over, for the person and for staff who help.
func (m *Sessions) List(ctx context.Context, tenant ent.Tenant, account ent.ID) ([]Session, error) {
	list, err := m.Store.List(ctx, tenant, account)
	if err != nil {
		return nil, storeError(err)
	}
	now := m.now()
	var out []Session
	for _, s := range list {
		if now.Before(s.Ends) {
			out = append(out, s)
		}
	}
	return out, nil
}

// End ends the session of a token, as a logout does. A session that is gone is no error.
func (m *Sessions) End(ctx context.Context, tenant ent.Tenant, token string, why EndReason) error {
	s, err := m.Store.Get(ctx, tenant, sessionKey(token))
	if err != nil {
		if isCode(err, CodeNoSession) {
			return nil
		}
		return storeError(err)
	}
	_, err = m.end(ctx, s, why)
	return err
}

// Kill ends a session of List. It returns false when it is gone, or when it is not one of the account: who asks is never
// given another's.
func (m *Sessions) Kill(ctx context.Context, tenant ent.Tenant, account ent.ID, id string) (bool, error) {
	list, err := m.Store.List(ctx, tenant, account)
	if err != nil {
		return false, storeError(err)
	}
	for _, s := range list {
		if s.ID == id {
			return m.end(ctx, s, EndKilled)
		}
	}
	return false, nil
}

// EndAll ends the sessions of an account but one, "" for none, and returns how many. It goes on
// past one that cannot be ended, and returns the first error.
func (m *Sessions) EndAll(ctx context.Context, tenant ent.Tenant, account ent.ID, except string, why EndReason) (int, error) {
	return m.endIf(ctx, tenant, account, why, func(s Session) bool { return s.ID != except })
}

// endIf ends some sessions of an account. One that cannot be ended does not keep the others alive.
func (m *Sessions) endIf(ctx context.Context, tenant ent.Tenant, account ent.ID, why EndReason, which func(Session) bool) (int, error) {
	list, err := m.Store.List(ctx, tenant, account)
	if err != nil {
		return 0, storeError(err)
	}
	n := 0
	var failed error
	for _, s := range list {
		if !which(s) {
			continue
		}
		ended, err := m.end(ctx, s, why)
		if failed == nil {
			failed = err
		}
		if ended {
			n++
		}
	}
	return n, failed
}

// EndUpstream ends the sessions that a session of a portal opened, all those of the subject when index is "": a logout
// request of SAML. It returns them. A request that names no subject ends none.
func (m *Sessions) EndUpstream(ctx context.Context, tenant ent.Tenant, provider, subject, index string) ([]Session, error) {
	if subject == "" {
		return nil, nil
	}
	list, err := m.Store.Upstream(ctx, tenant, provider, subject, index)
	if err != nil {
		return nil, storeError(err)
	}
	var out []Session
	for _, s := range list {
		ended, err := m.end(ctx, s, EndUpstream)
		if err != nil {
			return out, err
		}
		if ended {
			out = append(out, s)
		}
	}
	return out, nil
}

// Sweep ends the sessions that are over, and returns how many. Call it every minute or so: partners hear of the end then.
func (m *Sessions) Sweep(ctx context.Context, tenant ent.Tenant) (int, error) {
	n := 0
	for {
		list, err := m.Store.Over(ctx, tenant, m.now())
		if err != nil || len(list) == 0 {
			return n, storeError(err)
		}
		before := n
		for _, s := range list {
			ended, err := m.end(ctx, s, EndExpired)
			if err != nil {
				return n, err
			}
			if ended {
				n++
			}
		}
		if n == before { // another node ends them
			return n, nil
		}
	}
}

// end removes a session and tells of it.
func (m *Sessions) end(ctx context.Context, s Session, why EndReason) (bool, error) {
	s, ok, err := m.Store.Remove(ctx, s.Tenant, s.ID)
	if err != nil || !ok {
		return false, storeError(err)
	}
	log := m.log().With(slog.String("tenant", string(s.Tenant)), slog.Any("session", s), slog.String("reason", string(why)))
	log.InfoContext(ctx, "session ended")
	if m.OnEnd != nil {
		// Partners are told even when the browser that asked has gone.
		if err := m.OnEnd(context.WithoutCancel(ctx), s, why); err != nil {
			log.WarnContext(ctx, "partners could not be told", slog.String("error", codeText(err)))
		}
	}
	return true, nil
}

// cookieName has the prefix by which a browser takes the cookie from this host over TLS only.
func (m *Sessions) cookieName() string {
	name := m.CookieName
	if name == "" {
		name = "ct_session"
	}
	if m.path() == "/" {
		return "__Host-" + name
	}
	return "__Secure-" + name
}

func (m *Sessions) path() string {
	if m.CookiePath == "" {
		return "/"
	}
	return m.CookiePath
}

// Cookie returns what the browser keeps of a session: until it is closed, or for as long as it is remembered.
func (m *Sessions) Cookie(s Session, token string) *http.Cookie {
	c := &http.Cookie{Name: m.cookieName(), Value: token, Path: m.path(), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if s.Remember {
		c.MaxAge = int(s.Ends.Sub(m.now()) / time.Second)
	}
	return c
}

// Token returns the token that a request holds, "" for none.
func (m *Sessions) Token(r *http.Request) string {
	c, err := r.Cookie(m.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// Forget makes the browser forget the session, and what pages kept beside it: the next one on a shared computer finds
// nothing. Call it on the page that says good-bye, after End.
func (m *Sessions) Forget(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: m.cookieName(), Path: m.path(), MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	w.Header().Set("Cache-Control", "no-store")
}
