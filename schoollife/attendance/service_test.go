package attendance_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// everybody of the school.
func everybody() []ent.ID {
	return []ent.ID{"durand", "petit", "principal", "cpe", "head", "mere", "pere", "tante", "zoe", "noe", "ana"}
}

// allowed runs an action as everybody, and checks that those who are named may do it, and nobody else.
func allowed(t *testing.T, o *office, act func(attendance.Asker) error, who ...ent.ID) {
	t.Helper()
	var got []ent.ID
	for _, id := range everybody() {
		err := act(o.as(t, id))
		if err == nil {
			got = append(got, id)
			continue
		}
		require.ErrorIs(t, err, access.CodeDenied, id)
	}
	assert.ElementsMatch(t, who, got)
}

// TestWhoCalls: a teacher calls in a lesson of their own, school life in all, nobody else in any.
func TestWhoCalls(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	k := o.college.lessons[0].Key
	n := 0
	allowed(t, o, func(a attendance.Asker) error {
		n++
		_, _, err := o.Take(t.Context(), a, call(ent.ID(fmt.Sprint("s", n)), "maths-6A", 99, mark("zoe", attendance.StatusAbsent)))
		return err
	}, "durand", "cpe")
	allowed(t, o, func(a attendance.Asker) error { _, err := o.Register(t.Context(), a, k); return err }, "durand", "cpe", "head")
	_, err := o.Register(t.Context(), o.as(t, "durand"), timetable.Key{Course: "none", On: day()})
	require.ErrorIs(t, err, attendance.CodeLesson)
	o.set(at(7, 49))
	_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s", "maths-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.ErrorIs(t, err, attendance.CodeLesson, "not before it begins")
	o.set(at(7, 50))
	_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s", "maths-6A", 0, mark("ana", attendance.StatusAbsent)))
	require.ErrorIs(t, err, attendance.CodePupil, "of another class")
	calls, err := o.store.Calls(t.Context(), "t", day(), day())
	require.NoError(t, err)
	require.Len(t, calls, 1)
	assert.Len(t, calls[0].Entries, 1)
}

// TestExpectedWithoutReasons: who opens a roll call sees who is known to be away, not why.
func TestExpectedWithoutReasons(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	long := attendance.Event{Pupil: "zoe", Kind: attendance.KindAbsence, Reason: "LEGAL-ILLNESS", Span: span(attendance.Moment{Date: day().AddDays(-1), At: 480}, at(9, 30))}
	_, err := o.Record(t.Context(), o.as(t, "cpe"), long, 0)
	require.NoError(t, err)
	before := attendance.Event{Pupil: "noe", Kind: attendance.KindAbsence, Span: span(attendance.Moment{Date: day().AddDays(-1), At: 480}, at(0, 0))}
	_, err = o.Record(t.Context(), o.as(t, "cpe"), before, 0)
	require.NoError(t, err)
	for n, want := range []int{1, 0, 1} {
		r, err := o.Register(t.Context(), o.as(t, "cpe"), o.college.lessons[n].Key)
		require.NoError(t, err)
		require.Len(t, r.Expected, want, n)
		for _, e := range r.Expected {
			assert.Empty(t, e.Reason)
		}
	}
}

// TestReasons: of the same absence the office and the family read why, a teacher that there is one, others nothing.
func TestReasons(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	_, err := o.Record(t.Context(), o.as(t, "cpe"), attendance.Event{Pupil: "zoe", Kind: attendance.KindAbsence, Reason: "LEGAL-ILLNESS", Span: span(at(8, 0), at(9, 0))}, 0)
	require.NoError(t, err)
	why := map[ent.ID]ent.Code{}
	allowed(t, o, func(a attendance.Asker) error {
		list, err := o.Events(t.Context(), a, "zoe", day(), day())
		for _, e := range list {
			why[a.Guard.Scope.Person()] = e.Reason
		}
		return err
	}, "durand", "principal", "cpe", "head", "mere", "pere", "zoe")
	assert.Equal(t, map[ent.ID]ent.Code{
		"durand": "", "principal": "LEGAL-ILLNESS", "cpe": "LEGAL-ILLNESS", "head": "LEGAL-ILLNESS", "mere": "LEGAL-ILLNESS", "pere": "LEGAL-ILLNESS", "zoe": "LEGAL-ILLNESS",
	}, why)
	// The explanation of the count says nothing of it.
	_, e, err := o.Figures(t.Context(), o.as(t, "durand"), "zoe", day(), day())
	require.NoError(t, err)
	assert.NotContains(t, e.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}), "alad")
	allowed(t, o, func(a attendance.Asker) error {
		_, err := o.Record(t.Context(), a, attendance.Event{Pupil: "zoe", Kind: attendance.KindAbsence, Span: span(at(8, 0), at(9, 0))}, 0)
		return err
	}, "cpe", "head")
}

