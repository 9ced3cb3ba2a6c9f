package people

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/web"
)

// lastMerges is how many merges can be undone from the page, among the last ones of everybody.
const (
	lastMerges = 20
	allMerges  = 5000
)

type duplicatesData struct {
	Pairs   []pairRow
	Total   int
	Pager   web.Pager
	Merges  []mergeRow
	Problem string
}

// pairRow is two accounts that may be one person.
type pairRow struct {
	N          int
	A, B       side
	Score      int
	Why        string
	SameSchool bool
	Mergeable  bool
}

// side is one of the two, with what tells them apart.
type side struct {
	ID string
	accountRow
	Birth, Mail string
	Keys        []keyRow
}

type mergeRow struct {
	Gone, Kept, KeptPath, GoneID string
	On, By                       string
}

func (a *Area) duplicates(r *http.Request, q *asking) (web.Page, error) {
	return a.duplicatesWith(r, q, "")
}

func (a *Area) duplicatesWith(r *http.Request, q *asking, problem string) (web.Page, error) {
	pairs, err := a.store.Duplicates(r.Context(), directory.MergePolicy{})
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	var ids []ent.ID
	for _, p := range pairs {
		ids = append(ids, p.A, p.B)
	}
	list, err := a.accounts(r.Context(), directory.Query{IDs: ids})
	if err != nil {
		return web.Page{}, err
	}
	mine := map[ent.ID]*directory.Account{}
	for i := range list {
		if q.may(access.ActionAccountManage, &list[i]) {
			mine[list[i].ID] = &list[i]
		}
	}
	var open []directory.Duplicate
	for _, p := range pairs {
		if mine[p.A] != nil && mine[p.B] != nil {
			open = append(open, p)
		}
	}
	places, err := a.places(r.Context())
	if err != nil {
		return web.Page{}, err
	}
	d := duplicatesData{Total: len(open), Problem: problem}
	d.Pager = web.NewPager(pageOf(r), len(open), func(n int) string {
		return "/annuaire/doublons?" + url.Values{"page": {strconv.Itoa(n)}}.Encode()
	})
	for i, p := range web.Slice(d.Pager, open) {
		d.Pairs = append(d.Pairs, pairRow{
			N: i + 1, A: a.side(q, mine[p.A], places), B: a.side(q, mine[p.B], places), Score: p.Likeness.Score,
			Why:        web.French(p.Likeness.Explain().Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent})),
			SameSchool: p.Likeness.SameSchool, Mergeable: p.Mergeable,
		})
	}
	if d.Merges, err = a.merges(r.Context(), q); err != nil {
		return web.Page{}, err
	}
	p := web.Page{
		Title: "Doublons", View: a.views["duplicates"], Data: d,
		Lead: web.French("Les comptes qui se ressemblent, les plus semblables d'abord. Rien n'est fusionné sans vous."),
	}
	if problem != "" {
		p.Status = http.StatusUnprocessableEntity
	}
	return p, nil
}

func (a *Area) side(q *asking, x *directory.Account, places *gazetteer) side {
	s := side{ID: string(x.ID), accountRow: a.row(x, places), Birth: x.Person.BirthDate.French()}
	if mail := x.Person.Contact.Mail; mail != "" {
		s.Mail = masked(mail, q.hides("contact.mail", directorysql.Target(x, x.Profile())))
	}
	for _, k := range x.Keys {
		s.Keys = append(s.Keys, keyRow{originLabel(k.Origin), categoryLabel(k.Category), k.ID, k.Gone.French()})
	}
	return s
}

// merges are the last ones, of accounts that the person manages.
func (a *Area) merges(ctx context.Context, q *asking) ([]mergeRow, error) {
	list, err := a.store.Merges(ctx, allMerges)
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	var out []mergeRow
	for i := range list {
		m := &list[i]
		if len(out) == lastMerges || !q.managesMerge(m) {
			continue
		}
		out = append(out, mergeRow{
			Kept: shown(m.Before[0].Person.Name), KeptPath: accountPath(m.Kept), Gone: shown(m.Before[1].Person.Name),
			GoneID: string(m.Gone), On: m.On.French(), By: actorLabel(m.By),
		})
	}
	return out, nil
}

// managesMerge tells whether the person manages both accounts of a merge, as they were.
func (q *asking) managesMerge(m *directory.MergeRecord) bool {
	return len(m.Before) == 2 && q.may(access.ActionAccountManage, &m.Before[0]) && q.may(access.ActionAccountManage, &m.Before[1])
}

// pair reads the two accounts that a form names.
func (a *Area) pair(r *http.Request, q *asking) (x, y ent.ID, err error) {
	first, err := a.find(r.Context(), q, ent.ID(r.PostFormValue("a")))
	if err != nil {
		return "", "", err
	}
	second, err := a.find(r.Context(), q, ent.ID(r.PostFormValue("b")))
	if err != nil {
		return "", "", err
	}
	return first.ID, second.ID, nil
}

// merge makes one account of two.
func (a *Area) merge(r *http.Request, q *asking) (web.Page, error) {
	x, y, err := a.pair(r, q)
	if err != nil {
		return web.Page{}, err
	}
	_, err = a.store.Merge(r.Context(), x, y, directory.MergeOptions{On: a.today(), By: q.actor()})
	return a.settled(r, q, err, directory.CodeMergeRefused)
}

// distinguish says that two accounts are two persons.
func (a *Area) distinguish(r *http.Request, q *asking) (web.Page, error) {
	x, y, err := a.pair(r, q)
	if err != nil {
		return web.Page{}, err
	}
	return a.settled(r, q, a.store.Distinct(r.Context(), x, y), directory.CodeNoAccount)
}

// unmerge gives back two accounts.
func (a *Area) unmerge(r *http.Request, q *asking) (web.Page, error) {
	gone := ent.ID(r.PostFormValue("compte"))
	list, err := a.store.Merges(r.Context(), allMerges)
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	for i := range list {
		if list[i].Gone == gone && q.managesMerge(&list[i]) {
			return a.settled(r, q, a.store.Unmerge(r.Context(), gone, q.actor()), directory.CodeNoMerge)
		}
	}
	return web.Page{}, web.ErrNotFound
}

// settled shows the list again after something was done, or why it was not.
func (a *Area) settled(r *http.Request, q *asking, err error, refusal ent.Code) (web.Page, error) {
	if errors.Is(err, refusal) {
		return a.duplicatesWith(r, q, message(directory.Catalog(), refusal))
	}
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	return web.Page{Redirect: "/annuaire/doublons"}, nil
}
