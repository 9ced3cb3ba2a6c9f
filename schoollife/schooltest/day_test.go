package schooltest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/schooltest"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func years(t testing.TB) []*schooltest.Year {
	t.Helper()
	a := enttest.New(enttest.Options{Seed: 7})
	var out []*schooltest.Year
	for e := range a.Establishments() {
		if y, ok := schooltest.New(a, e.ID); ok {
			out = append(out, y)
		}
	}
	require.GreaterOrEqual(t, len(out), 3)
	return out
}

// TestTimetableHasNoConflict: neither teachers, rooms nor pupils are twice at once, in the grid or after the changes, and nearly
// everything that is taught has its hours.
func TestTimetableHasNoConflict(t *testing.T) {
	t.Parallel()
	for _, y := range years(t) {
		tt := y.Timetable()
		lessons, report := tt.Expand()
		require.Zero(t, report.Total().Refused)
		require.NotEmpty(t, lessons)
		who := tt.NewAudience()
		assert.Empty(t, timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: who, Shared: []ent.ID{"CDI"}}))
		changed := y.Lessons()
		assert.Empty(t, timetable.Conflicts(changed, timetable.ConflictOptions{Audience: who, Shared: []ent.ID{"CDI"}}))
		states := map[timetable.State]int{}
		for _, l := range changed {
			states[l.State]++
		}
		assert.Positive(t, states[timetable.StateCancelled])
		assert.Positive(t, states[timetable.StateMoved])
		assert.Positive(t, states[timetable.StateChanged])
		assert.Less(t, y.Missing(), len(tt.Courses)/20)
		assert.Equal(t, lessons, func() []timetable.Lesson { l, _ := y.Timetable().Expand(); return l }(), "the same each time")
	}
}

// TestRollCallsOfAYear: as many as lessons that were held, each pupil called once; about one lesson in twenty missed; the office's
// reasons are in the list.
func TestRollCallsOfAYear(t *testing.T) {
	t.Parallel()
	y := years(t)[0]
	tt := y.Timetable()
	from, to := tt.Year.First, tt.Year.First.AddDays(60)
	if !testing.Short() {
		to = tt.Year.Last
	}
	called, absent := 0, 0
	calls := y.Calls(from, to)
	require.NotEmpty(t, calls)
	for _, c := range calls {
		assert.Equal(t, attendance.CallDone, c.State)
		seen := map[ent.ID]bool{}
		for _, e := range c.Entries {
			require.False(t, seen[e.Pupil])
			seen[e.Pupil] = true
			called++
			if e.Status == attendance.StatusAbsent {
				absent++
			}
		}
	}
	assert.InDelta(t, 0.04, float64(absent)/float64(called), 0.03)
	reasons, err := attendance.NewReasons(attendance.Reasons())
	require.NoError(t, err)
	events := y.Events(from, to)
	ids := map[ent.ID]bool{}
	regularised := 0
	for _, e := range events {
		assert.False(t, ids[e.ID])
		ids[e.ID] = true
		if e.Reason != "" {
			_, ok := reasons.Get(e.Reason)
			assert.True(t, ok)
			regularised++
		}
	}
	assert.InDelta(t, 0.7, float64(regularised)/float64(len(events)), 0.1)
	c, err := y.Rule().Counter()
	require.NoError(t, err)
	s := attendance.NewSchedules(y.Lessons(), tt.NewAudience())
	one := events[0].Pupil
	f := c.Figures(events[:1], s.Of(one), from, to)
	assert.LessOrEqual(t, f.Total, 1)
}

// TestCahiersOfAYear: every entry is one that a teacher may write, homework is due for a lesson of its pupils.
func TestCahiersOfAYear(t *testing.T) {
	t.Parallel()
	y := years(t)[0]
	first := y.Timetable().Year.First
	sessions, work := y.Sessions(first, first.AddDays(60))
	require.NotEmpty(t, sessions)
	require.NotEmpty(t, work)
	at := map[timetable.Key]timetable.Lesson{}
	for _, l := range y.Lessons() {
		at[l.Key] = l
	}
	for i := range sessions {
		require.NoError(t, sessions[i].Check())
	}
	for i := range work {
		require.NoError(t, work[i].Check())
		l := at[work[i].For]
		require.NoError(t, work[i].CheckFor(&l))
	}
}

// TestBookingsOfAYear: each is one that its resource admits, and none are refused together.
func TestBookingsOfAYear(t *testing.T) {
	t.Parallel()
	y := years(t)[0]
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	first := y.Timetable().Year.First
	list := y.Bookings(first, first.AddDays(90), zone)
	require.NotEmpty(t, list)
	of := map[ent.ID]booking.Resource{}
	for _, r := range y.Resources() {
		require.NoError(t, r.Valid())
		of[r.ID] = r
	}
	taken := map[ent.ID][]booking.Booking{}
	for i := range list {
		r := of[list[i].Resource]
		require.NoError(t, r.Check(&list[i], booking.Ask{Now: list[i].Made, Zone: zone}))
		require.Empty(t, booking.Conflicts(taken[r.ID], &list[i], r.Units()))
		taken[r.ID] = append(taken[r.ID], list[i])
	}
	require.Len(t, taken, len(of), "each is booked at some time")
}
