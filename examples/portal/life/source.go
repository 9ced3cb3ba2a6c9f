package life

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/schooltest"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Stores keep the school day.
type Stores struct {
	Timetables timetable.Store
	Attendance attendance.Store
	Cahiers    cahier.Store
	Bookings   booking.Store
}

// source is the product around the packages: who is where, who teaches whom. A school's past is written when it is first asked for.
type source struct {
	*academy.Academy
	Stores

	mu     sync.Mutex
	school map[ent.ID]*schoolDay
}

// schoolDay is what is made ready of a school.
type schoolDay struct {
	year      *schooltest.Year
	timetable *timetable.Timetable
	audience  *timetable.Audience

	mu        sync.Mutex
	version   int64
	schedules *attendance.Schedules
}

// program names the program that the timetables come from: its identifiers of courses last.
const program = "grille"

// key is the key under which a lesson of the fictional year is kept.
func key(k timetable.Key) timetable.Key {
	return timetable.Key{Course: program + ":" + k.Course, On: k.On}
}

// schoolOf is the establishment of a lesson.
func schoolOf(k timetable.Key) ent.ID {
	return academy.EstablishmentOf(ent.ID(strings.TrimPrefix(string(k.Course), program+":")))
}

// day returns a school; nil for one without lessons.
func (s *source) day(ctx context.Context, establishment ent.ID) (*schoolDay, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.school[establishment]; ok {
		return d, nil
	}
	y, ok := s.SchoolYear(establishment)
	if !ok {
		return nil, nil //nolint:nilnil // a primary school has no timetable here
	}
	t := y.Timetable()
	d := &schoolDay{year: y, timetable: t, audience: t.NewAudience(), version: -1}
	if err := s.fill(ctx, establishment, d); err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	s.school[establishment] = d
	return d, nil
}

// fill writes what is known on the day of the portal: the timetable as an import, the changes made by hand around today, the events of
// the year, the roll calls of the last days, the cahiers of three weeks. What was kept from the last time stays.
func (s *source) fill(ctx context.Context, id ent.ID, d *schoolDay) error {
	kept, err := s.Timetables.Kept(ctx, tenant, id)
	if err != nil || kept.Version > 0 {
		return err
	}
	today, now := s.Today(), s.Now()
	before := today.AddDays(-1)
	plan := timetable.Compare(kept, d.timetable, timetable.ImportOptions{Source: program, Native: true})
	if err := s.Timetables.Apply(ctx, tenant, id, plan, program, now.AddDate(0, -3, 0)); err != nil {
		return err
	}
	for _, c := range d.year.Changes() {
		if c.Key.On.Before(today.AddDays(-14)) || today.AddDays(21).Before(c.Key.On) {
			continue
		}
		c.Key = key(c.Key)
		if err := s.Timetables.Change(ctx, tenant, id, timetable.HandChange{Change: c, By: "direction", At: now.AddDate(0, 0, -1)}, 0); err != nil {
			return err
		}
	}
	calls := d.year.Calls(today.AddDays(-5), before)
	events := d.year.Events(d.timetable.Year.First, before)
	for i := range events {
		e := &events[i]
		e.Lesson = key(e.Lesson)
		e.ID = attendance.EventID(e.Lesson, e.Pupil)
	}
	of := map[timetable.Key][]attendance.Event{}
	for _, e := range events {
		of[e.Lesson] = append(of[e.Lesson], e)
	}
	for _, c := range calls {
		c.Lesson = key(c.Lesson)
		err := s.Attendance.ChangeCall(ctx, tenant, c.Lesson, func(attendance.RollCall, []attendance.Event) (attendance.RollCall, []attendance.Event, error) {
			return c, of[c.Lesson], nil
		})
		if err != nil {
			return err
		}
		delete(of, c.Lesson)
	}
	rest := slices.DeleteFunc(events, func(e attendance.Event) bool { _, left := of[e.Lesson]; return !left })
	for list := range slices.Chunk(rest, 400) {
		if err := s.Attendance.PutEvents(ctx, tenant, list); err != nil {
			return err
		}
	}
	sessions, work := d.year.Sessions(today.AddDays(-14), before)
	for _, x := range sessions {
		x.Lesson = key(x.Lesson)
		if err := s.Cahiers.PutSession(ctx, tenant, x); err != nil {
			return err
		}
	}
	for _, x := range work {
		x.For = key(x.For)
		if err := s.Cahiers.PutHomework(ctx, tenant, x); err != nil {
			return err
		}
	}
	return nil
}

