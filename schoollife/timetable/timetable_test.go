package timetable_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func day(t testing.TB, s string) ent.Date {
	t.Helper()
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

func clock(t testing.TB, s string) timetable.Clock {
	t.Helper()
	c, err := timetable.ParseClock(s)
	require.NoError(t, err)
	return c
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func instant(t testing.TB, local string, z *time.Location) time.Time {
	t.Helper()
	on, at, ok := strings.Cut(local, "T")
	require.True(t, ok)
	return timetable.Instant(day(t, on), clock(t, at), z)
}

// TestAcceptanceS19ClockChanges: all of vectors/dst.json.
func TestAcceptanceS19ClockChanges(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "vectors"), "dst.json"))
	require.NoError(t, err)
	var v struct {
		Timezone string      `json:"timezone"`
		Weekly   [][2]string `json:"weeklyMonday10h"`
		Gap      struct{ Local string }
		Overlap  struct{ Local, First string }
		Ranges   []struct {
			Start, End string
			Minutes    int `json:"elapsedMinutes"`
		}
		Overseas [][2]string
	}
	require.NoError(t, json.Unmarshal(b, &v))
	paris := zone(t, v.Timezone)
	const utc = "2006-01-02T15:04Z"
	for _, w := range v.Weekly {
		assert.Equal(t, w[1], timetable.Instant(day(t, w[0]), 600, paris).UTC().Format(utc))
	}
	gap := instant(t, v.Gap.Local, paris)
	assert.Equal(t, "2026-03-29T01:30Z", gap.UTC().Format(utc))
	assert.Equal(t, "03:30", gap.Format("15:04"))
	assert.Equal(t, v.Overlap.First, instant(t, v.Overlap.Local, paris).UTC().Format(utc))
	require.NotEmpty(t, v.Ranges)
	for _, r := range v.Ranges {
		assert.InDelta(t, r.Minutes, instant(t, r.End, paris).Sub(instant(t, r.Start, paris)).Minutes(), 0)
	}
	require.NotEmpty(t, v.Overseas)
	for _, o := range v.Overseas {
		want, err := time.Parse(utc, o[1])
		require.NoError(t, err)
		on, at := timetable.Local(want, zone(t, o[0]))
		assert.Equal(t, o[1], timetable.Instant(on, at, zone(t, o[0])).UTC().Format(utc), o[0])
		assert.Equal(t, "08:00", at.String(), o[0])
	}
}

// TestRecurrenceAcrossClockChanges: a weekly lesson keeps its local time all year, in zones that change their clocks and in others.
func TestRecurrenceAcrossClockChanges(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea", "America/Miquelon"} {
		z := zone(t, name)
		for at := timetable.Clock(0); at < 24*60; at += 5 {
			for week := range 60 {
				on := day(t, "2025-09-01").AddDays(7 * week)
				got := timetable.Instant(on, at, z)
				back, clock := timetable.Local(got, z)
				assert.Equal(t, on, back)
				if clock != at {
					t.Fatalf("%s %s %s is shown %s: no week has a clock change on a Monday", name, on, at, clock)
				}
			}
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"08:00": "08:00", "8h30": "08:30", "8h": "08:00", "23:59:00": "23:59", "24:00": "24:00", "08:00:00": "08:00"} {
		assert.Equal(t, want, clock(t, s).String(), s)
	}
	for _, s := range []string{"", "8", "25:00", "08:60", "08:00:30", "24:01", "-1:00", "a:b", "008:00", "8h5h", "08:+5"} {
		_, err := timetable.ParseClock(s)
		require.ErrorIs(t, err, timetable.CodeClock, s)
	}
}

