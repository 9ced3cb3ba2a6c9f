// Package attendancetest proves a store of attendance: a roll call and its events change together and one after the other, no mark
// is lost, events keep their history, a declaration is treated once, and tenants are apart.
//
//	attendancetest.Run(t, func(t *testing.T) attendance.Store { return attendance.NewMemory() })
package attendancetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const tenant = ent.Tenant("t")

var (
	at  = time.Date(2026, 11, 3, 7, 5, 0, 123456000, time.UTC)
	day = ent.Date{Year: 2026, Month: 11, Day: 3}
)

// Run proves a store; empty returns a new one.
func Run(t *testing.T, empty func(t *testing.T) attendance.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, attendance.Store){
		"to do": toDo, "both or neither": bothOrNeither, "two teachers": twoTeachers, "sent again": sentAgain, "beside the office": besideTheOffice,
		"events": events, "events at once": eventsAtOnce, "days": days, "declarations": declarations, "declarations at once": declarationsAtOnce,
		"proofs": proofs, "incidents": incidents, "incidents at once": incidentsAtOnce, "purge": purge, "tenants": tenants,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, empty(t))
		})
	}
}

// Lesson returns a lesson of the day and how many pupils attend it: for tests of other stores too.
func Lesson(course ent.ID, pupils int) (timetable.Lesson, []ent.ID) {
	l := timetable.Lesson{Key: timetable.Key{Course: course, On: day}, Date: day, Start: 480, End: 535, State: timetable.StatePlanned}
	list := make([]ent.ID, pupils)
	for i := range list {
		list[i] = ent.ID(fmt.Sprintf("p%02d", i))
	}
	return l, list
}

// Take takes a submission into a store as [attendance.Service] does.
func Take(ctx context.Context, s attendance.Store, tenant ent.Tenant, l *timetable.Lesson, pupils []ent.ID, sent attendance.Submission, by ent.ID) ([]attendance.Clash, error) {
	var clashes []attendance.Clash
	err := s.ChangeCall(ctx, tenant, l.Key, func(call attendance.RollCall, had []attendance.Event) (attendance.RollCall, []attendance.Event, error) {
		out, c, err := call.Take(sent, l, pupils, by, at)
		clashes = c
		return out, attendance.Follow(had, attendance.Seen(&out, l)), err
	})
	return clashes, err
}

func moment(d ent.Date, minute int) attendance.Moment {
	return attendance.Moment{Date: d, At: timetable.Clock(minute)} //nolint:gosec // a time of day
}

func span(from, to attendance.Moment) attendance.Span { return attendance.Span{From: from, To: to} }

func toDo(t *testing.T, s attendance.Store) {
	l, pupils := Lesson("maths", 3)
	call, err := s.Call(t.Context(), tenant, l.Key)
	require.NoError(t, err)
	assert.Equal(t, attendance.RollCall{Lesson: l.Key, State: attendance.CallToDo}, call)
	sent := attendance.Submission{ID: "1", Lesson: l.Key, Done: true, Marks: []attendance.Mark{
		{Pupil: "p02", Status: attendance.StatusLate, At: 490}, {Pupil: "p00", Status: attendance.StatusPresent},
	}}
	_, err = Take(t.Context(), s, tenant, &l, pupils, sent, "durand")
	require.NoError(t, err)
	want, _, err := call.Take(sent, &l, pupils, "durand", at)
	require.NoError(t, err)
	call, err = s.Call(t.Context(), tenant, l.Key)
	require.NoError(t, err)
	assert.Equal(t, want, call)
	list, err := s.Events(t.Context(), tenant, attendance.Query{})
	require.NoError(t, err)
	assert.Equal(t, attendance.Follow(nil, attendance.Seen(&want, &l)), list)

	// Those of some days, by day and course.
	for n, course := range []ent.ID{"b", "a", "c"} {
		other := l
		other.Course, other.On = course, day.AddDays(n/2)
		_, err = Take(t.Context(), s, tenant, &other, pupils, attendance.Submission{ID: "1", Lesson: other.Key}, "durand")
		require.NoError(t, err)
	}
	calls, err := s.Calls(t.Context(), tenant, day, day)
	require.NoError(t, err)
	var courses []ent.ID
	for _, c := range calls {
		courses = append(courses, c.Lesson.Course)
	}
	assert.Equal(t, []ent.ID{"a", "b", "maths"}, courses)
	assert.Equal(t, want, calls[2])
	calls, err = s.Calls(t.Context(), tenant, day.AddDays(1), day.AddDays(9))
	require.NoError(t, err)
	require.Len(t, calls, 1)
	assert.Equal(t, attendance.CallInProgress, calls[0].State)
}

