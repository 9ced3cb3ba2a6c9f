package fet

import (
	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Moved returns the courses of the week where a solution has them, in that week alone, with the rest of the timetable: its lessons
// and conflicts are those of [timetable.Timetable.Expand] and [timetable.Conflicts]. A course keeps its name; its length stays but
// for breaks between hours. Courses that are not placed are left aside and counted.
func (p *Plan) Moved(t *timetable.Timetable, s *Solution) (*timetable.Timetable, *ent.Report) {
	report := &ent.Report{}
	at := make(map[ent.ID]Placement, len(s.Placements))
	for _, x := range s.Placements {
		if id, ok := p.Courses[x.Activity]; ok && x.Day >= 0 && x.Hour >= 0 && x.Day < len(p.Days) {
			at[id] = x
		}
	}
	mine := make(map[ent.ID]bool, len(p.Courses))
	for _, id := range p.Courses {
		mine[id] = true
	}
	out := *t
	out.Courses = nil
	for i := range t.Courses {
		c := t.Courses[i]
		if !mine[c.ID] {
			continue
		}
		x, placed := at[c.ID]
		if !placed || !p.move(&c, x) {
			report.Refuse("courses", 1)
			continue
		}
		report.Keep("courses", 1)
		out.Courses = append(out.Courses, c)
	}
	if n := report.Tally("courses").Refused; n > 0 {
		report.Add(catalog().New(CodeUnplaced, ent.Pos{}, "$.courses", ent.Count("count", n)))
	}
	return &out, report
}

// move puts a course at a day, an hour and in a room; false when the hours of the plan are not enough.
func (p *Plan) move(c *timetable.Course, x Placement) bool {
	one := int(p.Hours[0].End - p.Hours[0].Start)
	minutes := int(c.End - c.Start)
	n := (minutes + one - 1) / one
	if n < 1 || x.Hour+n > len(p.Hours) {
		return false
	}
	c.Day, c.Start = p.Days[x.Day], p.Hours[x.Hour].Start
	c.End = p.Hours[x.Hour+n-1].End - timetable.Clock(n*one-minutes) //nolint:gosec // less than an hour of the plan
	week := timetable.WeeksOf(p.Week)
	list := make([]timetable.Resource, 0, len(c.Resources))
	room, has := p.Rooms[x.Room]
	for _, r := range c.Resources {
		if r.Weeks.Has(p.Week) && (r.Kind != timetable.KindRoom || !has) {
			list = append(list, timetable.Resource{Ref: r.Ref, Weeks: week})
		}
	}
	if has {
		list = append(list, timetable.Resource{Ref: timetable.Ref{Kind: timetable.KindRoom, ID: room}, Weeks: week})
	}
	c.Resources = list
	return c.Start < c.End
}
