package timetable_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// drawn is a small yearly grid.
func drawn(t testing.TB, seed uint64) *timetable.Timetable {
	t.Helper()
	d := rand.New(rand.NewPCG(seed, 9)) //nolint:gosec // a test
	tt := &timetable.Timetable{Year: timetable.Year{First: day(t, "2026-09-07"), Last: day(t, "2026-10-18"), Week1: day(t, "2026-09-07")}}
	for n := range 1 + d.IntN(12) {
		tt.Courses = append(tt.Courses, randomCourse(d, fmt.Sprint("c", n)))
	}
	return tt
}

func randomCourse(d *rand.Rand, id string) timetable.Course {
	start := timetable.Clock(480 + 60*d.IntN(8))
	c := course(id, 1+d.IntN(5), start, start+55, resource(timetable.KindClass, fmt.Sprint("k", d.IntN(3)), timetable.AllWeeks))
	c.Subject = ent.ID(fmt.Sprint("s", d.IntN(3)))
	c.Resources = append(c.Resources, resource(timetable.KindTeacher, fmt.Sprint("t", d.IntN(3)), timetable.WeeksOf(1, 2, 4)), resource(timetable.KindRoom, fmt.Sprint("r", d.IntN(4)), timetable.AllWeeks))
	return c
}

// edited is the next file: some courses changed, some gone, some new, in another order, under other numbers.
func edited(d *rand.Rand, tt *timetable.Timetable) *timetable.Timetable {
	out := *tt
	out.Courses = nil
	for _, c := range tt.Courses {
		c.Resources = slices.Clone(c.Resources)
		switch d.IntN(7) {
		case 0:
			continue
		case 1:
			c.Resources[2].ID = ent.ID(fmt.Sprint("r", d.IntN(4)))
		case 2:
			c.Day, c.Start, c.End = 1+d.IntN(5), 480, 535
		case 3:
			c.Resources[1].ID = ent.ID(fmt.Sprint("t", d.IntN(3)))
		case 4:
			c.Cancelled = timetable.WeeksOf(3)
		}
		out.Courses = append(out.Courses, c)
	}
	if d.IntN(2) == 0 {
		out.Courses = append(out.Courses, randomCourse(d, "new"))
	}
	d.Shuffle(len(out.Courses), func(i, j int) { out.Courses[i], out.Courses[j] = out.Courses[j], out.Courses[i] })
	for i := range out.Courses {
		out.Courses[i].ID = ent.ID(fmt.Sprint("c", i))
	}
	return &out
}

// plans returns what a list of lessons says, without who is who: for comparing with a fresh expansion.
func plans(lessons []timetable.Lesson) []string {
	out := make([]string, len(lessons))
	for i, l := range lessons {
		refs := make([]string, len(l.Resources))
		for j, r := range l.Resources {
			refs[j] = fmt.Sprint(r)
		}
		slices.Sort(refs)
		out[i] = fmt.Sprint(l.Date, l.Start, l.End, l.Subject, refs)
	}
	slices.Sort(out)
	return out
}

// TestImportsRepeat: after any file, what is kept is what the file says; the same file again changes nothing; keys are never doubled,
// and a lesson that stays has the key it had.
func TestImportsRepeat(t *testing.T) {
	t.Parallel()
	rounds := uint64(300)
	if testing.Short() {
		rounds = 50
	}
	moved := 0
	for seed := range rounds {
		d := rand.New(rand.NewPCG(seed, 10)) //nolint:gosec // a test
		file := drawn(t, seed)
		kept := &timetable.Kept{}
		o := timetable.ImportOptions{Source: "src", Consent: true}
		for range 4 {
			p := timetable.Compare(kept, file, o)
			require.True(t, p.Report().Balanced())
			moved += p.Count(timetable.OpMoved)
			next, err := kept.Apply(p)
			require.NoError(t, err)
			fresh, _ := file.Expand()
			require.Equal(t, plans(fresh), plans(next.Lessons), "seed %d", seed)
			keys := map[timetable.Key]bool{}
			for _, l := range next.Lessons {
				require.False(t, keys[l.Key], "seed %d: twice the key %v", seed, l.Key)
				keys[l.Key] = true
			}
			for _, c := range p.Lessons {
				assert.Equal(t, c.Op != timetable.OpDeleted, keys[c.Key])
			}
			again := timetable.Compare(next, file, o)
			require.Empty(t, again.Lessons, "seed %d", seed)
			same, err := next.Apply(again)
			require.NoError(t, err)
			require.Equal(t, next, same)
			kept, file = next, edited(d, file)
		}
	}
	assert.Positive(t, moved)
}