// lessons returns those of a school from a day to another.
func (s *source) lessons(ctx context.Context, establishment ent.ID, from, to ent.Date) ([]timetable.Lesson, error) {
	if d, err := s.day(ctx, establishment); err != nil || d == nil {
		return nil, err
	}
	return s.Timetables.Lessons(ctx, tenant, establishment, from, to) //nolint:wrapcheck // said by the page
}

var errNoLesson = errors.New("portal: no such lesson")

// lesson returns a dated lesson, wherever it moved.
func (s *source) lesson(ctx context.Context, k timetable.Key) (timetable.Lesson, *schoolDay, error) {
	establishment := schoolOf(k)
	d, err := s.day(ctx, establishment)
	if err != nil || d == nil {
		return timetable.Lesson{}, nil, errors.Join(err, errNoLesson)
	}
	list, err := s.Timetables.Lessons(ctx, tenant, establishment, k.On.AddDays(-30), k.On.AddDays(30))
	if err != nil {
		return timetable.Lesson{}, nil, fmt.Errorf("portal: %w", err)
	}
	for _, l := range list {
		if l.Key == k {
			return l, d, nil
		}
	}
	return timetable.Lesson{}, nil, errNoLesson
}

// target is that of what is about some pupils of a school.
func target(establishment ent.ID, refs []timetable.Ref) access.Target {
	t := access.Target{Profile: ent.ProfilePupil, Establishments: []ent.ID{establishment}}
	for _, r := range refs {
		switch r.Kind {
		case timetable.KindClass:
			t.Classes = append(t.Classes, r.ID)
		case timetable.KindGroup, timetable.KindPart:
			t.Groups = append(t.Groups, r.ID)
		default: // teachers, rooms, pupils
		}
	}
	return t
}

// refsOf are the classes and groups of a pupil, and the pupil.
func (s *source) refsOf(pupil ent.ID) ([]timetable.Ref, ent.ID, bool) {
	p, ok := s.Pupil(pupil)
	if !ok || p.Schooling == nil || len(p.Schooling.Classes) == 0 {
		return nil, "", false
	}
	var out []timetable.Ref
	for _, c := range p.Schooling.Classes {
		out = append(out, timetable.Ref{Kind: timetable.KindClass, ID: c})
	}
	for _, g := range p.Schooling.Groups {
		out = append(out, timetable.Ref{Kind: timetable.KindGroup, ID: g})
	}
	return append(out, timetable.Ref{Kind: timetable.KindPupil, ID: pupil}), academy.EstablishmentOf(p.Schooling.Classes[0]), true
}

func (s *source) pupilTarget(pupil ent.ID) (access.Target, bool) {
	p, ok := s.Pupil(pupil)
	if !ok {
		return access.Target{}, false
	}
	who := academy.PupilFacts(&p)
	return access.PupilTarget(&who), true
}

// register is what package attendance asks of the product.
type register struct{ *source }

// Lesson is of [attendance.School].
func (s register) Lesson(ctx context.Context, _ ent.Tenant, k timetable.Key) (attendance.Lesson, error) {
	l, d, err := s.lesson(ctx, k)
	if err != nil {
		return attendance.Lesson{}, fmt.Errorf("%w: %w", attendance.CodeLesson, err)
	}
	out := attendance.Lesson{Lesson: l, Pupils: d.audience.Pupils(&l), Target: target(schoolOf(k), l.Resources)}
	for _, r := range l.Resources {
		if r.Kind == timetable.KindTeacher {
			out.Target.Owners = append(out.Target.Owners, r.ID)
		}
	}
	return out, nil
}

// Target is of [attendance.School].
func (s register) Target(_ context.Context, _ ent.Tenant, pupil ent.ID, _ ent.Date) (access.Target, error) {
	t, ok := s.pupilTarget(pupil)
	if !ok {
		return t, fmt.Errorf("portal: %w", attendance.CodeUnknown)
	}
	return t, nil
}