// TestDeclarations: each parent reads their own words, the office all of them, a teacher none; treated, the events are regularised.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent), mark("noe", attendance.StatusAbsent)))
	require.NoError(t, err)
	declare := func(a attendance.Asker) error {
		d := attendance.Declaration{Pupil: "zoe", Span: span(at(8, 0), at(12, 0)), Reason: "FAMILY", Text: "words of " + string(a.Guard.Scope.Person()), Treated: o.Now(), Accepted: true}
		d, err := o.Declare(t.Context(), a, d)
		assert.False(t, d.Accepted, "nobody accepts their own")
		return err
	}
	allowed(t, o, declare, "mere", "pere")
	for code, d := range map[ent.Code]attendance.Declaration{
		attendance.CodeReason: {Pupil: "zoe", Span: span(at(8, 0), at(12, 0)), Reason: "SCHOOL-TRIP"},
		attendance.CodeSpan:   {Pupil: "zoe", Span: span(at(8, 0), at(8, 0)), Reason: "FAMILY"},
		attendance.CodeSize:   {Pupil: "zoe", Span: span(at(8, 0), at(9, 0)), Reason: "FAMILY", Text: strings.Repeat("x", 2001)},
	} {
		_, err := o.Declare(t.Context(), o.as(t, "mere"), d)
		require.ErrorIs(t, err, code)
	}
	read := map[ent.ID]string{}
	allowed(t, o, func(a attendance.Asker) error {
		list, err := o.Declarations(t.Context(), a, "zoe", day(), day())
		for _, d := range list {
			read[a.Guard.Scope.Person()] += d.Text + ";"
		}
		return err
	}, "durand", "principal", "cpe", "head", "mere", "pere", "zoe")
	both := "words of mere;words of pere;"
	assert.Equal(t, map[ent.ID]string{"cpe": both, "head": both, "mere": "words of mere;", "pere": "words of pere;"}, read)

	list, err := o.store.Declarations(t.Context(), "t", attendance.Query{})
	require.NoError(t, err)
	for _, who := range []ent.ID{"mere", "durand", "principal", "zoe"} {
		_, err = o.Treat(t.Context(), o.as(t, who), "zoe", list[0].ID, true)
		require.ErrorIs(t, err, access.CodeDenied, who)
	}
	_, err = o.Treat(t.Context(), o.as(t, "cpe"), "noe", list[0].ID, true)
	require.ErrorIs(t, err, attendance.CodeUnknown, "it is of another pupil")
	refused, err := o.Treat(t.Context(), o.as(t, "cpe"), "zoe", list[1].ID, false)
	require.NoError(t, err)
	assert.Empty(t, refused)
	f, _, err := o.Figures(t.Context(), o.as(t, "mere"), "zoe", day(), day())
	require.NoError(t, err)
	assert.Equal(t, 1, f.Unjustified)
	events, err := o.Treat(t.Context(), o.as(t, "cpe"), "zoe", list[0].ID, true)
	require.NoError(t, err)
	require.Len(t, events, 1)
	_, err = o.Treat(t.Context(), o.as(t, "head"), "zoe", list[0].ID, false)
	require.ErrorIs(t, err, attendance.CodeConflict)
	f, _, err = o.Figures(t.Context(), o.as(t, "mere"), "zoe", day(), day())
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0, 1}, []int{f.Total, f.Unjustified, f.Justified})
	other, err := o.Events(t.Context(), o.as(t, "cpe"), "noe", day(), day())
	require.NoError(t, err)
	assert.False(t, other[0].Regularised)

	// A roll call that comes after the declaration was accepted is settled when Settle runs again; once.
	o.set(at(9, 5))
	_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s2", "sport-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	list, err = o.store.Declarations(t.Context(), "t", attendance.Query{})
	require.NoError(t, err)
	for want := range []int{1, 0} {
		done, err := o.Settle(t.Context(), "t", list[0])
		require.NoError(t, err)
		assert.Len(t, done, 1-want)
		none, err := o.Settle(t.Context(), "t", list[1])
		require.NoError(t, err)
		assert.Empty(t, none, "a refused one settles nothing")
	}
	all, err := o.Events(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
	require.NoError(t, err)
	for _, e := range all {
		assert.True(t, e.Regularised)
	}

	// The phone sends its roll call again: the decision stays, and so does the version.
	again, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent), mark("noe", attendance.StatusAbsent)))
	require.NoError(t, err)
	assert.Equal(t, 1, again.Revision)
	same, err := o.Events(t.Context(), o.as(t, "cpe"), "zoe", day(), day())
	require.NoError(t, err)
	assert.Equal(t, all, same)
}

