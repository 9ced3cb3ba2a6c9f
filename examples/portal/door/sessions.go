package door

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/saml"
)

// sessions are those of package account, in the cookie of the portal: it is served in clear on one machine, where a browser keeps
// no cookie of Sessions.Cookie.
type sessions struct {
	account.Sessions
	area *Area
}

// current returns the session of a request.
func (s *sessions) current(r *http.Request) (account.Session, bool) {
	token := web.Token(r)
	if token == "" {
		return account.Session{}, false
	}
	out, err := s.Get(r.Context(), tenant, token)
	if err != nil && !errors.Is(err, account.CodeNoSession) {
		s.area.opt.Log.Error("sessions", "error", err)
	}
	return out, err == nil
}

// Of is of web.Sessions.
func (s *sessions) Of(r *http.Request) (web.Account, bool) {
	session, ok := s.current(r)
	if !ok {
		return web.Account{}, false
	}
	who, ok := s.area.opt.School.Account(s.area.ids.ref(session.Account))
	if session.MustEnrol && !s.area.enrolled(r.Context(), session.Account) {
		who.Manages = nil // nobody else's accounts before the second factor is there
	}
	return who, ok
}

// enrolled tells whether an account has a second factor by now.
func (a *Area) enrolled(ctx context.Context, id ent.ID) bool {
	x, err := a.accounts.Open(ctx, tenant, id)
	return err == nil && x.Second != nil && !x.Second.Confirmed.IsZero()
}

// Start is of web.Sessions: somebody was picked from the list of fictional persons.
func (s *sessions) Start(w http.ResponseWriter, r *http.Request, who web.Account) error {
	return s.begin(w, r, account.Start{Tenant: tenant, Account: s.area.ids.of(who.Ref), Profile: who.Profile})
}

// begin opens a session in this browser.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, start account.Start) error {
	start.Address, start.Agent, start.Replaces = address(r).String(), browserName(r.UserAgent()), web.Token(r)
	_, token, err := s.Sessions.Start(r.Context(), start)
	if err != nil {
		return err
	}
	http.SetCookie(w, web.Cookie(r, token, 0))
	return nil
}

// End is of web.Sessions.
func (s *sessions) End(w http.ResponseWriter, r *http.Request) {
	if err := s.Sessions.End(r.Context(), tenant, web.Token(r), account.EndLogout); err != nil {
		s.area.opt.Log.Error("sessions", "error", err)
	}
	http.SetCookie(w, web.Cookie(r, "", -1))
	w.Header().Set("Clear-Site-Data", `"cache"`)
}

// leaving is what the page of a logout tells.
type leaving struct {
	Report identity.LogoutReport
	Frames []string
	// Upstream is where to go on, to leave EduConnect too.
	Upstream string
}

// Leave is of web.Leaver: partners are told, the session ends here, then the browser goes on to the portal that it came from.
func (s *sessions) Leave(w http.ResponseWriter, r *http.Request) bool {
	a := s.area
	session, ok := s.current(r)
	if !ok {
		return false
	}
	report, err := a.logout.End(r.Context(), session.ID)
	a.opt.Log.Info("logout", slog.Any("report", report))
	http.SetCookie(w, web.Cookie(r, "", -1))
	w.Header().Set("Clear-Site-Data", `"cache"`)
	if err != nil {
		a.opt.Log.Error("logout", "error", err)
		a.site.Fail(w, r, http.StatusServiceUnavailable)
		return true
	}
	var up saml.Upstream
	if session.Upstream.Provider != "" && json.Unmarshal(session.Upstream.Data, &up) == nil {
		if len(report.Front) == 0 && report.Complete() {
			if err := a.sp.Logout(w, r, up, "/connexion"); err == nil {
				return true
			}
		}
		a.showLeaving(w, r, leaving{Report: report, Frames: report.Front, Upstream: a.educonnect.remember(up)})
		return true
	}
	if report.Visits == 0 {
		return false
	}
	a.showLeaving(w, r, leaving{Report: report, Frames: report.Front})
	return true
}

func (a *Area) showLeaving(w http.ResponseWriter, r *http.Request, l leaving) {
	// The cookie that the request brought names nobody any more.
	a.show(w, r, "left", "Vous êtes déconnecté", l)
}

// principal says who is signed in, for partners.
func (a *Area) principal(r *http.Request) (*identity.Principal, error) {
	token := web.Token(r)
	if token == "" {
		return nil, nil
	}
	session, err := a.sessions.Get(r.Context(), tenant, token)
	if errors.Is(err, account.CodeNoSession) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := session.Principal()
	return &p, nil
}

// endSession ends a session by its name: a partner asks for it.
func (a *Area) endSession(ctx context.Context, id string) error {
	session, there, err := a.sessions.Store.Remove(ctx, tenant, id)
	if err != nil || !there {
		return err
	}
	return a.ended(ctx, session, account.EndLogout)
}

// ended tells the partners of a session that ended, by whatever way.
func (a *Area) ended(ctx context.Context, s account.Session, _ account.EndReason) error {
	a.cas.EndSession(ctx, s.ID)
	a.idp.EndSession(ctx, s.ID)
	return nil
}
