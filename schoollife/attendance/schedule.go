package attendance

import (
	"cmp"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Schedule is when a pupil should be in lessons: those that are held. Half-days are counted on it.
type Schedule struct {
	slots []slot // by start
	first int32  // the day of days[0]
	days  []day
}

// slot is a lesson, in minutes of the calendar.
type slot struct {
	from, to int32
}

// day is where the lessons of a day stand among the slots.
type day struct{ from, to int32 }

// NewSchedule returns the schedule of a pupil who attends these lessons. Cancelled ones are not held.
func NewSchedule(lessons []timetable.Lesson) *Schedule {
	s := &Schedule{}
	for i := range lessons {
		if lessons[i].State != timetable.StateCancelled {
			s.slots = append(s.slots, slotOf(&lessons[i]))
		}
	}
	s.index()
	return s
}

func slotOf(l *timetable.Lesson) slot {
	at := dayNumber(l.Date) * dayMinutes
	return slot{at + int32(l.Start), at + int32(l.End)}
}

// index sorts the lessons and finds where each day begins.
func (s *Schedule) index() {
	compare := func(a, b slot) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) }
	if !slices.IsSortedFunc(s.slots, compare) {
		slices.SortFunc(s.slots, compare)
	}
	if len(s.slots) == 0 {
		return
	}
	s.first = s.slots[0].from / dayMinutes
	last := s.slots[len(s.slots)-1].from / dayMinutes
	s.days = make([]day, last-s.first+1)
	for i := range s.slots {
		d := &s.days[s.slots[i].from/dayMinutes-s.first]
		if d.to == 0 {
			d.from = int32(i) //nolint:gosec // lessons of a year
		}
		d.to = int32(i) + 1 //nolint:gosec // as above
	}
}

// on returns the lessons of a day.
func (s *Schedule) on(number int32) []slot {
	if s == nil || number < s.first || int(number-s.first) >= len(s.days) {
		return nil
	}
	d := s.days[number-s.first]
	return s.slots[d.from:d.to]
}

// Lessons returns how many lessons are held from a day to another, both included.
func (s *Schedule) Lessons(from, to ent.Date) int {
	n := 0
	for i, d := range s.days {
		if at := s.first + int32(i); at >= dayNumber(from) && at <= dayNumber(to) { //nolint:gosec // days of a year
			n += int(d.to - d.from)
		}
	}
	return n
}

// Schedules are those of all pupils of a school. Pupils who always go together share one.
type Schedules struct {
	audience *timetable.Audience
	atoms    []*Schedule
	alone    map[ent.ID]*Schedule
	none     *Schedule
}

// NewSchedules returns the schedules of the pupils of a school, by the day on which each was in a class, a part or a group.
// Cancelled lessons are not held.
func NewSchedules(lessons []timetable.Lesson, a *timetable.Audience) *Schedules {
	s := &Schedules{audience: a, atoms: make([]*Schedule, a.Atoms()), alone: map[ent.ID]*Schedule{}, none: &Schedule{}}
	for i := range s.atoms {
		s.atoms[i] = &Schedule{}
	}
	own := map[ent.ID][]slot{}
	for i := range lessons {
		l := &lessons[i]
		if l.State == timetable.StateCancelled {
			continue
		}
		x := slotOf(l)
		a.Attend(l, func(n int) { s.atoms[n].slots = append(s.atoms[n].slots, x) }, func(p ent.ID) { own[p] = append(own[p], x) })
	}
	for _, x := range s.atoms {
		x.index()
	}
	for p, list := range own { // what a lesson names a pupil for is theirs only
		x := &Schedule{slots: append(list, s.of(p).slots...)}
		x.index()
		s.alone[p] = x
	}
	return s
}

func (s *Schedules) of(pupil ent.ID) *Schedule {
	if n, ok := s.audience.Atom(pupil); ok {
		return s.atoms[n]
	}
	return s.none
}

// Of returns the schedule of a pupil; that of an unknown one has no lesson.
func (s *Schedules) Of(pupil ent.ID) *Schedule {
	if x, ok := s.alone[pupil]; ok {
		return x
	}
	return s.of(pupil)
}
