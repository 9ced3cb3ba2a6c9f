package sts

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// planned is a course of a structure, with all its teachers, on a weekday of some weeks.
type planned struct {
	timetable.Course
	line, lines int
	room        string
	coTaught    bool
	mondays     []ent.Date
}

// courses puts lines together. The same course stands once for each teacher: lines of one audience, subject, alternance, day,
// start, length and room are one lesson when the service is co-taught.
//
// The format names no course. Its identifier is made of the structure, the subject, the alternance, the day and the start, so
// that it stays when the teacher, the room or the length changes; a second course with the same is numbered.
func (d *Document) courses() ([]planned, *ent.Report) {
	report := &ent.Report{}
	weeks := map[string][]ent.Date{}
	for i := range d.Alternances {
		weeks[d.Alternances[i].Code] = append(weeks[d.Alternances[i].Code], d.Alternances[i].Mondays()...)
	}
	var out []planned
	at := map[string][]int{}
	for i := range d.Structures {
		s := &d.Structures[i]
		for _, x := range s.Services {
			for _, t := range x.Teachers {
				for j := range t.Courses {
					c := &t.Courses[j]
					mondays, known := weeks[c.Alternance]
					if code := c.refused(known, len(mondays)); code != "" {
						report.Refuse("courses", 1)
						report.Add(catalog().New(code, ent.Pos{Line: c.Line}, d.path(s)))
						continue
					}
					report.Keep("courses", 1)
					p := plan(s, &x, t.ID, c)
					p.mondays = mondays
					out = d.place(out, at, p, s, report)
				}
			}
		}
	}
	return out, report
}

func (d *Document) path(s *Structure) string {
	return "/" + string(d.Kind) + "/DONNEES/STRUCTURE/" + string(s.Kind)
}

func (c *Course) refused(known bool, weeks int) ent.Code {
	switch {
	case c.Day == 0 || c.Start >= c.End:
		return CodeTimes
	case !known:
		return CodeAlternance
	case weeks == 0:
		return CodeUndated
	}
	return ""
}

func plan(s *Structure, x *Service, teacher string, c *Course) planned {
	id := fmt.Sprintf("%s:%s/%s/%s/%d/%02d%02d", s.Kind, s.Code, x.Subject, c.Alternance, c.Day, c.Start/60, c.Start%60)
	p := planned{
		Course: timetable.Course{ID: ent.ID(id), Subject: ent.ID(x.Subject), Day: c.Day, Start: c.Start, End: c.End},
		line:   c.Line, lines: 1, room: c.Room, coTaught: x.CoTaught,
	}
	p.Resources = []timetable.Resource{{Ref: s.Ref()}}
	if teacher != "" {
		p.Resources = append(p.Resources, timetable.Resource{Ref: timetable.Ref{Kind: timetable.KindTeacher, ID: ent.ID(teacher)}})
	}
	if c.Room != "" {
		p.Resources = append(p.Resources, timetable.Resource{Ref: timetable.Ref{Kind: timetable.KindRoom, ID: ent.ID(c.Room)}})
	}
	return p
}

// place adds a course, or joins it to the one that it is a line of.
func (d *Document) place(out []planned, at map[string][]int, p planned, s *Structure, report *ent.Report) []planned {
	key := string(p.ID)
	for _, i := range at[key] {
		q := &out[i]
		if q.coTaught && p.coTaught && q.End == p.End && q.room == p.room {
			q.lines++
			for _, r := range p.Resources {
				if !slices.Contains(q.Resources, r) {
					q.Resources = slices.Insert(q.Resources, q.teachers(), r)
				}
			}
			return out
		}
	}
	if n := len(at[key]); n > 0 {
		report.Add(catalog().New(CodeDoubled, ent.Pos{Line: p.line}, d.path(s)))
		p.ID += ent.ID("/" + strconv.Itoa(n+1))
	}
	at[key] = append(at[key], len(out))
	return append(out, p)
}

