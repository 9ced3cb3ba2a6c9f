package attendance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// LogValue shows which lesson it is, and how many pupils it has.
func (l Lesson) LogValue() slog.Value {
	return slog.GroupValue(slog.String("course", string(l.Course)), slog.String("on", l.On.String()), slog.Int("pupils", len(l.Pupils)))
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

// LogValue shows the lesson and counts.
func (r Register) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("lesson", r.Lesson), slog.Any("call", r.Call), slog.Int("expected", len(r.Expected)))
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
// marked present after all has no event any more, and what the office said of an event stays until the pupil is marked again; the
// reason and the decision stay then too, unless it is another kind of event.
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
		return out, follow(&call, &out, had, &l.Lesson, a.person(), now), nil
	})
	return out, clashes, err
}

// follow is Follow for a submission of somebody: it leaves alone the events that were changed after their mark was set, unless the
// submission marks the pupil again, and names who removes an event by a mark.
func follow(before, after *RollCall, had []Event, l *timetable.Lesson, by ent.ID, at time.Time) []Event {
	last := make(map[ent.ID]*Event, len(had))
	for i := range had {
		last[had[i].ID] = &had[i]
	}
	var out []Event
	for _, e := range Follow(had, Seen(after, l)) {
		mark, known := after.Entry(e.Pupil)
		if h := last[e.ID]; h != nil && (!known || mark.Revision <= before.Revision && h.At.After(mark.At)) {
			continue
		}
		if e.Removed {
			e.By, e.At = by, at
		}
		out = append(out, e)
	}
	return out
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

// Events returns the events of a pupil from a day to another. The reasons are there for those who may read them; one that is
// sensitive, or in no list, is [ReasonGiven] for who does not write absences.
func (s *Service) Events(ctx context.Context, a Asker, pupil ent.ID, from, to ent.Date) ([]Event, error) {
	t, err := s.pupil(ctx, a, pupil, to, access.ActionAbsenceRead)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Events(ctx, a.Tenant, Query{Pupils: []ent.ID{pupil}, From: from, To: to})
	if err != nil {
		return nil, err
	}
	shown, office := may(a, access.ActionAbsenceReasonRead, t), a.Guard.Scope.Can(access.ActionAbsenceWrite, t).Allowed
	for i := range list {
		if !shown {
			list[i].Reason = ""
		} else if r, ok := s.Counter.reasons.Get(list[i].Reason); list[i].Reason != "" && !office && (!ok || r.Sensitive) {
			list[i].Reason = ReasonGiven
		}
	}
	return list, nil
}

// may reports whether somebody may do more than what was asked for. Only what is given is logged: nobody asked for the rest.
func may(a Asker, action access.Action, t access.Target) bool {
	return a.Guard.Scope.Can(action, t).Allowed && a.Guard.Require(action, t) == nil
}

// Record enters an event that no roll call saw, or changes one: its reason, whether it is regularised, its span, whether it is
// removed. base is the version that the office saw, 0 for a new event. It returns CodeConflict when somebody changed it meanwhile.
// It stays until a roll call marks the pupil again: see [Service.Take].
func (s *Service) Record(ctx context.Context, a Asker, e Event, base int) (Event, error) {
	if !e.valid() {
		return Event{}, fmt.Errorf("attendance: event: %w", CodeSpan)
	}
	if !e.Kind.known() {
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
		if had.From.Date != e.From.Date {
			if _, err := s.pupil(ctx, a, e.Pupil, had.From.Date, access.ActionAbsenceWrite); err != nil {
				return Event{}, err
			}
		}
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
	if err != nil || may(a, access.ActionAbsenceWrite, t) {
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

// Treat accepts or refuses a declaration of a pupil: CodeConflict when somebody did. An accepted one gives its reason to the events
// that it covers and regularises them, all of them or none; it returns these. When that fails the decision stands, and
// [Service.Settle] does the rest.
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
		if err := s.Store.PutDeclaration(ctx, a.Tenant, d); err != nil { // first: of two who treat it, one settles
			return nil, err
		}
		return s.Settle(ctx, a.Tenant, d)
	}
	return nil, unknown()
}

// Settle gives the reason of an accepted declaration to the events that it covers. It may be run again, for roll calls that came
// after the declaration was accepted: what is settled already stays.
func (s *Service) Settle(ctx context.Context, tenant ent.Tenant, d Declaration) ([]Event, error) {
	const attempts = 5
	for try := 1; ; try++ {
		events, err := s.settle(ctx, tenant, d)
		if !errors.Is(err, CodeConflict) || try == attempts {
			return events, err
		}
	}
}

func (s *Service) settle(ctx context.Context, tenant ent.Tenant, d Declaration) ([]Event, error) {
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
	if err := s.Store.PutEvents(ctx, tenant, out); err != nil {
		return nil, err
	}
	return out, nil
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
// as often as it likes, one at a time. The errors of the notifier and of the school come together; what was told is kept, whatever
// failed.
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
		if err != nil { // the others are told all the same
			failed = append(failed, err)
			continue
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
