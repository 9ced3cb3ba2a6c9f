package attendance_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func date(t testing.TB, s string) ent.Date {
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

func moment(t testing.TB, s string) attendance.Moment {
	t.Helper()
	m, err := attendance.ParseMoment(s)
	require.NoError(t, err)
	return m
}

func absence(t testing.TB, id, from, to string) attendance.Event {
	t.Helper()
	return attendance.Event{
		ID: ent.ID(id), Pupil: "p", Kind: attendance.KindAbsence, Span: attendance.Span{From: moment(t, from), To: moment(t, to)}, Version: 1,
	}
}

func absences(t testing.TB, entries [][2]string) []attendance.Event {
	t.Helper()
	out := make([]attendance.Event, len(entries))
	for i, e := range entries {
		out[i] = absence(t, string(rune('a'+i)), e[0], e[1])
	}
	return out
}

func counter(t testing.TB, r attendance.Rule) *attendance.Counter {
	t.Helper()
	c, err := r.Counter()
	require.NoError(t, err)
	return c
}

func vectors(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "vectors"), name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, v))
}

// half writes half-days as the vectors do.
func half(list []attendance.HalfDay) [][2]string {
	out := make([][2]string, len(list))
	for i, h := range list {
		out[i] = [2]string{h.Date.String(), map[bool]string{false: "AM", true: "PM"}[h.Afternoon]}
	}
	return out
}

// explained counts twice, by each of the two doors, and checks what the second says.
func explained(t testing.TB, c *attendance.Counter, events []attendance.Event, s *attendance.Schedule) attendance.Count {
	t.Helper()
	plain := c.Count(events, s)
	same, e, err := c.Explain("p", events, s)
	require.NoError(t, err)
	require.NoError(t, e.Check())
	assert.Equal(t, plain, same)
	assert.EqualValues(t, len(plain.HalfDays), e.Value().IntPart())
	return plain
}

// TestAcceptanceS11Tolerance: all of vectors/halfdays-tolerance.json.
func TestAcceptanceS11Tolerance(t *testing.T) {
	t.Parallel()
	var v struct {
		Cases []struct {
			ID, Split string
			Entries   [][2]string
			Count     int
			HalfDays  []string
		}
	}
	vectors(t, "halfdays-tolerance.json", &v)
	require.Len(t, v.Cases, 17)
	full := attendance.Hours{Open: clock(t, "08:00"), Close: clock(t, "17:30")}
	opening := [7]attendance.Hours{full, full, {Open: clock(t, "08:00"), Close: clock(t, "12:00")}, full, full}
	for _, x := range v.Cases {
		c := counter(t, attendance.Rule{Mode: attendance.ModeTolerance, Split: clock(t, x.Split), Opening: opening})
		got := explained(t, c, absences(t, x.Entries), nil)
		assert.Len(t, got.HalfDays, x.Count, x.ID)
		for i, want := range x.HalfDays {
			assert.Equal(t, want, half(got.HalfDays)[i][1], x.ID)
		}
	}
}

// TestAcceptanceS11Modes: all of vectors/halfdays-modes.json.
func TestAcceptanceS11Modes(t *testing.T) {
	t.Parallel()
	var v struct {
		Split   string
		Lessons struct{ AM, PM [][2]string }
		Closed  []string
		Cases   []struct {
			ID        string
			Entries   [][2]string
			Cancelled []string
			Expected  struct {
				Touched, Complete, StartBucket [][2]string
				MissedMinutes, MissedLessons   int
			}
		}
	}
	vectors(t, "halfdays-modes.json", &v)
	require.Len(t, v.Cases, 15)
	var closed []ent.Date
	for _, d := range v.Closed {
		closed = append(closed, date(t, d))
	}
	for _, x := range v.Cases {
		cancelled := map[string]bool{}
		for _, m := range x.Cancelled {
			cancelled[m] = true
		}
		var lessons []timetable.Lesson
		for on := date(t, "2025-11-03"); on.Before(date(t, "2025-11-15")); on = on.AddDays(1) {
			times := append(append([][2]string{}, v.Lessons.AM...), v.Lessons.PM...)
			switch on.Weekday() {
			case 0, 6:
				continue
			case 3:
				times = v.Lessons.AM
			default:
			}
			for _, at := range times {
				l := timetable.Lesson{Date: on, Start: clock(t, at[0]), End: clock(t, at[1]), State: timetable.StatePlanned}
				if cancelled[on.String()+"T"+at[0]] {
					l.State = timetable.StateCancelled
				}
				lessons = append(lessons, l)
			}
		}
		s := attendance.NewSchedule(lessons)
		for mode, want := range map[attendance.Mode][][2]string{
			attendance.ModeTouched: x.Expected.Touched, attendance.ModeComplete: x.Expected.Complete, attendance.ModeStart: x.Expected.StartBucket,
		} {
			c := counter(t, attendance.Rule{Mode: mode, Split: clock(t, v.Split), Closed: closed})
			got := explained(t, c, absences(t, x.Entries), s)
			assert.Equal(t, want, half(got.HalfDays), "%s %s", x.ID, mode)
			assert.Equal(t, x.Expected.MissedMinutes, got.Minutes, x.ID)
			assert.Equal(t, x.Expected.MissedLessons, got.Lessons, x.ID)
		}
	}
}

