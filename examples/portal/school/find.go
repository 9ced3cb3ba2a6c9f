package school

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
)

// findData is the page of the search.
type findData struct {
	Query   string
	Asked   bool
	People  []foundRow
	Pager   web.Pager
	Classes []link
	Groups  []link
	Schools []link
	More    bool // classes, groups or schools that are not listed
}

type foundRow struct {
	Who     link
	What    string
	Where   string
	Classes string
}

// maxPlaces is how many classes, groups or schools a search lists beside the people.
const maxPlaces = 12

func (a *Area) search(r *http.Request, v *viewer) (web.Page, error) {
	if !v.searches() {
		return web.Page{}, web.ErrNotFound
	}
	q := strings.TrimSpace(r.FormValue("q"))
	d := findData{Query: q, Asked: q != ""}
	found := v.idx.people(q, v.finds)
	d.Pager = web.NewPager(pageOf(r), len(found), pageLink("/recherche", url.Values{"q": {q}}))
	for _, e := range web.Slice(d.Pager, found) {
		d.People = append(d.People, v.row(e))
	}
	classes, groups, schools := v.idx.places(q, v.school)
	for _, s := range schools {
		d.Schools = append(d.Schools, link{s.Title + ", " + s.Town, s.Path})
	}
	for _, c := range classes {
		d.Classes = append(d.Classes, link{c.Name() + ", " + c.School.Title, c.Path})
	}
	for _, g := range groups {
		d.Groups = append(d.Groups, link{g.Name() + ", " + g.School.Title, g.Path})
	}
	for _, list := range []*[]link{&d.Schools, &d.Classes, &d.Groups} {
		if len(*list) > maxPlaces {
			*list, d.More = (*list)[:maxPlaces], true
		}
	}
	return web.Page{Title: "Recherche", View: a.views["search"], Data: d, Query: q}, nil
}

// row reads the person of an entry.
func (v *viewer) row(e *entry) foundRow {
	out := foundRow{Who: link{v.idx.nameOf(e.person), e.person.Path()}}
	var schools []string
	for _, n := range e.at {
		s := v.idx.schools[n]
		if v.school(s) {
			schools = append(schools, s.Title)
		}
	}
	out.Where = strings.Join(schools, ", ")
	switch e.person.Category {
	case Pupil:
		out.What = "élève"
		if _, p := v.idx.pupil(e.person.Ref); p != nil {
			var classes []string
			for _, l := range v.refs(e.person.Ref.Feed, p.Classes, false) {
				classes = append(classes, l.Text)
			}
			out.Classes = strings.Join(classes, ", ")
		}
	case Relative:
		out.What = "responsable"
	case Staff:
		out.What = label(v.idx.mainProfile(e.person))
	}
	return out
}

// nameOf returns the name of a person as lists show it, "" for nobody.
func (x *Index) nameOf(p Person) string {
	for _, at := range x.records(p.Ref) {
		if n, ok := x.nameAt(Person{p.Category, at}); ok {
			return shown(n)
		}
	}
	return ""
}

func (x *Index) nameAt(p Person) (ent.Name, bool) {
	switch p.Category {
	case Pupil:
		if _, r := x.pupil(p.Ref); r != nil {
			return r.Name, true
		}
	case Relative:
		if r := x.relative(p.Ref); r != nil {
			return r.Name, true
		}
	case Staff:
		if _, r := x.member(p.Ref); r != nil {
			return r.Name, true
		}
	}
	return ent.Name{}, false
}

// mainProfile returns the profile under which a person is shown first, over all their records.
func (x *Index) mainProfile(p Person) ent.Profile {
	switch p.Category {
	case Pupil:
		return ent.ProfilePupil
	case Relative:
		return ent.ProfileRelative
	case Staff:
	}
	var all []ent.Affiliation
	for _, at := range x.records(p.Ref) {
		if m, s := x.member(at); s != nil {
			all = append(all, m.StaffPerson(s, aaf.ProfilePolicy{}).Affiliations...)
		}
	}
	return ent.MainProfile(all)
}
