package attendance_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func now(t testing.TB) time.Time {
	t.Helper()
	z, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	return time.Date(2026, 11, 3, 8, 10, 0, 0, z)
}

func lesson(t testing.TB) timetable.Lesson {
	t.Helper()
	on := date(t, "2026-11-03")
	return timetable.Lesson{Key: timetable.Key{Course: "maths-6A", On: on}, Date: on, Start: 480, End: 535, State: timetable.StatePlanned}
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, attendance.Catalog().Check())
}

// TestReasonsAreNeutral: ours tell nothing of health or religion beyond the law's own words.
func TestReasonsAreNeutral(t *testing.T) {
	t.Parallel()
	list, err := attendance.NewReasons(attendance.Reasons())
	require.NoError(t, err)
	legal := 0
	for _, r := range attendance.Reasons() {
		assert.False(t, r.Sensitive, r.Code)
		legal += b2i(r.Legal)
	}
	assert.Equal(t, 5, legal, "L131-8 has five motives")
	own := append(attendance.Reasons(), attendance.Reason{Code: "OWN", Label: ent.Label{FR: "secret", EN: "secret"}, Sensitive: true})
	list2, err := attendance.NewReasons(own)
	require.NoError(t, err)
	assert.Equal(t, "motif donné", list2.Shown("OWN", ent.FR))
	assert.Equal(t, "reason given", list.Shown("UNHEARD-OF", ent.EN))
	assert.Empty(t, list.Shown("", ent.EN))
	_, err = attendance.NewReasons(append(own, own[0]))
	require.ErrorIs(t, err, attendance.CodeReason)
}

func TestRuleIsChecked(t *testing.T) {
	t.Parallel()
	for want, r := range map[ent.Code]attendance.Rule{
		attendance.CodeMode:    {Mode: "other", Split: 720},
		attendance.CodeSplit:   {Mode: attendance.ModeTouched},
		attendance.CodeOpening: {Mode: attendance.ModeTolerance, Split: 720},
		attendance.CodeReason:  {Mode: attendance.ModeTouched, Split: 720, Reasons: []attendance.Reason{{Code: "X"}}},
	} {
		_, err := r.Counter()
		require.ErrorIs(t, err, want)
	}
	for _, s := range []string{"", "2026-11-03", "2026-11-03T25:00", "2026-02-30T08:00", "T08:00"} {
		_, err := attendance.ParseMoment(s)
		require.ErrorIs(t, err, attendance.CodeSpan, s)
	}
}

// TestRollCallSentTwice: a phone that lost its network sends again, and nothing doubles.
func TestRollCallSentTwice(t *testing.T) {
	t.Parallel()
	l := lesson(t)
	pupils := []ent.ID{"a", "b", "c"}
	sent := attendance.Submission{ID: "x1", Lesson: l.Key, Marks: []attendance.Mark{
		{Pupil: "a", Status: attendance.StatusPresent}, {Pupil: "b", Status: attendance.StatusAbsent}, {Pupil: "c", Status: attendance.StatusLate, At: 492},
	}, Done: true}
	var call attendance.RollCall
	call, _, err := call.Take(sent, &l, pupils, "durand", now(t))
	require.NoError(t, err)
	once := attendance.Follow(nil, attendance.Seen(&call, &l))
	require.Len(t, once, 2)
	assert.Equal(t, attendance.CallDone, call.State)

	// The office corrects meanwhile: the late repetition must not undo it.
	fix := attendance.Submission{ID: "o1", Lesson: l.Key, Base: call.Revision, Marks: []attendance.Mark{{Pupil: "b", Status: attendance.StatusLate, At: 485}}}
	call, clashes, err := call.Take(fix, &l, pupils, "vie-scolaire", now(t))
	require.NoError(t, err)
	assert.Empty(t, clashes, "the office saw the mark that it changes")
	again, clashes, err := call.Take(sent, &l, pupils, "durand", now(t))
	require.NoError(t, err)
	assert.Equal(t, call, again)
	require.Len(t, clashes, 1, "and the teacher is told what differs now")
	assert.Equal(t, ent.ID("vie-scolaire"), clashes[0].Theirs.By)

	events := attendance.Follow(once, attendance.Seen(&call, &l))
	require.Len(t, events, 1, "only what changed is written")
	assert.Equal(t, attendance.KindLateness, events[0].Kind)
	assert.Equal(t, 2, events[0].Version)
	assert.Empty(t, attendance.Follow(append(once[1:], events...), attendance.Seen(&call, &l)))
}

