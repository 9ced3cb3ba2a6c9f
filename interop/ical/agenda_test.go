package ical_test

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// lessonsOn makes the lessons of a course, from 8:00 to 9:00 in given weeks.
func lessonsOn(t *testing.T, series string, weeks ...int) []ical.Lesson {
	t.Helper()
	var out []ical.Lesson
	for _, w := range weeks {
		on := day(t, "2025-09-01").AddDays(7 * w)
		out = append(out, ical.Lesson{Series: series, Date: on, Start: 480, End: 540, Modified: lessonsModified, Summary: "Maths"})
	}
	return out
}

func TestSeriesFollowTheWeeks(t *testing.T) {
	t.Parallel()
	for name, is := range map[string]struct {
		weeks        []int
		rule         string
		ex, extra    int
		firstIsFirst bool
	}{
		"each week":              {weeks: []int{0, 1, 2, 3}, rule: "FREQ=WEEKLY;BYDAY=MO;UNTIL=20250922T060000Z"},
		"weeks off":              {weeks: []int{0, 1, 4, 5}, rule: "FREQ=WEEKLY;BYDAY=MO;UNTIL=20251006T060000Z", ex: 2},
		"one in two":             {weeks: []int{0, 2, 4, 10}, rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20251110T070000Z", ex: 2},
		"not quite one in two":   {weeks: []int{0, 2, 4, 5}, rule: "FREQ=WEEKLY;BYDAY=MO;UNTIL=20251006T060000Z", ex: 2},
		"now and then":           {weeks: []int{0, 5, 11}, extra: 2},
		"two lessons in a while": {weeks: []int{0, 2}, rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20250915T060000Z"},
	} {
		a := agenda(t, "Europe/Paris", lessonsOn(t, "x", is.weeks...))
		c := calendar(t, a)
		require.Len(t, c.Events, 1, name)
		e := c.Events[0]
		assert.Equal(t, is.rule, e.Rule, name)
		assert.Len(t, e.ExDates, is.ex, name)
		assert.Len(t, e.RDates, is.extra, name)
		assert.Len(t, expand(t, c, ical.Window{}), len(is.weeks), name)
	}
	// A lesson on another day of the course is a date of the series; one before the first of a rule makes a list of dates.
	late := append(lessonsOn(t, "x", 0, 1, 2), ical.Lesson{Series: "x", Date: day(t, "2025-09-10"), Start: 600, End: 660, Modified: lessonsModified, Summary: "Maths"})
	c := calendar(t, agenda(t, "Europe/Paris", late))
	assert.Len(t, c.Events[0].RDates, 1)
	assert.NotEmpty(t, c.Events[0].Rule)
	assert.Len(t, expand(t, c, ical.Window{}), 4)
}

// One lesson of a course needs no series, and the one kind that is frequent is what the series says.
func TestSeriesSaysWhatIsFrequent(t *testing.T) {
	t.Parallel()
	c := calendar(t, agenda(t, "Europe/Paris", lessonsOn(t, "x", 3)))
	require.Len(t, c.Events, 1)
	assert.Empty(t, c.Events[0].Rule)
	lessons := lessonsOn(t, "x", 0, 1, 2, 3)
	lessons[0].Location = "Gymnase"
	c = calendar(t, agenda(t, "Europe/Paris", lessons))
	require.Len(t, c.Events, 2)
	assert.Empty(t, c.Events[0].Location)
	assert.Equal(t, "Gymnase", c.Events[1].Location)
	assert.Zero(t, c.Events[1].Sequence)
	again, _ := readText(t, string(write(t, c)))
	for _, o := range expand(t, again, ical.Window{}) {
		assert.Equal(t, timetable.StatePlanned, o.State)
	}
	for i := range lessons {
		lessons[i].State, lessons[i].Revision = timetable.StateCancelled, 1
	}
	c = calendar(t, agenda(t, "Europe/Paris", lessons))
	for _, o := range expand(t, c, ical.Window{}) {
		assert.Equal(t, timetable.StateCancelled, o.State)
	}
}

func TestAgendaRefuses(t *testing.T) {
	t.Parallel()
	lessons := append(lessonsOn(t, "x", 0, 0, 1), lessonsOn(t, "", 1)...)
	lessons = append(lessons, ical.Lesson{Series: "y", Start: 60, End: 120, Modified: lessonsModified}, ical.Lesson{Series: "y", Date: day(t, "2025-09-01"), Modified: lessonsModified})
	a := agenda(t, "Europe/Paris", lessons)
	c, r, err := a.Calendar()
	require.NoError(t, err)
	assert.Equal(t, ent.Tally{Read: 6, Kept: 2, Refused: 4}, r.Tally("lessons"))
	assert.Equal(t, int64(1), r.CountOf(ical.CodeLessonTwice))
	assert.Equal(t, int64(3), r.CountOf(ical.CodeLesson))
	assert.Len(t, expand(t, c, ical.Window{}), 2)
	for code, change := range map[ent.Code]func(*ical.Agenda){
		ical.CodeNoZone: func(a *ical.Agenda) { a.Zone = nil }, ical.CodeUID: func(a *ical.Agenda) { a.Host = "" },
		ical.CodeStamp: func(a *ical.Agenda) { a.Lessons = []ical.Lesson{{Series: "x"}} },
	} {
		b := *a
		change(&b)
		_, _, err := b.Calendar()
		require.ErrorIs(t, err, code)
	}
}

func TestFromTimetable(t *testing.T) {
	t.Parallel()
	year := timetable.Year{First: day(t, "2025-09-01"), Last: day(t, "2026-07-03"), Week1: day(t, "2025-09-01")}
	all := timetable.WeeksOf(1, 2, 3, 4, 5, 6, 7, 10, 11)
	refs := []timetable.Ref{
		{Kind: timetable.KindTeacher, ID: "t1"},
		{Kind: timetable.KindRoom, ID: "101"},
		{Kind: timetable.KindClass, ID: "6A"},
		{Kind: timetable.KindPupil, ID: "p1"},
		{Kind: "other", ID: "o"},
	}
	course := timetable.Course{ID: "c1", Subject: "MATHS", Day: 2, Start: 610, End: 665}
	for _, r := range refs {
		course.Resources = append(course.Resources, timetable.Resource{Ref: r, Weeks: all})
	}
	tt := timetable.Timetable{Year: year, Courses: []timetable.Course{course}}
	lessons, _ := tt.Expand()
	key := func(week int) timetable.Key { return timetable.Key{Course: "c1", On: year.Date(week, 2)} }
	lessons, report := timetable.Apply(lessons, []timetable.Change{
		{Key: key(3), State: timetable.StateMoved, Date: year.Date(3, 4), Start: 870, End: 925},
		{Key: key(5), State: timetable.StateCancelled},
		{Key: key(6), State: timetable.StateReplaced, Without: refs[:1], With: []timetable.Ref{{Kind: timetable.KindTeacher, ID: "t2"}}},
		{Key: key(7), State: timetable.StateCancelled},
		{Key: key(7), State: timetable.StatePlanned},
		{Key: timetable.Key{Course: "exam"}, State: timetable.StateAdded, Date: year.Date(10, 5), Start: 480, End: 600, With: refs[1:2]},
		{Key: timetable.Key{Course: "exam"}, State: timetable.StateMoved, Date: year.Date(11, 5)},
	})
	require.Zero(t, report.Total().Refused)
	asked := map[timetable.Kind]bool{}
	own := ical.FromTimetable(lessons, ical.Labels{
		Subject:  func(id ent.ID) string { return string(id) },
		Resource: func(r timetable.Ref) string { asked[r.Kind] = true; return string(r.ID) },
		Modified: func(l *timetable.Lesson) time.Time { return lessonsModified.AddDate(0, 0, l.Revision) },
		Lang:     ent.FR,
	})
	assert.Equal(t, map[timetable.Kind]bool{timetable.KindTeacher: true, timetable.KindRoom: true, timetable.KindClass: true}, asked, "no pupil is asked for")
	c := calendar(t, agenda(t, "Europe/Paris", own))
	again, _ := readText(t, string(write(t, c)))
	got := told(t, again)
	assert.Equal(t, told(t, c), got)
	assert.Len(t, got, 10)
	for _, line := range []string{
		"2025-09-18T12:30Z 2025-09-18T13:25Z c1@exemple.invalid moved 2025-09-16T08:10Z MATHS",
		"2025-09-30T08:10Z 2025-09-30T09:05Z c1@exemple.invalid cancelled 2025-09-30T08:10Z MATHS (annulé)",
		"2025-10-07T08:10Z 2025-10-07T09:05Z c1@exemple.invalid replaced 2025-10-07T08:10Z MATHS",
		"2025-10-14T08:10Z 2025-10-14T09:05Z c1@exemple.invalid planned 2025-10-14T08:10Z MATHS",
		"2025-11-14T07:00Z 2025-11-14T09:00Z exam@exemple.invalid moved 2025-11-07T07:00Z",
	} {
		assert.True(t, slices.ContainsFunc(got, func(s string) bool { return strings.TrimSpace(s) == line }), line)
	}
	master := find(t, again, "c1@exemple.invalid")
	assert.Equal(t, "101", master.Location)
	assert.Equal(t, "t1\n6A", master.Description)
}

// What holds texts shows none of them in a log.
func TestLogsShowNobody(t *testing.T) {
	t.Parallel()
	a := agenda(t, "Europe/Paris", lessonsOn(t, "durand", 0, 1))
	for i := range a.Lessons {
		a.Lessons[i].Summary, a.Lessons[i].Description = "Soutien Durand", "Mme Durand"
	}
	a.Name = "Durand"
	c := calendar(t, a)
	list := expand(t, c, ical.Window{})
	var b strings.Builder
	log := slog.New(slog.NewTextHandler(&b, nil))
	log.Info("x", "a", a, "b", *a, "c", c, "e", &c.Events[0], "o", &list[0], "l", a.Lessons[0], "p", ical.Property{Name: "X-A", Value: "Durand"})
	assert.NotContains(t, strings.ToLower(b.String()), "durand")
	assert.Contains(t, b.String(), "a.lessons=2")
}

// Any agenda comes back: whatever the weeks, the days, the times, the zone and the changes, each lesson is there once, where it is,
// with its state and the time at which it was planned.
func TestAnyAgendaComesBack(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	zones := []string{"Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea", "America/Miquelon"}
	states := []timetable.State{
		timetable.StatePlanned, timetable.StatePlanned, timetable.StatePlanned, timetable.StateCancelled, timetable.StateMoved, timetable.StateReplaced,
		timetable.StateChanged, timetable.StateAdded, "exam",
	}
	for n := range 300 {
		a := agenda(t, zones[n%len(zones)], nil)
		a.Flat = n%7 == 0
		seen := map[string]bool{}
		for course := range 3 {
			start := timetable.Clock(random.IntN(23 * 60))
			for range 1 + random.IntN(30) {
				on := day(t, "2025-09-01").AddDays(7*random.IntN(44) + course)
				if random.IntN(10) == 0 {
					on = on.AddDays(random.IntN(7))
				}
				l := ical.Lesson{
					Series: "c" + strconv.Itoa(course), Original: ical.Planned{Date: on, Start: start}, Date: on, Start: start, End: start + 60, Modified: lessonsModified,
					State: states[random.IntN(len(states))], Revision: random.IntN(2), Summary: []string{"A", "A", "B"}[random.IntN(3)],
				}
				if l.State == timetable.StateMoved {
					l.Date, l.Start, l.End = on.AddDays(random.IntN(10)-5), timetable.Clock(random.IntN(23*60)), 24*60
				}
				if k := l.Series + on.String(); !seen[k] {
					seen[k] = true
					a.Lessons = append(a.Lessons, l)
				}
			}
		}
		b := write(t, calendar(t, a))
		c, r, err := ical.Read(bytes.NewReader(b), ical.Options{Zone: a.Zone})
		require.NoError(t, err)
		require.Empty(t, r.Codes())
		_, more, err := c.Expand(ical.Window{})
		require.NoError(t, err)
		require.Empty(t, more.Codes())
		require.ElementsMatch(t, lessonsTold(a), told(t, c), string(b))
	}
}
