package fet

import "slices"

// How often a solution breaks each constraint. Activities that are not placed break nothing.

func (*BasicCompulsoryTime) broken(*evaluation) (int, bool) { return 0, true } // counted as conflicts
func (*TeacherHomeRoom) broken(*evaluation) (int, bool)     { return 0, false }
func (*Untyped) broken(*evaluation) (int, bool)             { return 0, false }

// broken counts the activities whose pupils are too many for their room: rooms used twice are counted as conflicts.
func (*BasicCompulsorySpace) broken(e *evaluation) (int, bool) {
	n := 0
	for _, a := range e.placed {
		pupils := 0
		for _, s := range a.Students {
			pupils += e.x.sizes[s]
		}
		if r, ok := e.x.rooms[a.room]; ok && pupils > e.p.Rooms[r].Capacity {
			n++
		}
	}
	return n, true
}

// broken counts the hours of activities in a break.
func (k *BreakTimes) broken(e *evaluation) (int, bool) {
	n := 0
	slots := e.slots(k.Times)
	for _, a := range e.placed {
		for h := range a.Duration {
			if _, in := slices.BinarySearch(slots, e.slot(a.day, a.hour+h)); in {
				n++
			}
		}
	}
	return n, true
}

// pairs adds up how wrong the pairs of placed activities are.
func (e *evaluation) pairs(list []int, wrong func(a, b *place) int) int {
	n := 0
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			a, b := e.placed[list[i]], e.placed[list[j]]
			if a != nil && b != nil {
				n += wrong(a, b)
			}
		}
	}
	return n
}

func one(wrong bool) int {
	if wrong {
		return 1
	}
	return 0
}

func apart(a, b *place) int { return max(a.day-b.day, b.day-a.day) }

// near counts the pairs that are too close.
func (k *MinDaysBetweenActivities) near(e *evaluation) int {
	return e.pairs(k.Activities, func(a, b *place) int { return one(apart(a, b) < k.MinDays) })
}

// scattered counts the pairs on one day that are not next to each other, though they should be: whatever its weight, FET makes no
// such pair.
func (k *MinDaysBetweenActivities) scattered(e *evaluation) int {
	if !k.ConsecutiveIfSameDay {
		return 0
	}
	return e.pairs(k.Activities, func(a, b *place) int {
		return one(a.day == b.day && a.hour+a.Duration != b.hour && b.hour+b.Duration != a.hour)
	})
}

// broken counts the days that are missing between two activities, for each pair.
func (k *MinDaysBetweenActivities) broken(e *evaluation) (int, bool) {
	return e.pairs(k.Activities, func(a, b *place) int { return max(k.MinDays-apart(a, b), 0) }), true
}

func (k *MaxDaysBetweenActivities) broken(e *evaluation) (int, bool) {
	return e.pairs(k.Activities, func(a, b *place) int { return max(apart(a, b)-k.MaxDays, 0) }), true
}

func (k *ActivitiesSameStartingTime) broken(e *evaluation) (int, bool) {
	return e.pairs(k.Activities, func(a, b *place) int { return one(a.day != b.day || a.hour != b.hour) }), true
}

func (k *TwoActivitiesOrderedIfSameDay) broken(e *evaluation) (int, bool) {
	return e.pairs([]int{k.First, k.Second}, func(a, b *place) int { return one(a.day == b.day && a.hour+a.Duration > b.hour) }), true
}

func (k *ActivityPreferredStartingTime) broken(e *evaluation) (int, bool) {
	a := e.placed[k.Activity]
	return one(a != nil && (e.p.Days[a.day] != k.Day || e.p.Hours[a.hour] != k.Hour)), true
}

func (k *ActivityPreferredRoom) broken(e *evaluation) (int, bool) {
	return e.roomOf(k.Activity, k.Room), true
}

func (k *ActivityPreferredRooms) broken(e *evaluation) (int, bool) {
	return e.roomOf(k.Activity, k.Rooms...), true
}

// roomOf is 1 for an activity that is in none of some rooms.
func (e *evaluation) roomOf(activity int, rooms ...string) int {
	a := e.placed[activity]
	return one(a != nil && !slices.Contains(rooms, a.room))
}

// hoursIn counts the hours in which somebody is busy, among some.
func hoursIn(p *person, slots []int) int {
	n := 0
	for _, s := range slots {
		if p.busy[s] {
			n++
		}
	}
	return n
}

func (k *TeacherNotAvailableTimes) broken(e *evaluation) (int, bool) {
	n := 0
	for _, p := range e.teacher(k.Teacher) {
		n += hoursIn(p, e.slots(k.Times))
	}
	return n, true
}

func (k *StudentsSetNotAvailableTimes) broken(e *evaluation) (int, bool) {
	n := 0
	for _, p := range e.set(k.Students) {
		n += hoursIn(p, e.slots(k.Times))
	}
	return n, true
}

// teacher returns a teacher, or nobody.
func (e *evaluation) teacher(name string) []*person {
	if n, ok := e.x.teachers[name]; ok {
		return []*person{&e.teachers[n]}
	}
	return nil
}

// set returns the subgroups of a students set.
func (e *evaluation) set(name string) []*person {
	var out []*person
	for _, n := range e.x.students[name] {
		out = append(out, &e.atoms[n])
	}
	return out
}

func all(list []person) []*person {
	out := make([]*person, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// idle counts those who have more gaps than that in the week.
func (e *evaluation) idle(list []*person, most int) int {
	n := 0
	for _, p := range list {
		sum := 0
		for _, d := range e.gaps(p) {
			sum += d
		}
		if sum > most {
			n++
		}
	}
	return n
}

func (k *StudentsMaxGapsPerWeek) broken(e *evaluation) (int, bool) {
	return e.idle(all(e.atoms), k.MaxGaps), true
}

func (k *StudentsSetMaxGapsPerWeek) broken(e *evaluation) (int, bool) {
	return e.idle(e.set(k.Students), k.MaxGaps), true
}

func (k *TeachersMaxGapsPerWeek) broken(e *evaluation) (int, bool) {
	return e.idle(all(e.teachers), k.MaxGaps), true
}

func (k *TeacherMaxGapsPerDay) broken(e *evaluation) (int, bool) {
	n := 0
	for _, p := range e.teacher(k.Teacher) {
		for _, d := range e.gaps(p) {
			if d > k.MaxGaps {
				n++
			}
		}
	}
	return n, true
}

// long counts the days in which somebody has more hours than that.
func (e *evaluation) long(list []*person, most int) int {
	n := 0
	for _, p := range list {
		for day := range e.p.Days {
			hours := 0
			for h := range e.hours {
				if p.busy[e.slot(day, h)] {
					hours++
				}
			}
			if hours > most {
				n++
			}
		}
	}
	return n
}

func (k *TeacherMaxHoursDaily) broken(e *evaluation) (int, bool) {
	return e.long(e.teacher(k.Teacher), k.Hours), true
}

func (k *StudentsSetMaxHoursDaily) broken(e *evaluation) (int, bool) {
	return e.long(e.set(k.Students), k.Hours), true
}