// TestRecordIsVersioned: of two who change what they both saw one is told.
func TestRecordIsVersioned(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	e, err := o.Record(t.Context(), o.as(t, "cpe"), attendance.Event{ID: "mine", Pupil: "zoe", Kind: attendance.KindAbsence, Span: span(at(8, 0), at(9, 0))}, 0)
	require.NoError(t, err)
	assert.NotEqual(t, ent.ID("mine"), e.ID, "identifiers are the service's")
	mine, theirs := e, e
	mine.Reason, theirs.Reason = "FAMILY", "NO-REASON"
	mine.Pupil = "ana"
	mine, err = o.Record(t.Context(), o.as(t, "head"), mine, 1)
	require.NoError(t, err)
	assert.Equal(t, ent.ID("zoe"), mine.Pupil, "an event does not change hands")
	_, err = o.Record(t.Context(), o.as(t, "cpe"), theirs, 1)
	require.ErrorIs(t, err, attendance.CodeConflict)
	trail, err := o.store.EventHistory(t.Context(), "t", e.ID)
	require.NoError(t, err)
	require.Len(t, trail, 2)
	assert.Equal(t, []ent.ID{"cpe", "head"}, []ent.ID{trail[0].By, trail[1].By})
	for code, x := range map[ent.Code]attendance.Event{
		attendance.CodeSpan:    {Pupil: "zoe", Kind: attendance.KindAbsence, Span: span(at(9, 0), at(8, 0))},
		attendance.CodeReason:  {Pupil: "zoe", Kind: attendance.KindAbsence, Span: span(at(8, 0), at(9, 0)), Reason: "UNHEARD-OF"},
		attendance.CodeUnknown: {ID: "none", Pupil: "zoe", Kind: attendance.KindAbsence, Span: span(at(8, 0), at(9, 0))},
	} {
		_, err := o.Record(t.Context(), o.as(t, "cpe"), x, map[bool]int{true: 1}[code == attendance.CodeUnknown])
		require.ErrorIs(t, err, code)
	}
}

// TestTellOnce: each parent is told once of each absence, whatever failed before, and reads neither a name nor a reason.
func TestTellOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	_, _, err := o.Take(t.Context(), o.as(t, "durand"), call("s1", "maths-6A", 0, mark("zoe", attendance.StatusAbsent), mark("noe", attendance.StatusPresent)))
	require.NoError(t, err)
	p := &post{refuse: 1}
	n, err := o.Tell(t.Context(), "t", p, day())
	require.Error(t, err, "the first message was refused")
	assert.Equal(t, 1, n)
	for _, want := range []int{1, 0, 0} {
		n, err = o.Tell(t.Context(), "t", p, day())
		require.NoError(t, err)
		assert.Equal(t, want, n)
	}
	o.set(at(9, 5)) // a second absence of the same day is told alone
	_, _, err = o.Take(t.Context(), o.as(t, "durand"), call("s2", "sport-6A", 0, mark("zoe", attendance.StatusAbsent)))
	require.NoError(t, err)
	// What the office accepts, or knows, is not told.
	for _, e := range []attendance.Event{
		{Pupil: "noe", Kind: attendance.KindAbsence, Reason: "FAMILY", Regularised: true},
		{Pupil: "ana", Kind: attendance.KindAbsence, Reason: "SCHOOL-TRIP"},
		{Pupil: "ana", Kind: attendance.KindInfirmary},
		{Pupil: "ana", Kind: attendance.KindAbsence, Removed: true},
	} {
		e.Span = span(at(8, 0), at(8, 55))
		_, err = o.Record(t.Context(), o.as(t, "cpe"), e, 0)
		require.NoError(t, err)
	}
	n, err = o.Tell(t.Context(), "t", p, day())
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	told := map[ent.ID]int{}
	for _, m := range p.sent {
		told[m.Person]++
		for _, l := range []ent.Letter{m.FR, m.EN} {
			for _, word := range []string{"zoe", "maths", "sport", "reason:", "FAMILY"} {
				assert.NotContains(t, l.Subject+l.Text, word)
			}
		}
	}
	assert.Equal(t, map[ent.ID]int{"mere": 2, "pere": 2}, told)
	assert.Contains(t, p.sent[0].FR.Text, "8 h 00 à 8 h 55")
	assert.NotContains(t, p.sent[3].FR.Text, "8 h 55,", "only what is new")
	proofs, err := o.store.Proofs(t.Context(), "t", attendance.Query{Pupils: []ent.ID{"zoe"}})
	require.NoError(t, err)
	assert.Len(t, proofs, 4)
}

