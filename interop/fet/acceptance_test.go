package fet_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/fet"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func clock(t testing.TB, s string) timetable.Clock {
	t.Helper()
	c, err := timetable.ParseClock(s)
	require.NoError(t, err)
	return c
}

// hours are those of the published instances: lunch at 12:30, Wednesday afternoon and lunch closed.
func hours(t testing.TB) ([]timetable.Place, []fet.Time) {
	t.Helper()
	var places []timetable.Place
	for i, s := range []string{"8h", "9h", "10h", "11h", "12h30", "13h30", "14h30", "15h30", "16h30"} {
		start := clock(t, s)
		places = append(places, timetable.Place{Number: i, Start: start, End: start + 60})
	}
	var closed []fet.Time
	for day := 1; day <= 5; day++ {
		closed = append(closed, fet.Time{Day: day, Hour: 4})
	}
	for hour := 5; hour <= 8; hour++ {
		closed = append(closed, fet.Time{Day: 3, Hour: hour})
	}
	return places, closed
}

func plan(t testing.TB, tt *timetable.Timetable, o fet.FromOptions) *fet.Plan {
	t.Helper()
	o.Hours, o.Closed = hours(t)
	p, report, err := fet.FromTimetable(tt, 4, o)
	require.NoError(t, err)
	require.True(t, report.Balanced())
	require.Empty(t, report.Codes())
	return p
}

func write(t testing.TB, p *fet.Problem) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, fet.Write(&b, p))
	return b.Bytes()
}

func instance(t testing.TB, name string) *fet.Problem {
	t.Helper()
	f, err := os.Open(filepath.Join(samples.Dir(t, "schoollife", "fet"), name))
	require.NoError(t, err)
	defer f.Close()
	p, report, err := fet.Read(f, fet.ReadOptions{File: name})
	require.NoError(t, err)
	require.True(t, report.Balanced())
	require.Empty(t, report.Codes())
	require.Empty(t, report.Losses())
	return p
}

func solution(t testing.TB, p *fet.Problem) *fet.Solution {
	t.Helper()
	f, err := os.Open(filepath.Join(samples.Dir(t, "schoollife", "fet"), "college-demo-w4-g0-2_timetable.csv"))
	require.NoError(t, err)
	defer f.Close()
	s, report, err := fet.ReadTimetable(f, p, fet.ReadOptions{})
	require.NoError(t, err)
	require.True(t, report.Balanced())
	require.Empty(t, report.Codes())
	return s
}

type sizes struct {
	Activities, Hours, Days, HoursPerDay, Teachers, ActiveTeachers, Rooms, PupilAtoms, MinDaysConstraints, BreakSlots, FixedRoomActivities int
}

func sizesOf(p *fet.Problem) sizes {
	out := sizes{
		Activities: len(p.Activities), Hours: p.Duration(), Days: len(p.Days), HoursPerDay: len(p.Hours), Teachers: len(p.Teachers), Rooms: len(p.Rooms),
		PupilAtoms: p.Subgroups(),
	}
	active := map[string]bool{}
	for _, a := range p.Activities {
		for _, x := range a.Teachers {
			active[x] = true
		}
	}
	out.ActiveTeachers = len(active)
	for _, k := range p.Constraints {
		switch k := k.(type) {
		case *fet.MinDaysBetweenActivities:
			out.MinDaysConstraints++
		case *fet.BreakTimes:
			out.BreakSlots += len(k.Times)
		case *fet.ActivityPreferredRoom:
			out.FixedRoomActivities++
		default:
		}
	}
	return out
}

func TestAcceptanceS17Write(t *testing.T) {
	t.Parallel()
	var want struct {
		Common sizes `json:"common"`
	}
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "fet"), "expected.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &want))
	tt := college(t)
	p := plan(t, tt, fet.FromOptions{}).Problem
	got := sizesOf(p)
	assert.Equal(t, []int{458, 482, 81}, []int{got.Activities, got.Hours, got.PupilAtoms})
	assert.Equal(t, want.Common, sizesOf(instance(t, "college-demo-w4-basic.fet")), "the published instance")
	want.Common.Teachers = want.Common.ActiveTeachers // a teacher without a lesson in the week is not in our problem
	assert.Equal(t, want.Common, got)
	out := write(t, p)
	assert.Equal(t, out, write(t, plan(t, college(t), fet.FromOptions{}).Problem), "the same bytes")
	again, report, err := fet.Read(bytes.NewReader(out), fet.ReadOptions{})
	require.NoError(t, err)
	assert.Empty(t, report.Losses())
	assert.Equal(t, p, again)
}

func TestAcceptanceS17Evaluate(t *testing.T) {
	t.Parallel()
	p := instance(t, "college-demo-w4-g0-2.fet")
	s := solution(t, p)
	score := fet.Evaluate(p, s)
	assert.Equal(t, 482, score.Lines)
	assert.Equal(t, 482, s.Lines)
	assert.Equal(t, []int{458, 0}, []int{score.Placed, score.Unplaced})
	assert.Empty(t, score.Conflicts)
	assert.Equal(t, fet.Gaps{}, score.PupilGaps)
	assert.Equal(t, fet.Gaps{Total: 45, Max: 2}, score.TeacherGaps)
	assert.Equal(t, 5, score.BrokenPairs)
	assert.Equal(t, "4.75", score.Cost.String())
	assert.Zero(t, score.Hard)
	assert.Zero(t, score.Unjudged)
	assert.True(t, score.Feasible())
}
