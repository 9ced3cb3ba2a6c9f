package attendance_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

var modes = []attendance.Mode{attendance.ModeTouched, attendance.ModeComplete, attendance.ModeStart, attendance.ModeTolerance}

// drawn is a pupil's weeks and what happened in them.
type drawn struct {
	lessons []timetable.Lesson
	events  []attendance.Event
	closed  []ent.Date
	first   ent.Date
	days    int
}

func draw(t testing.TB, seed uint64) drawn {
	t.Helper()
	d := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a test
	x := drawn{first: date(t, "2026-10-12"), days: 28}
	for n := range x.days {
		on := x.first.AddDays(n)
		if d.IntN(9) == 0 {
			x.closed = append(x.closed, on)
		}
		if w := on.Weekday(); w == 0 || w == 6 {
			continue
		}
		for at := timetable.Clock(480); at < 1020; at += 55 + timetable.Clock(d.IntN(30)) {
			if d.IntN(5) == 0 {
				continue
			}
			l := timetable.Lesson{Date: on, Start: at, End: at + 20 + timetable.Clock(d.IntN(35)), State: timetable.StatePlanned}
			if d.IntN(8) == 0 {
				l.State = timetable.StateCancelled
			}
			x.lessons = append(x.lessons, l)
		}
	}
	kinds := []attendance.Kind{attendance.KindAbsence, attendance.KindAbsence, attendance.KindAbsence, attendance.KindLateness, attendance.KindDeparture, attendance.KindInfirmary, attendance.KindOutside, "another"}
	for n := range d.IntN(14) {
		from := attendance.Moment{Date: x.first.AddDays(d.IntN(x.days)), At: timetable.Clock(420 + 5*d.IntN(130))}
		to := attendance.Moment{Date: from.Date, At: from.At + timetable.Clock(1+d.IntN(300))}
		if d.IntN(4) == 0 {
			to.Date = to.Date.AddDays(d.IntN(6))
		}
		x.events = append(x.events, attendance.Event{
			ID: ent.ID(fmt.Sprint("e", n)), Pupil: "p", Kind: kinds[d.IntN(len(kinds))], Span: attendance.Span{From: from, To: to},
			Regularised: d.IntN(3) == 0, Removed: d.IntN(9) == 0, Reason: []ent.Code{"", "SCHOOL-TRIP", "FAMILY", "?"}[d.IntN(4)],
		})
	}
	return x
}

func (x *drawn) rule(t testing.TB, m attendance.Mode, seed uint64) attendance.Rule {
	t.Helper()
	full := attendance.Hours{Open: 480, Close: 1050}
	return attendance.Rule{
		Mode: m, Split: 735, Closed: x.closed, Opening: [7]attendance.Hours{full, full, {Open: 480, Close: 720}, full, full}, Reasons: attendance.Reasons(),
		Departures: seed%2 == 0, LatenessUnder: int(seed%3) * 10, //nolint:gosec // small
	}
}

