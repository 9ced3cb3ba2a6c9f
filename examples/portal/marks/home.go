package marks

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// homeData lists what somebody has to write, to read or to publish.
type homeData struct {
	Teachings, Classes, Pupils []web.Link
}

func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return path + "?" + q.Encode()
}

func (a *Area) home(r *http.Request, q *asking) (web.Page, error) {
	var d homeData
	establishments := map[ent.ID]bool{}
	for _, x := range q.facts.Affiliations {
		establishments[x.Establishment] = true
	}
	if q.who.Profile == ent.ProfileTeacher || q.who.Profile == ent.ProfileDirection {
		for id := range establishments {
			y, err := a.source.year(r.Context(), id)
			if err != nil {
				return web.Page{}, err
			}
			if y == nil {
				continue
			}
			for _, t := range y.Teachings() {
				if t.Teaches(q.facts.Person, a.source.Today()) {
					d.Teachings = append(d.Teachings, web.Link{Text: teachingTitle(&t), Path: address("/notes/saisie", "service", string(t.ID))})
				}
			}
			for _, c := range y.Classes() {
				target := access.Target{Profile: ent.ProfilePupil, Establishments: []ent.ID{id}, Classes: []ent.ID{c.ID}}
				if q.who.Profile == ent.ProfileDirection && q.Guard.Scope.Can(access.ActionBulletinLock, target).Allowed || slices.Contains(q.facts.HeadTeacherOf, c.ID) {
					d.Classes = append(d.Classes, web.Link{Text: "Classe " + c.Code, Path: address("/notes/classe", "classe", string(c.ID))})
				}
			}
		}
	}
	if p := q.facts.Pupil; p != nil {
		d.Pupils = append(d.Pupils, web.Link{Text: "Mes notes", Path: address("/notes/eleve", "eleve", string(p.ID))})
	}
	for _, c := range q.facts.Children {
		if q.Guard.Scope.Can(access.ActionMarksRead, access.PupilTarget(&c)).Allowed {
			d.Pupils = append(d.Pupils, web.Link{Text: a.source.PupilName(c.ID), Path: address("/notes/eleve", "eleve", string(c.ID))})
		}
	}
	for _, list := range [][]web.Link{d.Teachings, d.Classes} {
		slices.SortFunc(list, func(x, y web.Link) int { return cmp.Compare(x.Text, y.Text) })
	}
	return web.Page{Title: "Notes", View: a.views["home"], Data: d}, nil
}

func teachingTitle(t *gradebook.Teaching) string {
	set := string(cmp.Or(t.Class, t.Group))
	if i := len(academy.EstablishmentOf(ent.ID(set))); i < len(set) {
		set = set[i+1:]
	}
	return set + " – " + t.Label
}
