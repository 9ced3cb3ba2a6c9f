package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/web"
)

type pupilsData struct {
	Query   string
	Asked   bool
	Problem string
	Found   []web.Link
	More    bool
}

// pupils is where a pupil is chosen.
func (a *Area) pupils(r *http.Request, q *asking) (web.Page, error) {
	d := pupilsData{Query: strings.TrimSpace(r.URL.Query().Get("q"))}
	if d.Query != "" {
		d.Asked = true
		page, err := a.store.Search(r.Context(), q.scope, access.ActionPersonRead, directorysql.Search{
			Text: d.Query, Profile: ent.ProfilePupil, Limit: web.PerPage,
		})
		switch {
		case errors.Is(err, directorysql.CodeQuery):
			d.Problem = message(directorysql.Catalog(), directorysql.CodeQuery)
		case err != nil:
			return web.Page{}, fmt.Errorf("portal: %w", err)
		}
		for i := range page.People {
			d.Found = append(d.Found, web.Link{Text: shown(page.People[i].Person.Name), Path: whyPath(page.People[i].ID)})
		}
		d.More = page.Next != ""
	}
	p := web.Page{
		Title: "Qui peut voir", View: a.views["pupils"], Data: d,
		Lead: web.French("Choisissez un élève : la page dit qui peut voir quoi de lui, à quel titre et pourquoi."),
	}
	if d.Problem != "" {
		p.Status = http.StatusUnprocessableEntity
	}
	return p, nil
}

func whyPath(id ent.ID) string { return "/annuaire/pourquoi/" + url.PathEscape(string(id)) }

type whyData struct {
	Path    string
	Actions []option
	Action  string
	// Yes are those who may, No the relatives and the staff of the school who may not.
	Yes, No []whoRow
	// Chosen is the person whose case is explained.
	Chosen *explained
}

type whoRow struct{ Name, What, Right, Path string }

type explained struct {
	Name    string
	Allowed bool
	Text    string
}

// why says who may do an action on the data of a pupil.
func (a *Area) why(r *http.Request, q *asking) (web.Page, error) {
	list, err := a.accounts(r.Context(), directory.Query{IDs: []ent.ID{ent.ID(r.PathValue("id"))}})
	if err != nil {
		return web.Page{}, err
	}
	if len(list) != 1 || list[0].Category != directory.Pupil || !q.may(access.ActionPersonRead, &list[0]) {
		return web.Page{}, web.ErrNotFound
	}
	pupil := &list[0]
	action := access.Action(r.URL.Query().Get("action"))
	if !slices.Contains(questions(), action) {
		action = access.ActionMarksRead
	}
	d := whyData{Path: whyPath(pupil.ID), Action: web.French(action.Label(ent.FR))}
	for _, x := range questions() {
		d.Actions = append(d.Actions, option{string(x), web.French(x.Label(ent.FR)), x == action})
	}
	people, facts, err := a.near(r.Context(), pupil)
	if err != nil {
		return web.Page{}, err
	}
	own := pupilOf(pupil)
	target := access.PupilTarget(&own)
	may := maps.Collect(access.WhoCan(a.rules, action, target, slices.Values(facts)))
	for i := range people {
		x := &people[i]
		row := whoRow{Name: shown(x.Person.Name), What: whatOf(x), Path: d.Path + "?" + url.Values{
			"action": {string(action)}, "personne": {string(x.ID)},
		}.Encode() + "#explication"}
		if decision, yes := may[x.ID]; yes {
			row.Right = web.French(decision.Text(ent.FR))
			d.Yes = append(d.Yes, row)
		} else if x.Category != directory.Pupil || x.ID == pupil.ID {
			d.No = append(d.No, row)
		}
	}
	if yes, ok := a.delegates(action, target); ok {
		d.Yes = append(d.Yes, yes)
	}
	if d.Chosen, err = a.explain(r, people, facts, action, target); err != nil {
		return web.Page{}, err
	}
	return web.Page{
		Title: web.French("Qui peut voir : ") + shown(pupil.Person.Name), View: a.views["why"], Data: d,
		Trail: []web.Link{{Text: "Qui peut voir", Path: "/annuaire/pourquoi"}},
		Lead:  schoolsText(pupil),
	}, nil
}