func TestWeeksAndLetters(t *testing.T) {
	t.Parallel()
	w, err := timetable.ParseWeeks("18446744073709551615")
	require.NoError(t, err)
	assert.Equal(t, 63, w.Count(), "bit 0 means nothing")
	for _, s := range []string{"", "-1", "18446744073709551616", "0x2"} {
		_, err := timetable.ParseWeeks(s)
		require.ErrorIs(t, err, timetable.CodeWeeks, s)
	}
	// 2026-2027, zone C: 2026 has a week 53, so that ISO parity gives one letter twice around the turn of the year.
	y := timetable.Year{First: day(t, "2026-09-01"), Last: day(t, "2027-07-02"), Week1: day(t, "2026-08-31")}
	holidays := [][2]string{{"2026-10-17", "2026-11-01"}, {"2026-12-19", "2027-01-03"}, {"2027-02-06", "2027-02-21"}, {"2027-04-03", "2027-04-18"}}
	var taught timetable.Weeks
	for n := 1; n <= 44; n++ {
		monday := y.Date(n, 1)
		off := false
		for _, h := range holidays {
			off = off || !monday.Before(day(t, h[0]).AddDays(2)) && !day(t, h[1]).Before(monday)
		}
		if !off {
			taught |= timetable.WeeksOf(n)
		}
	}
	a, b := timetable.LettersByRank(taught)
	assert.Equal(t, 36, taught.Count())
	assert.Equal(t, []int{18, 18}, []int{a.Count(), b.Count()})
	assert.Zero(t, timetable.Repeated(taught, a))
	iso, _ := timetable.LettersByISOWeek(y, taught)
	repeated := timetable.Repeated(taught, iso)
	require.Equal(t, 1, repeated.Count())
	for n := range repeated.All() {
		assert.Equal(t, "2027-01-04", y.Date(n, 1).String())
	}
	for n := range 400 {
		on := y.First.AddDays(n - 20)
		week, d := y.Week(on)
		assert.Equal(t, on, y.Date(week, d))
		assert.True(t, d >= 1 && d <= 7)
	}
}

func course(id string, d int, start, end timetable.Clock, res ...timetable.Resource) timetable.Course {
	return timetable.Course{ID: ent.ID(id), Day: d, Start: start, End: end, Resources: res}
}

func resource(k timetable.Kind, id string, w timetable.Weeks) timetable.Resource {
	return timetable.Resource{Ref: timetable.Ref{Kind: k, ID: ent.ID(id)}, Weeks: w}
}

// TestConflictsAgainstPairs compares with every pair of lessons, on random weeks of a small school.
func TestConflictsAgainstPairs(t *testing.T) {
	t.Parallel()
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for seed := range rounds {
		d := rand.New(rand.NewPCG(uint64(seed), 7)) //nolint:gosec // a test
		tt := timetable.Timetable{Year: timetable.Year{First: day(t, "2026-09-07"), Last: day(t, "2026-10-04"), Week1: day(t, "2026-09-07")}}
		kinds := []timetable.Kind{timetable.KindTeacher, timetable.KindRoom, timetable.KindClass, timetable.KindPart, timetable.KindGroup, timetable.KindPupil}
		for n := range 40 {
			start := timetable.Clock(480 + 7*d.IntN(60))
			c := course(fmt.Sprint("c", n), 1+d.IntN(3), start, start+timetable.Clock(5+d.IntN(110)))
			for range 1 + d.IntN(4) {
				c.Resources = append(c.Resources, resource(kinds[d.IntN(len(kinds))], fmt.Sprint(d.IntN(4)), timetable.WeeksOf(1+d.IntN(2), 2, 3)))
			}
			tt.Courses = append(tt.Courses, c)
		}
		for p := range 12 {
			tt.Memberships = append(tt.Memberships,
				timetable.Membership{Pupil: ent.ID(fmt.Sprint(p)), In: timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(fmt.Sprint(p % 4))}},
				timetable.Membership{Pupil: ent.ID(fmt.Sprint(p)), In: timetable.Ref{Kind: timetable.KindPart, ID: ent.ID(fmt.Sprint(p / 3))}, From: tt.Year.First.AddDays(d.IntN(10))})
		}
		tt.Groups = []timetable.Group{{ID: "0", Classes: []ent.ID{"1"}, Pupils: []ent.ID{"3"}}, {ID: "1", Parts: []ent.ID{"0", "2"}}}
		lessons, report := tt.Expand()
		require.True(t, report.Balanced())
		a := tt.NewAudience()
		want := pairwise(&tt, lessons)
		got := map[string]bool{}
		for _, c := range timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: a}) {
			if len(c.Pupils) > 0 {
				got[fmt.Sprint(c.First, c.Second, c.Pupils)] = true
			} else {
				got[fmt.Sprint(c.First, c.Second, c.Resource)] = true
			}
		}
		require.Equal(t, want, got, "seed %d", seed)
		again := 0
		for i := range lessons {
			again += len(timetable.Recheck(lessons, i, timetable.ConflictOptions{Audience: a}))
		}
		assert.Equal(t, 2*len(want), again, "each conflict is found from both of its lessons")
	}
}