var errGivenUp = errors.New("given up")

func bothOrNeither(t *testing.T, s attendance.Store) {
	l, pupils := Lesson("maths", 2)
	absent := attendance.Submission{ID: "1", Lesson: l.Key, Marks: []attendance.Mark{{Pupil: "p00", Status: attendance.StatusAbsent}}}
	for _, state := range []attendance.CallState{attendance.CallToDo, attendance.CallInProgress} {
		err := s.ChangeCall(t.Context(), tenant, l.Key, func(call attendance.RollCall, had []attendance.Event) (attendance.RollCall, []attendance.Event, error) {
			assert.Equal(t, state, call.State)
			call.State = attendance.CallDone
			return call, []attendance.Event{{ID: "other", Version: 1}}, errGivenUp
		})
		require.ErrorIs(t, err, errGivenUp)
		err = s.ChangeCall(t.Context(), tenant, l.Key, func(call attendance.RollCall, had []attendance.Event) (attendance.RollCall, []attendance.Event, error) {
			call.State = attendance.CallDone
			return call, []attendance.Event{{ID: "other", Pupil: "p01", Span: span(moment(day, 1), moment(day, 2)), Version: 1}, {ID: "wrong", Version: 7}}, nil
		})
		require.ErrorIs(t, err, attendance.CodeConflict)
		_, err = s.Event(t.Context(), tenant, "other")
		require.ErrorIs(t, err, attendance.CodeUnknown)
		call, err := s.Call(t.Context(), tenant, l.Key)
		require.NoError(t, err)
		assert.Equal(t, state, call.State)
		_, err = Take(t.Context(), s, tenant, &l, pupils, absent, "durand")
		require.NoError(t, err)
	}
	// The events of a lesson are given to its changes, removed ones too; no others.
	_, err := Take(t.Context(), s, tenant, &l, pupils, attendance.Submission{ID: "2", Lesson: l.Key, Base: 1, Marks: []attendance.Mark{{Pupil: "p00", Status: attendance.StatusPresent}}}, "durand")
	require.NoError(t, err)
	require.NoError(t, s.PutEvents(t.Context(), tenant, []attendance.Event{{ID: "own", Pupil: "p00", Kind: attendance.KindAbsence, Span: span(moment(day, 480), moment(day, 535)), Version: 1}}))
	err = s.ChangeCall(t.Context(), tenant, l.Key, func(call attendance.RollCall, had []attendance.Event) (attendance.RollCall, []attendance.Event, error) {
		if assert.Len(t, had, 1) {
			assert.True(t, had[0].Removed)
			assert.Equal(t, 2, had[0].Version)
		}
		return call, nil, nil
	})
	require.NoError(t, err)
}

// twoTeachers mark the same lesson from eight devices each, pupils of their own and the same ones.
func twoTeachers(t *testing.T, s attendance.Store) {
	const devices = 16
	l, pupils := Lesson("maths", devices+4)
	clashes := make([]int, devices)
	var wg sync.WaitGroup
	for n := range devices {
		wg.Go(func() {
			own := []attendance.Status{attendance.StatusAbsent, attendance.StatusPresent}[n%2]
			marks := []attendance.Mark{{Pupil: pupils[n], Status: attendance.StatusAbsent}}
			for _, p := range pupils[devices:] {
				marks = append(marks, attendance.Mark{Pupil: p, Status: own})
			}
			c, err := Take(t.Context(), s, tenant, &l, pupils, attendance.Submission{ID: ent.ID(fmt.Sprint("s", n)), Lesson: l.Key, Marks: marks}, []ent.ID{"durand", "petit"}[n%2])
			assert.NoError(t, err)
			clashes[n] = len(c)
		})
	}
	wg.Wait()
	call, err := s.Call(t.Context(), tenant, l.Key)
	require.NoError(t, err)
	require.Len(t, call.Entries, len(pupils), "no mark is lost")
	assert.Equal(t, devices, call.Revision)
	assert.Len(t, call.Seen, devices)
	first := call.Entries[devices].By
	for _, e := range call.Entries[devices:] {
		assert.Equal(t, first, e.By, "who was first at all of them, for all of them")
	}
	for n, c := range clashes {
		want := 4
		if []ent.ID{"durand", "petit"}[n%2] == first {
			want = 0
		}
		assert.Equal(t, want, c, "the second one is told")
	}
	list, err := s.Events(t.Context(), tenant, attendance.Query{From: day, To: day})
	require.NoError(t, err)
	assert.Empty(t, attendance.Follow(list, attendance.Seen(&call, &l)), "the events are those of the marks")
	assert.GreaterOrEqual(t, len(list), devices)
}

