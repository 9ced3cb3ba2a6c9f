package attendance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// School is what attendance asks of the product around it.
type School interface {
	// Lesson returns a dated lesson with its pupils. It returns CodeLesson for an unknown one.
	Lesson(ctx context.Context, tenant ent.Tenant, k timetable.Key) (Lesson, error)
	// Target returns the target of what concerns a pupil on a day, for access.
	Target(ctx context.Context, tenant ent.Tenant, pupil ent.ID, on ent.Date) (access.Target, error)
	// Schedule returns when a pupil should be in lessons.
	Schedule(ctx context.Context, tenant ent.Tenant, pupil ent.ID) (*Schedule, error)
	// Recipients are those to tell of a pupil's absence: each legal representative who may be told, or the pupil of age.
	Recipients(ctx context.Context, tenant ent.Tenant, pupil ent.ID) ([]Recipient, error)
}

// Lesson is a lesson with who should be there.
type Lesson struct {
	timetable.Lesson
	Pupils []ent.ID
	// Target is that of the roll call: its owners are the teachers of the lesson.
	Target access.Target
}

// Asker is who asks, with their rights.
type Asker struct {
	Tenant ent.Tenant
	Guard  access.Guard
}

func (a Asker) person() ent.ID { return a.Guard.Scope.Person() }

// Service is the use cases, under the rights of who asks. It is safe for concurrent use.
type Service struct {
	Store  Store
	School School
	// Counter counts; its rule is the school's.
	Counter *Counter
	// Zone is that of the school.
	Zone *time.Location
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// NewID makes identifiers of events, declarations and incidents.
	NewID func() ent.ID
	// Early is how long before its start a roll call may begin.
	Early time.Duration
}

func (s *Service) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Register is the roll call of a lesson as a teacher opens it.
type Register struct {
	Lesson Lesson
	Call   RollCall
	// Expected are the events known already of its pupils that meet the lesson: absent all day, with the nurse, on a trip. Their
	// reasons are left out.
	Expected []Event
}

// Register returns the roll call of a lesson.
func (s *Service) Register(ctx context.Context, a Asker, k timetable.Key) (Register, error) {
	l, err := s.School.Lesson(ctx, a.Tenant, k)
	if err != nil {
		return Register{}, err
	}
	if err := a.Guard.Require(access.ActionCallRead, l.Target); err != nil {
		return Register{}, err
	}
	call, err := s.Store.Call(ctx, a.Tenant, k)
	if err != nil {
		return Register{}, err
	}
	r := Register{Lesson: l, Call: call}
	if len(l.Pupils) == 0 {
		return r, nil
	}
	events, err := s.Store.Events(ctx, a.Tenant, Query{Pupils: l.Pupils, From: l.Date, To: l.Date})
	span := Span{Moment{l.Date, l.Start}, Moment{l.Date, l.End}}
	for _, e := range events {
		if e.Lesson != k && e.Overlaps(span) {
			e.Reason = ""
			r.Expected = append(r.Expected, e)
		}
	}
	return r, err
}

// Take takes what a device sends of a roll call: see [RollCall.Take] for how two of them merge. The events follow: a pupil who is
// marked present after all has no event any more, and what the office said of an event stays.
func (s *Service) Take(ctx context.Context, a Asker, sent Submission) (RollCall, []Clash, error) {
	l, err := s.School.Lesson(ctx, a.Tenant, sent.Lesson)
	if err != nil {
		return RollCall{}, nil, err
	}
	if err := a.Guard.Require(access.ActionCallWrite, l.Target); err != nil {
		return RollCall{}, nil, err
	}
	now := s.now()
	if now.Before(timetable.Instant(l.Date, l.Start, s.Zone).Add(-s.Early)) {
		return RollCall{}, nil, fmt.Errorf("attendance: not begun: %w", CodeLesson)
	}
	var out RollCall
	var clashes []Clash
	err = s.Store.ChangeCall(ctx, a.Tenant, sent.Lesson, func(call RollCall, had []Event) (RollCall, []Event, error) {
		var err error
		out, clashes, err = call.Take(sent, &l.Lesson, l.Pupils, a.person(), now)
		if err != nil {
			return call, nil, err
		}
		return out, Follow(had, Seen(&out, &l.Lesson)), nil
	})
	return out, clashes, err
}

