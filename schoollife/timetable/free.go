package timetable

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Wanted is a lesson that is looked for.
type Wanted struct {
	// Audience are the classes, parts, groups and pupils who must be free; Resources the teachers and others.
	Audience, Resources []Ref
	// Places is how many places of the grid it takes.
	Places int
	// Starts are the places at which it may begin; all when nil. Never are places that it may not touch, such as lunch.
	Starts, Never []int
	// Days are those of the week, 1 for Monday; the grid's when nil.
	Days []int
	// Rooms are those it may take.
	Rooms []ent.ID
}

// Free is a place where it fits: a day of the week, the first place, the rooms that are free.
type Free struct {
	Date       ent.Date
	Day, Place int
	Start, End Clock
	Rooms      []ent.ID
}

// FindFree returns where a lesson fits in a week, given those that are there: by day, then by place. A start without any free room
// is left out when rooms are asked for.
func (t *Timetable) FindFree(lessons []Lesson, week int, w Wanted, a *Audience) []Free {
	days := w.Days
	if days == nil {
		days = t.Grid.Days
	}
	var out []Free
	for _, day := range days {
		on := t.Year.Date(week, day)
		var here []*Lesson
		for i := range lessons {
			if lessons[i].Date == on && lessons[i].State != StateCancelled {
				here = append(here, &lessons[i])
			}
		}
		for _, p := range t.Grid.Places {
			if w.Starts != nil && !slices.Contains(w.Starts, p.Number) || touches(w.Never, p.Number, w.Places) {
				continue
			}
			start, end, ok := t.Grid.Times(p.Number, w.Places)
			if !ok {
				continue
			}
			f := Free{Date: on, Day: day, Place: p.Number, Start: start, End: end}
			if t.fits(here, &f, &w, a) && (len(w.Rooms) == 0 || len(f.Rooms) > 0) {
				out = append(out, f)
			}
		}
	}
	return out
}

func touches(never []int, place, count int) bool {
	return slices.ContainsFunc(never, func(n int) bool { return n >= place && n < place+count })
}

// fits looks at the lessons of the day that overlap, and keeps the rooms that none of them uses.
func (t *Timetable) fits(here []*Lesson, f *Free, w *Wanted, a *Audience) bool {
	taken := map[ent.ID]bool{}
	wanted := map[int32]bool{}
	for _, r := range w.Audience {
		a.attend(r, f.Date, func(n int32) { wanted[n] = true })
	}
	for _, l := range here {
		if l.Start >= f.End || f.Start >= l.End {
			continue
		}
		for _, r := range l.Resources {
			if r.Kind == KindRoom {
				taken[r.ID] = true
			}
			if slices.Contains(w.Resources, r) || slices.Contains(w.Audience, r) {
				return false
			}
			met := false
			if r.Kind.Audience() {
				a.attend(r, f.Date, func(n int32) { met = met || wanted[n] })
			}
			if met {
				return false
			}
		}
	}
	for _, r := range w.Rooms {
		if !taken[r] {
			f.Rooms = append(f.Rooms, r)
		}
	}
	return true
}