// sentAgain: the network is bad, and the device patient.
func sentAgain(t *testing.T, s attendance.Store) {
	l, pupils := Lesson("maths", 35)
	sent := attendance.Submission{ID: "once", Lesson: l.Key, Done: true}
	for _, p := range pupils {
		sent.Marks = append(sent.Marks, attendance.Mark{Pupil: p, Status: attendance.StatusAbsent})
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := Take(t.Context(), s, tenant, &l, pupils, sent, "durand")
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	call, err := s.Call(t.Context(), tenant, l.Key)
	require.NoError(t, err)
	assert.Equal(t, 1, call.Revision)
	assert.Equal(t, []ent.ID{"once"}, call.Seen)
	list, err := s.Events(t.Context(), tenant, attendance.Query{Removed: true})
	require.NoError(t, err)
	require.Len(t, list, 35)
	for _, e := range list {
		require.Equal(t, 1, e.Version)
	}
}

// besideTheOffice: the office works on the events of a lesson whose roll call comes in at the same time.
func besideTheOffice(t *testing.T, s attendance.Store) {
	l, pupils := Lesson("maths", 8)
	var marks []attendance.Mark
	for _, p := range pupils {
		marks = append(marks, attendance.Mark{Pupil: p, Status: attendance.StatusAbsent})
	}
	_, err := Take(t.Context(), s, tenant, &l, pupils, attendance.Submission{ID: "0", Lesson: l.Key, Marks: marks}, "durand")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for n, p := range pupils {
		wg.Go(func() {
			late := []attendance.Mark{{Pupil: p, Status: attendance.StatusLate, At: 490}}
			_, err := Take(t.Context(), s, tenant, &l, pupils, attendance.Submission{ID: ent.ID(fmt.Sprint("s", n)), Lesson: l.Key, Base: 99, Marks: late}, "durand")
			assert.NoError(t, err, "a teacher is not told of what the office does meanwhile")
		})
		wg.Go(func() {
			for {
				e, err := s.Event(t.Context(), tenant, attendance.EventID(l.Key, p))
				if !assert.NoError(t, err) {
					return
				}
				e.Reason, e.Regularised, e.Version = "FAMILY", true, e.Version+1
				if err = s.PutEvents(t.Context(), tenant, []attendance.Event{e}); !errors.Is(err, attendance.CodeConflict) {
					assert.NoError(t, err)
					return
				}
			}
		})
	}
	wg.Wait()
	list, err := s.Events(t.Context(), tenant, attendance.Query{})
	require.NoError(t, err)
	require.Len(t, list, len(pupils))
	for _, e := range list {
		assert.Equal(t, 3, e.Version, "neither change is lost")
		trail, err := s.EventHistory(t.Context(), tenant, e.ID)
		require.NoError(t, err)
		require.Len(t, trail, 3)
		assert.Equal(t, e, trail[2])
	}
}

func events(t *testing.T, s attendance.Store) {
	first := attendance.Event{
		ID: "e1", Pupil: "p", Kind: attendance.KindAbsence, Span: span(moment(day, 480), moment(day, 1440)), Reason: "FAMILY", Version: 1, By: "cpe", At: at,
		Lesson: timetable.Key{Course: "c", On: day},
	}
	other := attendance.Event{ID: "e2", Pupil: "a", Kind: "of a later edition", Span: span(moment(day, 0), moment(day, 10)), Version: 1}
	require.NoError(t, s.PutEvents(t.Context(), tenant, []attendance.Event{first, other}))
	second := first
	second.Version, second.Regularised, second.Removed, second.Reason, second.At, second.Lesson = 2, true, true, "", at.Add(time.Hour), timetable.Key{}
	stale := other
	stale.Version = 3
	for _, list := range [][]attendance.Event{{second, stale}, {second, second}, {first}, {stale}, {second, {ID: "e3"}}} {
		require.ErrorIs(t, s.PutEvents(t.Context(), tenant, list), attendance.CodeConflict, "all or none")
	}
	require.NoError(t, s.PutEvents(t.Context(), tenant, nil))
	got, err := s.Event(t.Context(), tenant, "e1")
	require.NoError(t, err)
	assert.Equal(t, first, got)
	require.NoError(t, s.PutEvents(t.Context(), tenant, []attendance.Event{second}))
	got, err = s.Event(t.Context(), tenant, "e1")
	require.NoError(t, err)
	assert.Equal(t, second, got)
	trail, err := s.EventHistory(t.Context(), tenant, "e1")
	require.NoError(t, err)
	assert.Equal(t, []attendance.Event{first, second}, trail)
	trail, err = s.EventHistory(t.Context(), tenant, "none")
	require.NoError(t, err)
	assert.Empty(t, trail)
	_, err = s.Event(t.Context(), tenant, "none")
	require.ErrorIs(t, err, attendance.CodeUnknown)
	list, err := s.Events(t.Context(), tenant, attendance.Query{})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Event{other}, list)
	list, err = s.Events(t.Context(), tenant, attendance.Query{Removed: true})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Event{other, second}, list, "by pupil")
	list, err = s.Events(t.Context(), tenant, attendance.Query{Removed: true, Pupils: []ent.ID{"p", "nobody"}})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Event{second}, list)
}

