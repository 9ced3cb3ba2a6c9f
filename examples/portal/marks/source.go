package marks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// source is the product around the gradebook: who teaches what, who is where, and who asks. Its school years are grown when
// they are first asked for. The portal is in the first week of December, when the first trimestre is over and the councils
// meet.
type source struct {
	academy *enttest.Academy
	store   gradebook.Store
	opened  time.Time
	start   time.Time

	mu     sync.Mutex
	years  map[ent.ID]*schooltest.Year
	people map[ent.ID]ent.Person // staff
	pupils map[ent.ID]enttest.Pupil
	family map[ent.ID]enttest.Relative
}

func newSource(a *enttest.Academy, store gradebook.Store) *source {
	first := a.Year().First()
	return &source{
		academy: a, store: store, opened: time.Now(), years: map[ent.ID]*schooltest.Year{},
		start: time.Date(int(first.Year), time.December, 2, 9, 0, 0, 0, paris()),
	}
}

// now goes on from the day on which the portal is set.
func (s *source) now() time.Time { return s.start.Add(time.Since(s.opened)) }

func (s *source) today() ent.Date { return ent.DateAt(s.now(), paris()) }

// establishmentOf is the first part of the identifier of a class, a group or a teaching of the fictional academy.
func establishmentOf(id ent.ID) ent.ID {
	before, _, _ := strings.Cut(string(id), "$")
	return ent.ID(before)
}

// year returns the year of an establishment, written to the store when it is new; nil when there is none.
func (s *source) year(ctx context.Context, establishment ent.ID) (*schooltest.Year, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if y, ok := s.years[establishment]; ok {
		return y, nil
	}
	y, ok := schooltest.New(s.academy, establishment)
	if !ok {
		return nil, nil //nolint:nilnil // a primary school has no marks
	}
	if err := s.fill(ctx, y); err != nil {
		return nil, err
	}
	s.years[establishment] = y
	return y, nil
}

// fill opens the first period of each class, and writes what teachers have entered so far.
func (s *source) fill(ctx context.Context, y *schooltest.Year) error {
	const some = 400 // entries at once
	for _, c := range y.Classes() {
		if known, err := s.store.Terms(ctx, tenant, []ent.ID{c.ID}); err != nil || len(known) > 0 {
			if err != nil {
				return fmt.Errorf("portal: %w", err)
			}
			continue // kept from the last time
		}
		first := y.Periods()[0]
		term := gradebook.Term{Class: c.ID, Period: first.ID, State: gradebook.LockOpen, OpenNext: true, Council: first.End.AddDays(5), Version: 1}
		if err := s.store.PutTerm(ctx, tenant, gradebook.TermChange{Term: term, At: first.Start.Time(paris())}); err != nil {
			return fmt.Errorf("portal: %w", err)
		}
		entries := slices.DeleteFunc(y.Entries(c.ID, s.today(), 1), func(e gradebook.Entry) bool { return e.Kind == gradebook.EntryLevel }) // no page shows them
		for list := range slices.Chunk(entries, some) {
			if _, err := s.store.Save(ctx, tenant, list); err != nil {
				return fmt.Errorf("portal: %w", err)
			}
		}
	}
	return nil
}

func unknown() error { return fmt.Errorf("portal: %w", gradebook.CodeUnknown) }

// Course is of [gradebook.School].
func (s *source) Course(ctx context.Context, _ ent.Tenant, teaching ent.ID) (gradebook.Course, error) {
	y, err := s.year(ctx, establishmentOf(teaching))
	if err != nil || y == nil {
		return gradebook.Course{}, either(err)
	}
	c, ok := y.Course(teaching)
	if !ok {
		return gradebook.Course{}, unknown()
	}
	return c, nil
}

func either(err error) error {
	if err == nil {
		return unknown()
	}
	return err
}

// Room is of [gradebook.School].
func (s *source) Room(ctx context.Context, _ ent.Tenant, class ent.ID) (gradebook.Room, error) {
	y, err := s.year(ctx, establishmentOf(class))
	if err != nil || y == nil {
		return gradebook.Room{}, either(err)
	}
	r, ok := y.Room(class)
	if !ok {
		return gradebook.Room{}, unknown()
	}
	return r, nil
}

// Target is of [gradebook.School].
func (s *source) Target(_ context.Context, _ ent.Tenant, pupil ent.ID, _ ent.Date) (access.Target, ent.ID, error) {
	s.load()
	p, ok := s.pupils[pupil]
	if !ok || p.Schooling == nil || len(p.Schooling.Classes) == 0 {
		return access.Target{}, "", unknown()
	}
	who := pupilOf(&p)
	return access.PupilTarget(&who), p.Schooling.Classes[0], nil
}

