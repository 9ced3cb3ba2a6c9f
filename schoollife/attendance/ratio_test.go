//go:build unix

package attendance_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// bigSchool is a year of 1 500 pupils in 54 classes: 29 lessons a week, 6 of them in halves of the class, 36 weeks, and 40 events of
// each pupil.
type bigSchool struct {
	timetable timetable.Timetable
	lessons   []timetable.Lesson
	pupils    []ent.ID
	events    map[ent.ID][]attendance.Event
	all       []attendance.Event
	rule      attendance.Rule
}

func newBigSchool(tb testing.TB) *bigSchool {
	tb.Helper()
	d := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a test
	first := date(tb, "2026-08-31")
	s := &bigSchool{
		timetable: timetable.Timetable{Year: timetable.Year{First: first, Last: date(tb, "2027-07-04"), Week1: first}},
		events:    map[ent.ID][]attendance.Event{}, rule: attendance.Rule{Mode: attendance.ModeTouched, Split: 750, Reasons: attendance.Reasons()},
	}
	var weeks timetable.Weeks
	for n := 1; n <= 44; n++ {
		if n%6 != 0 {
			weeks |= timetable.WeeksOf(n)
		}
	}
	starts := []timetable.Clock{480, 540, 610, 665, 810, 865, 930}
	for class := range 54 {
		c := ent.ID(fmt.Sprint("c", class))
		for slot := range 32 {
			day, at := slot%5+1, starts[slot/5]
			if day == 3 && at >= 750 {
				continue
			}
			course := timetable.Course{ID: ent.ID(fmt.Sprint(c, "/", slot)), Day: day, Start: at, End: at + 55}
			set := timetable.Ref{Kind: timetable.KindClass, ID: c}
			if slot%5 == 1 {
				set = timetable.Ref{Kind: timetable.KindPart, ID: ent.ID(fmt.Sprint(c, "/", slot%2))}
			}
			course.Resources = []timetable.Resource{
				{Ref: set, Weeks: weeks},
				{Ref: timetable.Ref{Kind: timetable.KindTeacher, ID: ent.ID(fmt.Sprint("t", d.IntN(100)))}, Weeks: weeks},
				{Ref: timetable.Ref{Kind: timetable.KindRoom, ID: ent.ID(fmt.Sprint("r", d.IntN(60)))}, Weeks: weeks},
			}
			s.timetable.Courses = append(s.timetable.Courses, course)
		}
	}
	for n := range 1500 {
		p := ent.ID(fmt.Sprintf("p%04d", n))
		c := ent.ID(fmt.Sprint("c", n%54))
		s.pupils = append(s.pupils, p)
		s.timetable.Memberships = append(s.timetable.Memberships,
			timetable.Membership{Pupil: p, In: timetable.Ref{Kind: timetable.KindClass, ID: c}},
			timetable.Membership{Pupil: p, In: timetable.Ref{Kind: timetable.KindPart, ID: ent.ID(fmt.Sprint(c, "/", n/54%2))}})
		var list []attendance.Event
		for e := range 40 {
			on := first.AddDays(d.IntN(300))
			at := starts[d.IntN(len(starts))]
			x := attendance.Event{ID: ent.ID(fmt.Sprint(p, "/", e)), Pupil: p, Kind: attendance.KindAbsence, Regularised: d.IntN(2) == 0}
			x.Span = attendance.Span{From: attendance.Moment{Date: on, At: at}, To: attendance.Moment{Date: on, At: at + 55}}
			switch d.IntN(6) {
			case 0:
				x.Kind, x.To.At = attendance.KindLateness, at+10
			case 1:
				x.To = attendance.Moment{Date: on.AddDays(d.IntN(4)), At: 1020}
			}
			list = append(list, x)
		}
		slices.SortFunc(list, func(a, b attendance.Event) int { return a.Compare(&b) })
		s.events[p] = list
		s.all = append(s.all, list...)
	}
	var report *ent.Report
	s.lessons, report = s.timetable.Expand()
	require.True(tb, report.Balanced())
	return s
}

// year is what a school has at the end of its year.
type year struct {
	figures   map[ent.ID]attendance.Figures
	crossings int
	alerts    int
	missed    int
}

