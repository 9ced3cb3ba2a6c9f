package cahier

import (
	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Level says how heavy the work of a day is.
type Level string

// The levels, by the number of pieces of homework of the pupil who has most: to 2, to 4, and above.
const (
	LevelLight Level = "light"
	LevelBusy  Level = "busy"
	LevelHeavy Level = "heavy"
)

const (
	lightMost = 2
	busyMost  = 4
)

// Label returns the level in words.
func (l Level) Label(lang ent.Lang) string {
	labels := map[Level]ent.Label{LevelLight: {FR: "charge légère", EN: "light load"}, LevelBusy: {FR: "charge soutenue", EN: "busy"}, LevelHeavy: {FR: "charge lourde", EN: "heavy load"}}
	if x, ok := labels[l]; ok {
		return x.In(lang)
	}
	return string(l)
}

// Work is what one pupil has to do for a day.
type Work struct {
	Count int `json:"count"`
	// Minutes are those that are said; Unsaid pieces say none.
	Minutes int `json:"minutes"`
	Unsaid  int `json:"unsaid,omitempty"`
	// Tests among them.
	Tests int `json:"tests,omitempty"`
}

func (w Work) with(h *Homework) Work {
	w.Count++
	if w.Minutes += h.Minutes; h.Minutes == 0 {
		w.Unsaid++
	}
	if h.Test {
		w.Tests++
	}
	return w
}

func (w Work) more(o Work) bool {
	return w.Count > o.Count || w.Count == o.Count && w.Minutes > o.Minutes
}

// Load is the work of a day over the pupils of an audience.
type Load struct {
	Date ent.Date `json:"date"`
	// Most is that of the pupil who has most pieces, then most minutes; Least that of who has fewest.
	Most  Work  `json:"most"`
	Least Work  `json:"least"`
	Level Level `json:"level"`
	// Pupils is false when nobody is known to be in the audience: the figures are then those of nobody.
	Pupils bool `json:"pupils"`
}

// Workload returns the work for a day of the pupils of an audience: that of their class, and of the groups and parts that each is in.
// A count by class misses what groups add. Deleted and unpublished homework does not count.
func Workload(list []Homework, audience []timetable.Ref, on ent.Date, who *timetable.Audience) Load {
	out := Load{Date: on, Level: LevelLight}
	atoms, alone := map[int]Work{}, map[ent.ID]Work{}
	set := timetable.Lesson{Date: on, Resources: audience}
	who.Attend(&set, func(n int) { atoms[n] = Work{} }, func(p ent.ID) { alone[p] = Work{} })
	for i := range list {
		h := &list[i]
		if h.Due != on || h.Deleted || !h.Published {
			continue
		}
		x := timetable.Lesson{Date: on, Resources: h.Audience}
		has := map[int]bool{}
		named := map[ent.ID]bool{}
		who.Attend(&x, func(n int) { has[n] = true }, func(p ent.ID) { named[p] = true })
		for n, w := range atoms {
			if has[n] {
				atoms[n] = w.with(h)
			}
		}
		for p, w := range alone {
			if n, ok := who.Atom(p); named[p] || ok && has[n] {
				alone[p] = w.with(h)
			}
		}
		// A pupil whom homework names has more than those who always go with them.
		for p := range named {
			if n, ok := who.Atom(p); ok && !has[n] {
				if w, in := atoms[n]; in {
					if _, apart := alone[p]; !apart {
						alone[p] = w.with(h)
					}
				}
			}
		}
	}
	together := map[int]int{} // how many of a set are not counted apart
	if len(alone) > 0 {
		for _, p := range who.Pupils(&set) {
			_, apart := alone[p]
			if n, ok := who.Atom(p); ok && !apart {
				together[n]++
			}
		}
	}
	first := true
	add := func(w Work) {
		if first || w.more(out.Most) {
			out.Most = w
		}
		if first || out.Least.more(w) {
			out.Least = w
		}
		first = false
	}
	for n, w := range atoms {
		if len(alone) == 0 || together[n] > 0 {
			add(w)
		}
	}
	for _, w := range alone {
		add(w)
	}
	out.Pupils = !first
	switch {
	case out.Most.Count > busyMost:
		out.Level = LevelHeavy
	case out.Most.Count > lightMost:
		out.Level = LevelBusy
	}
	return out
}