// TestImportKeeps: what people changed by hand, what a roll call hangs on, and what was taught already.
func TestImportKeeps(t *testing.T) {
	t.Parallel()
	file := &timetable.Timetable{
		Year: timetable.Year{First: day(t, "2026-09-07"), Last: day(t, "2026-10-04"), Week1: day(t, "2026-09-07")},
		Courses: []timetable.Course{
			course("1", 1, 480, 540, resource(timetable.KindClass, "6A", timetable.AllWeeks), resource(timetable.KindTeacher, "durand", timetable.AllWeeks)),
			course("2", 2, 480, 540, resource(timetable.KindClass, "6A", timetable.AllWeeks), resource(timetable.KindTeacher, "petit", timetable.AllWeeks)),
		},
	}
	o := timetable.ImportOptions{Source: "src"}
	kept, err := (&timetable.Kept{}).Apply(timetable.Compare(&timetable.Kept{}, file, o))
	require.NoError(t, err)
	require.Len(t, kept.Lessons, 8)
	second := kept.Lessons[3].Key // the Tuesday of week 2
	require.Equal(t, day(t, "2026-09-15"), second.On)
	kept.Changes = []timetable.Change{{Key: second, State: timetable.StateMoved, Date: day(t, "2026-09-16"), Start: 600, End: 660}}

	less := *file
	less.Courses = file.Courses[:1] // the second course is gone
	_, err = kept.Apply(timetable.Compare(kept, &less, o))
	require.ErrorIs(t, err, timetable.CodeManyDeleted, "a truncated file does not empty a school")
	o.After.Date = day(t, "2026-09-10")
	called := kept.Lessons[5].Key
	o.Called = func(k timetable.Key) bool { return k == called }
	p := timetable.Compare(kept, &less, o)
	assert.Equal(t, []int{1, 2}, []int{p.Count(timetable.OpDeleted), p.Count(timetable.OpKept)})
	assert.Equal(t, int64(1), p.Report().CountOf(timetable.CodeByHand))
	assert.Equal(t, int64(1), p.Report().CountOf(timetable.CodeCalled))
	next, err := kept.Apply(p)
	require.NoError(t, err)
	assert.Len(t, next.Lessons, 7)
	current, report := next.Current()
	assert.Zero(t, report.Total().Refused)
	at := slices.IndexFunc(current, func(l timetable.Lesson) bool { return l.Key == second })
	require.GreaterOrEqual(t, at, 0)
	assert.Equal(t, "2026-09-16", current[at].Date.String(), "the move by hand stays")
	_, err = next.Apply(p)
	require.ErrorIs(t, err, timetable.CodeStale, "a plan applies once")

	// The file comes back whole, with another room: the course has its identifier again, the lesson moved by hand its new room too.
	more := *file
	more.Courses = slices.Clone(file.Courses)
	more.Courses[1].Resources = append(slices.Clone(more.Courses[1].Resources), resource(timetable.KindRoom, "12", timetable.AllWeeks))
	back, err := kept.Apply(timetable.Compare(kept, &more, o))
	require.NoError(t, err)
	current, _ = back.Current()
	at = slices.IndexFunc(current, func(l timetable.Lesson) bool { return l.Key == second })
	assert.True(t, current[at].Has(timetable.Ref{Kind: timetable.KindRoom, ID: "12"}))
	assert.Equal(t, timetable.StateMoved, current[at].State)
	assert.False(t, current[0].Has(timetable.Ref{Kind: timetable.KindRoom, ID: "12"}), "the week before the window was taught without it")
}