// TestConflictOfAStranger: a pupil who is in no class, and whom two lessons name.
func TestConflictOfAStranger(t *testing.T) {
	t.Parallel()
	on := day(t, "2026-09-07")
	named := []timetable.Ref{{Kind: timetable.KindPupil, ID: "new"}}
	lessons := []timetable.Lesson{{Date: on, Start: 480, End: 540, Resources: named}, {Date: on, Start: 500, End: 560, Resources: named}}
	tt := timetable.Timetable{Memberships: []timetable.Membership{{Pupil: "other", In: timetable.Ref{Kind: timetable.KindClass, ID: "6A"}}}}
	o := timetable.ConflictOptions{Audience: tt.NewAudience()}
	got := timetable.Conflicts(lessons, o)
	require.Len(t, got, 1)
	assert.Equal(t, []ent.ID{"new"}, got[0].Pupils)
	assert.Len(t, timetable.Recheck(lessons, 1, o), 1)
}

// pairwise looks at every two lessons, and at every pupil by name.
func pairwise(tt *timetable.Timetable, lessons []timetable.Lesson) map[string]bool {
	out := map[string]bool{}
	attends := func(pupil ent.ID, l *timetable.Lesson) bool {
		in := func(r timetable.Ref) bool {
			for _, m := range tt.Memberships {
				if m.Pupil == pupil && m.In == r && (m.From.IsZero() || !l.Date.Before(m.From)) && (m.To.IsZero() || !m.To.Before(l.Date)) {
					return true
				}
			}
			return false
		}
		for _, r := range l.Resources {
			if r.Kind == timetable.KindPupil && r.ID == pupil || r.Kind != timetable.KindGroup && in(r) {
				return true
			}
			for _, g := range tt.Groups {
				if r.Kind != timetable.KindGroup || g.ID != r.ID {
					continue
				}
				for _, c := range g.Classes {
					if in(timetable.Ref{Kind: timetable.KindClass, ID: c}) {
						return true
					}
				}
				for _, p := range g.Parts {
					if in(timetable.Ref{Kind: timetable.KindPart, ID: p}) {
						return true
					}
				}
				if slices.Contains(g.Pupils, pupil) {
					return true
				}
			}
		}
		return false
	}
	for i := range lessons {
		for j := i + 1; j < len(lessons); j++ {
			x, y := &lessons[i], &lessons[j]
			if x.Date != y.Date || x.Start >= y.End || y.Start >= x.End {
				continue
			}
			for _, r := range x.Resources {
				if r.Kind != timetable.KindPupil && y.Has(r) {
					out[fmt.Sprint(i, j, r)] = true
				}
			}
			var both []ent.ID
			for _, p := range []ent.ID{"0", "1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9"} {
				if attends(p, x) && attends(p, y) {
					both = append(both, p)
				}
			}
			if len(both) > 0 {
				out[fmt.Sprint(i, j, both)] = true
			}
		}
	}
	return out
}

