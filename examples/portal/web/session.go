package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Account is who signed in.
type Account struct {
	// Name and Role are shown in the header.
	Name, Role string
	// Profile is the main national profile, "" for the local administrator.
	Profile ent.Profile
	// Admin is the person at the terminal, who sees everything.
	Admin bool
	// TownHall is somebody of the town hall, who sees tariffs and no family.
	TownHall bool
	// Manages are the establishments whose accounts the person administers, by number, or Everywhere; none for most.
	Manages []string
	// Ref names the person to the areas.
	Ref string
}

// Everywhere stands in Account.Manages for all establishments.
const Everywhere = "*"

// ManagesAll tells whether the person administers the accounts of all establishments.
func (a Account) ManagesAll() bool { return slices.Contains(a.Manages, Everywhere) }

const (
	cookieName = "portail"
	// sessionLife is how long a session lasts, used or not.
	sessionLife = time.Hour
	maxSessions = 10000
)

// Sessions say who is signed in. Those of the portal are held in memory, unless an area keeps accounts of its own.
type Sessions interface {
	// Start opens a session for somebody in this browser, and ends the one that it had.
	Start(w http.ResponseWriter, r *http.Request, who Account) error
	// Of returns who is signed in.
	Of(r *http.Request) (Account, bool)
	// End ends the session of the browser, and whatever came of it.
	End(w http.ResponseWriter, r *http.Request)
}

// sessions are held in memory: stopping the portal signs everybody out.
type sessions struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]session
}

type session struct {
	who   Account
	until time.Time
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, open: map[string]session{}}
}

// Start opens a session under a new random token, and closes the one the browser had.
func (s *sessions) Start(w http.ResponseWriter, r *http.Request, who Account) error {
	s.End(w, r)
	token := rand.Text()
	s.mu.Lock()
	now := s.now()
	if len(s.open) >= maxSessions {
		s.sweep(now)
	}
	s.open[token] = session{who, now.Add(sessionLife)}
	s.mu.Unlock()
	http.SetCookie(w, Cookie(r, token, int(sessionLife/time.Second)))
	return nil
}

// sweep forgets the sessions that are over, and any one when all are still open.
func (s *sessions) sweep(now time.Time) {
	for t, x := range s.open {
		if now.After(x.until) {
			delete(s.open, t)
		}
	}
	for t := range s.open {
		if len(s.open) < maxSessions {
			break
		}
		delete(s.open, t)
	}
}

// End is of [Sessions].
func (s *sessions) End(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return
	}
	s.mu.Lock()
	delete(s.open, c.Value)
	s.mu.Unlock()
	http.SetCookie(w, Cookie(r, "", -1))
}

// Of is of [Sessions].
func (s *sessions) Of(r *http.Request) (Account, bool) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return Account{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.open[c.Value]
	if !ok || s.now().After(x.until) {
		delete(s.open, c.Value)
		return Account{}, false
	}
	return x.who, true
}

// Token returns what the cookie of a request holds, "" for none.
func Token(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// Cookie is the one of the session: it lasts for some seconds, or until the browser is closed when age is 0.
func Cookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	}
}
