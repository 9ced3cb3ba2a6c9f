package school

import (
	"net/http"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
)

// Choice is a fictional person that the sign-in page proposes.
type Choice struct {
	Person Person
	Name   string
	Role   string
	Note   string
}

// Door opens to anybody who picks a fictional person: it serves the fictional academy only.
type Door struct {
	area *Area
	// Accounts is set when people sign in by their own account too: the page then begins with that form.
	Accounts func(r *http.Request) *Form
}

// Form is the form of sign-in.
type Form struct {
	// Message says why the last attempt failed, "" for none.
	Message string
	Login   string
	// Next is the page to go to.
	Next string
	// Trial are logins to try, of Password.
	Trial    []Trial
	Password string
}

// Trial is a login to try.
type Trial struct{ Login, Name, Role string }

// NewDoor returns the door of an area whose persons are all fictional.
func NewDoor(a *Area) *Door { return &Door{area: a} }

// The choices of people who are in no school's directory: the town hall, and those who administer accounts.
const (
	townHall = "mairie"
	admin    = "administrateur"
	delegate = "administrateur-delegue"
)

// maxChoices is how many persons a search of the sign-in page proposes.
const maxChoices = 20

type doorData struct {
	Failed   bool
	Form     *Form
	Next     string
	Examples []Choice
	Query    string
	Asked    bool
	Found    []Choice
	More     int
	// Delegated is the school whose accounts a delegated administrator manages, "" when there is none.
	Delegated string
}

// SignIn returns the page where a person is picked.
func (d *Door) SignIn(r *http.Request, failed bool) (web.Page, error) {
	x := d.area.index.Load()
	data := doorData{Failed: failed, Examples: x.examples, Next: web.Local(r.FormValue("suite"))}
	page := web.Page{
		Title: "Entrer dans le portail", View: d.area.views["door"], Lead: web.French("Choisissez une personne fictive : le portail se montre comme elle le verrait."),
	}
	if d.Accounts != nil {
		data.Form = d.Accounts(r)
		page.Lead = web.French("Avec votre compte, avec EduConnect, ou comme une personne fictive de votre choix.")
		// Whoever comes from a partner is led back to it, by redirects that follow this page's form.
		page.FormAction = "https: http:"
	}
	if r.Method == http.MethodGet {
		data.Query = strings.TrimSpace(r.FormValue("q"))
	}
	data.Asked = data.Query != ""
	found := x.people(data.Query, func(*entry) bool { return true })
	for _, e := range found[:min(len(found), maxChoices)] {
		data.Found = append(data.Found, x.choice(e.person, ""))
	}
	data.More = len(found) - len(data.Found)
	if s := x.delegated(); s != nil {
		data.Delegated = s.Title
	}
	page.Data = data
	return page, nil
}

// Enter reads the person that was picked.
func (d *Door) Enter(r *http.Request) (web.Account, bool) {
	x := d.area.index.Load()
	if !x.one {
		return web.Account{}, false
	}
	return x.account(r.PostFormValue("person"))
}

// account returns who a reference stands for.
func (x *Index) account(ref string) (web.Account, bool) {
	if ref == townHall && x.one {
		return web.Account{Name: "Service de la commune", Role: "mairie", TownHall: true, Ref: townHall}, true
	}
	if who, ok := x.administrator(ref); ok {
		return who, true
	}
	p, ok := ParsePerson(ref)
	if !ok || !x.one {
		return web.Account{}, false
	}
	for _, at := range x.records(p.Ref) {
		if n, ok := x.nameAt(Person{p.Category, at}); ok {
			name := n.Spoken()
			if name == "" {
				name = shown(n)
			}
			profile := x.mainProfile(p)
			return web.Account{Name: name, Role: label(profile), Profile: profile, Ref: Person{p.Category, at}.String()}, true
		}
	}
	return web.Account{}, false
}

