package schooltest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/calendar"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// places are the lessons of a day. Wednesday afternoon has none.
func places() []timetable.Place {
	starts := []timetable.Clock{8 * 60, 9 * 60, 10*60 + 15, 11*60 + 15, 13*60 + 30, 14*60 + 30, 15*60 + 45, 16*60 + 45}
	out := make([]timetable.Place, len(starts))
	for i, s := range starts {
		out[i] = timetable.Place{Number: i, Start: s, End: s + 55}
	}
	return out
}

const (
	perDay   = 8
	weekDays = 5
	halfDay  = timetable.Clock(12*60 + 30)
)

// A parity is a half of the fortnight.
const parities = 2

// slots are the busy places of a fortnight, a bit for each.
type slots [parities]uint64

func (s *slots) free(at int, p [parities]bool) bool {
	return (!p[0] || s[0]>>at&1 == 0) && (!p[1] || s[1]>>at&1 == 0)
}

func (s *slots) take(at int, p [parities]bool) {
	for i := range p {
		if p[i] {
			s[i] |= 1 << at
		}
	}
}

// hour is a lesson of a teaching that is to be placed: each week, or in one half of the fortnight.
type hour struct {
	teaching *gradebook.Teaching
	number   int
	in       [parities]bool
}

// hours are how many a subject has a week, in halves.
func hours(s ent.SubjectCode) int {
	switch s {
	case "020700", "061300":
		return 8
	case "030201", "042100", "040600", "100100":
		return 6
	case "062300", "062900", "062400":
		return 3 // a lesson each week, one more every other week
	case "081300", "090100", "A10001":
		return 2
	}
	return 4
}

