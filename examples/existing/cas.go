package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
)

// The part taken here: partners sign the vendor's users in by CAS. The login, the sessions and the tables stay the vendor's;
// nothing of Cartable's is stored but tickets, for some seconds, in memory.

// withCAS adds a CAS server at /cas to the vendor's pages, for one partner, who is told what a preset names.
func (v *vendor) withCAS(mux *http.ServeMux, origin, partner, preset string) error {
	layout, _ := identity.Preset(preset)
	compiled, _ := layout.Compile()                                              // nil for a preset that is not there, which NewServices reports
	urls := []cas.URLRule{{Mode: cas.ModePrefix, URL: partner, AllowHTTP: true}} // http for a try on one machine
	services, issues := cas.NewServices(cas.Service{
		ID: "partner", Name: partner, Layout: compiled, Logout: cas.LogoutBack, URLs: urls,
		ProxyCallbacks: urls, ProxyTargets: true, // it may act for its users, at itself
	})
	if services == nil {
		return issues.Err()
	}
	srv := &cas.Server{
		BaseURL: origin + "/cas", Services: services, Tickets: cas.NewMemoryRegistry(nil), Egress: identity.Egress(true),
		Session: v.principal, Attributes: v.attributes, Login: v.askToSignIn, SignOut: v.signOut,
	}
	mux.Handle("/cas/", http.StripPrefix("/cas", srv))
	v.ended = func(ctx context.Context, token string) { srv.EndSession(ctx, token) }
	return nil
}

// principal says who is signed in, by the vendor's own session.
func (v *vendor) principal(r *http.Request) (*identity.Principal, error) {
	token, s, ok := v.session(r)
	if !ok {
		return nil, nil
	}
	return &identity.Principal{Account: userID(s.user), Session: token, At: s.since}, nil
}

// askToSignIn sends to the vendor's own login, which comes back to a page of the vendor's.
func (v *vendor) askToSignIn(w http.ResponseWriter, r *http.Request, back string, _ bool) {
	u, err := url.Parse(back)
	if err != nil {
		fail(w, err)
		return
	}
	http.Redirect(w, r, "/login?"+url.Values{"next": {u.RequestURI()}}.Encode(), http.StatusSeeOther)
}

func (v *vendor) signOut(_ http.ResponseWriter, r *http.Request) error {
	if token, _, ok := v.session(r); ok {
		v.end(r.Context(), token)
	}
	return nil
}

// attributes reads what the vendor's tables know of a user; nil for one who has left.
func (v *vendor) attributes(ctx context.Context, account ent.ID) (*identity.Attributes, error) {
	a := &identity.Attributes{ID: account}
	profile := map[string]ent.Profile{"pupil": ent.ProfilePupil, "relative": ent.ProfileRelative, "staff": ent.ProfileTeacher, "admin": ent.ProfileStaff}
	found := false
	err := v.each(ctx, `SELECT coalesce(login, ''), last_name, first_name, role, coalesce((SELECT min(feed_key) FROM user_keys WHERE user_id = users.id), '')
		FROM users WHERE missing_since = '' AND id = `+strconv.FormatInt(number(account), 10), func(scan func(...any) error) error {
		var role string
		found = true
		err := scan(&a.Login, &a.Name.Family, &a.Name.Given, &role, &a.External)
		a.Profile = profile[role]
		return err
	})
	if err != nil || !found {
		return nil, err
	}
	err = v.each(ctx, `SELECT DISTINCT s.uai, s.name FROM memberships m JOIN schools s ON s.id = m.school_id WHERE m.user_id = `+
		strconv.FormatInt(number(account), 10), func(scan func(...any) error) error {
		var s identity.School
		err := scan(&s.UAI, &s.Name)
		a.Schools = append(a.Schools, s)
		return err
	})
	return a, err
}