// eventsAtOnce: of those who change one version one is taken, the others are told.
func eventsAtOnce(t *testing.T, s attendance.Store) {
	for version := 1; version <= 3; version++ {
		var wg sync.WaitGroup
		errs := make([]error, 16)
		for n := range errs {
			list := []attendance.Event{{ID: "a", Pupil: "p", Version: version}, {ID: "b", Pupil: "p", Version: version, By: ent.ID(strconv.Itoa(n))}}
			if n%2 == 0 {
				slices.Reverse(list)
			}
			wg.Go(func() { errs[n] = s.PutEvents(t.Context(), tenant, list) })
		}
		wg.Wait()
		taken := 0
		for _, err := range errs {
			if err == nil {
				taken++
			} else {
				require.ErrorIs(t, err, attendance.CodeConflict)
			}
		}
		assert.Equal(t, 1, taken)
	}
}

func days(t *testing.T, s attendance.Store) {
	put := func(id string, from, to attendance.Moment) {
		require.NoError(t, s.PutEvents(t.Context(), tenant, []attendance.Event{{ID: ent.ID(id), Pupil: "p", Kind: attendance.KindAbsence, Span: span(from, to), Version: 1}}))
		require.NoError(t, s.PutDeclaration(t.Context(), tenant, attendance.Declaration{ID: ent.ID(id), Pupil: "p", Span: span(from, to), Reason: "FAMILY", By: "m", At: at}))
	}
	put("long", moment(day, 600), moment(day.AddDays(4), 600))
	put("to midnight", moment(day.AddDays(-1), 480), moment(day, 0))
	put("to 24:00", moment(day.AddDays(-1), 480), moment(day.AddDays(-1), 1440))
	put("one minute", moment(day, 0), moment(day, 1))
	put("from 24:00", moment(day, 1440), moment(day.AddDays(1), 30))
	for _, x := range []struct {
		from, to ent.Date
		want     []ent.ID
	}{
		{day, day, []ent.ID{"one minute", "long"}},
		{day.AddDays(-1), day.AddDays(-1), []ent.ID{"to 24:00", "to midnight"}},
		{day.AddDays(1), day.AddDays(1), []ent.ID{"long", "from 24:00"}},
		{day.AddDays(2), day.AddDays(3), []ent.ID{"long"}},
		{day.AddDays(4), ent.Date{}, []ent.ID{"long"}},
		{day.AddDays(5), ent.Date{}, nil},
		{ent.Date{}, day.AddDays(-1), []ent.ID{"to 24:00", "to midnight"}},
		{ent.Date{}, ent.Date{}, []ent.ID{"to 24:00", "to midnight", "one minute", "long", "from 24:00"}},
	} {
		list, err := s.Events(t.Context(), tenant, attendance.Query{From: x.from, To: x.to})
		require.NoError(t, err)
		var got []ent.ID
		for _, e := range list {
			got = append(got, e.ID)
		}
		assert.Equal(t, x.want, got, "%v to %v", x.from, x.to)
		declared, err := s.Declarations(t.Context(), tenant, attendance.Query{From: x.from, To: x.to})
		require.NoError(t, err)
		got = nil
		for _, d := range declared {
			got = append(got, d.ID)
		}
		assert.Equal(t, x.want, got, "%v to %v", x.from, x.to)
	}
}

