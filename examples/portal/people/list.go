package people

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/web"
)

// found are the accounts that a search finds; the other states are listed.
const found = "annuaire"

type listData struct {
	Query            string
	Schools, States  []option
	Profiles         []option
	State            string
	Problem          string
	Rows             []accountRow
	Next             string
	Pager            *web.Pager
	Searched, Listed bool
}

// accountRow is an account as lists show it.
type accountRow struct {
	Name, Path, Category, Schools string
	State, Class                  string
	Days                          int
	HasDays                       bool
	Login                         string
	Blocked, Activated            bool
}

func (a *Area) row(x *directory.Account, places *gazetteer) accountRow {
	out := accountRow{
		Name: shown(x.Person.Name), Path: accountPath(x.ID), Category: categoryLabel(x.Category), State: stateLabel(x.State),
		Class: stateClass(x.State), Login: x.Login, Blocked: x.Blocked, Activated: x.Activated,
	}
	if p := x.Profile(); p != "" {
		out.Category = label(p)
	}
	ties := x.Ties
	if len(ties) == 0 {
		ties = x.Saved
	}
	var at []string
	for _, t := range ties {
		if s := places.school(t.Target); t.Kind == directory.TieEstablishment && !slices.Contains(at, s) {
			at = append(at, s)
		}
	}
	out.Schools = web.French(strings.Join(at, " ; "))
	if x.State == directory.Missing || x.State == directory.PreDeleted {
		out.HasDays = true
		out.Days = a.policy().Lifecycle.Remaining(x.State, x.Profile(), x.Since, a.today())
	}
	return out
}

func accountPath(id ent.ID) string { return "/annuaire/comptes/" + url.PathEscape(string(id)) }

// list searches among the accounts that the person manages, or lists those of a state.
func (a *Area) list(r *http.Request, q *asking) (web.Page, error) {
	places, err := a.places(r.Context())
	if err != nil {
		return web.Page{}, err
	}
	v := r.URL.Query()
	d := listData{Query: strings.TrimSpace(v.Get("q")), State: v.Get("etat")}
	mine := a.schoolsOf(q, places)
	school := ent.ID(v.Get("etablissement"))
	if !slices.Contains(mine, school) {
		school = ""
	}
	d.Schools = []option{{"", "tous ceux que vous gérez", school == ""}}
	for _, id := range mine {
		d.Schools = append(d.Schools, option{string(id), places.school(id), id == school})
	}
	d.States = []option{{found, "actifs et absents", false}}
	for _, s := range []directory.State{directory.Missing, directory.PreDeleted} {
		d.States = append(d.States, option{string(s), stateLabel(s), d.State == string(s)})
	}
	profile := ent.Profile(v.Get("profil"))
	d.Profiles = []option{{"", "tous les profils", profile == ""}}
	for _, p := range ent.Profiles() {
		d.Profiles = append(d.Profiles, option{string(p), label(p), p == profile})
	}
	if slices.ContainsFunc(d.States[1:], func(o option) bool { return o.Chosen }) {
		err = a.leaving(r, q, places, &d)
	} else {
		d.State = found
		err = a.search(r, q, places, &d, directorysql.Search{
			Text: d.Query, Establishment: school, Profile: profile, After: directorysql.Cursor(v.Get("apres")), Limit: web.PerPage,
		})
	}
	if err != nil {
		return web.Page{}, err
	}
	p := web.Page{
		Title: "Comptes", View: a.views["list"], Data: d,
		Lead: web.French("Les comptes que vous gérez, et où chacun en est : actif, absent de l'annuaire source, en instance de suppression."),
	}
	if d.Problem != "" {
		p.Status = http.StatusUnprocessableEntity
	}
	return p, nil
}

// schoolsOf returns the establishments whose accounts the person manages.
func (a *Area) schoolsOf(q *asking, places *gazetteer) []ent.ID {
	return slices.DeleteFunc(slices.Clone(places.order), func(id ent.ID) bool {
		return q.guard.Require(access.ActionAccountManage, access.EstablishmentTarget(id)) != nil
	})
}

// search fills the rows of a search. Without a name nor a school, the first school is listed rather than everybody.
func (a *Area) search(r *http.Request, q *asking, places *gazetteer, d *listData, s directorysql.Search) error {
	if s.Text == "" && s.Establishment == "" {
		if len(d.Schools) < 2 {
			return nil
		}
		s.Establishment = ent.ID(d.Schools[1].Value)
		d.Schools[0].Chosen, d.Schools[1].Chosen = false, true
	}
	page, err := a.store.Search(r.Context(), q.scope, access.ActionAccountManage, s)
	switch {
	case errors.Is(err, directorysql.CodeQuery):
		d.Problem = message(directorysql.Catalog(), directorysql.CodeQuery)
		return nil
	case errors.Is(err, directorysql.CodePage):
		return web.ErrNotFound
	case err != nil:
		return fmt.Errorf("portal: %w", err)
	}
	d.Searched = true
	for i := range page.People {
		d.Rows = append(d.Rows, a.row(&page.People[i], places))
	}
	if page.Next != "" {
		d.Next = "/annuaire/comptes?" + url.Values{
			"q": {s.Text}, "etablissement": {string(s.Establishment)}, "profil": {string(s.Profile)}, "apres": {string(page.Next)},
		}.Encode()
	}
	return nil
}

// leaving fills the rows of those who are not active, of one state.
func (a *Area) leaving(r *http.Request, q *asking, places *gazetteer, d *listData) error {
	list, err := a.accounts(r.Context(), directory.Query{Leaving: true})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(x directory.Account) bool {
		return string(x.State) != d.State || !q.may(access.ActionAccountManage, &x)
	})
	sortFrench(list, func(x *directory.Account) string { return shown(x.Person.Name) })
	p := web.NewPager(pageOf(r), len(list), func(n int) string {
		return "/annuaire/comptes?" + url.Values{"etat": {d.State}, "page": {strconv.Itoa(n)}}.Encode()
	})
	d.Pager, d.Listed = &p, true
	rows := web.Slice(p, list)
	for i := range rows {
		d.Rows = append(d.Rows, a.row(&rows[i], places))
	}
	return nil
}
