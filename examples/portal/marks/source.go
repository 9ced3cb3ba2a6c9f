package marks

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// source is the product around the gradebook: who teaches what, who is where. What teachers have entered so far is written when a
// school is first asked for.
type source struct {
	*academy.Academy
	store gradebook.Store

	mu     sync.Mutex
	filled map[ent.ID]bool
}

func newSource(a *academy.Academy, store gradebook.Store) *source {
	return &source{Academy: a, store: store, filled: map[ent.ID]bool{}}
}

// year returns the year of an establishment, written to the store when it is new; nil when there is none.
func (s *source) year(ctx context.Context, establishment ent.ID) (*schooltest.Year, error) {
	y, ok := s.SchoolYear(establishment)
	if !ok {
		return nil, nil //nolint:nilnil // a primary school has no marks
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.filled[establishment] {
		return y, nil
	}
	if err := s.fill(ctx, y); err != nil {
		return nil, err
	}
	s.filled[establishment] = true
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
		if err := s.store.PutTerm(ctx, tenant, gradebook.TermChange{Term: term, At: first.Start.Time(academy.Paris())}); err != nil {
			return fmt.Errorf("portal: %w", err)
		}
		entries := slices.DeleteFunc(y.Entries(c.ID, s.Today(), 1), func(e gradebook.Entry) bool { return e.Kind == gradebook.EntryLevel }) // no page shows them
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
	y, err := s.year(ctx, academy.EstablishmentOf(teaching))
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
	y, err := s.year(ctx, academy.EstablishmentOf(class))
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
	p, ok := s.Pupil(pupil)
	if !ok || p.Schooling == nil || len(p.Schooling.Classes) == 0 {
		return access.Target{}, "", unknown()
	}
	who := academy.PupilFacts(&p)
	return access.PupilTarget(&who), p.Schooling.Classes[0], nil
}

// Periods is of [gradebook.School]. Nobody changes school in the fictional academy, nor class.
func (s *source) Periods(ctx context.Context, _ ent.Tenant, pupil ent.ID) ([]gradebook.Period, error) {
	_, class, err := s.Target(ctx, tenant, pupil, ent.Date{})
	if err != nil {
		return nil, err
	}
	y, err := s.year(ctx, academy.EstablishmentOf(class))
	if err != nil || y == nil {
		return nil, either(err)
	}
	return y.Periods(), nil
}

// roll is what the LSU asks of a class beside its marks.
func (s *source) roll(ctx context.Context, room *gradebook.Room) (lsu.Roll, error) {
	y, err := s.year(ctx, room.Establishment)
	if err != nil || y == nil {
		return lsu.Roll{}, either(err)
	}
	e, _ := s.Establishment(room.Establishment)
	out := lsu.Roll{
		Header: lsu.Header{Editor: "Cartable", Application: "Portail Cartable", School: string(e.UAI)},
		Heads:  []lsu.Head{{Key: "direction", Label: "La direction"}}, Head: "direction", Zone: academy.Paris(),
		Pupil: func(id ent.ID) (lsu.Pupil, bool) {
			p, ok := s.Pupil(id)
			if !ok {
				return lsu.Pupil{}, false
			}
			return lsu.Pupil{SiecleID: p.Schooling.SchoolNumber, INE: p.Schooling.INE, Family: p.Name.Family, Given: p.Name.Given}, true
		},
		Teacher: func(id ent.ID) (lsu.Teacher, bool) {
			p, ok := s.Agent(id)
			return lsu.Teacher{Type: lsu.TeacherEPP, STS: string(id), Civility: civility(p.Name.Title), Family: p.Name.Family, Given: p.Name.Given}, ok
		},
		Division: func(c ent.ID) string { return lsu.DivisionOf(string(c)) },
		Life: func(pupil, period ent.ID) *lsu.SchoolLife {
			l := y.Life(pupil, period)
			return &lsu.SchoolLife{Late: &l.Late, Excused: &l.Excused, Unexcused: &l.Unexcused, MissedHours: &l.Hours}
		},
	}
	s.Agents(func(id ent.ID, p ent.Person) {
		if slices.Contains(p.HeadTeacherOf, room.Class) {
			out.HeadTeachers = append(out.HeadTeachers, id)
		}
	})
	slices.Sort(out.HeadTeachers)
	return out, nil
}

func civility(title string) lsu.Civility {
	if title == "M." || title == "M" {
		return lsu.CivilityM
	}
	return lsu.CivilityMme
}
