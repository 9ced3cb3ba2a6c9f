package timetable

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Atom is a set of pupils who are in the same classes, parts and groups.
type Atom struct {
	// Pupils are sorted, and never none.
	Pupils []ent.ID
	// In are sorted by kind, then by identifier.
	In []Ref
}

// AtomsBetween returns the sets of pupils who are in the same classes, parts and groups from one day to another, both included:
// what a pupil is in on one of these days counts for all. Groups hold those of their classes and parts. Each pupil of alone is set
// apart, and is in themselves too. Pupils who are in nothing are left out. The atoms are sorted by what they are in.
func (a *Audience) AtomsBetween(from, to ent.Date, alone ...ent.ID) []Atom {
	in := make([][]Ref, len(a.atoms))
	for r, stays := range a.of {
		for i := range stays {
			s := &stays[i]
			if s.during(from, to) && !slices.Contains(in[s.atom], r) {
				in[s.atom] = append(in[s.atom], r)
			}
		}
	}
	byKey := map[string]*Atom{}
	add := func(refs []Ref, pupils ...ent.ID) {
		if len(refs) == 0 || len(pupils) == 0 {
			return
		}
		slices.SortFunc(refs, compareRef)
		key := refsKey(refs)
		if byKey[key] == nil {
			byKey[key] = &Atom{In: refs}
		}
		byKey[key].Pupils = append(byKey[key].Pupils, pupils...)
	}
	for n, refs := range in {
		var rest []ent.ID
		for _, p := range a.atoms[n].pupils {
			if slices.Contains(alone, p) {
				add(append(slices.Clone(refs), Ref{KindPupil, p}), p)
			} else {
				rest = append(rest, p)
			}
		}
		add(refs, rest...)
	}
	out := make([]Atom, 0, len(byKey))
	for _, x := range byKey {
		slices.Sort(x.Pupils)
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Atom) int { return slices.CompareFunc(a.In, b.In, compareRef) })
	return out
}

// during reports whether a stay covers one of the days from one to another.
func (s *stay) during(from, to ent.Date) bool {
	return (s.from.IsZero() || !to.Before(s.from)) && (s.to.IsZero() || !s.to.Before(from))
}

func compareRef(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

func refsKey(list []Ref) string {
	var b strings.Builder
	for _, r := range list {
		b.WriteString(string(r.Kind) + "\x00" + string(r.ID) + "\x01")
	}
	return b.String()
}
