package edt

import (
	"slices"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// TextOptions say when the courses of a text export take place, and who its names are.
type TextOptions struct {
	Year timetable.Year
	// Q1 and Q2 are the weeks of the two halves of a fortnight, for example of [timetable.LettersByRank]; H is both.
	Q1, Q2 timetable.Weeks
	// Other are the weeks of other frequencies.
	Other map[string]timetable.Weeks
	// Teacher and Pupil name a person: by family and given name, by number in the file, when nil.
	Teacher func(TextTeacher) ent.ID
	Pupil   func(*TextPupil) ent.ID
}

// TextTimetable makes a yearly grid of text exports; pupils may be nil. A course is named by its number, followed by "/2" and so on
// when the number comes again; a subject by its code, or its label; a room, a class and a group by their names. Courses that are
// not placed, or of which the frequency or the times are not known, are left aside and told, with their line.
func TextTimetable(courses []TextCourse, pupils []TextPupil, o TextOptions) (*timetable.Timetable, *ent.Report) {
	if o.Teacher == nil {
		o.Teacher = func(t TextTeacher) ent.ID { return ent.ID(t.Family + " " + t.Given) }
	}
	if o.Pupil == nil {
		o.Pupil = func(p *TextPupil) ent.ID { return ent.ID(p.Number) }
	}
	m := &textMapper{o: o, report: &ent.Report{}, t: &timetable.Timetable{Year: o.Year}}
	seen := map[string]int{}
	for i := range courses {
		c := &courses[i]
		seen[c.Number]++
		x := m.course(c)
		if n := seen[c.Number]; n > 1 || c.Number == "" {
			x.ID += ent.ID("/" + strconv.Itoa(n))
		}
		if code := m.refused(c, &x); code != "" {
			m.report.Refuse("courses", 1)
			m.report.Add(catalog().New(code, ent.Pos{Line: c.Line}, "/TABLE/Cours"))
			continue
		}
		m.report.Keep("courses", 1)
		m.t.Courses = append(m.t.Courses, x)
	}
	for i := range pupils {
		m.pupil(&pupils[i])
	}
	return m.t, m.report
}

type textMapper struct {
	o      TextOptions
	t      *timetable.Timetable
	report *ent.Report
}

func (m *textMapper) weeks(frequency string) timetable.Weeks {
	if w, ok := m.o.Other[frequency]; ok {
		return w
	}
	switch frequency {
	case "H":
		return m.o.Q1 | m.o.Q2
	case "Q1":
		return m.o.Q1
	case "Q2":
		return m.o.Q2
	}
	return 0
}

func (m *textMapper) course(c *TextCourse) timetable.Course {
	subject := c.SubjectCode
	if subject == "" {
		subject = c.SubjectLabel
	}
	x := timetable.Course{ID: ent.ID(c.Number), Subject: ent.ID(subject), Day: c.Day, Start: c.Start, End: c.Start + timetable.Clock(min(c.Minutes, 24*60))} //nolint:gosec // below 2881
	weeks := m.weeks(c.Frequency)
	add := func(r timetable.Ref) {
		x.Resources = append(x.Resources, timetable.Resource{Ref: r, Weeks: weeks})
	}
	for _, a := range c.Audience {
		add(a.Ref())
		m.know(a)
	}
	for _, t := range c.Teachers {
		add(timetable.Ref{Kind: timetable.KindTeacher, ID: m.o.Teacher(t)})
	}
	for _, r := range c.Rooms {
		add(timetable.Ref{Kind: timetable.KindRoom, ID: ent.ID(r)})
	}
	return x
}

func (m *textMapper) refused(c *TextCourse, x *timetable.Course) ent.Code {
	switch {
	case c.Day == 0:
		return CodeUnplaced
	case x.Start >= x.End || x.End > 24*60:
		return CodeTimes
	case m.weeks(c.Frequency) == 0:
		return CodeFrequency
	case len(x.Resources) == 0:
		return CodeUndated
	}
	return ""
}

// know adds a part or a group to the timetable, once.
func (m *textMapper) know(a TextAudience) {
	r := a.Ref()
	switch r.Kind {
	case timetable.KindPart:
		p := timetable.Part{ID: r.ID, Class: ent.ID(a.Class), Partition: ent.ID(a.Partition)}
		if !slices.Contains(m.t.Parts, p) {
			m.t.Parts = append(m.t.Parts, p)
		}
	case timetable.KindGroup:
		if !slices.ContainsFunc(m.t.Groups, func(g timetable.Group) bool { return g.ID == r.ID }) {
			m.t.Groups = append(m.t.Groups, timetable.Group{ID: r.ID, Label: a.Group})
		}
	default:
	}
}

// pupil says where a pupil is, the whole year: the export has no dates.
func (m *textMapper) pupil(p *TextPupil) {
	in := slices.Clone(p.Audience)
	for _, g := range p.Groups {
		in = append(in, TextAudience{Group: g})
	}
	for _, a := range in {
		m.know(a)
		m.t.Memberships = append(m.t.Memberships, timetable.Membership{Pupil: m.o.Pupil(p), In: a.Ref()})
	}
	m.report.Keep("pupils", 1)
}
