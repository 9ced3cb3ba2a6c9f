package edt

import (
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Timetable makes the yearly grid of the export. Courses are named by their rank in the file, "c1" first, since the format gives
// them no identifier; those whose places do not exist, and those without a dated resource, are left aside and told, with their
// line.
func (d *Document) Timetable() (*timetable.Timetable, *ent.Report) {
	report := &ent.Report{}
	t := &timetable.Timetable{Year: d.Year, Grid: d.Grid, Courses: make([]timetable.Course, 0, len(d.Courses))}
	for i := range d.Courses {
		c := &d.Courses[i]
		id := ent.ID("c" + strconv.Itoa(c.Index+1))
		start, end, ok := d.Grid.Times(c.Place, c.Places)
		x := timetable.Course{ID: id, Subject: ent.ID(c.Subject), Day: c.Day, Start: start, End: end, Cancelled: c.Cancelled}
		for _, r := range c.Resources {
			x.Resources = append(x.Resources, timetable.Resource{Ref: timetable.Ref{Kind: r.Kind, ID: ent.ID(r.Ident)}, Weeks: r.Weeks})
		}
		code := ent.Code("")
		switch {
		case x.Weeks() == 0:
			code = CodeUndated
		case !ok:
			code = CodePlace
		}
		if code != "" {
			report.Refuse("courses", 1)
			report.Add(catalog().New(code, ent.Pos{Line: c.Line, Record: string(id)}, "/ExportEmploiDuTemps/Cours/Cours"))
			continue
		}
		report.Keep("courses", 1)
		t.Courses = append(t.Courses, x)
	}
	d.people(t)
	return t, report
}

// people puts parts, groups and memberships into a timetable.
func (d *Document) people(t *timetable.Timetable) {
	for _, c := range d.Classes {
		for _, p := range c.Parts {
			t.Parts = append(t.Parts, timetable.Part{ID: ent.ID(p), Class: ent.ID(c.Ident)})
		}
	}
	for _, g := range d.Groups {
		t.Groups = append(t.Groups, timetable.Group{ID: ent.ID(g.Ident), Label: g.Name, Classes: ids(g.Classes), Parts: ids(g.Parts), Pupils: ids(g.Pupils)})
	}
	for i := range d.Pupils {
		p := &d.Pupils[i]
		for kind, stays := range map[timetable.Kind][]Stay{timetable.KindClass: p.Classes, timetable.KindPart: p.Parts} {
			for _, s := range stays {
				t.Memberships = append(t.Memberships, timetable.Membership{
					Pupil: ent.ID(p.Ident), In: timetable.Ref{Kind: kind, ID: ent.ID(s.Ident)}, From: s.From, To: s.To,
				})
			}
		}
	}
}

func ids(list []string) []ent.ID {
	out := make([]ent.ID, len(list))
	for i, x := range list {
		out[i] = ent.ID(x)
	}
	return out
}
