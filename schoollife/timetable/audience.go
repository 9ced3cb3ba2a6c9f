package timetable

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Audience answers who attends a lesson. Pupils who have always been in the same classes, parts and groups go together, as an
// atom: a school has some five times fewer of them than pupils, and a group is never taken for the classes that its pupils
// come from.
type Audience struct {
	atoms []atom
	of    map[Ref][]stay
	at    map[ent.ID]int32 // the atom of a pupil
}

type atom struct {
	pupils []ent.ID
	stays  []Membership // of the first pupil
}

// stay is when an atom is in a class, a part or a group; zero dates do not bound.
type stay struct {
	atom     int32
	from, to ent.Date
}

func (s *stay) on(d ent.Date) bool {
	return (s.from.IsZero() || !d.Before(s.from)) && (s.to.IsZero() || !s.to.Before(d))
}

// NewAudience makes ready who is where. A group holds those of its classes, of its parts, and its own pupils.
func (t *Timetable) NewAudience() *Audience {
	byPupil := map[ent.ID][]Membership{}
	for _, m := range t.Memberships {
		byPupil[m.Pupil] = append(byPupil[m.Pupil], m)
	}
	inGroup := map[Ref][]ent.ID{} // groups of a class or a part
	for _, g := range t.Groups {
		for _, c := range g.Classes {
			inGroup[Ref{KindClass, c}] = append(inGroup[Ref{KindClass, c}], g.ID)
		}
		for _, p := range g.Parts {
			inGroup[Ref{KindPart, p}] = append(inGroup[Ref{KindPart, p}], g.ID)
		}
		for _, p := range g.Pupils {
			byPupil[p] = append(byPupil[p], Membership{Pupil: p, In: Ref{KindGroup, g.ID}})
		}
	}
	a := &Audience{of: map[Ref][]stay{}, at: make(map[ent.ID]int32, len(byPupil))}
	pupils := make([]ent.ID, 0, len(byPupil))
	for p := range byPupil {
		pupils = append(pupils, p)
	}
	slices.Sort(pupils)
	known := map[string]int32{}
	for _, p := range pupils {
		list := byPupil[p]
		slices.SortFunc(list, compareMembership)
		key := signature(list)
		n, ok := known[key]
		if !ok {
			n = int32(len(a.atoms)) //nolint:gosec // bounded by the pupils
			known[key] = n
			a.atoms = append(a.atoms, atom{stays: list})
		}
		a.atoms[n].pupils = append(a.atoms[n].pupils, p)
		a.at[p] = n
	}
	for n := range a.atoms {
		for _, m := range a.atoms[n].stays {
			s := stay{int32(n), m.From, m.To} //nolint:gosec // bounded by the pupils
			a.of[m.In] = append(a.of[m.In], s)
			for _, g := range inGroup[m.In] {
				a.of[Ref{KindGroup, g}] = append(a.of[Ref{KindGroup, g}], s)
			}
		}
	}
	return a
}

func compareMembership(a, b Membership) int {
	return cmp.Or(cmp.Compare(a.In.Kind, b.In.Kind), cmp.Compare(a.In.ID, b.In.ID), a.From.Compare(b.From), a.To.Compare(b.To))
}

func signature(list []Membership) string {
	var b strings.Builder
	for _, m := range list {
		b.WriteString(string(m.In.Kind) + "\x00" + string(m.In.ID) + "\x00" + m.From.String() + "\x00" + m.To.String() + "\x01")
	}
	return b.String()
}

// Atoms returns how many sets of pupils who always go together there are.
func (a *Audience) Atoms() int { return len(a.atoms) }

// attend calls yield for the atoms that attend a resource on a day, once each per stay.
func (a *Audience) attend(r Ref, on ent.Date, yield func(atom int32)) {
	if r.Kind == KindPupil {
		if n, ok := a.at[r.ID]; ok {
			yield(n)
		}
		return
	}
	for i := range a.of[r] {
		if s := &a.of[r][i]; s.on(on) {
			yield(s.atom)
		}
	}
}

// dated reports whether who attends a resource changes between two days.
func (a *Audience) dated(r Ref, from, to ent.Date) bool {
	return slices.ContainsFunc(a.of[r], func(s stay) bool {
		return !s.from.IsZero() && from.Before(s.from) || !s.to.IsZero() && s.to.Before(to)
	})
}

// Pupils returns who attends a lesson, each once, sorted by identifier.
func (a *Audience) Pupils(l *Lesson) []ent.ID {
	var out []ent.ID
	for _, r := range l.Resources {
		if r.Kind == KindPupil {
			out = append(out, r.ID)
			continue
		}
		a.attend(r, l.Date, func(n int32) { out = append(out, a.atoms[n].pupils...) })
	}
	slices.Sort(out)
	return slices.Compact(out)
}