func declarations(t *testing.T, s attendance.Store) {
	d := attendance.Declaration{ID: "d1", Pupil: "p", Span: span(moment(day, 480), moment(day, 720)), Reason: "FAMILY", Text: "a \"text\"\nof two lines", By: "mere", At: at}
	require.NoError(t, s.PutDeclaration(t.Context(), tenant, d))
	require.ErrorIs(t, s.PutDeclaration(t.Context(), tenant, d), attendance.CodeConflict, "it is there")
	list, err := s.Declarations(t.Context(), tenant, attendance.Query{Pupils: []ent.ID{"p"}})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Declaration{d}, list)
	d.Treated, d.TreatedBy, d.Accepted = at.Add(time.Minute), "cpe", true
	require.NoError(t, s.PutDeclaration(t.Context(), tenant, d))
	again := d
	again.Accepted = false
	require.ErrorIs(t, s.PutDeclaration(t.Context(), tenant, again), attendance.CodeConflict, "it is treated")
	list, err = s.Declarations(t.Context(), tenant, attendance.Query{})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Declaration{d}, list)
	list, err = s.Declarations(t.Context(), tenant, attendance.Query{Pupils: []ent.ID{"other"}})
	require.NoError(t, err)
	assert.Empty(t, list)
}

func declarationsAtOnce(t *testing.T, s attendance.Store) {
	d := attendance.Declaration{ID: "d1", Pupil: "p", Span: span(moment(day, 480), moment(day, 720)), Reason: "FAMILY", By: "mere", At: at}
	require.NoError(t, s.PutDeclaration(t.Context(), tenant, d))
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for n := range errs {
		x := d
		x.Treated, x.TreatedBy, x.Accepted = at, ent.ID(strconv.Itoa(n)), n%2 == 0
		wg.Go(func() { errs[n] = s.PutDeclaration(t.Context(), tenant, x) })
	}
	wg.Wait()
	list, err := s.Declarations(t.Context(), tenant, attendance.Query{})
	require.NoError(t, err)
	for n, err := range errs {
		if list[0].TreatedBy == ent.ID(strconv.Itoa(n)) {
			require.NoError(t, err)
			assert.Equal(t, n%2 == 0, list[0].Accepted)
		} else {
			require.ErrorIs(t, err, attendance.CodeConflict)
		}
	}
}

func proofs(t *testing.T, s attendance.Store) {
	a := attendance.Proof{Pupil: "p", Date: day, Person: "mere", At: at, Events: []ent.ID{"e1", "e2"}}
	b, c, d := a, a, a
	b.Person, b.At = "pere", at.Add(-time.Hour)
	c.At, c.Events = at.Add(time.Hour), []ent.ID{"e3"}
	d.Date, d.Pupil = day.AddDays(-1), "q"
	require.NoError(t, s.AddProofs(t.Context(), tenant, []attendance.Proof{c, b}))
	require.NoError(t, s.AddProofs(t.Context(), tenant, []attendance.Proof{a, d}))
	require.NoError(t, s.AddProofs(t.Context(), tenant, nil))
	list, err := s.Proofs(t.Context(), tenant, attendance.Query{})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Proof{d, a, c, b}, list)
	list, err = s.Proofs(t.Context(), tenant, attendance.Query{Pupils: []ent.ID{"p"}, From: day, To: day})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Proof{a, c, b}, list)
	list, err = s.Proofs(t.Context(), tenant, attendance.Query{To: day.AddDays(-1)})
	require.NoError(t, err)
	assert.Equal(t, []attendance.Proof{d}, list)
}

// putIncident writes an incident whole.
func putIncident(t *testing.T, s attendance.Store, i attendance.Incident) {
	t.Helper()
	require.NoError(t, s.ChangeIncident(t.Context(), tenant, i.ID, func(attendance.Incident) (attendance.Incident, error) { return i, nil }))
}

