package schooltest

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Year is a school year of one establishment of the second degree.
type Year struct {
	academy       *enttest.Academy
	establishment ent.ID
	periods       []gradebook.Period
	teachings     []gradebook.Teaching
	classes       []ent.Class
	members       []gradebook.Member
	pupils        map[ent.ID][]ent.ID // by class or group

	grid struct { // made when it is asked for
		once            sync.Once
		timetable       *timetable.Timetable
		taught, letterA timetable.Weeks
		missing         int
	}
}

// New returns the year of an establishment; false when the academy has no such establishment, or one without lessons.
func New(a *enttest.Academy, establishment ent.ID) (*Year, bool) {
	if _, ok := a.Establishment(establishment); !ok {
		return nil, false
	}
	y := &Year{academy: a, establishment: establishment, classes: a.ClassesOf(establishment), pupils: map[ent.ID][]ent.ID{}}
	y.periods = periods(a.Year())
	y.readTeachings()
	y.readPupils()
	return y, len(y.teachings) > 0
}

// periods are three trimestres that cover the school year.
func periods(year ent.SchoolYear) []gradebook.Period {
	first := year.First().Year
	return []gradebook.Period{
		{ID: "T1", Label: "1er trimestre", Index: 1, Count: 3, Start: ent.Date{Year: first, Month: 9, Day: 1}, End: ent.Date{Year: first, Month: 11, Day: 30}},
		{ID: "T2", Label: "2e trimestre", Index: 2, Count: 3, Start: ent.Date{Year: first, Month: 12, Day: 1}, End: ent.Date{Year: first + 1, Month: 3, Day: 15}},
		{ID: "T3", Label: "3e trimestre", Index: 3, Count: 3, Start: ent.Date{Year: first + 1, Month: 3, Day: 16}, End: ent.Date{Year: first + 1, Month: 7, Day: 4}},
	}
}

// readTeachings makes one teaching of all who teach a subject to a class or a group.
func (y *Year) readTeachings() {
	labels := map[ent.SubjectCode]string{}
	for _, s := range y.academy.Subjects() {
		labels[s.Code] = s.Label
	}
	at := map[ent.ID]int{}
	for p := range y.academy.StaffIn(y.establishment) {
		for _, t := range p.Teachings {
			if t.Establishment != y.establishment || t.Subject == "" {
				continue
			}
			id := ent.ID(string(cmp.Or(t.Class, t.Group)) + "/" + string(t.Subject))
			i, ok := at[id]
			if !ok {
				i = len(y.teachings)
				at[id] = i
				y.teachings = append(y.teachings, gradebook.Teaching{
					ID: id, Label: label(t.Subject, labels[t.Subject]), Subject: t.Subject, Class: t.Class, Group: t.Group,
					Coefficient: decimal.New(coefficient(t.Subject), 0), Modality: modality(t),
				})
			}
			role := gradebook.RoleMain
			if len(y.teachings[i].Teachers) > 0 {
				role = gradebook.RoleCoTeacher
			}
			y.teachings[i].Teachers = append(y.teachings[i].Teachers, gradebook.Teacher{ID: p.ID, Role: role})
		}
	}
	slices.SortFunc(y.teachings, func(a, b gradebook.Teaching) int { return cmp.Compare(a.ID, b.ID) })
}

// label writes a subject as a school does; feeds have capitals without accents.
func label(code ent.SubjectCode, delivered string) string {
	known := map[ent.SubjectCode]string{
		"020700": "Français", "061300": "Mathématiques", "100100": "Éducation physique et sportive", "081300": "Éducation musicale",
		"042100": "Histoire-géographie-EMC", "040600": "Histoire-géographie", "062900": "Sciences de la vie et de la Terre",
		"062300": "Physique-chimie", "062400": "Sciences physiques", "030201": "Anglais LV1", "030202": "Anglais LV2",
		"030101": "Allemand LV1", "030102": "Allemand LV2", "030601": "Espagnol LV1", "030602": "Espagnol LV2", "030902": "Italien LV2",
		"050700": "Sciences économiques et sociales",
	}
	if l, ok := known[code]; ok {
		return l
	}
	if delivered == "" {
		return string(code)
	}
	return delivered[:1] + strings.ToLower(delivered[1:])
}