// TestMovedKeepsItsKey: a course at another time of the week is the same course, known to calendars by where it was at first.
func TestMovedKeepsItsKey(t *testing.T) {
	t.Parallel()
	file := drawn(t, 1)
	file.Courses = []timetable.Course{course("9", 1, 480, 540, resource(timetable.KindClass, "6A", timetable.AllWeeks), resource(timetable.KindTeacher, "durand", timetable.AllWeeks))}
	o := timetable.ImportOptions{Source: "src"}
	kept, err := (&timetable.Kept{}).Apply(timetable.Compare(&timetable.Kept{}, file, o))
	require.NoError(t, err)
	file.Courses[0].Day, file.Courses[0].Start, file.Courses[0].End = 4, 600, 660
	p := timetable.Compare(kept, file, o)
	assert.Equal(t, 6, p.Count(timetable.OpMoved))
	next, err := kept.Apply(p)
	require.NoError(t, err)
	for i, l := range next.Lessons {
		assert.Equal(t, kept.Lessons[i].Key, l.Key)
		assert.Equal(t, 1, l.Revision)
		require.NotNil(t, l.Was)
		assert.Equal(t, kept.Lessons[i].Date, l.Was.Date)
		assert.Equal(t, kept.Lessons[i].Date.AddDays(3), l.Date)
		assert.Equal(t, []ent.Field{timetable.FieldDate, timetable.FieldTimes}, p.Lessons[i].Fields)
	}
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	tt := drawn(t, 1)
	tt.Courses = []timetable.Course{course("1", 1, 480, 540, resource(timetable.KindClass, "7", timetable.AllWeeks), resource(timetable.KindTeacher, "7", timetable.AllWeeks), resource(timetable.KindRoom, "3", timetable.AllWeeks))}
	tt.Memberships = []timetable.Membership{{Pupil: "4", In: timetable.Ref{Kind: timetable.KindClass, ID: "7"}}}
	names := timetable.Names{{Kind: timetable.KindClass, ID: "7"}: "6A", {Kind: timetable.KindTeacher, ID: "7"}: "STS:12", {Kind: timetable.KindRoom, ID: "3"}: "Salle 3", {Kind: timetable.KindPupil, ID: "4"}: "INE:1"}
	out, report := tt.Reconcile(names, timetable.Reconciliation{{Kind: timetable.KindTeacher, ID: "STS:12"}: "us-12"}, func(k timetable.Kind, name string) (ent.ID, bool) {
		return "us-" + ent.ID(name), k == timetable.KindClass
	})
	assert.Equal(t, []ent.ID{"us-6A", "us-12", "Salle 3"}, []ent.ID{out.Courses[0].Resources[0].ID, out.Courses[0].Resources[1].ID, out.Courses[0].Resources[2].ID})
	assert.Equal(t, timetable.Membership{Pupil: "INE:1", In: timetable.Ref{Kind: timetable.KindClass, ID: "us-6A"}}, out.Memberships[0])
	assert.Equal(t, int64(2), report.CountOf(timetable.CodeUnknownName))
	assert.True(t, report.Balanced())
	assert.Equal(t, ent.ID("7"), tt.Courses[0].Resources[0].ID, "what is given is not changed")
	for _, i := range report.Examples(timetable.CodeUnknownName) {
		assert.NotContains(t, i.Message(ent.FR), "INE:1")
	}
}

