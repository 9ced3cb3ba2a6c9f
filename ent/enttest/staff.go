package enttest

import (
	"iter"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Staff ranges over the staff. A person has one affiliation for each establishment, with all functions held there.
func (a *Academy) Staff() iter.Seq[ent.Person] { return a.StaffOf("") }

// StaffOf ranges over the staff of the establishments of a degree, with what they do there: what its feed delivers. Who
// works in both comes in both, with the same identifier.
func (a *Academy) StaffOf(degree ent.Degree) iter.Seq[ent.Person] {
	return func(yield func(ent.Person) bool) {
		var d draw
		for i := range a.sectors {
			s := &a.sectors[i]
			first := a.firstDegree(s)
			for j, p := range a.posts(s) {
				if degree != "" && !p.keep(degree, first) {
					continue
				}
				if !yield(a.staffMember(&d, p, s.staff+j)) {
					return
				}
			}
		}
	}
}

// StaffIn ranges over the staff of one establishment, with all that they do.
func (a *Academy) StaffIn(establishment ent.ID) iter.Seq[ent.Person] {
	return func(yield func(ent.Person) bool) {
		n, ok := a.establishmentNumber(establishment)
		if !ok {
			return
		}
		home, _ := a.schoolOf(establishment)
		var d draw
		for i := range a.sectors {
			s := &a.sectors[i]
			if s != home && n != a.zone {
				continue
			}
			for j, p := range a.posts(s) {
				if p.at(establishment) && !yield(a.staffMember(&d, p, s.staff+j)) {
					return
				}
			}
		}
	}
}

// StaffInSeveralSchools returns a staff member of several schools; "" in an academy of one.
func (a *Academy) StaffInSeveralSchools() ent.ID {
	s := &a.sectors[0]
	for j, p := range a.posts(s) {
		if len(p.affiliations) > 1 {
			return staffID(s.staff + j)
		}
	}
	return ""
}

// firstDegree returns the establishments of the first degree of a sector.
func (a *Academy) firstDegree(s *sector) map[ent.ID]bool {
	out := map[ent.ID]bool{}
	for i := range s.schools {
		if !s.schools[i].kind.second() {
			out[establishmentID(s.schools[i].number)] = true
		}
	}
	if s.district >= 0 {
		out[establishmentID(s.district)] = true
	}
	return out
}

// keep drops what is outside a degree; false when nothing is left.
func (p *post) keep(degree ent.Degree, first map[ent.ID]bool) bool {
	outside := func(est ent.ID) bool { return first[est] != (degree == ent.FirstDegree) }
	p.affiliations = slices.DeleteFunc(p.affiliations, func(a ent.Affiliation) bool { return outside(a.Establishment) })
	p.teachings = slices.DeleteFunc(p.teachings, func(t ent.Teaching) bool { return outside(t.Establishment) })
	return len(p.affiliations) > 0
}

func (p *post) at(est ent.ID) bool {
	return slices.ContainsFunc(p.affiliations, func(a ent.Affiliation) bool { return a.Establishment == est })
}

// staffMember makes the person of a post.
func (a *Academy) staffMember(d *draw, p *post, number int) ent.Person {
	id := staffID(number)
	odd := Oddity("")
	if a.odd > 0 {
		odd = a.drawOddity(id, staffOddities())
	}
	d.on(a, "staff member", string(id))
	female := d.chance(620)
	of := grown
	year := int(a.year) - 24 - d.n(40)
	if year < int(a.year)-52 {
		of = elder
	}
	family, given := a.familyName(d), a.givenName(d, female, of)
	birth := family
	if female && d.chance(350) {
		birth = a.familyName(d)
	}
	out := ent.Person{
		ID: id,
		// Feeds give the first names of staff in capitals.
		Name:          ent.Name{Title: title(female), Family: family.upper, Birth: birth.upper, Given: given.upper},
		BirthDate:     a.date(d, year),
		Affiliations:  p.affiliations,
		Teachings:     p.teachings,
		HeadTeacherOf: p.heads,
	}
	for i := range out.Teachings {
		out.Teachings[i].Teacher = id
	}
	if d.chance(930) {
		out.Contact.Mail = mail(given, family, number, "academie.test")
	}
	switch odd {
	case "":
	case OddNoBirthDate:
		out.BirthDate = ent.Date{}
	default:
		a.oddName(odd, &out.Name)
	}
	return out
}

// TeachingBody reports whether a staff member belongs to a teaching body: those who teach, the documentalists, the
// heads of primary schools and the replacement teachers. Feeds say it beside the functions.
func TeachingBody(p *ent.Person) bool {
	for i := range p.Affiliations {
		if p.Affiliations[i].Profile == ent.ProfileTeacher {
			return true
		}
		for _, f := range p.Affiliations[i].Functions {
			if f.Code == ent.FunctionTeaching {
				return true
			}
		}
	}
	return false
}