// TestOfficeStays: what the office decided outlives a roll call that changes.
func TestOfficeStays(t *testing.T) {
	t.Parallel()
	l := lesson(t)
	id := attendance.EventID(l.Key, "a")
	had := []attendance.Event{{ID: id, Pupil: "a", Kind: attendance.KindLateness, Lesson: l.Key, Span: attendance.Span{From: attendance.Moment{Date: l.Date, At: 480}, To: attendance.Moment{Date: l.Date, At: 490}}, Reason: "LEGAL-TRANSPORT", Regularised: true, Version: 2}}
	call := attendance.RollCall{Entries: []attendance.Entry{{Mark: attendance.Mark{Pupil: "a", Status: attendance.StatusLate, At: 500}}}}
	out := attendance.Follow(had, attendance.Seen(&call, &l))
	require.Len(t, out, 1)
	assert.Equal(t, ent.Code("LEGAL-TRANSPORT"), out[0].Reason)
	assert.True(t, out[0].Regularised)
	assert.Equal(t, 3, out[0].Version)
	call.Entries[0].Mark = attendance.Mark{Pupil: "a", Status: attendance.StatusAbsent}
	out = attendance.Follow(had, attendance.Seen(&call, &l))
	assert.Empty(t, out[0].Reason, "the reason of a lateness is none of an absence")
	call.Entries[0].Mark = attendance.Mark{Pupil: "a", Status: attendance.StatusPresent}
	out = attendance.Follow(had, attendance.Seen(&call, &l))
	require.Len(t, out, 1)
	assert.True(t, out[0].Removed)
	back := attendance.Follow(out, attendance.Seen(&attendance.RollCall{Entries: []attendance.Entry{{Mark: attendance.Mark{Pupil: "a", Status: attendance.StatusLate, At: 490}}}}, &l))
	require.Len(t, back, 1)
	assert.False(t, back[0].Removed)
}

func TestSubmissionIsChecked(t *testing.T) {
	t.Parallel()
	l := lesson(t)
	many := make([]attendance.Mark, 501)
	for want, s := range map[ent.Code][]attendance.Mark{
		attendance.CodePupil:  {{Pupil: "z", Status: attendance.StatusPresent}},
		attendance.CodeStatus: {{Pupil: "a", Status: "asleep"}},
		attendance.CodeClock:  {{Pupil: "a", Status: attendance.StatusLate, At: 600}},
		attendance.CodeSize:   many,
	} {
		call, _, err := attendance.RollCall{}.Take(attendance.Submission{ID: "1", Lesson: l.Key, Marks: s}, &l, []ent.ID{"a"}, "t", now(t))
		require.ErrorIs(t, err, want)
		assert.Empty(t, call.Entries)
	}
	for _, m := range []attendance.Mark{
		{Pupil: "a", Status: attendance.StatusLate},
		{Pupil: "a", Status: attendance.StatusLeft, At: 535},
		{Pupil: "a", Status: attendance.StatusPresent, At: 500},
		{Pupil: "a", Status: attendance.StatusLate, At: 480},
	} {
		_, _, err := attendance.RollCall{}.Take(attendance.Submission{ID: "1", Lesson: l.Key, Marks: []attendance.Mark{m}}, &l, []ent.ID{"a"}, "t", now(t))
		require.ErrorIs(t, err, attendance.CodeClock, "%v at %d", m.Status, m.At)
	}
	twice := []attendance.Mark{{Pupil: "a", Status: attendance.StatusPresent}, {Pupil: "a", Status: attendance.StatusAbsent}}
	_, _, err := attendance.RollCall{}.Take(attendance.Submission{ID: "1", Lesson: l.Key, Marks: twice}, &l, []ent.ID{"a"}, "t", now(t))
	require.ErrorIs(t, err, attendance.CodePupil)
	_, _, err = attendance.RollCall{}.Take(attendance.Submission{Lesson: l.Key}, &l, nil, "t", now(t))
	require.ErrorIs(t, err, attendance.CodeSubmission)
	l.State = timetable.StateCancelled
	_, _, err = attendance.RollCall{}.Take(attendance.Submission{ID: "1", Lesson: l.Key}, &l, nil, "t", now(t))
	require.ErrorIs(t, err, attendance.CodeCancelled)
}