// TestReconcileTellsOfOneName: two teachers of one name are told, two idents of a subject are a habit of the files.
func TestReconcileTellsOfOneName(t *testing.T) {
	t.Parallel()
	tt := drawn(t, 1)
	two := func(id string, subject ent.ID) timetable.Course {
		c := course(id, 1, 480, 540, resource(timetable.KindTeacher, id, timetable.AllWeeks))
		c.Subject = subject
		return c
	}
	tt.Courses = []timetable.Course{two("1", "m1"), two("2", "m2"), two("1", "m1")}
	names := timetable.Names{
		{Kind: timetable.KindTeacher, ID: "1"}: "MARTIN Paul", {Kind: timetable.KindTeacher, ID: "2"}: "MARTIN Paul",
		{Kind: timetable.KindSubject, ID: "m1"}: "MATHS", {Kind: timetable.KindSubject, ID: "m2"}: "MATHS",
	}
	_, report := tt.Reconcile(names, nil, nil)
	assert.Equal(t, int64(1), report.CountOf(timetable.CodeSameName))
	assert.True(t, report.Balanced())
	for _, i := range report.Examples(timetable.CodeSameName) {
		assert.NotContains(t, i.Message(ent.FR), "MARTIN")
	}
}

func TestLoads(t *testing.T) {
	t.Parallel()
	at := func(d string, from, to timetable.Clock) timetable.Lesson {
		return timetable.Lesson{Date: day(t, d), Start: from, End: to, Resources: []timetable.Ref{{Kind: timetable.KindTeacher, ID: "a"}}}
	}
	y := timetable.Year{First: day(t, "2026-09-07"), Last: day(t, "2026-10-04"), Week1: day(t, "2026-09-07")}
	lessons := []timetable.Lesson{
		at("2026-09-07", 480, 535), at("2026-09-07", 545, 600), at("2026-09-07", 660, 715), at("2026-09-07", 810, 865), // a gap of 60, lunch of 95
		at("2026-09-08", 660, 720), at("2026-09-08", 735, 850), // no lunch
		at("2026-09-16", 480, 540),
	}
	lessons[6].State = timetable.StateCancelled
	got := y.Loads(lessons, timetable.Ref{Kind: timetable.KindTeacher, ID: "a"}, timetable.LoadOptions{LunchFrom: 690, LunchTo: 840, LunchMinutes: 45, Break: 20})
	assert.Equal(t, []timetable.Load{{Week: 1, Lessons: 6, Minutes: 55*4 + 60 + 115, Days: 2, Gaps: 60, NoLunch: 1}}, got)
	assert.Empty(t, y.Loads(lessons, timetable.Ref{Kind: timetable.KindTeacher, ID: "b"}, timetable.LoadOptions{}))
	assert.Equal(t, map[ent.ID]int{"a": 175}, timetable.Occupancy(lessons, timetable.KindTeacher, day(t, "2026-09-08"), day(t, "2026-09-20")))
}

func TestTokens(t *testing.T) {
	t.Parallel()
	secret, token, err := timetable.NewToken(nil, timetable.Token{Person: "us-1", Of: timetable.Ref{Kind: timetable.KindPupil, ID: "us-2"}})
	require.NoError(t, err)
	other, _, err := timetable.NewToken(nil, timetable.Token{})
	require.NoError(t, err)
	assert.Len(t, secret, 43)
	assert.NotEqual(t, secret, other)
	assert.NotContains(t, token.Hash, secret)
	assert.True(t, token.Opens(secret))
	assert.False(t, token.Opens(other))
	assert.False(t, token.Opens(""))
	token.Revoked = time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	assert.False(t, token.Opens(secret))
	_, _, err = timetable.NewToken(bytes.NewReader(nil), timetable.Token{})
	require.Error(t, err, "no random, no token")
	assert.NotContains(t, strings.ToLower(token.LogValue().String()), token.Hash[:8])
}