// Follow returns the events to write so that those of a lesson follow what its roll call sees: new ones, changed ones, removed
// ones. The reason and the decision of the office stay on an event, unless it is another kind of event now.
func Follow(had, seen []Event) []Event {
	var out []Event
	byID := make(map[ent.ID]*Event, len(had))
	for i := range had {
		byID[had[i].ID] = &had[i]
	}
	for _, e := range seen {
		h, ok := byID[e.ID]
		delete(byID, e.ID)
		e.Version = 1
		if ok {
			if h.Kind == e.Kind {
				e.Reason, e.Regularised = h.Reason, h.Regularised
			}
			if h.Kind == e.Kind && h.Span == e.Span && !h.Removed {
				continue
			}
			e.Version = h.Version + 1
		}
		out = append(out, e)
	}
	for i := range had { // in their order
		if h, gone := byID[had[i].ID]; gone && !h.Removed {
			e := *h
			e.Removed, e.Version = true, h.Version+1
			out = append(out, e)
		}
	}
	return out
}

// pupil requires an action on a pupil.
func (s *Service) pupil(ctx context.Context, a Asker, pupil ent.ID, on ent.Date, action access.Action) (access.Target, error) {
	t, err := s.School.Target(ctx, a.Tenant, pupil, on)
	if err != nil {
		return t, err
	}
	return t, a.Guard.Require(action, t)
}

// Events returns the events of a pupil from a day to another. The reasons are there for those who may read them.
func (s *Service) Events(ctx context.Context, a Asker, pupil ent.ID, from, to ent.Date) ([]Event, error) {
	t, err := s.pupil(ctx, a, pupil, to, access.ActionAbsenceRead)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Events(ctx, a.Tenant, Query{Pupils: []ent.ID{pupil}, From: from, To: to})
	if err != nil {
		return nil, err
	}
	if a.Guard.Require(access.ActionAbsenceReasonRead, t) != nil {
		for i := range list {
			list[i].Reason = ""
		}
	}
	return list, nil
}

// Record enters an event that no roll call saw, or changes one: its reason, whether it is regularised, its span, whether it is
// removed. base is the version that the office saw, 0 for a new event. It returns CodeConflict when somebody changed it meanwhile.
// A roll call that is submitted again afterwards keeps the reason and the decision; its times are the roll call's.
func (s *Service) Record(ctx context.Context, a Asker, e Event, base int) (Event, error) {
	if !e.valid() {
		return Event{}, fmt.Errorf("attendance: event: %w", CodeSpan)
	}
	if e.Kind.Label(ent.FR) == string(e.Kind) {
		return Event{}, fmt.Errorf("attendance: event: %w", CodeKind)
	}
	if _, ok := s.Counter.reasons.Get(e.Reason); e.Reason != "" && !ok {
		return Event{}, fmt.Errorf("attendance: event: %w", CodeReason)
	}
	if base > 0 {
		had, err := s.Store.Event(ctx, a.Tenant, e.ID)
		if err != nil {
			return Event{}, err
		}
		e.Pupil, e.Lesson = had.Pupil, had.Lesson // neither changes
	} else {
		e.ID, e.Lesson = s.NewID(), timetable.Key{}
	}
	if _, err := s.pupil(ctx, a, e.Pupil, e.From.Date, access.ActionAbsenceWrite); err != nil {
		return Event{}, err
	}
	e.Version, e.By, e.At = base+1, a.person(), s.now()
	return e, s.Store.PutEvents(ctx, a.Tenant, []Event{e})
}

// Declare keeps what a relative, or a pupil of age, says of an absence.
func (s *Service) Declare(ctx context.Context, a Asker, d Declaration) (Declaration, error) {
	if err := d.Check(s.Counter.reasons); err != nil {
		return Declaration{}, err
	}
	if _, err := s.pupil(ctx, a, d.Pupil, d.From.Date, access.ActionAbsenceDeclare); err != nil {
		return Declaration{}, err
	}
	d.ID, d.By, d.At = s.NewID(), a.person(), s.now()
	d.Treated, d.TreatedBy, d.Accepted = time.Time{}, "", false
	return d, s.Store.PutDeclaration(ctx, a.Tenant, d)
}