// TestTellOfSeveralDays: the message says until when, and speaks to a pupil of age as to one.
func TestTellOfSeveralDays(t *testing.T) {
	t.Parallel()
	n := attendance.Notice{Pupil: "zoe", Date: day(), Events: []attendance.Event{{ID: "1", Span: span(at(8, 0), attendance.Moment{Date: day().AddDays(2), At: 720})}}}
	p := &post{}
	_, errs := n.Tell(t.Context(), "t", p, []attendance.Recipient{{Person: "mere"}, {Person: "zoe"}}, nil, time.Time{})
	require.Empty(t, errs)
	require.Len(t, p.sent, 2)
	assert.Contains(t, p.sent[0].FR.Text, "Votre enfant a été noté absent le 03/11/2026, de 8 h 00 au 05/11/2026 à 12 h 00")
	assert.Contains(t, p.sent[1].EN.Text, "You were marked absent on 2026-11-03, from 08:00 to 12:00 on 2026-11-05")
}

// TestDiscipline: who reports, who decides, who reads what.
func TestDiscipline(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	fight := attendance.Incident{
		At: at(10, 0), Place: "cour", Type: "bagarre", Seriousness: 3, Text: "text",
		Persons:  []attendance.Protagonist{{Person: "zoe", Role: attendance.RoleVictim}, {Person: "ana", Role: attendance.RoleAggressor}},
		Measures: []attendance.Measure{{ID: "x", Pupil: "zoe", Kind: attendance.MeasureFinalExclusion}},
	}
	allowed(t, o, func(a attendance.Asker) error {
		_, err := o.Report(t.Context(), a, fight, []ent.ID{"zoe", "ana"})
		return err
	}, "cpe", "head")
	alone := fight
	alone.Persons = fight.Persons[:1]
	allowed(t, o, func(a attendance.Asker) error {
		_, err := o.Report(t.Context(), a, alone, []ent.ID{"zoe"})
		return err
	}, "durand", "principal", "cpe", "head")
	i, err := o.Report(t.Context(), o.as(t, "cpe"), fight, []ent.ID{"zoe", "ana"})
	require.NoError(t, err)
	measures, err := o.store.Measures(t.Context(), "t")
	require.NoError(t, err)
	assert.Empty(t, measures, "a report decides nothing")
	_, err = o.Report(t.Context(), o.as(t, "head"), i, []ent.ID{"zoe", "ana"})
	require.ErrorIs(t, err, attendance.CodeRefused, "it is somebody else's")
	unknown := i
	unknown.ID = "none"
	_, err = o.Report(t.Context(), o.as(t, "cpe"), unknown, []ent.ID{"zoe", "ana"})
	require.ErrorIs(t, err, attendance.CodeUnknown)

	decide := func(m attendance.Measure) func(attendance.Asker) error {
		m.Decided = day()
		return func(a attendance.Asker) error { _, err := o.Decide(t.Context(), a, i.ID, m); return err }
	}
	for _, k := range []attendance.MeasureKind{attendance.MeasureWarning, attendance.MeasureBlame, attendance.MeasureFinalExclusion} {
		allowed(t, o, decide(attendance.Measure{Pupil: "ana", Kind: k, Text: "of ana"}), "head")
	}
	allowed(t, o, decide(attendance.Measure{Pupil: "zoe", Kind: attendance.MeasureDetention, Span: span(at(17, 0), at(18, 0)), Text: "of zoe"}), "durand", "principal", "cpe", "head")
	_, err = o.Decide(t.Context(), o.as(t, "head"), "none", attendance.Measure{Pupil: "ana", Kind: attendance.MeasureBlame, Decided: day()})
	require.ErrorIs(t, err, attendance.CodeUnknown)

	// Reported again, it keeps its measures.
	i.Text = "another text"
	_, err = o.Report(t.Context(), o.as(t, "cpe"), i, []ent.ID{"zoe", "ana"})
	require.NoError(t, err)
	allowed(t, o, func(a attendance.Asker) error {
		list, err := o.Measures(t.Context(), a, "zoe", day())
		b, _ := json.Marshal(list)
		assert.NotContains(t, string(b), "ana")
		if err == nil {
			assert.Len(t, list, 4)
		}
		return err
	}, "principal", "cpe", "head", "mere", "pere", "zoe")
	allowed(t, o, func(a attendance.Asker) error {
		list, err := o.Measures(t.Context(), a, "ana", day())
		if err == nil {
			assert.Len(t, list, 3)
		}
		return err
	}, "cpe", "head", "tante", "ana")
	allowed(t, o, func(a attendance.Asker) error {
		_, err := o.Incidents(t.Context(), a, "zoe", day())
		return err
	}, "principal", "cpe", "head")
	allowed(t, o, func(a attendance.Asker) error {
		_, err := o.Incidents(t.Context(), a, "ana", day())
		return err
	}, "cpe", "head")
	seen := map[access.Action]int{}
	for _, a := range o.log {
		seen[a.Action]++
	}
	assert.Positive(t, seen[access.ActionSanctionRead])
	assert.Positive(t, seen[access.ActionIncidentRead])
}

