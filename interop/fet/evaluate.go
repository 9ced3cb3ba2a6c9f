package fet

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// Score is what a solution is worth, as this package counts it.
type Score struct {
	// Lines are hours of activities; Placed and Unplaced are active activities.
	Lines, Placed, Unplaced int
	// Conflicts are pairs of activities that want one teacher, room or subgroup at the same hour: the first 100 000.
	Conflicts []Conflict
	// PupilGaps and TeacherGaps are idle hours between two lessons of a day, closed hours apart.
	PupilGaps, TeacherGaps Gaps
	// BrokenPairs are the pairs of activities that MinDaysBetweenActivities would have further apart.
	BrokenPairs int
	// Scattered are pairs of a day that are not next to each other, though ConsecutiveIfSameDay says so: they are hard.
	Scattered int
	// Broken are the constraints that are broken, in their order.
	Broken []Broken
	// Hard counts the breaches of constraints of weight 100, and the conflicts. Cost is the sum of weight / 100 for each breach of
	// the others: exact.
	Hard int
	Cost decimal.Decimal
	// Unjudged are active constraints that this package does not judge.
	Unjudged int
}

// Feasible reports whether every activity is placed and nothing hard is broken, as far as this package judges.
func (s *Score) Feasible() bool { return s.Unplaced == 0 && s.Hard == 0 }

// Gaps are idle hours in a week: of all teachers or subgroups together, and of the one that has most.
type Gaps struct{ Total, Max int }

// ConflictKind is what two activities both want.
type ConflictKind string

// The kinds of conflicts.
const (
	ConflictTeacher  ConflictKind = "teacher"
	ConflictStudents ConflictKind = "students"
	ConflictRoom     ConflictKind = "room"
)

// Conflict is two activities, by identifier, that want Name at the same hour: the first subgroup, when they share several.
type Conflict struct {
	First, Second int
	Kind          ConflictKind
	Name          string
}

// Broken is a constraint, by its place in the problem, and how often it is broken: once for each day that is missing between two
// activities, or too many, and once for each pair, activity, hour, day or person of the others.
type Broken struct{ Constraint, Times int }

// Evaluate judges a solution by the problem alone: it believes nothing that FET says of it. Inactive activities and constraints
// count for nothing.
func Evaluate(p *Problem, s *Solution) *Score {
	e := newEvaluation(p, s)
	out := &Score{Lines: e.lines, Placed: len(e.placed), Conflicts: e.conflicts()}
	for i := range p.Activities {
		if a := &p.Activities[i]; !a.Inactive && e.placed[a.ID] == nil {
			out.Unplaced++
		}
	}
	for i := range e.atoms {
		out.PupilGaps.add(e.gaps(&e.atoms[i]))
	}
	for i := range e.teachers {
		out.TeacherGaps.add(e.gaps(&e.teachers[i]))
	}
	out.Hard = len(out.Conflicts)
	for i, k := range p.Constraints {
		if !k.Common().Inactive {
			out.constraint(e, i, k)
		}
	}
	return out
}

// constraint counts what one is broken.
func (s *Score) constraint(e *evaluation, at int, k Constraint) {
	if m, ok := k.(*MinDaysBetweenActivities); ok {
		far := m.scattered(e)
		s.BrokenPairs += m.near(e)
		s.Scattered += far
		s.Hard += far
	}
	n, judged := k.broken(e)
	if !judged {
		s.Unjudged++
	}
	if n == 0 {
		return
	}
	s.Broken = append(s.Broken, Broken{at, n})
	if weight := k.Common().Weight; weight.GreaterThanOrEqual(decimal.NewFromInt(100)) {
		s.Hard += n
	} else {
		s.Cost = s.Cost.Add(weight.Shift(-2).Mul(decimal.NewFromInt(int64(n))))
	}
}

func (g *Gaps) add(days []int) {
	n := 0
	for _, d := range days {
		n += d
	}
	g.Total += n
	g.Max = max(g.Max, n)
}

// place is where an activity is.
type place struct {
	*Activity
	day, hour int
	room      string
}

// person is when a teacher or a subgroup is busy, and when they are never there, by day and hour.
type person struct{ busy, away []bool }

// evaluation is a solution, made ready.
type evaluation struct {
	p               *Problem
	x               *index
	lines           int
	hours           int // in a day
	placed          map[int]*place
	teachers, atoms []person
	closed          []bool
}