// Declarations returns those of a pupil, for who may treat them, and for who made them: a relative does not read the words of
// another one.
func (s *Service) Declarations(ctx context.Context, a Asker, pupil ent.ID, from, to ent.Date) ([]Declaration, error) {
	t, err := s.pupil(ctx, a, pupil, to, access.ActionAbsenceRead)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Declarations(ctx, a.Tenant, Query{Pupils: []ent.ID{pupil}, From: from, To: to})
	if err != nil || a.Guard.Require(access.ActionAbsenceWrite, t) == nil {
		return list, err
	}
	var out []Declaration
	for _, d := range list {
		if d.By == a.person() {
			out = append(out, d)
		}
	}
	return out, nil
}

// Treat accepts or refuses a declaration of a pupil. An accepted one gives its reason to the events that it covers and regularises
// them, all of them or none; it returns these.
func (s *Service) Treat(ctx context.Context, a Asker, pupil, declaration ent.ID, accept bool) ([]Event, error) {
	list, err := s.Store.Declarations(ctx, a.Tenant, Query{Pupils: []ent.ID{pupil}})
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if d.ID != declaration {
			continue
		}
		if _, err := s.pupil(ctx, a, pupil, d.From.Date, access.ActionAbsenceWrite); err != nil {
			return nil, err
		}
		if !d.Treated.IsZero() {
			return nil, conflict()
		}
		d.Treated, d.TreatedBy, d.Accepted = s.now(), a.person(), accept
		events, err := s.Settle(ctx, a.Tenant, d)
		if err != nil {
			return nil, err
		}
		return events, s.Store.PutDeclaration(ctx, a.Tenant, d)
	}
	return nil, unknown()
}

// Settle gives the reason of an accepted declaration to the events that it covers. It may be run again, for roll calls that came
// after the declaration was accepted: what is settled already stays.
func (s *Service) Settle(ctx context.Context, tenant ent.Tenant, d Declaration) ([]Event, error) {
	events, err := s.Store.Events(ctx, tenant, Query{Pupils: []ent.ID{d.Pupil}, From: d.From.Date, To: d.To.Date})
	if err != nil {
		return nil, err
	}
	var out []Event
	for i := range events {
		if e := events[i]; d.Settles(&e) {
			e.Reason, e.Regularised, e.Version, e.By, e.At = d.Reason, true, e.Version+1, d.TreatedBy, d.Treated
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, s.Store.PutEvents(ctx, tenant, out)
}

// Figures returns what a bulletin or the livret scolaire ask of a pupil, with the explanation of the half-days.
func (s *Service) Figures(ctx context.Context, a Asker, pupil ent.ID, from, to ent.Date) (Figures, ent.Explanation, error) {
	if _, err := s.pupil(ctx, a, pupil, to, access.ActionAbsenceRead); err != nil {
		return Figures{}, ent.Explanation{}, err
	}
	events, err := s.Store.Events(ctx, a.Tenant, Query{Pupils: []ent.ID{pupil}, From: from, To: to})
	if err != nil {
		return Figures{}, ent.Explanation{}, err
	}
	schedule, err := s.School.Schedule(ctx, a.Tenant, pupil)
	if err != nil {
		return Figures{}, ent.Explanation{}, err
	}
	return s.Counter.ExplainFigures(pupil, events, schedule, from, to)
}

// Tell tells the families of the absences of a day, each recipient once of each absence. It is for a job of the product, which runs
// as often as it likes. The errors of the notifier come together; what was told is kept, whatever failed.
func (s *Service) Tell(ctx context.Context, tenant ent.Tenant, by ent.Notifier, on ent.Date) (int, error) {
	events, err := s.Store.Events(ctx, tenant, Query{From: on, To: on})
	if err != nil {
		return 0, err
	}
	had, err := s.Store.Proofs(ctx, tenant, Query{From: on, To: on})
	if err != nil {
		return 0, err
	}
	n := 0
	var failed []error
	for _, notice := range s.Counter.Notices(events) {
		if notice.Date != on {
			continue // of a long absence, the first day is told
		}
		to, err := s.School.Recipients(ctx, tenant, notice.Pupil)
		if err != nil {
			return n, errors.Join(append(failed, err)...)
		}
		proofs, errs := notice.Tell(ctx, tenant, by, to, had, s.now())
		failed = append(failed, errs...)
		if err := s.Store.AddProofs(ctx, tenant, proofs); err != nil {
			return n, errors.Join(append(failed, err)...)
		}
		n += len(proofs)
	}
	return n, errors.Join(failed...)
}