func TestForgotten(t *testing.T) {
	t.Parallel()
	l := lesson(t)
	zone := now(t).Location()
	assert.False(t, attendance.Forgotten(attendance.CallToDo, &l, zone, 15*time.Minute, now(t)))
	assert.True(t, attendance.Forgotten(attendance.CallInProgress, &l, zone, 10*time.Minute, now(t)))
	assert.False(t, attendance.Forgotten(attendance.CallDone, &l, zone, 10*time.Minute, now(t)))
}

// TestGroup: consecutive lessons missed are one line; a lesson that was held in between parts them.
func TestGroup(t *testing.T) {
	t.Parallel()
	var lessons []timetable.Lesson
	for _, at := range []timetable.Clock{510, 570, 630, 690} {
		lessons = append(lessons, timetable.Lesson{Date: date(t, "2026-11-03"), Start: at, End: at + 55})
	}
	s := attendance.NewSchedule(lessons)
	groups := attendance.Group([]attendance.Event{
		absence(t, "3", "2026-11-03T11:30", "2026-11-03T12:25"), absence(t, "1", "2026-11-03T08:30", "2026-11-03T09:25"), absence(t, "2", "2026-11-03T09:30", "2026-11-03T10:25"),
		absence(t, "4", "2026-11-04T08:30", "2026-11-04T09:25"),
	}, s)
	var got [][]ent.ID
	for _, g := range groups {
		var ids []ent.ID
		for _, e := range g {
			ids = append(ids, e.ID)
		}
		got = append(got, ids)
	}
	assert.Equal(t, [][]ent.ID{{"1", "2"}, {"3"}, {"4"}}, got)
}

func TestFigures(t *testing.T) {
	t.Parallel()
	var lessons []timetable.Lesson
	for n := range 5 {
		for _, at := range []timetable.Clock{480, 540, 810, 870} {
			lessons = append(lessons, timetable.Lesson{Date: date(t, "2026-11-02").AddDays(n), Start: at, End: at + 55})
		}
	}
	s := attendance.NewSchedule(lessons)
	c := counter(t, attendance.Rule{Mode: attendance.ModeTouched, Split: 750, Reasons: attendance.Reasons()})
	accepted := absence(t, "1", "2026-11-02T08:00", "2026-11-02T17:00")
	accepted.Reason, accepted.Regularised = "LEGAL-ILLNESS", true
	inside := absence(t, "2", "2026-11-02T09:00", "2026-11-02T09:55") // what a roll call saw of it
	open := absence(t, "6", "2026-11-05T09:00", "2026-11-05T09:55")
	trip := absence(t, "3", "2026-11-03T08:00", "2026-11-03T17:00")
	trip.Reason = "SCHOOL-TRIP"
	late := absence(t, "4", "2026-11-04T08:00", "2026-11-04T08:10")
	late.Kind = attendance.KindLateness
	hidden := absence(t, "5", "2026-11-02T08:00", "2026-11-02T08:10")
	hidden.Kind = attendance.KindLateness
	f := c.Figures([]attendance.Event{accepted, inside, open, trip, late, hidden}, s, date(t, "2026-11-01"), date(t, "2026-11-30"))
	assert.Equal(t, attendance.Figures{Total: 3, Justified: 2, Unjustified: 1, Latenesses: 1, Minutes: 275}, f)
	assert.Equal(t, 4, f.Hours())
	notices := c.Notices([]attendance.Event{accepted, inside, open})
	require.Len(t, notices, 1, "of what is accepted nobody is told")
	assert.Equal(t, ent.ID("6"), notices[0].Events[0].ID)
	assert.Equal(t, 20, s.Lessons(date(t, "2026-11-02"), date(t, "2026-11-06")))
}

func TestRates(t *testing.T) {
	t.Parallel()
	r, ok := attendance.PupilRate(1, 3)
	assert.True(t, ok)
	assert.Equal(t, "33.33", r.String())
	r, ok = attendance.SchoolRate(1, 800, 10, 0) // 0.0125: a half goes down
	assert.True(t, ok)
	assert.Equal(t, "0.01", r.String())
	_, ok = attendance.PupilRate(0, 0)
	assert.False(t, ok, "no roll call is no rate")
	_, ok = attendance.SchoolRate(1, 40, 4, 0)
	assert.False(t, ok, "four pupils are too few")
}