// administrator returns the account of somebody who administers those of others.
func (x *Index) administrator(choice string) (web.Account, bool) {
	s := x.delegated()
	switch {
	case !x.one:
	case choice == admin:
		return web.Account{Name: "Administration de l’ENT", Role: "administrateur", Manages: []string{web.Everywhere}, Ref: admin}, true
	case choice == delegate && s != nil:
		return web.Account{Name: "Référent numérique", Role: "administrateur délégué", Manages: []string{s.Ref.Key}, Ref: delegate}, true
	}
	return web.Account{}, false
}

// delegated returns the school of the pupil whom the door proposes, the first one of several.
func (x *Index) delegated() *School {
	if len(x.examples) == 0 {
		return nil
	}
	if list := x.schoolsOfPerson(x.examples[0].Person); len(list) > 0 {
		return list[0]
	}
	return nil
}

func (x *Index) choice(p Person, note string) Choice {
	c := Choice{Person: p, Name: x.nameOf(p), Role: label(x.mainProfile(p)), Note: note}
	if note == "" {
		var titles []string
		for _, s := range x.schoolsOfPerson(p) {
			titles = append(titles, s.Title)
		}
		c.Note = strings.Join(titles, ", ")
	}
	return c
}

// propose picks one person of each profile for the sign-in page.
func (x *Index) propose(parent string) []Choice {
	var out []Choice
	pupil, ok := x.examplePupil(parent)
	if ok {
		out = append(out, x.choice(pupil, ""))
	}
	if p, ok := x.exampleRelative(parent); ok {
		kids := x.children(p.Ref)
		out = append(out, x.choice(p, web.Count(int64(len(kids)), "enfant", "enfants")+", "+
			web.Count(int64(len(x.schoolsOfPerson(p))), "établissement", "établissements")))
	}
	schools := near(x.schools, x.schoolsOfPerson(pupil))
	for _, want := range []ent.Profile{ent.ProfileTeacher, ent.ProfileDirection, ent.ProfileSchoolLife, ent.ProfileStaff} {
		if p, ok := x.exampleStaff(want, schools); ok {
			out = append(out, x.choice(p, ""))
		}
	}
	return out
}

// examplePupil prefers a child of the relative proposed, in the second degree.
func (x *Index) examplePupil(parent string) (Person, bool) {
	for _, c := range x.children(Ref{1, parent}) {
		if c.model.Degree() == ent.SecondDegree && len(c.pupil.Classes) > 0 {
			return Person{Pupil, c.ref}, true
		}
	}
	for i := range x.entries {
		if p := x.entries[i].person; p.Category == Pupil {
			if _, r := x.pupil(p.Ref); r != nil && len(r.Classes) > 0 && len(r.Links) > 1 {
				return p, true
			}
		}
	}
	return Person{}, false
}

func (x *Index) exampleRelative(parent string) (Person, bool) {
	for _, at := range x.records(Ref{1, parent}) {
		if r := x.relative(at); r != nil {
			return Person{Relative, at}, true
		}
	}
	for i := range x.entries {
		if p := x.entries[i].person; p.Category == Relative && len(x.children(p.Ref)) > 1 {
			return p, true
		}
	}
	return Person{}, false
}

// near puts some schools before the others.
func near(all, first []*School) []*School {
	out := slices.Clone(first)
	return append(out, slices.DeleteFunc(slices.Clone(all), func(s *School) bool { return slices.Contains(first, s) })...)
}

// exampleStaff prefers, among those of a profile, a head teacher; and the first schools.
func (x *Index) exampleStaff(want ent.Profile, schools []*School) (Person, bool) {
	var first Person
	for _, s := range schools {
		if len(s.Classes) == 0 {
			continue
		}
		for _, m := range s.staff {
			p := Person{Staff, m.ref}
			if m.profile != want || x.mainProfile(p) != want {
				continue
			}
			if want != ent.ProfileTeacher || slices.ContainsFunc(s.Classes, func(c *Class) bool { return slices.Contains(c.heads, m.ref.Key) }) {
				return p, true
			}
			if first == (Person{}) {
				first = p
			}
		}
	}
	return first, first != (Person{})
}