// TestAttend: sets of pupils come once a lesson, whatever brings them, and a named pupil alone.
func TestAttend(t *testing.T) {
	t.Parallel()
	in := func(p string, k timetable.Kind, id string) timetable.Membership {
		return timetable.Membership{Pupil: ent.ID(p), In: timetable.Ref{Kind: k, ID: ent.ID(id)}}
	}
	tt := timetable.Timetable{
		Memberships: []timetable.Membership{in("a", timetable.KindClass, "6A"), in("b", timetable.KindClass, "6A"), in("c", timetable.KindClass, "6B"), in("b", timetable.KindPart, "latin")},
		Groups:      []timetable.Group{{ID: "g", Parts: []ent.ID{"latin"}, Classes: []ent.ID{"6B"}}},
	}
	a := tt.NewAudience()
	var atoms []int
	var alone []ent.ID
	l := timetable.Lesson{Date: day(t, "2026-11-03"), Resources: []timetable.Ref{{Kind: timetable.KindGroup, ID: "g"}, {Kind: timetable.KindPart, ID: "latin"}, {Kind: timetable.KindPupil, ID: "a"}, {Kind: timetable.KindRoom, ID: "1"}}}
	a.Attend(&l, func(n int) { atoms = append(atoms, n) }, func(p ent.ID) { alone = append(alone, p) })
	b, _ := a.Atom("b")
	c, _ := a.Atom("c")
	assert.ElementsMatch(t, []int{b, c}, atoms)
	assert.Equal(t, []ent.ID{"a"}, alone)
	_, known := a.Atom("z")
	assert.False(t, known)
	assert.Equal(t, []ent.ID{"a", "b", "c"}, a.Pupils(&l))
}

// TestPlanKeepsItsGuard: a plan that waited as a document for somebody's consent is refused as before.
func TestPlanKeepsItsGuard(t *testing.T) {
	t.Parallel()
	file := drawn(t, 3)
	kept, err := (&timetable.Kept{}).Apply(timetable.Compare(&timetable.Kept{}, file, timetable.ImportOptions{Source: "src"}))
	require.NoError(t, err)
	short := *file
	short.Courses = nil
	again := func(consent bool) *timetable.Plan {
		b, err := json.Marshal(timetable.Compare(kept, &short, timetable.ImportOptions{Source: "src", Consent: consent}))
		require.NoError(t, err)
		var p timetable.Plan
		require.NoError(t, json.Unmarshal(b, &p))
		return &p
	}
	_, err = kept.Apply(again(false))
	require.ErrorIs(t, err, timetable.CodeManyDeleted)
	_, err = kept.Apply(again(true))
	require.NoError(t, err)
}

// TestPlansThatCannotBe: a document without the lessons that it speaks of is none, and applies to nothing.
func TestPlansThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, lesson := range []string{
		`{"op":"created","key":{"course":"c","on":"2026-09-07"}}`, `{"op":"moved","key":{"course":"c","on":"2026-09-07"}}`,
		`{"op":"deleted","key":{"course":"c","on":"2026-09-07"}}`, `{"op":"kept","key":{"course":"c","on":"2026-09-07"}}`, `{"op":"other"}`,
	} {
		var p timetable.Plan
		require.ErrorIs(t, json.Unmarshal([]byte(`{"format":"cartable.timetable-plan/1","lessons":[`+lesson+`]}`), &p), timetable.CodeFormat, lesson)
	}
}

// TestBackToThePlanOfTheImport: a lesson that an import moved, was cancelled by hand and is planned again is where the import put it.
func TestBackToThePlanOfTheImport(t *testing.T) {
	t.Parallel()
	file := &timetable.Timetable{Year: drawn(t, 1).Year, Courses: []timetable.Course{course("c", 1, 480, 535, resource(timetable.KindClass, "6A", timetable.WeeksOf(1)))}}
	o := timetable.ImportOptions{Source: "src", Consent: true}
	kept, err := (&timetable.Kept{}).Apply(timetable.Compare(&timetable.Kept{}, file, o))
	require.NoError(t, err)
	moved := *file
	moved.Courses = []timetable.Course{course("c", 2, 600, 655, resource(timetable.KindClass, "6A", timetable.WeeksOf(1)))}
	kept, err = kept.Apply(timetable.Compare(kept, &moved, o))
	require.NoError(t, err)
	planned := kept.Lessons[0]
	require.Equal(t, timetable.Clock(600), planned.Start)
	for n, s := range []timetable.State{timetable.StateCancelled, timetable.StatePlanned} {
		kept, err = kept.Change(timetable.Change{Key: planned.Key, State: s}, planned.Revision+n)
		require.NoError(t, err)
	}
	now, _ := kept.Current()
	require.Len(t, now, 1)
	planned.Revision += 2
	assert.Equal(t, planned, now[0])
}