func newEvaluation(p *Problem, s *Solution) *evaluation {
	e := &evaluation{p: p, x: newIndex(p), hours: len(p.Hours), placed: make(map[int]*place, len(s.Placements))}
	slots := len(p.Days) * e.hours
	e.closed = make([]bool, slots)
	make2 := func(n int) []person {
		out := make([]person, n)
		for i := range out {
			out[i] = person{make([]bool, slots), make([]bool, slots)}
		}
		return out
	}
	e.teachers, e.atoms = make2(len(p.Teachers)), make2(len(e.x.atoms))
	for _, x := range s.Placements {
		i, ok := e.x.activities[x.Activity]
		if !ok || p.Activities[i].Inactive || x.Day < 0 || x.Hour < 0 || x.Day >= len(p.Days) || x.Hour+p.Activities[i].Duration > e.hours {
			continue // stays unplaced
		}
		at := &place{&p.Activities[i], x.Day, x.Hour, x.Room}
		e.placed[x.Activity] = at
		e.lines += at.Duration
		for h := range at.Duration {
			slot := e.slot(at.day, at.hour+h)
			for _, t := range e.staff(at.Activity) {
				e.teachers[t].busy[slot] = true
			}
			for _, n := range e.attending(at.Activity) {
				e.atoms[n].busy[slot] = true
			}
		}
	}
	e.closing()
	return e
}

func (e *evaluation) slot(day, hour int) int { return day*e.hours + hour }

// slots returns the hours that are named, which the problem has.
func (e *evaluation) slots(list []Slot) []int {
	var out []int
	for _, s := range list {
		d, ok1 := e.x.days[s.Day]
		h, ok2 := e.x.hours[s.Hour]
		if ok1 && ok2 {
			out = append(out, e.slot(d, h))
		}
	}
	return unique(out)
}

func unique(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}

// staff returns the teachers of an activity, each once.
func (e *evaluation) staff(a *Activity) []int {
	var out []int
	for _, t := range a.Teachers {
		if n, ok := e.x.teachers[t]; ok {
			out = append(out, n)
		}
	}
	return unique(out)
}

// attending returns the atoms of an activity, each once.
func (e *evaluation) attending(a *Activity) []int {
	var out []int
	for _, s := range a.Students {
		out = append(out, e.x.students[s]...)
	}
	return unique(out)
}

// closing marks when nobody, a teacher or pupils cannot be there: an idle hour then is no gap.
func (e *evaluation) closing() {
	for _, k := range e.p.Constraints {
		if k.Common().Inactive {
			continue
		}
		switch k := k.(type) {
		case *BreakTimes:
			for _, s := range e.slots(k.Times) {
				e.closed[s] = true
			}
		case *TeacherNotAvailableTimes:
			if t, ok := e.x.teachers[k.Teacher]; ok {
				mark(&e.teachers[t], e.slots(k.Times))
			}
		case *StudentsSetNotAvailableTimes:
			for _, n := range e.x.students[k.Students] {
				mark(&e.atoms[n], e.slots(k.Times))
			}
		}
	}
}

func mark(p *person, slots []int) {
	for _, s := range slots {
		p.away[s] = true
	}
}

// gaps returns the idle hours of each day.
func (e *evaluation) gaps(p *person) []int {
	out := make([]int, len(e.p.Days))
	for day := range out {
		idle, begun := 0, false
		for h := range e.hours {
			s := e.slot(day, h)
			switch {
			case p.busy[s]:
				if begun {
					out[day] += idle
				}
				idle, begun = 0, true
			case !e.closed[s] && !p.away[s]:
				idle++
			}
		}
	}
	return out
}

const maxConflicts = 100000

// conflicts returns the pairs of activities that want one thing at one hour, sorted.
func (e *evaluation) conflicts() []Conflict {
	type want struct {
		kind ConflictKind
		name string
		slot int
	}
	by := map[want][]int{}
	ids := make([]int, 0, len(e.placed))
	for id := range e.placed {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var out []Conflict
	seen := map[Conflict]bool{}
	for _, id := range ids {
		a := e.placed[id]
		if len(out) > maxConflicts {
			break
		}
		for h := range a.Duration {
			slot := e.slot(a.day, a.hour+h)
			for _, w := range e.wants(a) {
				key := want{w.Kind, w.Name, slot}
				for _, other := range by[key] {
					c := Conflict{other, id, w.Kind, w.Name}
					pair := Conflict{other, id, w.Kind, ""}
					if w.Kind != ConflictStudents {
						pair = c
					}
					if !seen[pair] {
						seen[pair] = true
						out = append(out, c)
					}
				}
				by[key] = append(by[key], id)
			}
		}
	}
	slices.SortFunc(out, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// wants returns what an activity uses.
func (e *evaluation) wants(a *place) []Conflict {
	var out []Conflict
	for _, t := range e.staff(a.Activity) {
		out = append(out, Conflict{Kind: ConflictTeacher, Name: e.p.Teachers[t]})
	}
	for _, n := range e.attending(a.Activity) {
		out = append(out, Conflict{Kind: ConflictStudents, Name: e.x.atoms[n]})
	}
	if a.room != "" {
		out = append(out, Conflict{Kind: ConflictRoom, Name: a.room})
	}
	return out
}
