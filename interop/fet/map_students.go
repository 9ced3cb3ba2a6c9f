package fet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

type groupOf struct {
	name  string
	atoms []int
}

// students makes the atoms of the week. Classes have their names first.
func (m *mapper) students(courses []*timetable.Course) {
	var alone []ent.ID
	add := func(r timetable.Ref) {
		if r.Kind == timetable.KindPupil {
			alone = append(alone, r.ID)
		}
	}
	for _, c := range courses {
		for _, r := range c.Resources {
			if r.Weeks.Has(m.plan.Week) {
				add(r.Ref)
			}
		}
	}
	for r := range m.o.Away {
		add(r)
	}
	m.atoms = m.t.NewAudience().AtomsBetween(m.t.Year.Date(m.plan.Week, 1), m.t.Year.Date(m.plan.Week, 7), alone...)
	m.class = make([]ent.ID, len(m.atoms))
	for n, a := range m.atoms {
		for _, r := range a.In {
			m.of[r] = append(m.of[r], n)
			if r.Kind == timetable.KindClass {
				if m.class[n] == "" {
					m.class[n] = r.ID
				}
				m.year[r.ID] = append(m.year[r.ID], n)
			}
		}
		if m.class[n] == "" {
			m.year[""] = append(m.year[""], n) // pupils of no class
		}
	}
	for _, c := range slices.Sorted(maps.Keys(m.year)) {
		m.name(timetable.Ref{Kind: timetable.KindClass, ID: c})
	}
	m.atomNames = make([]string, len(m.atoms))
	count := map[ent.ID]int{}
	for a, c := range m.class {
		count[c]++
		m.atomNames[a] = m.free("students", fmt.Sprintf("%s a%02d", m.names[timetable.Ref{Kind: timetable.KindClass, ID: c}], count[c]))
	}
}

// sets names the pupils of some resources: whole classes, and groups of them, each pupil once. known is false when nobody knows
// who those of one resource are.
func (m *mapper) sets(list []timetable.Ref) (names []string, known bool) {
	known = true
	byClass := map[ent.ID][]int{}
	from := map[ent.ID]timetable.Ref{}
	taken := map[int]bool{}
	add := func(class ent.ID, atom int, r timetable.Ref) {
		if taken[atom] {
			return
		}
		taken[atom] = true
		if _, ok := from[class]; !ok {
			from[class] = r
		}
		byClass[class] = append(byClass[class], atom)
	}
	for _, r := range list {
		if len(m.of[r]) == 0 {
			known = false
			if r.Kind == timetable.KindClass { // a class of which no pupil is known
				m.year[r.ID] = nil
				name, _ := m.name(r)
				names = appendNew(names, name)
			}
		}
		if r.Kind == timetable.KindClass { // first, since who is also in another class is in this one
			for _, a := range m.of[r] {
				add(r.ID, a, r)
			}
		}
	}
	for _, r := range list {
		for _, a := range m.of[r] {
			add(m.class[a], a, r)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(byClass)) {
		slices.Sort(byClass[c])
		names = appendNew(names, m.group(c, byClass[c], from[c]))
	}
	return names, known
}

// group names some atoms of a class: the class itself when they are all there.
func (m *mapper) group(class ent.ID, atoms []int, r timetable.Ref) string {
	year := m.names[timetable.Ref{Kind: timetable.KindClass, ID: class}]
	if len(atoms) == len(m.year[class]) {
		return year
	}
	key := fmt.Sprint(class, "\x00", atoms)
	if name, ok := m.named[key]; ok {
		return name
	}
	label := string(r.ID)
	if m.o.Label != nil {
		label = m.o.Label(r)
	}
	name := m.free("students", year+" "+label)
	m.named[key] = name
	m.groups[class] = append(m.groups[class], groupOf{name, atoms})
	return name
}

// years writes the classes, with their groups and atoms. Atoms of no group stand in one of their own, since FET has subgroups in
// groups only.
func (m *mapper) years() {
	classes := make([]ent.ID, 0, len(m.year))
	for c := range m.year {
		classes = append(classes, c)
	}
	slices.SortFunc(classes, func(a, b ent.ID) int {
		return cmp.Compare(m.names[timetable.Ref{Kind: timetable.KindClass, ID: a}], m.names[timetable.Ref{Kind: timetable.KindClass, ID: b}])
	})
	for _, c := range classes {
		name := m.names[timetable.Ref{Kind: timetable.KindClass, ID: c}]
		y := Year{Name: name, Students: m.pupils(m.year[c])}
		in := map[int]bool{}
		for _, g := range m.groups[c] {
			y.Groups = append(y.Groups, m.groupIn(g))
			for _, a := range g.atoms {
				in[a] = true
			}
		}
		rest := groupOf{}
		for _, a := range m.year[c] {
			if !in[a] {
				rest.atoms = append(rest.atoms, a)
			}
		}
		if len(rest.atoms) > 0 {
			rest.name = m.free("students", name+" sans groupe")
			y.Groups = append(y.Groups, m.groupIn(rest))
		}
		m.p.Years = append(m.p.Years, y)
	}
}

func (m *mapper) groupIn(g groupOf) Group {
	out := Group{Name: g.name, Students: m.pupils(g.atoms)}
	for _, a := range g.atoms {
		out.Subgroups = append(out.Subgroups, Subgroup{m.atomNames[a], len(m.atoms[a].Pupils)})
	}
	return out
}

func (m *mapper) pupils(atoms []int) int {
	n := 0
	for _, a := range atoms {
		n += len(m.atoms[a].Pupils)
	}
	return n
}
