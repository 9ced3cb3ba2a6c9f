package attendance_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// TestOfficeRecordsAbsence: every kind of this package can be entered, an absence first of all.
func TestOfficeRecordsAbsence(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	for _, k := range []attendance.Kind{attendance.KindAbsence, attendance.KindLateness, attendance.KindDeparture, attendance.KindInfirmary, attendance.KindOutside} {
		_, err := o.Record(t.Context(), o.as(t, "cpe"), attendance.Event{Pupil: "zoe", Kind: k, Span: span(at(8, 0), at(9, 0))}, 0)
		require.NoError(t, err, k)
	}
	_, err := o.Record(t.Context(), o.as(t, "cpe"), attendance.Event{Pupil: "zoe", Kind: "asleep", Span: span(at(8, 0), at(9, 0))}, 0)
	require.ErrorIs(t, err, attendance.CodeKind)
}

// TestOfficeOutlivesTheNextSubmission: what the office made of a mark stays as long as nobody marks the pupil again.
func TestOfficeOutlivesTheNextSubmission(t *testing.T) {
	t.Parallel()
	type change func(*attendance.Event)
	for name, x := range map[string]struct{ change change }{
		"removed": {change: func(e *attendance.Event) { e.Removed = true }},
		"kind": {change: func(e *attendance.Event) {
			e.Kind, e.Reason, e.Regularised = attendance.KindOutside, "SCHOOL-TRIP", true
		}},
		"times": {change: func(e *attendance.Event) { e.Kind, e.To = attendance.KindLateness, at(8, 20) }},
	} {
		o := newOffice(t, attendance.NewMemory())
		_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
		require.NoError(t, err, name)
		o.set(at(8, 15))
		list, err := o.Events(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
		require.NoError(t, err)
		require.Len(t, list, 1)
		e := list[0]
		x.change(&e)
		decided, err := o.Record(t.Context(), o.as(t, "cpe"), e, e.Version)
		require.NoError(t, err)
		o.set(at(8, 20))
		_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s2", "maths-6A", 1, mark("noe", attendance.StatusAbsent)))
		require.NoError(t, err)
		kept, err := o.store.Event(t.Context(), "t", e.ID)
		require.NoError(t, err)
		assert.Equal(t, decided, kept, name)

		// A new mark is seen anew.
		o.set(at(8, 30))
		c, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s3", "maths-6A", 2, attendance.Mark{Pupil: "zoe", Status: attendance.StatusLate, At: 510}))
		require.NoError(t, err)
		again, err := o.store.Event(t.Context(), "t", e.ID)
		require.NoError(t, err)
		assert.Equal(t, attendance.KindLateness, again.Kind, name)
		assert.Equal(t, at(8, 30), again.To, name)
		assert.False(t, again.Removed, name)

		// And who marks the pupil present removes it, under a name and at a time.
		o.set(at(8, 40))
		_, _, err = o.Take(t.Context(), o.as(t, "cpe"), call("s4", "maths-6A", c.Revision, mark("zoe", attendance.StatusPresent)))
		require.NoError(t, err)
		gone, err := o.store.Event(t.Context(), "t", e.ID)
		require.NoError(t, err)
		assert.True(t, gone.Removed, name)
		assert.Equal(t, ent.ID("cpe"), gone.By, name)
		assert.True(t, o.Now().Equal(gone.At), name)

		// The office knows better once more, and another pupil's mark does not remove it again.
		o.set(at(8, 45))
		gone.Removed = false
		_, err = o.Record(t.Context(), o.as(t, "cpe"), gone, gone.Version)
		require.NoError(t, err)
		o.set(at(8, 50))
		_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s5", "maths-6A", 9, mark("noe", attendance.StatusPresent)))
		require.NoError(t, err)
		back, err := o.store.Event(t.Context(), "t", e.ID)
		require.NoError(t, err)
		assert.False(t, back.Removed, name)
	}
}

// intercepting calls back before it writes events.
type intercepting struct {
	attendance.Store
	before func()
}

func (s *intercepting) PutEvents(ctx context.Context, tenant ent.Tenant, events []attendance.Event) error {
	if f := s.before; f != nil {
		s.before = nil
		f()
	}
	return s.Store.PutEvents(ctx, tenant, events)
}

// TestRefusedMeanwhile: of two who treat a declaration at once one decides, and the events follow that decision.
func TestRefusedMeanwhile(t *testing.T) {
	t.Parallel()
	s := &intercepting{Store: attendance.NewMemory()}
	o := newOffice(t, s)
	_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	d, err := o.Declare(t.Context(), o.as(t, "mere"), attendance.Declaration{Pupil: "zoe", Span: span(at(8, 0), at(12, 0)), Reason: "FAMILY"})
	require.NoError(t, err)
	var second error
	s.before = func() { _, second = o.Treat(t.Context(), o.as(t, "head"), "zoe", d.ID, false) }
	_, first := o.Treat(t.Context(), o.as(t, "cpe"), "zoe", d.ID, true)
	require.True(t, (first == nil) != (second == nil), "one of the two decides: %v, %v", first, second)
	list, err := s.Declarations(t.Context(), "t", attendance.Query{Pupils: []ent.ID{"zoe"}})
	require.NoError(t, err)
	events, err := o.Events(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
	require.NoError(t, err)
	assert.Equal(t, list[0].Accepted, events[0].Regularised)
}

// TestSettleMeetsTheOffice: an event that somebody changes while a declaration is settled is settled after all.
func TestSettleMeetsTheOffice(t *testing.T) {
	t.Parallel()
	s := &intercepting{Store: attendance.NewMemory()}
	o := newOffice(t, s)
	_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	d, err := o.Declare(t.Context(), o.as(t, "mere"), attendance.Declaration{Pupil: "zoe", Span: span(at(8, 0), at(12, 0)), Reason: "FAMILY"})
	require.NoError(t, err)
	s.before = func() {
		_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s2", "maths-6A", 1, attendance.Mark{Pupil: "zoe", Status: attendance.StatusLate, At: 490}))
		assert.NoError(t, err)
	}
	events, err := o.Treat(t.Context(), o.as(t, "cpe"), "zoe", d.ID, true)
	require.NoError(t, err)
	require.Len(t, events, 1)
	assert.Equal(t, attendance.KindLateness, events[0].Kind)
	assert.True(t, events[0].Regularised)
}

// TestSettleLeavesWhatTheOfficeSaidSince: settled again, a declaration does not undo what the office decided after it.
func TestSettleLeavesWhatTheOfficeSaidSince(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	d, err := o.Declare(t.Context(), o.as(t, "mere"), attendance.Declaration{Pupil: "zoe", Span: span(at(8, 0), at(12, 0)), Reason: "FAMILY"})
	require.NoError(t, err)
	_, err = o.Treat(t.Context(), o.as(t, "cpe"), "zoe", d.ID, true)
	require.NoError(t, err)
	o.set(at(8, 10))
	_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	o.set(at(8, 30))
	list, err := o.Events(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
	require.NoError(t, err)
	e := list[0]
	e.Reason = "NO-REASON"
	_, err = o.Record(t.Context(), o.as(t, "cpe"), e, e.Version)
	require.NoError(t, err)
	treated, err := o.Declarations(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
	require.NoError(t, err)
	settled, err := o.Settle(t.Context(), "t", treated[0])
	require.NoError(t, err)
	assert.Empty(t, settled)
}

// TestManyMeasuresAtOnce: those who decide on one incident at the same time, and who reports on it again, lose nothing.
func TestManyMeasuresAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	i, err := o.Report(t.Context(), o.as(t, "durand"), attendance.Incident{At: at(8, 30), Persons: []attendance.Protagonist{{Person: "zoe", Role: attendance.RoleAuthor}}}, []ent.ID{"zoe"})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			_, err := o.Decide(t.Context(), o.as(t, "head"), i.ID, attendance.Measure{Pupil: "zoe", Kind: attendance.MeasureWarning, Decided: day(), Text: fmt.Sprint(n)})
			assert.NoError(t, err)
		})
		wg.Go(func() {
			again := i
			again.Text = fmt.Sprint("again ", n)
			_, err := o.Report(t.Context(), o.as(t, "durand"), again, []ent.ID{"zoe"})
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	list, err := o.Measures(t.Context(), o.as(t, "cpe"), "zoe", day())
	require.NoError(t, err)
	assert.Len(t, list, 16)
}

// TestIncidentOfNoPupil: the right to report hangs on a pupil. Without one nobody has it.
func TestIncidentOfNoPupil(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	for _, who := range []ent.ID{"mere", "zoe", "cpe"} {
		_, err := o.Report(t.Context(), o.as(t, who), attendance.Incident{At: at(8, 30), Persons: []attendance.Protagonist{{Person: "durand", Role: attendance.RoleAggressor}}}, nil)
		require.ErrorIs(t, err, attendance.CodeRefused, who)
	}
}

// TestSanctionOfAnotherClass: a head teacher reads an incident of a pupil of the class, and no sanction of a pupil of another one.
func TestSanctionOfAnotherClass(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	i, err := o.Report(t.Context(), o.as(t, "cpe"), attendance.Incident{At: at(8, 30), Persons: []attendance.Protagonist{
		{Person: "zoe", Role: attendance.RoleVictim}, {Person: "ana", Role: attendance.RoleAuthor},
	}}, []ent.ID{"zoe", "ana"})
	require.NoError(t, err)
	for _, p := range []ent.ID{"ana", "zoe"} {
		_, err = o.Decide(t.Context(), o.as(t, "head"), i.ID, attendance.Measure{Pupil: p, Kind: attendance.MeasureBlame, Decided: day()})
		require.NoError(t, err)
	}
	list, err := o.Incidents(t.Context(), o.as(t, "principal"), "zoe", day())
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Len(t, list[0].Measures, 1)
	assert.Equal(t, ent.ID("zoe"), list[0].Measures[0].Pupil)
	list, err = o.Incidents(t.Context(), o.as(t, "cpe"), "zoe", day())
	require.NoError(t, err)
	assert.Len(t, list[0].Measures, 2)
}

// TestSensitiveReasonIsTheOffices: others read that there is one.
func TestSensitiveReasonIsTheOffices(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	for _, r := range []ent.Code{"OWN-SECRET", "FAMILY"} {
		_, err := o.Record(t.Context(), o.as(t, "cpe"), attendance.Event{Pupil: "zoe", Kind: attendance.KindLateness, Span: span(at(8, 0), at(9, 0)), Reason: r}, 0)
		require.NoError(t, err)
	}
	want := map[ent.ID][2]ent.Code{"cpe": {"OWN-SECRET", "FAMILY"}, "mere": {attendance.ReasonGiven, "FAMILY"}, "principal": {attendance.ReasonGiven, "FAMILY"}, "durand": {"", ""}}
	for who, codes := range want {
		list, err := o.Events(t.Context(), o.as(t, who), "zoe", day(), day())
		require.NoError(t, err)
		assert.Equal(t, codes, [2]ent.Code{list[0].Reason, list[1].Reason}, who)
	}
	for _, a := range o.log {
		assert.True(t, a.Allowed, "nobody asked for %s: the log must not say that they did", a.Action)
	}
}

// TestOutsideWithAReason: a trip keeps the roll calls of its day from counting, whatever its reason.
func TestOutsideWithAReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	_, err = o.Record(t.Context(), o.as(t, "cpe"), attendance.Event{Pupil: "zoe", Kind: attendance.KindOutside, Span: span(at(7, 0), at(18, 0)), Reason: "SCHOOL-TRIP"}, 0)
	require.NoError(t, err)
	f, _, err := o.Figures(t.Context(), o.as(t, "mere"), "zoe", day(), day())
	require.NoError(t, err)
	assert.Zero(t, f)
}

// TestOneFamilyUnknown: the others are told all the same.
func TestOneFamilyUnknown(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	o.college.lost = []ent.ID{"ana"}
	_, _, err := o.Take(t.Context(), o.as(t, "petit"), call("s1", "maths-6B", 0, mark("ana", attendance.StatusAbsent)))
	require.NoError(t, err)
	_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s2", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	n, err := o.Tell(t.Context(), "t", &post{}, day())
	require.ErrorIs(t, err, attendance.CodeUnknown)
	assert.Equal(t, 2, n)
}

// TestRetentionOfNothing: a line of the table that says no length keeps.
func TestRetentionOfNothing(t *testing.T) {
	t.Parallel()
	for _, k := range []attendance.Keep{{}, {Years: 2}} {
		_, ok := attendance.Retention{attendance.MeasureBlame: k}.EraseOn(&attendance.Measure{Kind: attendance.MeasureBlame, Decided: day()})
		assert.False(t, ok)
	}
}

// TestRightsOfBothDays: who had no right on the day of an event does not get one by moving it.
func TestRightsOfBothDays(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	e, err := o.Record(t.Context(), o.as(t, "cpe"), attendance.Event{Pupil: "zoe", Kind: attendance.KindLateness, Span: span(at(8, 0), at(9, 0))}, 0)
	require.NoError(t, err)
	o.School = movedAway{o.college}
	e.From.Date, e.To.Date = day().AddDays(40), day().AddDays(40)
	_, err = o.Record(t.Context(), o.as(t, "cpe"), e, 1)
	require.ErrorIs(t, err, access.CodeDenied)
}

// movedAway is the school where zoe was in another one until the end of November.
type movedAway struct{ *college }

func (m movedAway) Target(_ context.Context, _ ent.Tenant, pupil ent.ID, on ent.Date) (access.Target, error) {
	p := child(pupil)
	if on.Before(ent.Date{Year: 2026, Month: 12, Day: 1}) {
		p.Establishments = []ent.ID{"elsewhere"}
	}
	return access.PupilTarget(&p), nil
}

// TestLoggedEventNamesNoPupil.
func TestLoggedEventNamesNoPupil(t *testing.T) {
	t.Parallel()
	k := newCollege().lessons[0].Key
	e := attendance.Event{ID: attendance.EventID(k, "zoe"), Pupil: "zoe", Lesson: k, Kind: attendance.KindAbsence}
	assert.NotContains(t, e.LogValue().String(), "zoe")
	assert.Contains(t, e.LogValue().String(), "maths-6A")
	assert.Contains(t, attendance.Event{ID: "n1"}.LogValue().String(), "n1")
}

// TestEndOfADayIsTheNext: a span that starts at 24:00 is not of the day before.
func TestEndOfADayIsTheNext(t *testing.T) {
	t.Parallel()
	m := attendance.NewMemory()
	next := day().AddDays(1)
	e := attendance.Event{ID: "x", Pupil: "zoe", Kind: attendance.KindAbsence, Version: 1, Span: span(at(24, 0), attendance.Moment{Date: next, At: 600})}
	require.NoError(t, m.PutEvents(t.Context(), "t", []attendance.Event{e}))
	list, err := m.Events(t.Context(), "t", attendance.Query{From: day(), To: day()})
	require.NoError(t, err)
	assert.Empty(t, list)
}

// post is a notifier that refuses as often as it is told.
type post struct {
	mu     sync.Mutex
	refuse int
	sent   []ent.Message
}

func (p *post) Notify(_ context.Context, m ent.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse > 0 {
		p.refuse--
		return fmt.Errorf("post: %w", context.DeadlineExceeded)
	}
	p.sent = append(p.sent, m)
	return nil
}

// TestEventsOfTwoLessonsHaveTwoNames, whatever the identifiers of courses and pupils hold.
func TestEventsOfTwoLessonsHaveTwoNames(t *testing.T) {
	t.Parallel()
	name := func(course, pupil ent.ID) ent.ID {
		return attendance.EventID(timetable.Key{Course: course, On: day()}, pupil)
	}
	names := map[ent.ID]bool{}
	for _, x := range [][2]ent.ID{{"a/b", "c"}, {"a", "b/c"}, {"a~1b", "c"}, {"a~", "1b/c"}, {"detention/1", "c"}, {"detention", "1/c"}} {
		names[name(x[0], x[1])] = true
	}
	assert.Len(t, names, 6)
}

// TestSentAgainMuchLater: a submission whose answer was lost is known among those of every pupil of a class, set one by one by two persons.
func TestSentAgainMuchLater(t *testing.T) {
	t.Parallel()
	l := newCollege().lessons[0]
	var c attendance.RollCall
	take := func(id ent.ID, s attendance.Status) {
		var err error
		c, _, err = c.Take(call(id, "maths-6A", 999, mark("zoe", s)), &l.Lesson, l.Pupils, "durand", now(t))
		require.NoError(t, err)
	}
	take("lost", attendance.StatusPresent)
	for n := range 70 {
		take(ent.ID(fmt.Sprint("s", n)), attendance.StatusAbsent)
	}
	take("lost", attendance.StatusPresent)
	e, _ := c.Entry("zoe")
	assert.Equal(t, attendance.StatusAbsent, e.Status)
}

// TestClocksDiffer: a mark is newer than what the office said before it, though the clock of its server is behind.
func TestClocksDiffer(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	o.set(at(8, 20))
	list, err := o.Events(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
	require.NoError(t, err)
	e := list[0]
	e.Removed = true
	_, err = o.Record(t.Context(), o.as(t, "cpe"), e, e.Version)
	require.NoError(t, err)
	o.set(at(8, 19))
	_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s2", "maths-6A", 1, attendance.Mark{Pupil: "zoe", Status: attendance.StatusLeft, At: 500}))
	require.NoError(t, err)
	list, err = o.Events(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, attendance.KindDeparture, list[0].Kind)
}
