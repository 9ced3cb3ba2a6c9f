package door

import (
	"errors"
	"net/http"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/account"
)

// mineData is the page of one's own account.
type mineData struct {
	// Account is false for somebody who was picked from the list and has no account.
	Account  bool
	Login    string
	Password bool
	Portal   bool
	Policy   string
	Second   bool
	Recovery int
	// Wanted says that the policy wants a second factor.
	Wanted   bool
	Sessions []sessionRow
	Done     string
	Problem  string
}

type sessionRow struct {
	ID, Browser, Address, Since, Seen, From string
	This                                    bool
}

func (a *Area) mine(r *http.Request, who web.Account) (web.Page, error) {
	return a.minePage(r, who, mineData{Done: done[r.FormValue("fait")]})
}

// done are the words of what a form did.
var done = map[string]string{
	"session": "La session est fermée.", "mot-de-passe": "Le mot de passe est changé. Vos autres sessions sont fermées.", "retire": "Le second facteur est retiré.",
}

func (a *Area) minePage(r *http.Request, who web.Account, d mineData) (web.Page, error) {
	ctx := r.Context()
	current, ok := a.sessions.current(r)
	if !ok {
		return web.Page{}, web.ErrNotFound
	}
	x, err := a.accounts.Open(ctx, tenant, a.ids.of(who.Ref))
	if err != nil && !errors.Is(err, account.CodeUnknown) {
		return web.Page{}, err
	}
	if err == nil {
		policy := a.accounts.PolicyOf(&x)
		d.Account, d.Login, d.Portal, d.Password = true, x.Login, x.Portal != "", x.Password != "" && x.Portal == ""
		d.Policy, d.Wanted = web.French(policy.FR), policy.Second
		if x.Second != nil && !x.Second.Confirmed.IsZero() {
			d.Second, d.Recovery = true, len(x.Second.Recovery)
		}
	}
	list, err := a.sessions.List(ctx, tenant, current.Account)
	if err != nil {
		return web.Page{}, err
	}
	for _, s := range list {
		row := sessionRow{ID: s.ID, Browser: s.Agent, Address: s.Address, Since: moment(s.Created), Seen: moment(s.Seen), This: s.ID == current.ID, From: "mot de passe ou liste"}
		if s.Upstream.Provider != "" {
			row.From = "EduConnect"
		}
		d.Sessions = append(d.Sessions, row)
	}
	p := web.Page{Title: "Mon compte", View: a.view("mine"), Data: d}
	if d.Problem != "" {
		p.Status = http.StatusUnprocessableEntity
	}
	return p, nil
}

func (a *Area) killSession(r *http.Request, who web.Account) (web.Page, error) {
	there, err := a.sessions.Kill(r.Context(), tenant, a.ids.of(who.Ref), r.PathValue("id"))
	if err != nil {
		return web.Page{}, err
	}
	if !there {
		return web.Page{}, web.ErrNotFound
	}
	return web.Page{Redirect: "/mon-compte?fait=session"}, nil
}

func (a *Area) changePassword(r *http.Request, who web.Account) (web.Page, error) {
	current, ok := a.sessions.current(r)
	if !ok {
		return web.Page{}, web.ErrNotFound
	}
	err := a.accounts.ChangePassword(r.Context(), account.Change{
		Tenant: tenant, Account: a.ids.of(who.Ref), Old: r.PostFormValue("old"), New: r.PostFormValue("new"), Address: address(r), Keep: current.ID,
	})
	if err != nil {
		return a.minePage(r, who, mineData{Problem: sentence(err)})
	}
	return web.Page{Redirect: "/mon-compte?fait=mot-de-passe"}, nil
}

// secondData is the page of the second factor.
type secondData struct {
	Secret, Next, Problem string
	Recovery              []string
}