// Periods is of [gradebook.School]. Nobody changes school in the fictional academy, nor class.
func (s *source) Periods(ctx context.Context, _ ent.Tenant, pupil ent.ID) ([]gradebook.Period, error) {
	_, class, err := s.Target(ctx, tenant, pupil, ent.Date{})
	if err != nil {
		return nil, err
	}
	y, err := s.year(ctx, establishmentOf(class))
	if err != nil || y == nil {
		return nil, either(err)
	}
	return y.Periods(), nil
}

func pupilOf(p *enttest.Pupil) access.Pupil {
	out := access.PupilOf(&p.Person)
	out.Relations = p.Relations
	return out
}

// load makes the people of the second degree, once.
func (s *source) load() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people != nil {
		return
	}
	s.people, s.pupils, s.family = map[ent.ID]ent.Person{}, map[ent.ID]enttest.Pupil{}, map[ent.ID]enttest.Relative{}
	for p := range s.academy.Staff() {
		s.people[p.ID] = p
	}
	for p := range s.academy.PupilsOf(ent.SecondDegree) {
		s.pupils[p.ID] = p
	}
	for p := range s.academy.RelativesOf(ent.SecondDegree) {
		s.family[p.ID] = p
	}
}

// facts are what is known of somebody who signed in.
func (s *source) facts(p school.Person) (access.Facts, bool) {
	s.load()
	id := ent.ID(p.Ref.Key)
	switch p.Category {
	case school.Staff:
		x, ok := s.people[id]
		return access.FactsOf(&x, s.today()), ok
	case school.Pupil:
		x, ok := s.pupils[id]
		if !ok {
			return access.Facts{}, false
		}
		f := access.FactsOf(&x.Person, s.today())
		own := pupilOf(&x)
		f.Pupil = &own
		return f, true
	case school.Relative:
		x, ok := s.family[id]
		f := access.FactsOf(&x.Person, s.today())
		for _, child := range x.Children {
			if c, ok := s.pupils[child]; ok {
				f.Children = append(f.Children, pupilOf(&c))
			}
		}
		return f, ok
	}
	return access.Facts{}, false
}

// name of a pupil, as lists show it.
func (s *source) pupilName(id ent.ID) string {
	s.load()
	p, ok := s.pupils[id]
	if !ok {
		return string(id)
	}
	return p.Name.Display()
}

func (s *source) staffName(id ent.ID) string {
	s.load()
	p, ok := s.people[id]
	if !ok {
		return "quelqu'un d'autre"
	}
	return p.Name.Display()
}

// roll is what the LSU asks of a class beside its marks.
func (s *source) roll(ctx context.Context, room *gradebook.Room) (lsu.Roll, error) {
	y, err := s.year(ctx, room.Establishment)
	if err != nil || y == nil {
		return lsu.Roll{}, either(err)
	}
	e, _ := s.academy.Establishment(room.Establishment)
	s.load()
	out := lsu.Roll{
		Header: lsu.Header{Editor: "Cartable", Application: "Portail Cartable", School: string(e.UAI)},
		Heads:  []lsu.Head{{Key: "direction", Label: "La direction"}}, Head: "direction", Zone: paris(),
		Pupil: func(id ent.ID) (lsu.Pupil, bool) {
			p, ok := s.pupils[id]
			if !ok {
				return lsu.Pupil{}, false
			}
			return lsu.Pupil{SiecleID: p.Schooling.SchoolNumber, INE: p.Schooling.INE, Family: p.Name.Family, Given: p.Name.Given}, true
		},
		Teacher: func(id ent.ID) (lsu.Teacher, bool) {
			p, ok := s.people[id]
			return lsu.Teacher{Type: lsu.TeacherEPP, STS: string(id), Civility: civility(p.Name.Title), Family: p.Name.Family, Given: p.Name.Given}, ok
		},
		Division: func(c ent.ID) string { return lsu.DivisionOf(string(c)) },
		Life: func(pupil, period ent.ID) *lsu.SchoolLife {
			l := y.Life(pupil, period)
			return &lsu.SchoolLife{Late: &l.Late, Excused: &l.Excused, Unexcused: &l.Unexcused, MissedHours: &l.Hours}
		},
	}
	for id, p := range s.people {
		if slices.Contains(p.HeadTeacherOf, room.Class) {
			out.HeadTeachers = append(out.HeadTeachers, id)
		}
	}
	slices.Sort(out.HeadTeachers)
	return out, nil
}

func civility(title string) lsu.Civility {
	if title == "M." || title == "M" {
		return lsu.CivilityM
	}
	return lsu.CivilityMme
}