// ours counts all of it, from the lessons and the memberships on.
func (s *bigSchool) ours(tb testing.TB) year {
	y := year{figures: make(map[ent.ID]attendance.Figures, len(s.pupils))}
	touched, complete := counter(tb, s.rule), attendance.Rule{Mode: attendance.ModeComplete, Split: s.rule.Split, Reasons: s.rule.Reasons}
	whole := counter(tb, complete)
	schedules := attendance.NewSchedules(s.lessons, s.timetable.NewAudience())
	for _, p := range s.pupils {
		schedule, events := schedules.Of(p), s.events[p]
		f := touched.Figures(events, schedule, s.timetable.Year.First, s.timetable.Year.Last)
		y.figures[p] = f
		y.missed += f.Total
		half := whole.Unjustified(events, schedule).HalfDays
		y.crossings += len(attendance.Crossings(half, attendance.WindowMonth)) + len(attendance.Crossings(half, attendance.WindowSliding))
	}
	y.alerts = len(touched.Alerts(nil, s.all, attendance.GroupHalfDay))
	return y
}

// byDay does so as one would write it: each pupil, each day, each lesson of the day, each event.
func (s *bigSchool) byDay(tb testing.TB) year {
	tb.Helper()
	y := year{figures: make(map[ent.ID]attendance.Figures, len(s.pupils))}
	audience := s.timetable.NewAudience()
	lessons := map[ent.ID]map[ent.Date][]*timetable.Lesson{}
	for i := range s.lessons {
		for _, p := range audience.Pupils(&s.lessons[i]) {
			if lessons[p] == nil {
				lessons[p] = map[ent.Date][]*timetable.Lesson{}
			}
			lessons[p][s.lessons[i].Date] = append(lessons[p][s.lessons[i].Date], &s.lessons[i])
		}
	}
	for _, p := range s.pupils {
		var f attendance.Figures
		var complete []attendance.HalfDay
		bucket := map[string]bool{}
		for on := s.timetable.Year.First; !s.timetable.Year.Last.Before(on); on = on.AddDays(1) {
			var touched, open, whole [2]bool
			var held, missed [2]int
			for _, l := range lessons[p][on] {
				var all, accepted, unjustified [60]bool
				for i := range s.events[p] {
					e := &s.events[p][i]
					if e.Kind != attendance.KindAbsence || on.Before(e.From.Date) || e.To.Date.Before(on) {
						continue
					}
					for m := l.Start; m < l.End; m++ {
						at := attendance.Moment{Date: on, At: m}
						if e.From.Compare(at) <= 0 && at.Compare(e.To) < 0 {
							all[m-l.Start] = true
							accepted[m-l.Start] = accepted[m-l.Start] || e.Regularised
						}
					}
				}
				for m := range all {
					unjustified[m] = all[m] && !accepted[m]
				}
				h := b2i(l.Start >= s.rule.Split)
				for m := range int(l.End - l.Start) {
					held[h]++
					f.Minutes += b2i(all[m])
					touched[h] = touched[h] || all[m]
					open[h] = open[h] || unjustified[m]
					missed[h] += b2i(unjustified[m])
				}
			}
			for h := range 2 {
				f.Total += b2i(touched[h])
				f.Unjustified += b2i(open[h])
				whole[h] = held[h] > 0 && missed[h] == held[h]
				if whole[h] {
					complete = append(complete, attendance.HalfDay{Date: on, Afternoon: h == 1})
				}
			}
			for i := range s.events[p] {
				if e := &s.events[p][i]; e.From.Date == on {
					f.Latenesses += b2i(e.Kind == attendance.KindLateness && !covered(s.events[p], i))
					bucket[fmt.Sprint(e.Kind, on, e.From.At >= s.rule.Split)] = true
				}
			}
		}
		f.Justified = f.Total - f.Unjustified
		y.figures[p] = f
		y.missed += f.Total
		y.alerts += len(bucket)
		y.crossings += len(attendance.Crossings(complete, attendance.WindowMonth)) + len(attendance.Crossings(complete, attendance.WindowSliding))
	}
	return y
}

func covered(events []attendance.Event, i int) bool {
	return slices.ContainsFunc(events, func(o attendance.Event) bool { return o.Kind == attendance.KindAbsence && o.Covers(events[i].Span) })
}

// BenchmarkRatioYear: half-days, rates and alerts of 1 500 pupils, beside a count day by day.
func BenchmarkRatioYear(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	s := newBigSchool(b)
	require.Equal(b, s.byDay(b), s.ours(b))
	const fast = 5
	for range b.N {
		base, ours, err := ratio.Best(ratio.CPU(func() { s.byDay(b) }), ratio.CPU(func() {
			for range fast {
				s.ours(b)
			}
		}))
		require.NoError(b, err)
		per := ours / fast
		b.ReportMetric(base.Seconds()/per.Seconds(), "times")
		b.ReportMetric(per.Seconds()*1e3, "ms")
		b.ReportMetric(base.Seconds()*1e3, "oracle-ms")
		b.ReportMetric(0, "ns/op")
	}
}
