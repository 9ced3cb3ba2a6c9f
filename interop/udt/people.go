package udt

import (
	"cmp"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// people puts groups, and who is in them, into the timetable.
//
// The files do not say in which division a pupil is but through the groups: a pupil of one division is always in it, a pupil of
// several is in each in the weeks of its groups.
func (m *mapper) people() {
	d := m.doc
	for _, g := range d.Groups {
		m.t.Parts = append(m.t.Parts, timetable.Part{ID: PartID(g.Division, g.Code), Class: ent.ID(g.Division)})
	}
	for i := range d.Unions {
		u := &d.Unions[i]
		g := timetable.Group{ID: ent.ID(u.Code), Label: u.Name}
		for _, x := range u.Members {
			if x.Group == "" || x.Group == "0" {
				g.Classes = append(g.Classes, ent.ID(x.Division))
			} else {
				g.Parts = append(g.Parts, PartID(x.Division, x.Group))
			}
		}
		m.t.Groups = append(m.t.Groups, g)
	}
	divisions := map[string]map[string]timetable.Weeks{}
	for _, s := range d.Stays {
		weeks := m.stayWeeks(s.Weeks)
		if divisions[s.Pupil] == nil {
			divisions[s.Pupil] = map[string]timetable.Weeks{}
		}
		divisions[s.Pupil][s.Division] |= weeks
		if s.Group != "" && s.Group != "0" {
			m.member(s.Pupil, timetable.Ref{Kind: timetable.KindPart, ID: PartID(s.Division, s.Group)}, weeks)
		}
	}
	for pupil, list := range divisions {
		for division, weeks := range list {
			if len(list) == 1 {
				weeks = timetable.AllWeeks
			}
			m.member(pupil, timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(division)}, weeks)
		}
	}
	slices.SortFunc(m.t.Memberships, func(a, b timetable.Membership) int {
		return cmp.Or(cmp.Compare(a.Pupil, b.Pupil), cmp.Compare(a.In.Kind, b.In.Kind), cmp.Compare(a.In.ID, b.In.ID), a.From.Compare(b.From))
	})
}

// stayWeeks turns ISO weeks, bit i for week i+1, into weeks of the year: always when there is none. A week of holidays is as the
// week before it, so that nobody leaves a group in their holidays.
func (m *mapper) stayWeeks(bits uint64) timetable.Weeks {
	if bits == 0 {
		return timetable.AllWeeks
	}
	var out timetable.Weeks
	for iso, n := range m.iso {
		if bits>>(iso-1)&1 == 1 {
			out |= timetable.WeeksOf(n)
		}
	}
	for n := range m.all.All() {
		if m.holiday(n) && out.Has(n-1) {
			out |= timetable.WeeksOf(n)
		}
	}
	return out
}

// holiday reports whether no day from Monday to Friday of a week has lessons.
func (m *mapper) holiday(week int) bool {
	for day := 1; day <= 5; day++ {
		if on := m.t.Year.Date(week, day); m.t.Year.Contains(on) && !m.doc.closed(on) {
			return false
		}
	}
	return true
}

// member says when a pupil is somewhere: a membership for each run of weeks, without dates when it is the whole year.
func (m *mapper) member(pupil string, in timetable.Ref, weeks timetable.Weeks) {
	x := timetable.Membership{Pupil: ent.ID(pupil), In: in}
	if weeks == timetable.AllWeeks {
		m.t.Memberships = append(m.t.Memberships, x)
		return
	}
	y := m.t.Year
	for n := range weeks.All() {
		if !weeks.Has(n - 1) {
			x.From = y.Date(n, 1)
		}
		if !weeks.Has(n + 1) {
			x.To = y.Date(n, 7)
			m.t.Memberships = append(m.t.Memberships, x)
		}
	}
}
