// Package academy is who is who in the fictional academy, and what day it is there, for the areas of the portal that show school life:
// a product has its own directory in this place.
package academy

import (
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// Academy knows the people of the second degree. School years are grown when they are first asked for. The portal is in the first week
// of December, when the first trimestre is over and the councils meet.
type Academy struct {
	*enttest.Academy
	opened time.Time
	start  time.Time

	load   sync.Once
	staff  map[ent.ID]ent.Person
	pupils map[ent.ID]enttest.Pupil
	family map[ent.ID]enttest.Relative

	mu    sync.Mutex
	years map[ent.ID]*schooltest.Year
}

// New returns the academy of some options. It is twenty past eleven there, in the middle of a lesson.
func New(o enttest.Options) *Academy {
	a := enttest.New(o)
	return &Academy{
		Academy: a, opened: time.Now(), years: map[ent.ID]*schooltest.Year{},
		start: time.Date(int(a.Year().First().Year), time.December, 2, 11, 20, 0, 0, Paris()),
	}
}

// Paris is the zone of the pages; UTC where the machine has no zones.
func Paris() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}

// Now goes on from the day on which the portal is set.
func (a *Academy) Now() time.Time { return a.start.Add(time.Since(a.opened)) }

// Today is the day of Now.
func (a *Academy) Today() ent.Date { return ent.DateAt(a.Now(), Paris()) }

// EstablishmentOf is the first part of the identifier of a class, a group or a teaching of the fictional academy.
func EstablishmentOf(id ent.ID) ent.ID {
	before, _, _ := strings.Cut(string(id), "$")
	return ent.ID(before)
}

// SetName is the name of a class or a group: what follows its establishment.
func SetName(id ent.ID) string {
	_, name, ok := strings.Cut(string(id), "$")
	if !ok {
		return string(id)
	}
	return name
}

// SchoolYear returns the year of an establishment; false when it has no lessons.
func (a *Academy) SchoolYear(establishment ent.ID) (*schooltest.Year, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	y, known := a.years[establishment]
	if !known {
		y, _ = schooltest.New(a.Academy, establishment)
		if y != nil && len(y.Teachings()) == 0 {
			y = nil
		}
		a.years[establishment] = y
	}
	return y, y != nil
}

func (a *Academy) people() {
	a.load.Do(func() {
		a.staff, a.pupils, a.family = map[ent.ID]ent.Person{}, map[ent.ID]enttest.Pupil{}, map[ent.ID]enttest.Relative{}
		for p := range a.Staff() {
			a.staff[p.ID] = p
		}
		for p := range a.PupilsOf(ent.SecondDegree) {
			a.pupils[p.ID] = p
		}
		for p := range a.RelativesOf(ent.SecondDegree) {
			a.family[p.ID] = p
		}
	})
}

// Agent returns a member of the staff.
func (a *Academy) Agent(id ent.ID) (ent.Person, bool) {
	a.people()
	p, ok := a.staff[id]
	return p, ok
}

// Agents calls yield for all of them, in no order.
func (a *Academy) Agents(yield func(ent.ID, ent.Person)) {
	a.people()
	for id, p := range a.staff {
		yield(id, p)
	}
}

// Pupil returns a pupil.
func (a *Academy) Pupil(id ent.ID) (enttest.Pupil, bool) {
	a.people()
	p, ok := a.pupils[id]
	return p, ok
}

// Relative returns a relative.
func (a *Academy) Relative(id ent.ID) (enttest.Relative, bool) {
	a.people()
	p, ok := a.family[id]
	return p, ok
}

// PupilName is the name of a pupil, as lists show it.
func (a *Academy) PupilName(id ent.ID) string {
	p, ok := a.Pupil(id)
	if !ok {
		return string(id)
	}
	return p.Name.Display()
}

// StaffName is the name of a member of the staff.
func (a *Academy) StaffName(id ent.ID) string {
	p, ok := a.Agent(id)
	if !ok {
		return "quelqu'un d'autre"
	}
	return p.Name.Display()
}

// PupilFacts is a pupil in the words of package access.
func PupilFacts(p *enttest.Pupil) access.Pupil {
	out := access.PupilOf(&p.Person)
	out.Relations = p.Relations
	return out
}

// Facts are what is known of somebody who signed in.
func (a *Academy) Facts(p school.Person) (access.Facts, bool) {
	id := ent.ID(p.Ref.Key)
	switch p.Category {
	case school.Staff:
		x, ok := a.Agent(id)
		return access.FactsOf(&x, a.Today()), ok
	case school.Pupil:
		x, ok := a.Pupil(id)
		if !ok {
			return access.Facts{}, false
		}
		f := access.FactsOf(&x.Person, a.Today())
		own := PupilFacts(&x)
		f.Pupil = &own
		return f, true
	case school.Relative:
		x, ok := a.Relative(id)
		f := access.FactsOf(&x.Person, a.Today())
		for _, child := range x.Children {
			if c, ok := a.Pupil(child); ok {
				f.Children = append(f.Children, PupilFacts(&c))
			}
		}
		return f, ok
	}
	return access.Facts{}, false
}
