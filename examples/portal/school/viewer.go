package school

import (
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
)

// viewer is what somebody sees. It only filters what the pages display, by profile: the rules of who may see and do what
// are the work of ent/access, which will take its place.
//
//	pupil            own page with the relatives' names, own class as a list of names
//	relative         own page, and those of the children for whom they have a responsibility
//	teacher, staff   their schools: classes, groups, staff, pupils, relatives and how to reach them
//	direction        the same with what the office alone reads, and the report of the delivery
//	administrator    everything
type viewer struct {
	idx     *Index
	who     web.Account
	person  Person
	admin   bool
	office  bool // reads national numbers and birth dates of staff
	staff   bool
	schools map[*School]bool
	// people are the pages open to pupils and relatives; lists the classes whose names a pupil reads.
	people map[Person]bool
	lists  map[Ref]bool
}

func (x *Index) viewer(who web.Account) *viewer {
	v := &viewer{idx: x, who: who, admin: who.Admin, office: who.Admin, schools: map[*School]bool{}, people: map[Person]bool{}, lists: map[Ref]bool{}}
	if who.Admin {
		return v
	}
	p, ok := ParsePerson(who.Ref)
	if !ok {
		return v
	}
	v.person = p
	v.people[x.same(p)] = true
	switch p.Category {
	case Staff:
		v.staff, v.office = true, who.Profile == ent.ProfileDirection
		for _, s := range x.schoolsOfPerson(p) {
			v.schools[s] = true
		}
	case Pupil:
		if _, pupil := x.pupil(p.Ref); pupil != nil {
			for _, c := range pupil.Classes {
				v.lists[Ref{p.Ref.Feed, c.Structure + "$" + c.Code}] = true
			}
		}
	case Relative:
		for _, c := range x.children(p.Ref) {
			if c.tie.Responsibility != ent.ResponsibilityNone {
				v.people[x.same(Person{Pupil, c.ref})] = true
			}
		}
	}
	return v
}

// school tells whether the pages of a school are open.
func (v *viewer) school(s *School) bool { return v.admin || v.schools[s] }

// list tells whether a class is open, if only as a list of names.
func (v *viewer) list(c *Class) bool { return v.school(c.School) || v.lists[c.Ref] }

// sees tells whether the page of a person is open.
func (v *viewer) sees(p Person) bool {
	if v.admin || v.people[v.idx.same(p)] {
		return true
	}
	return v.staff && slices.ContainsFunc(v.idx.schoolsOfPerson(p), v.school)
}

// finds is sees for an entry of the search, without reading the person.
func (v *viewer) finds(e *entry) bool {
	if v.admin || v.people[v.idx.same(e.person)] {
		return true
	}
	return v.staff && slices.ContainsFunc(e.at, func(n int32) bool { return v.schools[v.idx.schools[n]] })
}

// self tells whether a person is the one who reads.
func (v *viewer) self(p Person) bool {
	return v.person.Category == p.Category && v.idx.same(v.person) == v.idx.same(p)
}

// reach tells whether how to reach a person is shown: to the staff and to the person, not to the other parent.
func (v *viewer) reach(p Person) bool { return v.admin || v.staff || v.self(p) }

// searches tells whether the search is open.
func (v *viewer) searches() bool { return v.admin || v.staff }