// teachers returns where the teachers end in the resources: before the room.
func (p *planned) teachers() int {
	n := 0
	for n < len(p.Resources) && p.Resources[n].Kind != timetable.KindRoom {
		n++
	}
	return n
}

// Lessons returns the dated lessons, sorted, whatever the years of their weeks. Past ones are there: it is the caller who writes
// no more than what is to come.
func (d *Document) Lessons() ([]timetable.Lesson, *ent.Report) {
	courses, report := d.courses()
	var out []timetable.Lesson
	for i := range courses {
		p := &courses[i]
		refs := make([]timetable.Ref, len(p.Resources))
		for j, r := range p.Resources {
			refs[j] = r.Ref
		}
		for _, monday := range p.mondays {
			on := monday.AddDays(p.Day - 1)
			out = append(out, timetable.Lesson{
				Key: timetable.Key{Course: p.ID, On: on}, Date: on, Start: p.Start, End: p.End, Subject: p.Subject, Resources: refs, State: timetable.StatePlanned,
			})
		}
	}
	slices.SortFunc(out, func(a, b timetable.Lesson) int { return a.Compare(&b) })
	return out, report
}

// maxWeeks is what a timetable counts.
const maxWeeks = 63

// Timetable makes the yearly grid, whose week 1 begins on the Monday of a date: that of the earliest week when it is zero. Weeks
// before it, and beyond the 63 that a timetable counts, are left aside and told.
func (d *Document) Timetable(week1 ent.Date) (*timetable.Timetable, *ent.Report) {
	courses, report := d.courses()
	var first, end ent.Date
	for i := range courses {
		for _, m := range courses[i].mondays {
			if first.IsZero() || m.Before(first) {
				first = m
			}
			if end.Before(m) {
				end = m
			}
		}
	}
	if !week1.IsZero() {
		first = week1.AddDays(-(int(week1.Weekday()) + 6) % 7)
	}
	if limit := first.AddDays((maxWeeks - 1) * 7); limit.Before(end) {
		end = limit
	}
	t := &timetable.Timetable{Year: timetable.Year{First: first, Last: end.AddDays(6), Week1: first}, Grid: d.grid(), Courses: make([]timetable.Course, 0, len(courses))}
	for i := range courses {
		d.dated(t, &courses[i], report)
	}
	for i := range d.Structures {
		if s := &d.Structures[i]; s.Kind == Group {
			t.Groups = append(t.Groups, timetable.Group{ID: ent.ID(s.Code), Label: s.Label})
		}
	}
	return t, report
}

// grid has the days that have hours, and no places: STS has none.
func (d *Document) grid() timetable.Grid {
	var g timetable.Grid
	for _, h := range d.Hours {
		if h.Day > 0 && !slices.Contains(g.Days, h.Day) {
			g.Days = append(g.Days, h.Day)
		}
	}
	slices.Sort(g.Days)
	return g
}

// dated gives a course its weeks, and keeps it when it has one.
func (d *Document) dated(t *timetable.Timetable, p *planned, report *ent.Report) {
	var weeks timetable.Weeks
	out := 0
	for _, m := range p.mondays {
		n, _ := t.Year.Week(m)
		if w := timetable.WeeksOf(n); w != 0 {
			weeks |= w
		} else {
			out++
		}
	}
	if out > 0 {
		report.Add(catalog().New(CodeOutOfYear, ent.Pos{Line: p.line, Record: string(p.ID)}, "/"+string(d.Kind), ent.Count("count", int64(out))))
	}
	if weeks == 0 {
		report.Count("courses", ent.Tally{Kept: -int64(p.lines), Refused: int64(p.lines)}) // its lines were kept until now
		return
	}
	for i := range p.Resources {
		p.Resources[i].Weeks = weeks
	}
	t.Courses = append(t.Courses, p.Course)
}
