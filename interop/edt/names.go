package edt

import (
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Names returns what the export calls each thing, for [timetable.Timetable.Reconcile]: identifiers of the file need not last until the
// next one, names do. A subject is called by its code, a class, a group, a room or an equipment by its name. Persons are called by
// what identifies them best: the number of STS or SIECLE, that of the publisher, else name and birth date. They are personal data.
func (d *Document) Names() timetable.Names {
	out := timetable.Names{}
	set := func(kind timetable.Kind, ident, name string) {
		if name = strings.Join(strings.Fields(name), " "); name != "" {
			out[timetable.Ref{Kind: kind, ID: ent.ID(ident)}] = name
		}
	}
	for _, s := range d.Subjects {
		set(timetable.KindSubject, s.Ident, first(s.Code, s.Label))
	}
	for _, c := range d.Classes {
		set(timetable.KindClass, c.Ident, c.Name)
	}
	for _, g := range d.Groups {
		set(timetable.KindGroup, g.Ident, g.Name)
	}
	for _, r := range d.Rooms {
		set(timetable.KindRoom, r.Ident, r.Name)
	}
	for _, e := range d.Equipment {
		set(timetable.KindEquipment, e.Ident, e.Name)
	}
	for kind, list := range map[timetable.Kind][]Person{timetable.KindTeacher: d.Teachers, timetable.KindStaff: d.Staff} {
		for _, p := range list {
			set(kind, p.Ident, identity(p.Family, p.Given, p.Birth, "STS:", p.STS, "PN:", p.PN))
		}
	}
	for i := range d.Pupils {
		p := &d.Pupils[i]
		set(timetable.KindPupil, p.Ident, identity(p.Family, p.Given, p.Birth, "SIECLE:", p.Siecle, "INE:", p.INE))
	}
	return out
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// identity is the first number that is there, with what it is, else name and birth date.
func identity(family, given string, birth ent.Date, numbers ...string) string {
	for i := 0; i < len(numbers); i += 2 {
		if numbers[i+1] != "" {
			return numbers[i] + numbers[i+1]
		}
	}
	name := family + " " + given
	if !birth.IsZero() {
		name += " " + birth.String()
	}
	return name
}
