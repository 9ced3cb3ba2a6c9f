package door

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/saml"
)

// The portal as a service of EduConnect: the message is verified by package saml, the accounts are found by package guichet,
// and opened by package account.

// trustEduConnect makes the portal trust the simulated EduConnect.
func (a *Area) trustEduConnect(key saml.KeyPair, store saml.Store) error {
	b, err := a.educonnect.idp.Metadata()
	if err != nil {
		return err
	}
	list, err := saml.ReadMetadata(b)
	if err != nil {
		return err
	}
	book, err := saml.NewBook(saml.Partner{Entity: list[0], Name: "EduConnect", Contexts: []string{saml.PasswordProtected}})
	if err != nil {
		return err
	}
	a.portals, err = guichet.NewProviders(guichet.Provider{
		Issuer: list[0].ID, Kind: guichet.KindEduConnect, Keys: guichet.KeyPolicy{Form: guichet.KeyBare, Academies: []string{academy}},
	})
	if err != nil {
		return err
	}
	a.chooser = guichet.Chooser{States: guichet.NewMemoryStates(a.opt.Now), Clock: a.opt.Now}
	a.sp, err = saml.NewSP(saml.SPConfig{
		EntityID: a.opt.Origin + "/saml/metadata", BaseURL: a.opt.Origin + "/saml", PlainHTTP: true, Keys: []saml.KeyPair{key}, Partners: book, Store: store,
		SignedIn: a.vouched, Ended: a.endedUpstream, Page: a.samlPage, Clock: a.opt.Now, Logger: a.opt.Log,
	})
	return err
}

// toEduConnect sends to EduConnect.
func (a *Area) toEduConnect(w http.ResponseWriter, r *http.Request) {
	if err := a.sp.Login(w, r, a.educonnect.entityID(), web.Local(r.FormValue("suite"))); err != nil {
		a.opt.Log.Error("educonnect", "error", err)
		a.site.Fail(w, r, http.StatusServiceUnavailable)
	}
}