// TestChangesToTimesThatCannotBe are refused whatever else they change; conflicts are looked for whatever the times.
func TestChangesToTimesThatCannotBe(t *testing.T) {
	t.Parallel()
	lessons, _ := drawn(t, 1).Expand()
	for _, s := range []timetable.State{timetable.StateReplaced, timetable.StateChanged, timetable.StateCancelled, timetable.StatePlanned} {
		for _, times := range [][2]timetable.Clock{{600, 540}, {600, 9999}, {-60, 60}} {
			out, report := timetable.Apply(lessons, []timetable.Change{{Key: lessons[0].Key, State: s, Subject: "maths", Start: times[0], End: times[1]}})
			assert.Equal(t, int64(1), report.CountOf(timetable.CodeChange), "%s %v", s, times)
			assert.Equal(t, lessons, out)
		}
	}
	lessons[0].Start, lessons[0].End = -600, 9999
	assert.NotPanics(t, func() { timetable.Conflicts(lessons, timetable.ConflictOptions{}) })
}

// TestMeetingsAreNotMatched: courses that no pupil attends are not one because they are at one time.
func TestMeetingsAreNotMatched(t *testing.T) {
	t.Parallel()
	meeting := func(teacher string) timetable.Course {
		return course("m", 1, 480, 535, resource(timetable.KindTeacher, teacher, timetable.AllWeeks))
	}
	first := timetable.Match(nil, []timetable.Course{meeting("durand")}, "src", false)
	for _, subject := range []ent.ID{"", "council"} {
		other := meeting("petit")
		other.Subject = subject
		next := timetable.Match(first, []timetable.Course{other}, "src", false)
		assert.NotEqual(t, first[0].ID, next[0].ID)
	}
	room := meeting("durand")
	room.End = 600
	assert.Equal(t, first[0].ID, timetable.Match(first, []timetable.Course{room}, "src", false)[0].ID, "the same teacher's")
}

// TestCourseGivenTwice: an identifier that lasts names one course, which is not doubled under another one.
func TestCourseGivenTwice(t *testing.T) {
	t.Parallel()
	c := course("7", 1, 480, 535, resource(timetable.KindClass, "6A", timetable.WeeksOf(1)))
	other, none := c, c
	other.Day, none.ID = 2, ""
	file := &timetable.Timetable{Year: drawn(t, 1).Year, Courses: []timetable.Course{c, other, none}}
	kept := &timetable.Kept{}
	for range 2 {
		p := timetable.Compare(kept, file, timetable.ImportOptions{Source: "src", Native: true})
		assert.Equal(t, int64(1), p.Report().CountOf(timetable.CodeTwice))
		assert.Equal(t, int64(1), p.Report().CountOf(timetable.CodeNoID))
		var err error
		kept, err = kept.Apply(p)
		require.NoError(t, err)
		require.Len(t, kept.Lessons, 1)
		assert.Equal(t, ent.ID("src:7"), kept.Lessons[0].Course)
	}
	assert.Equal(t, int64(1), kept.Version)
}

// TestLogsHoldNoName: neither the names of a file nor who imported.
func TestLogsHoldNoName(t *testing.T) {
	t.Parallel()
	const mark = "Marqueur"
	teacher := timetable.Ref{Kind: timetable.KindTeacher, ID: mark}
	for _, v := range []any{
		timetable.Names{teacher: mark},
		timetable.Reconciliation{teacher: mark},
		timetable.Import{By: mark},
		timetable.Conflict{Resource: teacher, Pupils: []ent.ID{mark}},
	} {
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		assert.NotContains(t, b.String(), mark, "%T", v)
	}
}