// TestClear: first it is said what would go, then it goes; the incident stays, and so does what is kept longer.
func TestClear(t *testing.T) {
	t.Parallel()
	o := newOffice(t, attendance.NewMemory())
	i, err := o.Report(t.Context(), o.as(t, "cpe"), attendance.Incident{At: at(10, 0), Persons: []attendance.Protagonist{{Person: "zoe", Role: attendance.RoleAuthor}}}, []ent.ID{"zoe"})
	require.NoError(t, err)
	for _, k := range []attendance.MeasureKind{attendance.MeasureBlame, attendance.MeasureFinalExclusion, attendance.MeasureWarning} {
		_, err = o.Decide(t.Context(), o.as(t, "head"), i.ID, attendance.Measure{Pupil: "zoe", Kind: k, Decided: day()})
		require.NoError(t, err)
	}
	end := ent.Date{Year: 2027, Month: 9, Day: 1}
	left := func() int {
		list, err := o.store.Measures(t.Context(), "t")
		require.NoError(t, err)
		return len(list)
	}
	for _, x := range []struct {
		on         ent.Date
		dry        bool
		gone, left int
	}{{end.AddDays(-1), false, 0, 3}, {end, true, 2, 3}, {end, false, 2, 1}, {end, false, 0, 1}} {
		gone, err := o.Clear(t.Context(), "t", attendance.SchoolRules(), x.on, x.dry)
		require.NoError(t, err)
		assert.Len(t, gone, x.gone)
		assert.Equal(t, x.left, left())
	}
	_, err = o.store.Incident(t.Context(), "t", i.ID)
	require.NoError(t, err)
}

const canary = "CANARI"

