package fet

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// constraints writes what is asked.
func (m *mapper) constraints(courses []*timetable.Course) {
	p := m.p
	p.Constraints = append(p.Constraints, &BasicCompulsoryTime{Hard()})
	if len(m.o.Closed) > 0 {
		p.Constraints = append(p.Constraints, &BreakTimes{Hard(), m.slots(m.o.Closed)})
	}
	m.away()
	if !m.o.NoSpread {
		m.spread()
	}
	if m.o.PupilGaps != nil {
		p.Constraints = append(p.Constraints, &StudentsMaxGapsPerWeek{Hard(), *m.o.PupilGaps})
	}
	if m.o.TeacherGaps != nil {
		p.Constraints = append(p.Constraints, &TeachersMaxGapsPerWeek{Hard(), *m.o.TeacherGaps})
	}
	for i, c := range courses {
		m.fixed(i+1, c)
	}
	p.Constraints = append(p.Constraints, &BasicCompulsorySpace{Hard()})
	for i, c := range courses {
		m.rooms(i+1, c)
	}
}

// slots names times; those that the grid does not have are left out.
func (m *mapper) slots(list []Time) []Slot {
	var out []Slot
	for _, x := range list {
		if slices.Contains(m.o.Days, x.Day) && x.Hour >= 0 && x.Hour < len(m.p.Hours) {
			if s := (Slot{dayName(x.Day), m.p.Hours[x.Hour]}); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// away says who is not there and when, for those who have a lesson.
func (m *mapper) away() {
	refs := make([]timetable.Ref, 0, len(m.o.Away))
	for r := range m.o.Away {
		refs = append(refs, r)
	}
	slices.SortFunc(refs, func(a, b timetable.Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	for _, r := range refs {
		times := m.slots(m.o.Away[r])
		if r.Kind.Audience() {
			for _, a := range m.of[r] {
				m.p.Constraints = append(m.p.Constraints, &StudentsSetNotAvailableTimes{Hard(), m.atomNames[a], times})
			}
		} else if name, ok := m.names[r]; ok && r.Kind != timetable.KindRoom {
			m.p.Constraints = append(m.p.Constraints, &TeacherNotAvailableTimes{Hard(), name, times})
		}
	}
}

// spread puts the activities of a split set on different days, as far as there are days.
func (m *mapper) spread() {
	weight := m.o.Spread
	if weight.IsZero() {
		weight = decimal.NewFromInt(95)
	}
	sets := map[int][]int{}
	for i := range m.p.Activities {
		if a := &m.p.Activities[i]; a.Group > 0 {
			sets[a.Group] = append(sets[a.Group], a.ID)
		}
	}
	for i := range m.p.Activities {
		if a := &m.p.Activities[i]; a.ID == a.Group {
			m.p.Constraints = append(m.p.Constraints, &MinDaysBetweenActivities{Base: Soft(weight), ConsecutiveIfSameDay: true, Activities: sets[a.ID], MinDays: 1})
		}
	}
}

// fixed keeps a course where it is.
func (m *mapper) fixed(id int, c *timetable.Course) {
	if m.o.Fixed == nil || !m.o.Fixed(c) {
		return
	}
	at := slices.IndexFunc(m.o.Hours, func(h timetable.Place) bool { return h.Start == c.Start })
	if at < 0 || !slices.Contains(m.o.Days, c.Day) {
		m.issue(CodeNoHour, c)
		return
	}
	m.p.Constraints = append(m.p.Constraints, &ActivityPreferredStartingTime{Base: Hard(), Activity: id, Day: dayName(c.Day), Hour: m.p.Hours[at], Locked: true})
}

// rooms says where a course may be.
func (m *mapper) rooms(id int, c *timetable.Course) {
	var list []ent.ID
	if m.o.Rooms != nil {
		list = m.o.Rooms(c)
	} else {
		for _, r := range c.Resources {
			if r.Kind == timetable.KindRoom && r.Weeks.Has(m.plan.Week) {
				list = append(list, r.ID)
			}
		}
		if len(list) > 1 {
			m.issue(CodeRoom, c)
			list = list[:1]
		}
	}
	names := make([]string, 0, len(list))
	for _, r := range list {
		names = appendNew(names, m.room(r))
	}
	switch len(names) {
	case 0:
	case 1:
		m.p.Constraints = append(m.p.Constraints, &ActivityPreferredRoom{Base: Hard(), Activity: id, Room: names[0], Locked: true})
	default:
		m.p.Constraints = append(m.p.Constraints, &ActivityPreferredRooms{Base: Hard(), Activity: id, Rooms: names})
	}
}