// delegates is the line of the delegated administrators of the pupil's establishments, who are not in the directory, when
// the policy lets them.
func (a *Area) delegates(action access.Action, t access.Target) (whoRow, bool) {
	decision := access.NewScope(a.rules, access.Facts{
		Person: "delegate", Today: a.today(), Delegations: []access.Delegation{{Establishments: t.Establishments}},
	}).Can(action, t)
	return whoRow{Name: "Les administrateurs délégués", What: web.French("de l'établissement, ou de tous"), Right: web.French(decision.Text(ent.FR))}, decision.Allowed
}

// questions are the actions that the page asks about: what is read of a pupil.
func questions() []access.Action {
	return []access.Action{
		access.ActionMarksRead, access.ActionBulletinRead, access.ActionAbsenceRead, access.ActionAbsenceReasonRead,
		access.ActionIncidentRead, access.ActionSanctionRead, access.ActionTimetableRead, access.ActionHomeworkRead,
		access.ActionPersonRead, access.ActionContactRead,
	}
}

// explain renders the case of one person, as an agent reads it: what belongs to the pupil's family alone stays closed.
func (a *Area) explain(r *http.Request, people []directory.Account, facts []access.Facts, action access.Action, t access.Target) (*explained, error) {
	id := ent.ID(r.URL.Query().Get("personne"))
	if id == "" {
		return nil, nil
	}
	for i := range people {
		if people[i].ID != id {
			continue
		}
		decision, why, err := access.NewScope(a.rules, facts[i]).Explain(action, t)
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		return &explained{
			Name: shown(people[i].Person.Name), Allowed: decision.Allowed,
			Text: web.French(why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent})),
		}, nil
	}
	return nil, web.ErrNotFound
}

// near returns who may have to do with a pupil, with the facts of each: the pupil, the relatives, the pupils of the same
// classes and groups, and the staff of the establishments. Nobody else has a right by the policy of the portal, but for
// delegated administrators: see delegates.
func (a *Area) near(ctx context.Context, pupil *directory.Account) ([]directory.Account, []access.Facts, error) {
	var relatives []ent.ID
	for _, rel := range pupil.Relations() {
		relatives = append(relatives, rel.Relative)
	}
	list, err := a.accounts(ctx, directory.Query{IDs: append(relatives, pupil.ID)})
	if err != nil {
		return nil, nil, err
	}
	own := pupilOf(pupil)
	for _, s := range own.Establishments {
		for _, p := range ent.Profiles() {
			if p == ent.ProfilePupil || p == ent.ProfileRelative {
				continue
			}
			if list, err = a.everybody(ctx, list, directorysql.Search{Establishment: s, Profile: p}); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, c := range slices.Concat(own.Classes, own.Groups) {
		if list, err = a.everybody(ctx, list, directorysql.Search{Class: c, Profile: ent.ProfilePupil}); err != nil {
			return nil, nil, err
		}
	}
	sortFrench(list, func(x *directory.Account) string { return shown(x.Person.Name) })
	facts, err := a.factsOf(ctx, list)
	return list, facts, err
}

// everybody adds to a list all those whom a search finds, each once.
func (a *Area) everybody(ctx context.Context, list []directory.Account, s directorysql.Search) ([]directory.Account, error) {
	all := access.NewScope(a.rules, access.Facts{Delegations: []access.Delegation{{Everywhere: true}}})
	s.Limit = 200
	for {
		page, err := a.store.Search(ctx, all, access.ActionPersonRead, s)
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		for i := range page.People {
			if !slices.ContainsFunc(list, func(x directory.Account) bool { return x.ID == page.People[i].ID }) {
				list = append(list, page.People[i])
			}
		}
		if page.Next == "" {
			return list, nil
		}
		s.After = page.Next
	}
}

// whatOf says what somebody is.
func whatOf(x *directory.Account) string {
	if p := x.Profile(); p != "" {
		return label(p)
	}
	return categoryLabel(x.Category)
}

func schoolsText(pupil *directory.Account) string {
	if p := pupilOf(pupil); len(p.Classes) == 0 {
		return web.French("Cet élève n'est dans aucune classe.")
	}
	return web.French("À quel titre chacun voit, et pourquoi les autres ne voient pas.")
}

// capital puts a capital letter at the beginning.
func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