func TestChanges(t *testing.T) {
	t.Parallel()
	tt := timetable.Timetable{
		Year:    timetable.Year{First: day(t, "2026-09-07"), Last: day(t, "2026-10-04"), Week1: day(t, "2026-09-07")},
		Courses: []timetable.Course{course("maths", 1, 480, 540, resource(timetable.KindTeacher, "a", timetable.AllWeeks), resource(timetable.KindRoom, "12", timetable.AllWeeks))},
	}
	lessons, _ := tt.Expand()
	require.Len(t, lessons, 4)
	key := lessons[1].Key
	room := timetable.Ref{Kind: timetable.KindRoom, ID: "12"}
	out, report := timetable.Apply(lessons, []timetable.Change{
		{Key: key, State: timetable.StateMoved, Date: day(t, "2026-09-16"), Start: 600, End: 660},
		{Key: key, State: timetable.StateChanged, Without: []timetable.Ref{room}, With: []timetable.Ref{{Kind: timetable.KindRoom, ID: "14"}}},
		{Key: lessons[2].Key, State: timetable.StateCancelled},
		{Key: timetable.Key{Course: "sortie", On: day(t, "2026-09-18")}, State: timetable.StateAdded, Date: day(t, "2026-09-18"), Start: 480, End: 1020},
		{Key: timetable.Key{Course: "nothing", On: day(t, "2026-09-18")}, State: timetable.StateCancelled},
		{Key: key, State: timetable.StateReplaced},
	})
	assert.True(t, report.Balanced())
	assert.Equal(t, int64(2), report.Total().Refused)
	assert.Equal(t, int64(1), report.CountOf(timetable.CodeUnknownLesson))
	assert.Equal(t, int64(1), report.CountOf(timetable.CodeChange))
	require.Len(t, out, 5, "a moved lesson is one lesson")
	moved := out[1]
	assert.Equal(t, key, moved.Key, "its key stays")
	assert.Equal(t, "2026-09-16 10:00", moved.Date.String()+" "+moved.Start.String())
	assert.Equal(t, 2, moved.Revision)
	assert.False(t, moved.Has(room))
	require.NotNil(t, moved.Was)
	assert.Equal(t, lessons[1].Date, moved.Was.Date)
	assert.True(t, lessons[1].Has(room), "what was given is not changed")
	assert.Equal(t, timetable.StateAdded, out[2].State)
	assert.Equal(t, timetable.StateCancelled, out[3].State)

	back, _ := timetable.Apply(out, []timetable.Change{{Key: key, State: timetable.StatePlanned}})
	assert.Equal(t, lessons[1].Date, back[1].Date)
	assert.Equal(t, 3, back[1].Revision, "a calendar must see that it changed again")
	cancelled := []timetable.Lesson{lessons[0], lessons[0]}
	cancelled[1].State = timetable.StateCancelled
	assert.Empty(t, timetable.Conflicts(cancelled, timetable.ConflictOptions{}), "a cancelled lesson wants nothing")
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, timetable.Catalog().Check())
}

func Example() {
	first := ent.Date{Year: 2026, Month: 9, Day: 7}
	t := timetable.Timetable{
		Year: timetable.Year{First: first, Last: first.AddDays(20), Week1: first},
		Courses: []timetable.Course{{ID: "maths-6A", Day: 1, Start: 10 * 60, End: 11 * 60, Resources: []timetable.Resource{
			{Ref: timetable.Ref{Kind: timetable.KindClass, ID: "6A"}, Weeks: timetable.AllWeeks},
			{Ref: timetable.Ref{Kind: timetable.KindTeacher, ID: "durand"}, Weeks: timetable.WeeksOf(1)},
			{Ref: timetable.Ref{Kind: timetable.KindTeacher, ID: "petit"}, Weeks: timetable.WeeksOf(2, 3)}, // replaces
		}}},
	}
	lessons, _ := t.Expand()
	for _, l := range lessons {
		fmt.Println(l.Date, l.Start.French(), l.Resources[1].ID)
	}
	// Output:
	// 2026-09-07 10 h 00 durand
	// 2026-09-14 10 h 00 petit
	// 2026-09-21 10 h 00 petit
}

func FuzzParseClock(f *testing.F) {
	for _, s := range []string{"08:00", "8h30", "24:00", "::", "h", "08:00:00.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := timetable.ParseClock(s)
		if err != nil {
			return
		}
		if again, err := timetable.ParseClock(c.String()); err != nil || again != c || c < 0 || c > 1440 {
			t.Fatalf("%q is %d, then %d, %v", s, c, again, err)
		}
	})
}