// TestLegalAlertLives: an alert that nobody was told of disappears when its absences are accepted; one that was told is closed.
func TestLegalAlertLives(t *testing.T) {
	t.Parallel()
	var half []attendance.HalfDay
	for n := range 5 {
		half = append(half, attendance.HalfDay{Date: date(t, "2026-11-02").AddDays(n)})
	}
	at := now(t)
	raised := attendance.Review(nil, "p", attendance.Crossings(half, attendance.WindowMonth), at)
	require.Len(t, raised, 1)
	assert.Equal(t, half[3], raised[0].At)
	assert.Equal(t, raised, attendance.Review(raised, "p", attendance.Crossings(half, attendance.WindowMonth), at.Add(time.Hour)), "counted again, nothing is new")
	assert.Empty(t, attendance.Review(raised, "p", attendance.Crossings(half[:3], attendance.WindowMonth), at))
	raised[0].Sent = at
	closed := attendance.Review(raised, "p", attendance.Crossings(half[:3], attendance.WindowMonth), at.Add(time.Hour))
	require.Len(t, closed, 1)
	assert.Equal(t, at.Add(time.Hour), closed[0].Closed)
	again := attendance.Review(closed, "p", attendance.Crossings(half, attendance.WindowMonth), at.Add(2*time.Hour))
	require.Len(t, again, 2, "it may come again")
	// The second of five was accepted: the level is reached a day later, and it is the same alert.
	later := append(append([]attendance.HalfDay{}, half[:1]...), half[2:]...)
	moved := attendance.Review([]attendance.LegalAlert{raised[0]}, "p", attendance.Crossings(later, attendance.WindowMonth), at)
	require.Len(t, moved, 1)
	assert.Equal(t, half[4], moved[0].At)
	assert.Equal(t, at, moved[0].Sent)
}

// TestCrossingsComeAgain: four in November and four in December are two of the calendar month.
func TestCrossingsComeAgain(t *testing.T) {
	t.Parallel()
	var half []attendance.HalfDay
	for _, first := range []string{"2026-11-23", "2026-12-14"} {
		for n := range 4 {
			half = append(half, attendance.HalfDay{Date: date(t, first).AddDays(n)})
		}
	}
	months := attendance.Crossings(half, attendance.WindowMonth)
	require.Len(t, months, 2)
	assert.Equal(t, []attendance.HalfDay{half[3], half[7]}, []attendance.HalfDay{months[0].At, months[1].At})
	assert.Len(t, attendance.Crossings(half, attendance.WindowSliding), 1, "the count never fell below four in between")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	c := counter(t, attendance.Rule{Mode: attendance.ModeStart, Split: 720, LatenessUnder: 15, Reasons: attendance.Reasons()})
	var events []attendance.Event
	for n := range 5 {
		on := date(t, "2026-11-02").AddDays(n).String()
		events = append(events, absence(t, fmt.Sprint("a", n), on+"T08:00", on+"T09:00"), absence(t, fmt.Sprint("l", n), on+"T10:00", on+"T10:10"))
	}
	events[0].Kind = attendance.KindInfirmary
	alerts := c.Alerts(nil, events, attendance.GroupHalfDay)
	assert.Equal(t, []attendance.Over{{Pupil: "p", Kind: attendance.KindLateness, Count: 5}}, attendance.SecondDegree().Over(alerts))
	assert.Equal(t, []attendance.Over{{Pupil: "p", Kind: attendance.KindAbsence, Count: 4}, {Pupil: "p", Kind: attendance.KindLateness, Count: 5}}, attendance.FirstDegree().Over(alerts))
}