func (a *Area) secondPage(r *http.Request, who web.Account) (web.Page, error) {
	e, err := a.accounts.EnrolSecond(r.Context(), tenant, a.ids.of(who.Ref))
	switch {
	case errors.Is(err, account.CodeUnknown):
		return web.Page{}, web.ErrNotFound
	case errors.Is(err, account.CodeSecondState):
		return web.Page{Redirect: "/mon-compte"}, nil
	case err != nil:
		return web.Page{}, err
	}
	return a.secondView(secondData{Secret: spaced(e.Secret), Next: web.Local(r.FormValue("suite"))}, 0), nil
}

func (a *Area) secondView(d secondData, status int) web.Page {
	return web.Page{Title: "Second facteur", View: a.view("second"), Data: d, Status: status, Trail: []web.Link{{Text: "Mon compte", Path: "/mon-compte"}}}
}

func (a *Area) confirmSecond(r *http.Request, who web.Account) (web.Page, error) {
	next := web.Local(r.PostFormValue("suite"))
	codes, err := a.accounts.ConfirmSecond(r.Context(), tenant, a.ids.of(who.Ref), strings.ReplaceAll(r.PostFormValue("code"), " ", ""))
	if err != nil {
		return a.secondView(secondData{Secret: r.PostFormValue("secret"), Next: next, Problem: sentence(err)}, http.StatusUnprocessableEntity), nil
	}
	return a.secondView(secondData{Recovery: codes, Next: next}, 0), nil
}

// removeSecond asks for the password again: whoever finds an open session must not take the lock away.
func (a *Area) removeSecond(r *http.Request, who web.Account) (web.Page, error) {
	id := a.ids.of(who.Ref)
	err := a.accounts.CheckPassword(r.Context(), tenant, id, r.PostFormValue("password"), address(r))
	switch {
	case errors.Is(err, account.CodeCredentials):
		return a.minePage(r, who, mineData{Problem: web.French("Le mot de passe n’est pas le bon : le second facteur reste.")})
	case err != nil:
		return a.minePage(r, who, mineData{Problem: sentence(err)})
	}
	if err := a.accounts.RemoveSecond(r.Context(), tenant, id, ent.Actor{Kind: ent.ActorPerson, ID: id}); err != nil {
		return a.minePage(r, who, mineData{Problem: sentence(err)})
	}
	return web.Page{Redirect: "/mon-compte?fait=retire"}, nil
}

// spaced writes a secret in groups of four, to be typed.
func spaced(s string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// released is what one partner receives of the reader.
type released struct {
	Name, Protocol, Problem string
	User                    string
	Values                  []shownValue
	Seen                    []string
}

// releasesData is the page of what partners receive; Known is false for somebody to whom no partner is open.
type releasesData struct {
	List  []released
	Known bool
}

// releases shows what each partner receives about the reader, by the layout that releases it, and when it did.
func (a *Area) releases(r *http.Request, who web.Account) (web.Page, error) {
	known, err := a.attributes(r.Context(), a.ids.of(who.Ref))
	if err != nil {
		return web.Page{}, err
	}
	d := releasesData{Known: known != nil}
	for _, p := range a.partners.all() {
		one := released{Name: p.Name, Protocol: p.Protocol}
		if known == nil {
			one.Problem = web.French("Ce service ne vous est pas ouvert : il ne reçoit rien.")
		} else if out, err := p.Layout.Release(known, identity.Context{Partner: p.id()}); err != nil {
			one.Problem = web.French("Ce service attend un identifiant que vous n’avez pas : il ne reçoit rien.")
		} else {
			one.User, one.Values = out.User, flat(out.Values, "")
			if p.saml != nil {
				one.User = "un nom différent à chaque connexion"
			}
		}
		for _, d := range a.journal.of(a.ids.of(who.Ref)) {
			if d.Recipient == p.id() {
				one.Seen = append(one.Seen, moment(d.At))
			}
		}
		d.List = append(d.List, one)
	}
	return web.Page{
		Title: "Ce que reçoivent les partenaires", View: a.view("releases"), Data: d, Trail: []web.Link{{Text: "Mon compte", Path: "/mon-compte"}},
		Lead: web.French("Rien d’autre que ce qui est écrit ici ne part, et seulement quand vous ouvrez le service."),
	}, nil
}