func incidents(t *testing.T, s attendance.Store) {
	a := attendance.Incident{
		ID: "i1", At: moment(day, 630), Place: "cour", Type: "bagarre", Seriousness: 3, Text: "text", By: "durand",
		Persons: []attendance.Protagonist{{Person: "q", Role: attendance.RoleAuthor}, {Person: "p", Role: attendance.RoleVictim}, {Person: "p", Role: attendance.RoleWitness}},
		Measures: []attendance.Measure{
			{ID: "m2", Pupil: "r", Kind: attendance.MeasureDetention, Decided: day, Span: span(moment(day, 1020), moment(day, 1080)), Room: "r1", By: "cpe", Text: "why"},
			{ID: "m1", Pupil: "q", Kind: attendance.MeasureResponsibility, Decided: day, Hours: 12, Suspended: true, By: "head"},
		},
	}
	b := attendance.Incident{ID: "i0", At: moment(day, 630), Persons: []attendance.Protagonist{{Person: "p", Role: attendance.RoleAuthor}}}
	require.ErrorIs(t, s.ChangeIncident(t.Context(), tenant, "i1", func(had attendance.Incident) (attendance.Incident, error) {
		assert.Empty(t, had.ID)
		return a, errGivenUp
	}), errGivenUp)
	_, err := s.Incident(t.Context(), tenant, "i1")
	require.ErrorIs(t, err, attendance.CodeUnknown)
	putIncident(t, s, a)
	putIncident(t, s, b)
	got, err := s.Incident(t.Context(), tenant, "i1")
	require.NoError(t, err)
	assert.Equal(t, a, got)
	for person, want := range map[ent.ID][]attendance.Incident{"p": {b, a}, "q": {a}, "r": {a}, "durand": nil} {
		list, err := s.Incidents(t.Context(), tenant, []ent.ID{person})
		require.NoError(t, err)
		assert.Equal(t, want, list, person)
	}
	list, err := s.Incidents(t.Context(), tenant, nil)
	require.NoError(t, err)
	assert.Empty(t, list, "of nobody")

	measures, err := s.Measures(t.Context(), tenant)
	require.NoError(t, err)
	assert.Equal(t, []attendance.Measure{a.Measures[1], a.Measures[0]}, measures)
	n, err := s.EraseMeasures(t.Context(), tenant, []ent.ID{"m2", "none"})
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
	n, err = s.EraseMeasures(t.Context(), tenant, []ent.ID{"m2"})
	require.NoError(t, err)
	assert.Zero(t, n)
	require.NoError(t, s.ChangeIncident(t.Context(), tenant, "i1", func(had attendance.Incident) (attendance.Incident, error) {
		assert.Equal(t, a.Measures[1:], had.Measures)
		had.Persons = had.Persons[1:]
		had.Text = "another text"
		return had, nil
	}))
	list, err = s.Incidents(t.Context(), tenant, []ent.ID{"r"})
	require.NoError(t, err)
	assert.Empty(t, list)
	a.Persons, a.Measures, a.Text = a.Persons[1:], a.Measures[1:], "another text"
	got, err = s.Incident(t.Context(), tenant, "i1")
	require.NoError(t, err)
	assert.Equal(t, a, got)
}

func incidentsAtOnce(t *testing.T, s attendance.Store) {
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			err := s.ChangeIncident(t.Context(), tenant, "i", func(had attendance.Incident) (attendance.Incident, error) {
				had.ID, had.At = "i", moment(day, 600)
				had.Measures = append(had.Measures, attendance.Measure{ID: ent.ID(fmt.Sprint("m", n)), Pupil: "p", Kind: attendance.MeasureBlame, Decided: day})
				return had, nil
			})
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	i, err := s.Incident(t.Context(), tenant, "i")
	require.NoError(t, err)
	assert.Len(t, i.Measures, 16)
}

