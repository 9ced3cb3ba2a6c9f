package school

import (
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
)

// Member is somebody of the deliveries, as accounts and partners need to know them.
type Member struct {
	Person  Person
	Name    ent.Name
	Profile ent.Profile
	Birth   ent.Date
	Mail    string
	// Schools are where the person belongs, Classes those of a pupil.
	Schools []*School
	Classes []*Class
	// MEF is the programme of a pupil.
	MEF string
	// Children are those of a relative.
	Children []Kin
}

// Kin is a child of a relative.
type Kin struct {
	Person Person
	Name   ent.Name
	School *School
}

// Member returns somebody by the reference of a session; false when nobody has it.
func (a *Area) Member(ref string) (Member, bool) {
	p, ok := ParsePerson(ref)
	if !ok {
		return Member{}, false
	}
	return a.index.Load().memberOf(p)
}

// Members calls a function for each person of the deliveries, once each.
func (a *Area) Members(each func(Member)) {
	x := a.index.Load()
	seen := map[Person]bool{}
	for i := range x.entries {
		p := x.entries[i].person
		if same := x.same(p); !seen[same] {
			seen[same] = true
			if m, ok := x.memberOf(p); ok {
				each(m)
			}
		}
	}
}

// Schools returns the schools in French order.
func (a *Area) Schools() []*School { return a.index.Load().schools }

// Examples are the persons that the door proposes.
func (a *Area) Examples() []Choice { return a.index.Load().examples }

// Account returns who a reference is in the header of the pages; false when nobody has it.
func (a *Area) Account(ref string) (web.Account, bool) { return a.index.Load().account(ref) }

func (x *Index) memberOf(p Person) (Member, bool) {
	out := Member{Person: p, Profile: x.mainProfile(p), Schools: x.schoolsOfPerson(p)}
	found := false
	// A person of two deliveries is named by the first one that has them, as at the door.
	here := func(at Ref) {
		if !found {
			out.Person.Ref, found = at, true
		}
	}
	for _, at := range x.records(p.Ref) {
		switch p.Category {
		case Pupil:
			if _, r := x.pupil(at); r != nil {
				here(at)
				out.Name, out.Birth = r.Name, r.BirthDate
				for _, c := range r.Classes {
					if row := x.class(Ref{at.Feed, c.Structure + "$" + c.Code}, false); row != nil {
						out.Classes = append(out.Classes, row)
					}
				}
				out.MEF = r.MEF
			}
		case Relative:
			if r := x.relative(at); r != nil {
				here(at)
				out.Name, out.Mail = r.Name, r.Contact.Mail
			}
		case Staff:
			if _, r := x.member(at); r != nil {
				here(at)
				out.Name, out.Birth, out.Mail = r.Name, r.BirthDate, r.Mail
			}
		}
	}
	if p.Category == Relative {
		for _, c := range x.children(p.Ref) {
			kin := Kin{Person: Person{Pupil, c.ref}, Name: c.pupil.Name}
			if list := x.schoolsOf(c.ref.Feed, c.pupil.Structures()); len(list) > 0 {
				kin.School = list[0]
			}
			out.Children = append(out.Children, kin)
		}
	}
	return out, found && strings.TrimSpace(out.Name.Family) != ""
}