// oracle counts minute by minute, day by day.
func oracle(r attendance.Rule, x drawn, unjustified bool, from, to ent.Date) (out []attendance.HalfDay, minutes, lessons int) {
	quiet := map[ent.Code]bool{}
	for _, reason := range r.Reasons {
		quiet[reason.Code] = reason.Uncounted
	}
	minute := func(m attendance.Moment) int { // since some day
		n := 0
		for d := x.first.AddDays(-60); d.Before(m.Date); d = d.AddDays(1) {
			n++
		}
		return 1440*n + int(m.At)
	}
	type span struct{ from, to int }
	var gone, here, accepted []span
	for _, e := range x.events {
		s := span{minute(e.From), minute(e.To)}
		outside := e.Kind == attendance.KindInfirmary || e.Kind == attendance.KindOutside
		if e.Removed || quiet[e.Reason] && !outside { // a trip is one, whatever its reason
			continue
		}
		takes := &gone
		if unjustified && e.Regularised {
			takes = &accepted
		}
		switch e.Kind {
		case attendance.KindAbsence:
			if s.to-s.from >= r.LatenessUnder {
				*takes = append(*takes, s)
			}
		case attendance.KindDeparture:
			if r.Departures {
				*takes = append(*takes, s)
			}
		case attendance.KindInfirmary, attendance.KindOutside:
			here = append(here, s)
		case attendance.KindLateness:
		default:
		}
	}
	in := func(list []span, m int) bool {
		return slices.ContainsFunc(list, func(s span) bool { return s.from <= m && m < s.to })
	}
	here = append(here, accepted...) // taken out alike, but for where absences start
	for on := from; !to.Before(on); on = on.AddDays(1) {
		closed := slices.Contains(r.Closed, on)
		at := minute(attendance.Moment{Date: on})
		var held, missed [2]int
		var starts, open [2]bool
		for _, s := range gone {
			if s.from >= at && s.from < at+1440 && !in(accepted, s.from) {
				starts[b2i(s.from-at >= int(r.Split))] = true
			}
		}
		for _, l := range x.lessons {
			if l.Date != on || closed || l.State == timetable.StateCancelled {
				continue
			}
			h := b2i(l.Start >= r.Split)
			some := false
			for m := l.Start; m < l.End; m++ {
				held[h]++
				if in(gone, at+int(m)) && !in(here, at+int(m)) {
					missed[h]++
					minutes++
					some = true
				}
			}
			lessons += b2i(some)
		}
		hours := r.Opening[(int(on.Weekday())+6)%7]
		late := 0
		for m := int(hours.Open); m < int(hours.Close) && !closed; m++ {
			h := b2i(m >= int(r.Split))
			if in(gone, at+m) && !in(here, at+m) && (h == 0 || m >= int(r.Split)+late) {
				if h == 0 {
					late = 105
				}
				open[h] = true
			}
		}
		for h := range 2 {
			yes := false
			switch r.Mode {
			case attendance.ModeTouched:
				yes = missed[h] > 0
			case attendance.ModeComplete:
				yes = missed[h] > 0 && missed[h] == held[h]
			case attendance.ModeStart:
				yes = starts[h]
			case attendance.ModeTolerance:
				yes = open[h]
			}
			if yes {
				out = append(out, attendance.HalfDay{Date: on, Afternoon: h == 1})
			}
		}
	}
	return out, minutes, lessons
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestCountIsTheOracle compares with a count minute by minute, and its figures with those of each day: half-days add up.
func TestCountIsTheOracle(t *testing.T) {
	t.Parallel()
	rounds := uint64(500)
	if testing.Short() {
		rounds = 60
	}
	counted := 0
	for seed := range rounds {
		x := draw(t, seed)
		s := attendance.NewSchedule(x.lessons)
		for _, m := range modes {
			r := x.rule(t, m, seed)
			c := counter(t, r)
			last := x.first.AddDays(x.days + 8)
			want, minutes, lessons := oracle(r, x, false, x.first, last)
			got := explained(t, c, x.events, s)
			require.Equal(t, half(want), half(got.HalfDays), "seed %d %s", seed, m)
			require.Equal(t, []int{minutes, lessons}, []int{got.Minutes, got.Lessons}, "seed %d %s", seed, m)
			counted += len(want)

			open, _, _ := oracle(r, x, true, x.first, last)
			require.Equal(t, half(open), half(c.Unjustified(x.events, s).HalfDays), "seed %d %s", seed, m)
			whole := c.Figures(x.events, s, x.first, last)
			assert.Equal(t, min(len(open), len(want)), whole.Unjustified)
			assert.Equal(t, whole.Total, whole.Justified+whole.Unjustified)
			assert.Equal(t, len(want), whole.Total)
			var sum attendance.Figures
			for on := x.first; !last.Before(on); on = on.AddDays(1) {
				f := c.Figures(x.events, s, on, on)
				sum.Total += f.Total
				sum.Justified += f.Justified
				sum.Unjustified += f.Unjustified
				sum.Latenesses += f.Latenesses
				sum.Minutes += f.Minutes
			}
			require.Equal(t, whole, sum, "seed %d %s", seed, m)

			shuffled := slices.Clone(x.events)
			rand.New(rand.NewPCG(seed, 4)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] }) //nolint:gosec // a test
			assert.Equal(t, got, c.Count(append(shuffled, x.events...), s), "order and doubles change nothing")
		}
	}
	assert.Greater(t, counted, int(rounds)) //nolint:gosec // small
}

// TestRollCallsMerge: in whatever order the submissions of two teachers arrive, and however often, every pupil that one of them
// marked is there once, and each difference is told to who came second.
func TestRollCallsMerge(t *testing.T) {
	t.Parallel()
	l := lesson(t)
	pupils := []ent.ID{"a", "b", "c", "d", "e", "f"}
	statuses := []attendance.Status{attendance.StatusPresent, attendance.StatusAbsent}
	told := 0
	for seed := range uint64(400) {
		d := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // a test
		send := func(id string) attendance.Submission {
			s := attendance.Submission{ID: ent.ID(id), Lesson: l.Key, Done: d.IntN(2) == 0}
			for _, p := range pupils {
				if d.IntN(3) > 0 {
					s.Marks = append(s.Marks, attendance.Mark{Pupil: p, Status: statuses[d.IntN(2)]})
				}
			}
			return s
		}
		first, second := send("1"), send("2")
		var call attendance.RollCall
		call, _, err := call.Take(first, &l, pupils, "durand", now(t))
		require.NoError(t, err)
		call, clashes, err := call.Take(second, &l, pupils, "petit", now(t))
		require.NoError(t, err)
		again := call
		for _, s := range []attendance.Submission{second, first, first, second} {
			by := map[ent.ID]ent.ID{"1": "durand", "2": "petit"}[s.ID]
			again, _, err = again.Take(s, &l, pupils, by, now(t).Add(1))
			require.NoError(t, err)
			require.Equal(t, call, again, "a submission that comes again changes nothing")
		}
		marked := map[ent.ID]attendance.Mark{}
		for _, m := range append(slices.Clone(second.Marks), first.Marks...) {
			marked[m.Pupil] = m // the first to arrive stays
		}
		require.Len(t, call.Entries, len(marked))
		for p, m := range marked {
			e, ok := call.Entry(p)
			require.True(t, ok)
			assert.Equal(t, m, e.Mark)
		}
		differ := 0
		for _, m := range second.Marks {
			differ += b2i(marked[m.Pupil] != m)
		}
		require.Len(t, clashes, differ)
		told += differ
		assert.Len(t, call.Uncalled(pupils), len(pupils)-len(marked))
	}
	assert.Positive(t, told)
}
