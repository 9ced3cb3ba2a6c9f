package lsu

import (
	"slices"
	"strings"
)

// Part is the document of one class.
type Part struct {
	// Class is the code of the division, or in the first degree the key of the class.
	Class    string
	Document *Document
}

// classOf returns the class of a report: its own, or that of the pupil.
func classOf(p *Pupil, division string, class Key) string {
	switch {
	case division != "":
		return division
	case class != "":
		return string(class)
	case p == nil:
		return ""
	case p.Division != "":
		return p.Division
	}
	return string(p.Class)
}

// classes returns the class of each report.
func (d *Document) classes() (periodic, cycle []string) {
	pupils := make(map[Key]*Pupil, len(d.Pupils))
	for i := range d.Pupils {
		if pupils[d.Pupils[i].Key] == nil {
			pupils[d.Pupils[i].Key] = &d.Pupils[i]
		}
	}
	periodic = make([]string, len(d.Periodic))
	for i := range d.Periodic {
		periodic[i] = classOf(pupils[d.Periodic[i].Pupil], d.Periodic[i].Division, d.Periodic[i].Class)
	}
	cycle = make([]string, len(d.Cycle))
	for i := range d.Cycle {
		cycle[i] = classOf(pupils[d.Cycle[i].Pupil], d.Cycle[i].Division, d.Cycle[i].Class)
	}
	return periodic, cycle
}

// ClassesOfReports returns the classes that have a report, sorted.
func (d *Document) ClassesOfReports() []string {
	periodic, cycle := d.classes()
	all := slices.Concat(periodic, cycle)
	slices.Sort(all)
	return slices.Compact(all)
}

// SplitByClass makes one document a class that has a report, sorted by class. A pupil who changed class is in the document of
// each, with the reports of that class: a report belongs to the class of its date-scolarite, which the caller gives in its
// Division when it is not the pupil's (see [DivisionOn]). The parts share the texts of the document.
func (d *Document) SplitByClass() []Part {
	classes := d.ClassesOfReports()
	out := make([]Part, 0, len(classes))
	for _, c := range classes {
		out = append(out, Part{c, d.Select(c)})
	}
	return out
}

// Select makes a document of the reports of some classes, the pupils of those reports or of those classes, and what they
// refer to. One file holds several classes so. A pupil of two of the classes has one code-division in a file: writing it
// then counts a loss.
func (d *Document) Select(classes ...string) *Document {
	s := &selection{in: map[string]bool{}, keys: [kindCount]map[Key]bool{}}
	for i := range s.keys {
		s.keys[i] = map[Key]bool{}
	}
	for _, c := range classes {
		s.in[c] = true
	}
	periodic, cycle := d.classes()
	out := &Document{SchemaVersion: d.SchemaVersion, Degree: d.Degree, Header: d.Header}
	for i := range d.Periodic {
		if s.in[periodic[i]] {
			out.Periodic = append(out.Periodic, d.Periodic[i])
			s.periodic(&d.Periodic[i])
		}
	}
	for i := range d.Cycle {
		if r := &d.Cycle[i]; s.in[cycle[i]] {
			out.Cycle = append(out.Cycle, *r)
			s.add(kindPupil, r.Pupil)
			s.add(kindHead, r.Head)
			s.add(kindClass, r.Class)
			s.add(kindTeacher, r.HeadTeachers...)
			s.add(kindTeacher, r.Teachers...)
		}
	}
	for i := range d.Parcours {
		if c := &d.Parcours[i]; s.in[c.Division] || c.Class != "" && s.in[string(c.Class)] {
			out.Parcours = append(out.Parcours, *c)
			s.add(kindPeriod, c.Period)
			s.add(kindClass, c.Class)
		}
	}
	for i := range d.SchoolLife {
		if c := &d.SchoolLife[i]; s.in[c.Division] {
			out.SchoolLife = append(out.SchoolLife, *c)
			s.add(kindPeriod, c.Period)
		}
	}
	out.Pupils = s.pupils(d.Pupils)
	out.EPIGroups = keep(d.EPIGroups, func(g *ProjectGroup) bool { return s.keys[kindEPIGroup][g.Key] })
	out.APGroups = keep(d.APGroups, func(g *ProjectGroup) bool { return s.keys[kindAPGroup][g.Key] })
	s.projects(kindEPI, out.EPIGroups)
	s.projects(kindAP, out.APGroups)
	out.EPIs = keep(d.EPIs, func(p *Project) bool { return s.keys[kindEPI][p.Key] })
	out.APs = keep(d.APs, func(p *Project) bool { return s.keys[kindAP][p.Key] })
	themes := map[ThemeCode]bool{}
	for _, list := range [][]Project{out.EPIs, out.APs} {
		for i := range list {
			s.add(kindDiscipline, list[i].Disciplines...)
			themes[list[i].Theme] = true
		}
	}
	out.Themes = keep(d.Themes, func(t *Theme) bool { return themes[t.Code] })
	for i := range d.Disciplines {
		if x := &d.Disciplines[i]; s.keys[kindDiscipline][x.Key] {
			s.add(kindDiscipline, x.Language)
		}
	}
	out.Disciplines = keep(d.Disciplines, func(x *Discipline) bool { return s.keys[kindDiscipline][x.Key] })
	out.Teachers = keep(d.Teachers, func(t *Teacher) bool { return s.keys[kindTeacher][t.Key] })
	out.Elements = keep(d.Elements, func(e *Element) bool { return s.keys[kindElement][e.Key] })
	out.Digital = keep(d.Digital, func(c *DigitalCommon) bool { return s.keys[kindDigital][c.Key] })
	out.Periods = keep(d.Periods, func(p *Period) bool { return s.keys[kindPeriod][p.Key] })
	out.Heads = keep(d.Heads, func(h *Head) bool { return s.keys[kindHead][h.Key] })
	out.Classes = keep(d.Classes, func(c *Class) bool { return s.keys[kindClass][c.Key] })
	return out
}

