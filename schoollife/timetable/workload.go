package timetable

import (
	"cmp"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Load is what one resource does in one week.
type Load struct {
	Week    int `json:"week"`
	Lessons int `json:"lessons"`
	// Minutes of lessons; those that overlap count once each.
	Minutes int `json:"minutes"`
	// Days on which there is a lesson.
	Days int `json:"days"`
	// Gaps are the minutes between two lessons of a day, lunch apart (trous).
	Gaps int `json:"gaps"`
	// NoLunch counts the days that have lessons on both sides of noon and no break of Lunch minutes there.
	NoLunch int `json:"no_lunch,omitempty"`
}

// LoadOptions say what a break and a gap are.
type LoadOptions struct {
	// Lunch is the time in which lunch is taken, and LunchMinutes how long it must be; none is looked for when it is 0. The longest
	// break in that time is lunch, and no gap.
	LunchFrom, LunchTo Clock
	LunchMinutes       int
	// Break is the length up to which a time between two lessons is a recreation, and no gap.
	Break int
}

// Loads returns the load of a resource in each week in which it has a lesson, by week. Cancelled lessons do not count. For a pupil,
// give the lessons that the pupil attends and a zero Ref, which takes all of them.
func (y Year) Loads(lessons []Lesson, r Ref, o LoadOptions) []Load {
	days := map[ent.Date][]*Lesson{}
	for i := range lessons {
		if l := &lessons[i]; l.State != StateCancelled && (r == Ref{} || l.Has(r)) {
			days[l.Date] = append(days[l.Date], l)
		}
	}
	weeks := map[int]*Load{}
	for on, list := range days {
		n, _ := y.Week(on)
		if weeks[n] == nil {
			weeks[n] = &Load{Week: n}
		}
		weeks[n].add(list, o)
	}
	out := make([]Load, 0, len(weeks))
	for _, w := range weeks {
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b Load) int { return cmp.Compare(a.Week, b.Week) })
	return out
}

func (w *Load) add(list []*Lesson, o LoadOptions) {
	slices.SortFunc(list, func(a, b *Lesson) int { return a.Compare(b) })
	w.Days++
	end := list[0].Start
	lunch, gaps := 0, 0
	for _, l := range list {
		w.Lessons++
		w.Minutes += int(l.End - l.Start)
		if free := int(l.Start - end); free > 0 {
			if at := int(min(l.Start, o.LunchTo) - max(end, o.LunchFrom)); o.LunchMinutes > 0 && at >= o.LunchMinutes && free > lunch {
				gaps += max(0, lunch) // a shorter one was no lunch
				lunch = free
			} else if free > o.Break {
				gaps += free
			}
		}
		end = max(end, l.End)
	}
	w.Gaps += gaps
	if o.LunchMinutes > 0 && lunch == 0 && list[0].Start < o.LunchFrom && end > o.LunchTo {
		w.NoLunch++
	}
}

// Occupancy returns, for each resource of a kind, the minutes in which it is used from a day to another: how full the rooms are.
func Occupancy(lessons []Lesson, kind Kind, from, to ent.Date) map[ent.ID]int {
	out := map[ent.ID]int{}
	for i := range lessons {
		l := &lessons[i]
		if l.State == StateCancelled || l.Date.Before(from) || to.Before(l.Date) {
			continue
		}
		for _, r := range l.Resources {
			if r.Kind == kind {
				out[r.ID] += int(l.End - l.Start)
			}
		}
	}
	return out
}