// TestAcceptanceS12Thresholds: all of vectors/thresholds.json.
func TestAcceptanceS12Thresholds(t *testing.T) {
	t.Parallel()
	var v struct {
		Cases []struct {
			ID        string
			HalfDays  [][2]string
			ReachedAt map[string]*[2]string
		}
	}
	vectors(t, "thresholds.json", &v)
	require.Len(t, v.Cases, 6)
	for _, x := range v.Cases {
		var list []attendance.HalfDay
		for _, h := range x.HalfDays {
			list = append(list, attendance.HalfDay{Date: date(t, h[0]), Afternoon: h[1] == "PM"})
		}
		require.Len(t, x.ReachedAt, 4)
		for name, want := range x.ReachedAt {
			l, w := attendance.LevelFour, attendance.WindowSliding
			if name == "calendar10" || name == "sliding10" {
				l = attendance.LevelTen
			}
			if name[0] == 'c' {
				w = attendance.WindowMonth
			}
			got, ok := attendance.Reached(list, l, w)
			assert.Equal(t, want != nil, ok, "%s %s", x.ID, name)
			if want != nil {
				assert.Equal(t, *want, half([]attendance.HalfDay{got})[0], "%s %s", x.ID, name)
			}
		}
	}
}

// TestAcceptanceS12Alerts: all of vectors/alerts.json.
func TestAcceptanceS12Alerts(t *testing.T) {
	t.Parallel()
	var v struct {
		Cases []struct {
			ID, Method, Split string
			Steps             [][]any
		}
	}
	vectors(t, "alerts.json", &v)
	require.Len(t, v.Cases, 4)
	grouping := map[string]attendance.Grouping{"HOUR": attendance.GroupHour, "HALF_DAY": attendance.GroupHalfDay, "DAY": attendance.GroupDay}
	for _, x := range v.Cases {
		split := x.Split
		if split == "" {
			split = "12:00"
		}
		reasons := []attendance.Reason{{Code: "QUIET", Label: ent.Label{FR: "x", EN: "x"}, NoAlert: attendance.NoAlertAlways}}
		c := counter(t, attendance.Rule{Mode: attendance.ModeStart, Split: clock(t, split), Reasons: reasons})
		var events []attendance.Event
		var alerts []attendance.Alert
		for n, step := range x.Steps {
			id := ent.ID(step[1].(string))
			switch step[0] {
			case "add":
				from := moment(t, step[2].(string))
				to := from
				to.At += 30
				events = append(events, attendance.Event{ID: id, Pupil: "p", Kind: attendance.KindAbsence, Span: attendance.Span{From: from, To: to}})
			case "exclude":
				for i := range events {
					if events[i].ID == id {
						events[i].Reason = "QUIET"
					}
				}
			default:
				t.Fatalf("unknown step %v", step[0])
			}
			alerts = c.Alerts(alerts, events, grouping[x.Method])
			assert.EqualValues(t, step[3], len(alerts), "%s step %d", x.ID, n)
			if x.ID == "AL3" && n < 2 {
				assert.Equal(t, ent.ID("e1"), alerts[0].Event)
			}
			if x.ID == "AL3" && n == 2 {
				assert.Equal(t, ent.ID("e2"), alerts[0].Event, "the alert is now carried by e2")
			}
		}
	}
}