func keep[T any](list []T, f func(*T) bool) []T {
	var out []T
	for i := range list {
		if f(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}

// selection is what the reports that were selected refer to.
type selection struct {
	in   map[string]bool
	keys [kindCount]map[Key]bool
}

func (s *selection) add(k kind, keys ...Key) {
	for _, key := range keys {
		if key != "" {
			s.keys[k][key] = true
		}
	}
}

func (s *selection) periodic(r *PeriodicReport) {
	s.add(kindPupil, r.Pupil)
	s.add(kindPeriod, r.Period)
	s.add(kindHead, r.Head)
	s.add(kindClass, r.Class)
	s.add(kindTeacher, r.HeadTeachers...)
	s.add(kindTeacher, r.Teachers...)
	for i := range r.Results {
		x := &r.Results[i]
		s.add(kindDiscipline, x.Discipline)
		s.add(kindTeacher, x.Teachers...)
		s.add(kindElement, x.Elements...)
		for j := range x.Sub {
			s.add(kindElement, x.Sub[j].Elements...)
		}
	}
	if r.Digital != nil {
		s.add(kindDigital, r.Digital.Commons...)
	}
	for _, c := range r.EPIs {
		s.add(kindEPIGroup, c.Group)
	}
	for _, c := range r.APs {
		s.add(kindAPGroup, c.Group)
	}
}

func (s *selection) pupils(list []Pupil) []Pupil {
	return keep(list, func(p *Pupil) bool {
		mine := s.keys[kindPupil][p.Key] || s.in[p.Division] && p.Division != "" || s.in[string(p.Class)] && p.Class != ""
		if mine {
			s.add(kindClass, p.Class)
		}
		return mine
	})
}

func (s *selection) projects(k kind, groups []ProjectGroup) {
	for i := range groups {
		s.add(k, groups[i].Project)
		for _, t := range groups[i].Teachings {
			s.add(kindTeacher, t.Teacher)
			s.add(kindDiscipline, t.Discipline)
		}
	}
}

// Sort puts the records in the order in which a version writes them, so that a document compares equal with what is read
// back. References are put in order too; nothing else changes.
func (d *Document) Sort(v Version) {
	if !v.Known() {
		return
	}
	p := newPlan(d, v, Choices{}, true)
	e := &encoder{p: p}
	for i := range d.Periodic {
		e.sortPeriodic(&d.Periodic[i])
	}
	for i := range d.Cycle {
		r := &d.Cycle[i]
		r.HeadTeachers, r.Teachers = p.sorted(kindTeacher, r.HeadTeachers), p.sorted(kindTeacher, r.Teachers)
		slices.SortStableFunc(r.Socle, compareSocle)
		slices.SortStableFunc(r.Guardians, func(a, b Guardian) int { return compareGuardians(&a, &b) })
	}
	for _, list := range [][]Project{d.EPIs, d.APs} {
		for i := range list {
			list[i].Disciplines = p.sorted(kindDiscipline, list[i].Disciplines)
		}
	}
	for _, list := range [][]ProjectGroup{d.EPIGroups, d.APGroups} {
		for i := range list {
			list[i].Teachings = p.teachings(list[i].Teachings)
		}
	}
	for i := range d.Parcours {
		slices.SortStableFunc(d.Parcours[i].Parcours, compareParcours)
	}
	d.Parcours = permute(d.Parcours, p.arranged(len(d.Parcours), p.compareParcoursCommons))
	d.SchoolLife = permute(d.SchoolLife, p.arranged(len(d.SchoolLife), p.compareSchoolLife))
	d.Themes = permute(d.Themes, p.arranged(len(d.Themes), p.compareThemes))
	d.Periodic, d.Cycle = permute(d.Periodic, p.periodic), permute(d.Cycle, p.cycle)
	d.Heads, d.Classes = permute(d.Heads, p.order[kindHead]), permute(d.Classes, p.order[kindClass])
	d.Pupils, d.Periods = permute(d.Pupils, p.order[kindPupil]), permute(d.Periods, p.order[kindPeriod])
	d.Disciplines, d.Teachers = permute(d.Disciplines, p.order[kindDiscipline]), permute(d.Teachers, p.order[kindTeacher])
	d.Elements, d.Digital = permute(d.Elements, p.order[kindElement]), permute(d.Digital, p.order[kindDigital])
	d.EPIs, d.EPIGroups = permute(d.EPIs, p.order[kindEPI]), permute(d.EPIGroups, p.order[kindEPIGroup])
	d.APs, d.APGroups = permute(d.APs, p.order[kindAP]), permute(d.APGroups, p.order[kindAPGroup])
}

func permute[T any](list []T, order []int) []T {
	if len(list) == 0 {
		return list
	}
	out := make([]T, len(list))
	for i, j := range order {
		out[i] = list[j]
	}
	return out
}

func (e *encoder) sortPeriodic(r *PeriodicReport) {
	p := e.p
	r.HeadTeachers, r.Teachers = p.sorted(kindTeacher, r.HeadTeachers), p.sorted(kindTeacher, r.Teachers)
	slices.SortStableFunc(r.Results, func(a, b Result) int { return e.compareResults(&a, &b) })
	for i := range r.Results {
		x := &r.Results[i]
		x.Teachers, x.Elements = p.sorted(kindTeacher, x.Teachers), p.sorted(kindElement, x.Elements)
		slices.SortStableFunc(x.Sub, func(a, b SubResult) int { return strings.Compare(a.Domain, b.Domain) })
		for j := range x.Sub {
			x.Sub[j].Elements = p.sorted(kindElement, x.Sub[j].Elements)
		}
	}
	if r.Digital != nil {
		r.Digital.Commons = p.sorted(kindDigital, r.Digital.Commons)
		slices.SortStableFunc(r.Digital.Competences, compareDigital)
	}
	slices.SortStableFunc(r.EPIs, e.comparing(kindEPIGroup))
	slices.SortStableFunc(r.APs, e.comparing(kindAPGroup))
	slices.SortStableFunc(r.Parcours, compareParcours)
	slices.SortStableFunc(r.Support, compareSupport)
	slices.SortStableFunc(r.Socle, compareSocle)
	slices.SortStableFunc(r.Guardians, func(a, b Guardian) int { return compareGuardians(&a, &b) })
}