// TestRetention: by the table of 2018; a sanction of which the table says nothing is never erased in silence.
func TestRetention(t *testing.T) {
	t.Parallel()
	r := attendance.SchoolRules()
	on := date(t, "2026-11-30")
	for kind, want := range map[attendance.MeasureKind]string{
		attendance.MeasureWarning: "2027-09-01", attendance.MeasureBlame: "2027-09-01", attendance.MeasureClassExclusion: "2027-11-30", attendance.MeasureDetention: "2027-09-01",
	} {
		got, ok := r.EraseOn(&attendance.Measure{Kind: kind, Decided: on})
		assert.True(t, ok)
		assert.Equal(t, want, got.String(), kind)
	}
	got, _ := r.EraseOn(&attendance.Measure{Kind: attendance.MeasureWarning, Decided: date(t, "2027-06-30")})
	assert.Equal(t, "2027-09-01", got.String())
	for _, kind := range []attendance.MeasureKind{attendance.MeasureFinalExclusion, "of a later decree"} {
		_, ok := r.EraseOn(&attendance.Measure{Kind: kind, Decided: on})
		assert.False(t, ok)
	}
	list := []attendance.Measure{{ID: "1", Kind: attendance.MeasureBlame, Decided: on}, {ID: "2", Kind: attendance.MeasureSchoolExclusion, Decided: on}}
	assert.Len(t, r.Expired(list, date(t, "2027-09-01")), 1)
	assert.Empty(t, r.Expired(list, date(t, "2027-08-31")))
	assert.Len(t, r.Expired(list, date(t, "2027-11-30")), 2)
}

func TestMeasuresAreChecked(t *testing.T) {
	t.Parallel()
	day := func(n int) attendance.Moment {
		return attendance.Moment{Date: date(t, "2026-11-02").AddDays(n), At: 480}
	}
	ok := attendance.Measure{Pupil: "p", Kind: attendance.MeasureSchoolExclusion, Decided: date(t, "2026-11-01"), Span: attendance.Span{From: day(0), To: attendance.Moment{Date: day(7).Date, At: 1020}}}
	require.NoError(t, ok.Check(true))
	require.ErrorIs(t, ok.Check(false), attendance.CodeSerious)
	long := ok
	long.To = day(8)
	require.ErrorIs(t, long.Check(true), attendance.CodeTooLong)
	hours := attendance.Measure{Pupil: "p", Kind: attendance.MeasureResponsibility, Decided: ok.Decided, Hours: 21}
	require.ErrorIs(t, hours.Check(true), attendance.CodeTooLong)
	for _, m := range []attendance.Measure{
		{Kind: attendance.MeasureBlame, Decided: ok.Decided},
		{Pupil: "p", Kind: attendance.MeasureBlame},
		{Pupil: "p", Kind: "whip", Decided: ok.Decided},
		{Pupil: "p", Kind: attendance.MeasureDetention, Decided: ok.Decided},
		{Pupil: "p", Kind: attendance.MeasureDetention, Decided: ok.Decided, Span: ok.Span},
	} {
		require.ErrorIs(t, m.Check(true), attendance.CodeMeasure)
	}
	detention := attendance.Measure{ID: "9", Pupil: "p", Kind: attendance.MeasureDetention, Decided: ok.Decided, Span: attendance.Span{From: day(2), To: attendance.Moment{Date: day(2).Date, At: 540}}}
	require.NoError(t, detention.Check(false))
	change, is := detention.Lesson()
	require.True(t, is)
	out, report := timetable.Apply(nil, []timetable.Change{change})
	assert.True(t, report.Balanced())
	require.Len(t, out, 1)
	assert.True(t, out[0].Has(timetable.Ref{Kind: timetable.KindPupil, ID: "p"}), "a detention is in the pupil's timetable")
}

func Example() {
	on := ent.Date{Year: 2026, Month: 11, Day: 3}
	lessons := []timetable.Lesson{
		{Date: on, Start: 8 * 60, End: 9 * 60}, {Date: on, Start: 9 * 60, End: 10 * 60}, {Date: on, Start: 14 * 60, End: 15 * 60, State: timetable.StateCancelled},
	}
	rule := attendance.Rule{Mode: attendance.ModeComplete, Split: 12 * 60, Reasons: attendance.Reasons()}
	counter, err := rule.Counter()
	if err != nil {
		panic(err)
	}
	missed := []attendance.Event{{
		ID: "1", Pupil: "lea", Kind: attendance.KindAbsence,
		Span: attendance.Span{From: attendance.Moment{Date: on, At: 9 * 60}, To: attendance.Moment{Date: on, At: 17 * 60}},
	}}
	count, why, err := counter.Explain("lea", missed, attendance.NewSchedule(lessons))
	if err != nil {
		panic(err)
	}
	fmt.Println(len(count.HalfDays), count.Minutes)
	fmt.Print(why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}))
	// Output:
	// 0 60
	// demi-journées d'absence (demi-journée complète : tous les cours tenus sont manqués) : 0 — somme de
	//   matin du 03/11/2026, non comptée : 60 min manquées sur 120 : 0
}