// TestCanary: no name, text, reason or pupil's identifier stands in an error or a log line.
func TestCanary(t *testing.T) {
	t.Parallel()
	var shown bytes.Buffer
	loggers := []*slog.Logger{slog.New(slog.NewTextHandler(&shown, nil)), slog.New(slog.NewJSONHandler(&shown, nil))}
	log := func(v any) {
		for _, l := range loggers {
			l.Info("value", "value", v)
		}
	}
	pupil := ent.ID(canary + "-zoe")
	k := timetable.Key{Course: "c", On: day()}
	l := attendance.Lesson{Lesson: timetable.Lesson{Key: k, Date: day(), Start: 480, End: 535}, Pupils: []ent.ID{pupil}}
	m := attendance.Mark{Pupil: pupil, Status: attendance.StatusAbsent}
	sent := attendance.Submission{ID: "s", Lesson: k, Marks: []attendance.Mark{m}}
	c, _, err := attendance.RollCall{}.Take(sent, &l.Lesson, l.Pupils, canary+"-durand", time.Time{})
	require.NoError(t, err)
	e := attendance.Seen(&c, &l.Lesson)[0]
	e.Reason = canary
	d := attendance.Declaration{ID: "d", Pupil: pupil, Span: e.Span, Reason: canary, Text: canary, By: canary, TreatedBy: canary}
	measure := attendance.Measure{ID: "m", Pupil: pupil, Kind: attendance.MeasureBlame, Text: canary, By: canary, Room: canary}
	person := attendance.Protagonist{Person: pupil, Role: attendance.RoleAuthor}
	i := attendance.Incident{ID: "i", Place: canary, Type: canary, Text: canary, Persons: []attendance.Protagonist{person}, Measures: []attendance.Measure{measure}, By: canary}
	n := attendance.Notice{Pupil: pupil, Date: day(), Events: []attendance.Event{e}}
	for _, v := range []any{
		l, m, sent, c, c.Entries[0], e, &e, d, measure, person, i, n,
		attendance.Clash{Yours: m, Theirs: c.Entries[0]},
		attendance.Register{Lesson: l, Call: c, Expected: []attendance.Event{e}},
		attendance.Proof{Pupil: pupil, Person: canary, Events: []ent.ID{e.ID}},
		attendance.Recipient{Person: canary},
		attendance.Alert{Pupil: pupil, Event: e.ID},
		attendance.Over{Pupil: pupil},
		attendance.LegalAlert{Pupil: pupil},
		attendance.Figures{Total: 7},
		attendance.Count{Minutes: 7},
	} {
		log(v)
		_, hides := v.(slog.LogValuer)
		assert.True(t, hides, "%T", v)
	}
	require.Equal(t, 42, strings.Count(shown.String(), "\n"))

	// What can go wrong, with marks all over.
	o := newOffice(t, attendance.NewMemory())
	o.college.lessons[0].Pupils = append(o.college.lessons[0].Pupils, pupil)
	cpe := o.as(t, "cpe")
	var errs []error
	fail := func(err error) { require.Error(t, err); errs = append(errs, err) }
	for _, wrong := range []attendance.Mark{{Pupil: canary}, {Pupil: pupil, Status: canary}, {Pupil: pupil, Status: attendance.StatusLate, At: 9}} {
		_, _, err = o.Take(t.Context(), cpe, attendance.Submission{ID: canary, Lesson: o.college.lessons[0].Key, Marks: []attendance.Mark{wrong}})
		fail(err)
	}
	_, _, err = o.Take(t.Context(), o.as(t, "mere"), attendance.Submission{ID: canary, Lesson: o.college.lessons[0].Key, Marks: []attendance.Mark{m}})
	fail(err)
	for _, wrong := range []attendance.Event{{Pupil: pupil, Kind: canary, Span: e.Span}, {Pupil: pupil, Kind: e.Kind, Span: e.Span, Reason: canary}, {Pupil: pupil}} {
		_, err = o.Record(t.Context(), cpe, wrong, 0)
		fail(err)
	}
	_, err = o.Record(t.Context(), cpe, attendance.Event{ID: canary, Pupil: pupil, Kind: e.Kind, Span: e.Span}, 1)
	fail(err)
	_, err = o.Events(t.Context(), o.as(t, "ana"), pupil, day(), day())
	fail(err)
	_, err = o.Declare(t.Context(), cpe, d)
	fail(err)
	_, err = o.Treat(t.Context(), cpe, pupil, canary, true)
	fail(err)
	_, err = o.Report(t.Context(), cpe, i, nil)
	fail(err)
	_, err = o.Decide(t.Context(), cpe, canary, measure)
	fail(err)
	_, err = o.Decide(t.Context(), cpe, canary, attendance.Measure{Pupil: pupil, Kind: canary})
	fail(err)
	_, err = o.Declare(t.Context(), o.as(t, "mere"), attendance.Declaration{Pupil: "zoe", Span: span(at(8, 0), at(9, 0)), Reason: canary, Text: canary})
	fail(err)
	for _, err := range errs {
		fmt.Fprintf(&shown, "%v %+v %#v\n", err, err, errors.Unwrap(err))
		log(err)
	}
	if at := strings.Index(shown.String(), canary); at >= 0 {
		assert.Fail(t, "shown", "%s", shown.String()[max(0, at-200):min(shown.Len(), at+80)])
	}
}