func (y *Year) hours() []hour {
	var out []hour
	for i := range y.teachings {
		t := &y.teachings[i]
		n := hours(t.Subject)
		for k := range n / 2 {
			out = append(out, hour{t, k, [parities]bool{true, true}})
		}
		if n%2 == 1 {
			odd := t.Subject == "062900" // half of them in each week, so that weeks weigh the same
			out = append(out, hour{t, n / 2, [parities]bool{!odd, odd}})
		}
	}
	// What binds pupils of several classes goes first, then the hours one after the other, so that a subject spreads over days.
	slices.SortStableFunc(out, func(a, b hour) int {
		group := func(h hour) int {
			if h.teaching.Group != "" {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(group(a), group(b)), cmp.Compare(a.number, b.number))
	})
	return out
}

// Timetable returns the yearly grid of the establishment, without a conflict: places, the weeks that are taught by the calendar of
// zone A, a fortnight of two letters. What the school has no room left for in a week is left out: see Missing.
func (y *Year) Timetable() *timetable.Timetable {
	y.grid.once.Do(y.place)
	t := *y.grid.timetable
	t.Courses = slices.Clone(t.Courses)
	return &t
}

// Missing is how many weekly lessons found no place.
func (y *Year) Missing() int { y.grid.once.Do(y.place); return y.grid.missing }

func (y *Year) place() {
	t := &timetable.Timetable{Year: y.calendarYear(), Grid: timetable.Grid{Days: []int{1, 2, 3, 4, 5}, Places: places(), HalfDay: halfDay}}
	taught := y.taught(t.Year)
	a, b := timetable.LettersByRank(taught)
	y.grid.taught, y.grid.letterA = taught, a
	for _, m := range y.members {
		in := timetable.Ref{Kind: timetable.KindClass, ID: m.Class}
		if m.Class == "" {
			in = timetable.Ref{Kind: timetable.KindGroup, ID: m.Group}
		}
		t.Memberships = append(t.Memberships, timetable.Membership{Pupil: m.Pupil, In: in})
	}
	pupils, teachers, rooms := map[ent.ID]*slots{}, map[ent.ID]*slots{}, map[ent.ID]*slots{}
	of := func(m map[ent.ID]*slots, id ent.ID) *slots {
		if m[id] == nil {
			m[id] = &slots{}
		}
		return m[id]
	}
	on := map[ent.ID][weekDays]int{} // how often a teaching is on a day already
	for _, h := range y.hours() {
		x := h.teaching
		set := timetable.Ref{Kind: timetable.KindClass, ID: x.Class}
		if x.Class == "" {
			set = timetable.Ref{Kind: timetable.KindGroup, ID: x.Group}
		}
		who := y.pupils[set.ID]
		fits := func(at int) bool {
			for _, p := range who {
				if !of(pupils, p).free(at, h.in) {
					return false
				}
			}
			return !slices.ContainsFunc(x.Teachers, func(p gradebook.Teacher) bool { return !of(teachers, p.ID).free(at, h.in) })
		}
		at := y.choose(x, on[x.ID], fits)
		if at < 0 {
			y.grid.missing++
			continue
		}
		room := y.room(x, func(r ent.ID) bool { return of(rooms, r).free(at, h.in) })
		for _, p := range who {
			of(pupils, p).take(at, h.in)
		}
		weeks := taught
		switch {
		case !h.in[1]:
			weeks = a
		case !h.in[0]:
			weeks = b
		}
		resources := []timetable.Resource{{Ref: set, Weeks: weeks}}
		for _, p := range x.Teachers {
			of(teachers, p.ID).take(at, h.in)
			resources = append(resources, timetable.Resource{Ref: timetable.Ref{Kind: timetable.KindTeacher, ID: p.ID}, Weeks: weeks})
		}
		of(rooms, room).take(at, h.in)
		resources = append(resources, timetable.Resource{Ref: timetable.Ref{Kind: timetable.KindRoom, ID: room}, Weeks: weeks})
		days := on[x.ID]
		days[at/perDay]++
		on[x.ID] = days
		p := t.Grid.Places[at%perDay]
		t.Courses = append(t.Courses, timetable.Course{
			ID: ent.ID(fmt.Sprintf("%s/%d", x.ID, h.number+1)), Subject: ent.ID(x.Subject), Day: at/perDay + 1, Start: p.Start, End: p.End, Resources: resources,
		})
	}
	y.grid.timetable = t
}

// choose returns a place that fits: on the day that has least of the teaching, the earlier the better, so that days have no holes.
func (y *Year) choose(x *gradebook.Teaching, on [weekDays]int, fits func(int) bool) int {
	best, weight := -1, 0
	shift := y.academy.Rand("day", x.ID).IntN(weekDays)
	for d := range weekDays {
		day := (d + shift) % weekDays
		for place := range perDay {
			at := day*perDay + place
			if day == 2 && place >= perDay/2 || !fits(at) {
				continue
			}
			if w := 100*on[day] + 10*place + d; best < 0 || w < weight {
				best, weight = at, w
			}
			break
		}
	}
	return best
}

// room is a room that is free: the gym, a laboratory, else a plain one.
func (y *Year) room(x *gradebook.Teaching, free func(ent.ID) bool) ent.ID {
	var wanted []ent.ID
	switch x.Subject {
	case "100100":
		wanted = []ent.ID{"Gymnase", "Stade"}
	case "062300", "062900", "062400":
		wanted = []ent.ID{"Labo 1", "Labo 2"}
	case "081300":
		wanted = []ent.ID{"Salle de musique"}
	}
	first := y.academy.Rand("room", cmp.Or(x.Class, x.Group)).IntN(20)
	for n := range 60 {
		wanted = append(wanted, ent.ID(fmt.Sprintf("Salle %d", 101+(first+n)%60)))
	}
	for _, r := range wanted {
		if free(r) {
			return r
		}
	}
	return "CDI"
}

// calendarYear is the school year, week 1 that of 1 September.
func (y *Year) calendarYear() timetable.Year {
	first := y.academy.Year().First()
	week1 := first.AddDays(-(int(first.Weekday()) + 6) % 7)
	return timetable.Year{First: first, Last: y.academy.Year().Last().AddDays(-57), Week1: week1} // until about 5 July
}

// taught are the weeks in which there is a school day. A year that the calendar does not know has two weeks of holidays after every
// seven.
func (y *Year) taught(year timetable.Year) timetable.Weeks {
	c, err := calendar.New(calendar.Default(), calendar.Place{Zone: calendar.ZoneA})
	var out timetable.Weeks
	for n := 1; n <= 44; n++ {
		open := n%9 != 8 && n%9 != 0
		if err == nil && c.Known(year.Date(n, 1)) && c.Known(year.Date(n, 5)) {
			open = false
			for d := 1; d <= weekDays; d++ {
				day, err := c.Day(year.Date(n, d))
				open = open || err == nil && day.HasLessons()
			}
		}
		if open {
			out |= timetable.WeeksOf(n)
		}
	}
	return out
}

// Changes are what differs from the grid in the year: for each class, some twenty lessons that are cancelled, taught elsewhere, by
// somebody else, or moved to a place that is free.
func (y *Year) Changes() []timetable.Change {
	lessons, _ := y.Timetable().Expand()
	var out []timetable.Change
	moved := map[int]bool{}
	for i := range lessons {
		l := &lessons[i]
		rng := y.academy.Rand("change", ent.ID(l.On.String()+"/"+string(l.Course)))
		if rng.IntN(60) != 0 {
			continue
		}
		c := change(l, rng)
		if week, _ := y.grid.timetable.Year.Week(l.Date); c.State == timetable.StateMoved {
			if moved[week] { // one a week has that place
				continue
			}
			moved[week] = true
		}
		out = append(out, c)
	}
	return out
}

func change(l *timetable.Lesson, rng *rand.Rand) timetable.Change {
	c := timetable.Change{Key: l.Key, State: timetable.StateCancelled}
	switch rng.IntN(4) {
	case 0:
		for _, r := range l.Resources {
			if r.Kind == timetable.KindRoom {
				c.State, c.Without, c.With = timetable.StateChanged, []timetable.Ref{r}, []timetable.Ref{{Kind: timetable.KindRoom, ID: "CDI"}}
			}
		}
	case 1: // after the last lesson of a Wednesday morning, when everybody is free
		c.State, c.Date, c.Start, c.End = timetable.StateMoved, l.Date.AddDays(3-int(l.Date.Weekday())), 12*60+20, 13*60+15
	}
	return c
}

// Lessons are the dated lessons of the year with its changes, sorted.
func (y *Year) Lessons() []timetable.Lesson {
	lessons, _ := y.Timetable().Expand()
	out, _ := timetable.Apply(lessons, y.Changes())
	return out
}