func purge(t *testing.T, s attendance.Store) {
	l, pupils := Lesson("maths", 2)
	for n := range 3 {
		l.On, l.Date = day.AddDays(n), day.AddDays(n)
		_, err := Take(t.Context(), s, tenant, &l, pupils, attendance.Submission{ID: "1", Lesson: l.Key, Marks: []attendance.Mark{{Pupil: "p01", Status: attendance.StatusAbsent}}}, "durand")
		require.NoError(t, err)
		require.NoError(t, s.AddProofs(t.Context(), tenant, []attendance.Proof{{Pupil: "p01", Date: l.On, Person: "m", At: at}}))
	}
	edge := day.AddDays(1)
	for id, to := range map[ent.ID]attendance.Moment{"before": moment(edge, 0), "into": moment(edge, 1)} {
		require.NoError(t, s.PutEvents(t.Context(), tenant, []attendance.Event{{ID: id, Pupil: "p", Span: span(moment(day, 600), to), Version: 1}}))
		require.NoError(t, s.PutEvents(t.Context(), tenant, []attendance.Event{{ID: id, Pupil: "p", Span: span(moment(day, 610), to), Version: 2}}))
		require.NoError(t, s.PutDeclaration(t.Context(), tenant, attendance.Declaration{ID: id, Pupil: "p", Span: span(moment(day, 600), to), By: "m", At: at}))
	}
	putIncident(t, s, attendance.Incident{ID: "i", At: moment(day, 600)})
	n, err := s.Purge(t.Context(), tenant, edge)
	require.NoError(t, err)
	assert.EqualValues(t, 5, n, "a roll call, two events, a declaration, a proof")
	n, err = s.Purge(t.Context(), tenant, edge)
	require.NoError(t, err)
	assert.Zero(t, n)
	list, err := s.Events(t.Context(), tenant, attendance.Query{})
	require.NoError(t, err)
	assert.Len(t, list, 3)
	trail, err := s.EventHistory(t.Context(), tenant, "before")
	require.NoError(t, err)
	assert.Empty(t, trail)
	trail, err = s.EventHistory(t.Context(), tenant, "into")
	require.NoError(t, err)
	assert.Len(t, trail, 2)
	_, err = s.Incident(t.Context(), tenant, "i")
	require.NoError(t, err, "discipline has times of its own")
}

func tenants(t *testing.T, s attendance.Store) {
	l, pupils := Lesson("maths", 2)
	_, err := Take(t.Context(), s, tenant, &l, pupils, attendance.Submission{ID: "1", Lesson: l.Key, Marks: []attendance.Mark{{Pupil: "p00", Status: attendance.StatusAbsent}}}, "durand")
	require.NoError(t, err)
	require.NoError(t, s.PutDeclaration(t.Context(), tenant, attendance.Declaration{ID: "d", Pupil: "p00", Span: span(moment(day, 1), moment(day, 2)), At: at}))
	require.NoError(t, s.AddProofs(t.Context(), tenant, []attendance.Proof{{Pupil: "p00", Date: day, Person: "m", At: at}}))
	putIncident(t, s, attendance.Incident{ID: "i", At: moment(day, 1), Persons: []attendance.Protagonist{{Person: "p00"}}, Measures: []attendance.Measure{{ID: "m", Pupil: "p00"}}})

	other := tenant + "2"
	call, err := s.Call(t.Context(), other, l.Key)
	require.NoError(t, err)
	assert.Equal(t, attendance.CallToDo, call.State)
	calls, err := s.Calls(t.Context(), other, day, day)
	require.NoError(t, err)
	assert.Empty(t, calls)
	list, err := s.Events(t.Context(), other, attendance.Query{Removed: true})
	require.NoError(t, err)
	assert.Empty(t, list)
	_, err = s.Event(t.Context(), other, attendance.EventID(l.Key, "p00"))
	require.ErrorIs(t, err, attendance.CodeUnknown)
	declared, err := s.Declarations(t.Context(), other, attendance.Query{})
	require.NoError(t, err)
	assert.Empty(t, declared)
	told, err := s.Proofs(t.Context(), other, attendance.Query{})
	require.NoError(t, err)
	assert.Empty(t, told)
	found, err := s.Incidents(t.Context(), other, []ent.ID{"p00"})
	require.NoError(t, err)
	assert.Empty(t, found)
	measures, err := s.Measures(t.Context(), other)
	require.NoError(t, err)
	assert.Empty(t, measures)
	n, err := s.EraseMeasures(t.Context(), other, []ent.ID{"m"})
	require.NoError(t, err)
	assert.Zero(t, n)
	n, err = s.Purge(t.Context(), other, day.AddDays(100))
	require.NoError(t, err)
	assert.Zero(t, n)
	n, err = s.Purge(t.Context(), tenant, day.AddDays(100))
	require.NoError(t, err)
	assert.EqualValues(t, 4, n)
}