func coefficient(s ent.SubjectCode) int64 {
	switch s {
	case "020700", "061300":
		return 3
	case "030201", "040600", "042100":
		return 2
	}
	return 1
}

// modality is S for the common core, O for what a group takes.
func modality(t ent.Teaching) string {
	if t.Group != "" {
		return "O"
	}
	return "S"
}

func (y *Year) readPupils() {
	for p := range y.academy.PupilsIn(y.establishment) {
		for _, c := range p.Schooling.Classes {
			if slices.ContainsFunc(y.classes, func(x ent.Class) bool { return x.ID == c }) {
				y.members = append(y.members, gradebook.Member{Pupil: p.ID, Class: c})
				y.pupils[c] = append(y.pupils[c], p.ID)
			}
		}
		for _, g := range p.Schooling.Groups {
			y.members = append(y.members, gradebook.Member{Pupil: p.ID, Group: g})
			y.pupils[g] = append(y.pupils[g], p.ID)
		}
	}
}

// Periods returns the three trimestres.
func (y *Year) Periods() []gradebook.Period { return slices.Clone(y.periods) }

// Classes returns the classes of the establishment.
func (y *Year) Classes() []ent.Class { return slices.Clone(y.classes) }

// Pupils returns those of a class or a group.
func (y *Year) Pupils(set ent.ID) []ent.ID { return slices.Clone(y.pupils[set]) }

// Teachings returns those of the establishment, by identifier.
func (y *Year) Teachings() []gradebook.Teaching { return slices.Clone(y.teachings) }

// Course returns a teaching as package gradebook asks for it; false for an unknown one.
func (y *Year) Course(teaching ent.ID) (gradebook.Course, bool) {
	i := slices.IndexFunc(y.teachings, func(t gradebook.Teaching) bool { return t.ID == teaching })
	if i < 0 {
		return gradebook.Course{}, false
	}
	t := y.teachings[i]
	c := gradebook.Course{Teaching: t, Establishment: y.establishment, Periods: y.periods}
	in := y.pupils[cmp.Or(t.Class, t.Group)]
	for _, m := range y.members {
		if slices.Contains(in, m.Pupil) && (m.Class != "" || m.Group == t.Group) {
			c.Members = append(c.Members, m)
		}
	}
	return c, true
}

// Room returns a class as package gradebook asks for it, with the groups that its pupils take; false for an unknown one.
func (y *Year) Room(class ent.ID) (gradebook.Room, bool) {
	i := slices.IndexFunc(y.classes, func(c ent.Class) bool { return c.ID == class })
	if i < 0 {
		return gradebook.Room{}, false
	}
	r := gradebook.Room{Class: class, Label: y.classes[i].Code, Establishment: y.establishment, Periods: y.periods}
	sets := []ent.ID{class}
	for _, m := range y.members {
		if m.Group != "" && slices.Contains(y.pupils[class], m.Pupil) && !slices.Contains(sets, m.Group) {
			sets = append(sets, m.Group)
		}
	}
	for _, t := range y.teachings {
		if slices.Contains(sets, cmp.Or(t.Class, t.Group)) {
			r.Teachings = append(r.Teachings, t)
		}
	}
	// Of the other pupils of its groups, their classes too: they are not of this one.
	var pupils []ent.ID
	for _, s := range sets {
		pupils = append(pupils, y.pupils[s]...)
	}
	for _, m := range y.members {
		if slices.Contains(pupils, m.Pupil) && (m.Class != "" || slices.Contains(sets, m.Group)) {
			r.Members = append(r.Members, m)
		}
	}
	return r, true
}