// Find implements guichet.People: pupils and relatives by the key that the academy knows them by.
func (a *Area) Find(ctx context.Context, q guichet.Query) ([]guichet.Candidate, error) {
	var out []guichet.Candidate
	for _, c := range []school.Category{school.Pupil, school.Relative} {
		var m school.Member
		found := false
		for feed := 1; feed <= 2 && !found; feed++ {
			m, found = a.opt.School.Member(school.Person{Category: c, Ref: school.Ref{Feed: feed, Key: q.Key}}.String())
		}
		if !found || !slices.Contains(q.Profiles, m.Profile) {
			continue
		}
		x, err := a.accounts.Open(ctx, tenant, a.ids.of(m.Person.String()))
		if errors.Is(err, account.CodeUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		one := guichet.Candidate{Account: x.ID, Profile: m.Profile, State: guichet.State(x.State()), Name: m.Name}
		for _, s := range m.Schools {
			one.Schools = append(one.Schools, s.Title)
		}
		for _, k := range m.Children {
			one.Children = append(one.Children, k.Name)
		}
		out = append(out, one)
	}
	return out, nil
}

// vouched goes on from a message of EduConnect.
func (a *Area) vouched(w http.ResponseWriter, r *http.Request, said *saml.Assertion, back string) {
	in := guichet.Assertion{Tenant: tenant, Issuer: said.Issuer, NameID: said.NameID.Value}
	for _, x := range said.Attributes {
		in.Attributes = append(in.Attributes, guichet.Attribute{Name: x.Name, FriendlyName: x.FriendlyName, Values: x.Values})
	}
	up := said.Upstream()
	who, err := a.portals.Read(in)
	if who.ReturnURL != nil {
		up.ReturnURL = who.ReturnURL.String()
	}
	var found guichet.Result
	if err == nil {
		found, err = guichet.Resolver{People: a}.Resolve(r.Context(), who.Claim)
	}
	switch {
	case errors.Is(err, guichet.CodePort):
		a.opt.Log.Error("educonnect", "error", err)
		a.site.Fail(w, r, http.StatusServiceUnavailable)
	case err != nil, found.Refused():
		message := guichet.Result{}.Issue().Message(ent.FR)
		if err == nil {
			message = found.Issue().Message(ent.FR)
		}
		a.showStatus(w, r, "refused", "Pas de compte pour vous ici", refused{web.French(message), a.educonnect.remember(up)}, http.StatusForbidden)
	case found.Outcome == guichet.OutcomeMany:
		offer, err := a.chooser.Start(r.Context(), guichet.Choice{Claim: who.Claim, Candidates: found.Candidates})
		if err != nil {
			a.opt.Log.Error("educonnect", "error", err)
			a.site.Fail(w, r, http.StatusServiceUnavailable)
			return
		}
		bind(w, r, choiceCookie, offer.Browser)
		a.educonnect.keep(offer.State, waitingSession{Upstream: up})
		a.show(w, r, "choose", web.French("Avec quel compte ?"), choosing{offer, back})
	default:
		a.openVouched(w, r, found.Candidates[0], up, back)
	}
}

// refused is the page of somebody for whom there is no account.
type refused struct{ Message, Leave string }

// choosing is the page where an account is chosen.
type choosing struct {
	guichet.Offer
	Next string
}

// The cookies of the browser in which EduConnect vouched: no other one goes on from there.
const (
	choiceCookie = "choix"
	firstCookie  = "premiere-visite"
)

func bind(w http.ResponseWriter, r *http.Request, name, secret string) {
	c := web.Cookie(r, secret, int(waitingLife.Seconds()))
	c.Name, c.Path = name, "/educonnect"
	http.SetCookie(w, c)
}

func bound(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func (a *Area) choose(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PostFormValue("n"))
	if err != nil {
		n = -1
	}
	// The session upstream waits under the name of the choice: one that another message opened cannot be put in its place.
	up, gone := a.educonnect.taken(r.PostFormValue("state"))
	chosen, err := a.chooser.Choose(r.Context(), tenant, r.PostFormValue("state"), bound(r, choiceCookie), n)
	if err != nil || gone != nil {
		r = r.WithContext(contextWith(r, failedAttempt{message: web.French("Ce choix ne vaut plus : recommencez avec EduConnect.")}))
		a.site.SignIn(w, r, true)
		return
	}
	a.openVouched(w, r, chosen.Candidate, up.Upstream, web.Local(r.PostFormValue("suite")))
}

// accepting is the page of a first visit by EduConnect.
type accepting struct{ Name, Upstream, Next string }

// openVouched opens the account of somebody for whom EduConnect vouched; a first visit asks to accept the terms.
func (a *Area) openVouched(w http.ResponseWriter, r *http.Request, c guichet.Candidate, up saml.Upstream, next string) {
	data, err := json.Marshal(up)
	if err != nil {
		a.site.Fail(w, r, http.StatusInternalServerError)
		return
	}
	from := account.Upstream{Provider: up.Issuer, Subject: up.NameID.Value, Index: up.SessionIndex, Data: data}
	out, err := a.accounts.SignInFederated(r.Context(), tenant, c.Account, from)
	switch {
	case errors.Is(err, account.CodeNotActivated):
		token, browser := rand.Text(), rand.Text()
		bind(w, r, firstCookie, browser)
		a.educonnect.keep(token, waitingSession{Upstream: up, account: c.Account, browser: browser})
		a.show(w, r, "accept", "Première connexion", accepting{Name: c.Name.Display(), Upstream: token, Next: next})
	case err != nil:
		a.showStatus(w, r, "refused", "Compte fermé", refused{sentence(err), a.educonnect.remember(up)}, http.StatusForbidden)
	default:
		a.proceed(w, r, out, next)
	}
}

func (a *Area) acceptFromEduConnect(w http.ResponseWriter, r *http.Request) {
	e := a.educonnect
	waits, err := e.taken(r.PostFormValue("portail"))
	up := waits.Upstream
	if err != nil || waits.account == "" || bound(r, firstCookie) != waits.browser {
		r = r.WithContext(contextWith(r, failedAttempt{message: web.French("Cette page a attendu trop longtemps : recommencez avec EduConnect.")}))
		a.site.SignIn(w, r, true)
		return
	}
	if r.PostFormValue("terms") == "" {
		a.showStatus(w, r, "refused", "Conditions d’utilisation", refused{
			"Sans votre accord, le compte reste fermé. Vous pourrez revenir quand vous voudrez.", e.remember(up),
		}, http.StatusForbidden)
		return
	}
	data, err := json.Marshal(up)
	if err != nil {
		a.site.Fail(w, r, http.StatusInternalServerError)
		return
	}
	from := account.Upstream{Provider: up.Issuer, Subject: up.NameID.Value, Index: up.SessionIndex, Data: data}
	out, err := a.accounts.ActivateFederated(r.Context(), tenant, waits.account, from, terms)
	if err != nil {
		a.showStatus(w, r, "refused", "Compte fermé", refused{sentence(err), e.remember(up)}, http.StatusForbidden)
		return
	}
	a.proceed(w, r, out, web.Local(r.PostFormValue("suite")))
}

// leaveEduConnect ends the session of EduConnect of somebody who has none here.
func (a *Area) leaveEduConnect(w http.ResponseWriter, r *http.Request) {
	up, err := a.educonnect.taken(r.PostFormValue("portail"))
	if err == nil {
		err = a.sp.Logout(w, r, up.Upstream, "/connexion")
	}
	if err != nil {
		http.Redirect(w, r, "/connexion", http.StatusSeeOther)
	}
}

// endedUpstream ends the sessions that EduConnect ends.
func (a *Area) endedUpstream(ctx context.Context, l *saml.LogoutRequest) (int, error) {
	indexes := l.SessionIndexes
	if len(indexes) == 0 {
		indexes = []string{""}
	}
	n := 0
	for _, index := range indexes {
		list, err := a.sessions.EndUpstream(ctx, tenant, l.Issuer, l.NameID.Value, index)
		if err != nil {
			return n, err
		}
		n += len(list)
	}
	return n, nil
}