// Schedule is of [attendance.School]. It is made again when the timetable changed.
func (s register) Schedule(ctx context.Context, _ ent.Tenant, pupil ent.ID) (*attendance.Schedule, error) {
	_, establishment, ok := s.refsOf(pupil)
	if !ok {
		return nil, fmt.Errorf("portal: %w", attendance.CodeUnknown)
	}
	d, err := s.day(ctx, establishment)
	if err != nil || d == nil {
		return &attendance.Schedule{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	version, _, err := s.Timetables.Version(ctx, tenant, establishment)
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	if version != d.version {
		lessons, err := s.Timetables.Lessons(ctx, tenant, establishment, d.timetable.Year.First, d.timetable.Year.Last)
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		d.schedules, d.version = attendance.NewSchedules(lessons, d.audience), version
	}
	return d.schedules.Of(pupil), nil
}

// Recipients is of [attendance.School].
func (s register) Recipients(_ context.Context, _ ent.Tenant, pupil ent.ID) ([]attendance.Recipient, error) {
	p, _ := s.Pupil(pupil)
	var out []attendance.Recipient
	for _, r := range p.Relations {
		if r.Responsibility == ent.ResponsibilityLegal {
			out = append(out, attendance.Recipient{Person: r.Relative, Channel: ent.ChannelMail, Lang: ent.FR})
		}
	}
	return out, nil
}

// shelf is what package cahier asks of the product.
type shelf struct{ *source }

// Target is of [cahier.School].
func (shelf) Target(_ context.Context, _ ent.Tenant, establishment ent.ID, audience []timetable.Ref) (access.Target, error) {
	return target(establishment, audience), nil
}

// Teaches is of [cahier.School].
func (s shelf) Teaches(ctx context.Context, _ ent.Tenant, establishment, teacher ent.ID, audience []timetable.Ref) (bool, error) {
	d, err := s.day(ctx, establishment)
	if err != nil || d == nil {
		return false, err
	}
	for i := range d.timetable.Courses {
		c := &d.timetable.Courses[i]
		mine, theirs := false, false
		for _, r := range c.Resources {
			mine = mine || r.Kind == timetable.KindTeacher && r.ID == teacher
			theirs = theirs || slices.Contains(audience, r.Ref)
		}
		if mine && theirs {
			return true, nil
		}
	}
	return false, nil
}

// Pupil is of [cahier.School].
func (s shelf) Pupil(_ context.Context, _ ent.Tenant, pupil ent.ID, _ ent.Date) (access.Target, []timetable.Ref, error) {
	refs, _, ok := s.refsOf(pupil)
	t, known := s.pupilTarget(pupil)
	if !ok || !known {
		return access.Target{}, nil, fmt.Errorf("portal: %w", cahier.CodeUnknown)
	}
	return t, refs, nil
}

// Lesson is of [cahier.School].
func (s shelf) Lesson(ctx context.Context, _ ent.Tenant, _ ent.ID, k timetable.Key) (timetable.Lesson, error) {
	l, _, err := s.lesson(ctx, k)
	if err != nil {
		return l, fmt.Errorf("%w: %w", cahier.CodeNoLesson, err)
	}
	return l, nil
}

// Audience is of [cahier.School].
func (s shelf) Audience(ctx context.Context, _ ent.Tenant, establishment ent.ID) (*timetable.Audience, error) {
	d, err := s.day(ctx, establishment)
	if err != nil || d == nil {
		return (&timetable.Timetable{}).NewAudience(), err
	}
	return d.audience, nil
}

// monday returns the Monday of a day.
func monday(d ent.Date) ent.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// subject names a subject of the school.
func (d *schoolDay) subject(id ent.ID) string {
	for _, t := range d.year.Teachings() {
		if ent.ID(t.Subject) == id {
			return t.Label
		}
	}
	return string(id)
}

// name names a resource of a lesson.
func (s *source) name(r timetable.Ref) string {
	switch {
	case r.Kind == timetable.KindTeacher:
		return s.StaffName(r.ID)
	case r.Kind == timetable.KindPupil:
		return s.PupilName(r.ID)
	case r.Kind.Audience():
		return academy.SetName(r.ID)
	}
	return string(r.ID)
}

func clockNow(t time.Time) timetable.Clock {
	_, at := timetable.Local(t, academy.Paris())
	return at
}
