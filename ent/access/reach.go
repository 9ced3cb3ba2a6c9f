package access

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Reach is all that an action reaches, as lists of identifiers to join in a query instead of deciding row by row: what
// belongs to one of the establishments, classes or groups, is the data of one of the persons, or has Owner among its
// owners (and belongs to one of OwnedIn, unless OwnedAnywhere); and is not the data of one of Except. The zero Reach is
// nothing.
type Reach struct {
	All            bool
	Establishments []ent.ID
	Classes        []ent.ID
	Groups         []ent.ID
	Persons        []ent.ID
	Owner          ent.ID
	OwnedIn        []ent.ID
	OwnedAnywhere  bool
	Except         []ent.ID
}

// LogValue shows how many of each.
func (r Reach) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("all", r.All), slog.Int("establishments", len(r.Establishments)), slog.Int("classes", len(r.Classes)),
		slog.Int("groups", len(r.Groups)), slog.Int("persons", len(r.Persons)))
}

// Empty reports whether nothing is reached: no query is needed.
func (r *Reach) Empty() bool {
	return !r.All && r.Owner == "" && len(r.Establishments) == 0 && len(r.Classes) == 0 && len(r.Groups) == 0 && len(r.Persons) == 0
}

// Contains says what a query over the reach finds.
func (r *Reach) Contains(t Target) bool {
	if t.Person != "" && contains(r.Except, t.Person) {
		return false
	}
	return r.All || meet(t.Establishments, r.Establishments) || meet(t.Classes, r.Classes) || meet(t.Groups, r.Groups) ||
		t.Person != "" && contains(r.Persons, t.Person) ||
		r.Owner != "" && contains(t.Owners, r.Owner) && (r.OwnedAnywhere || meet(t.Establishments, r.OwnedIn))
}

// Reach returns what an action reaches among the data of persons of a profile, or among things (what is nobody's data)
// when the profile is empty. It contains a target exactly when Can allows it. The result is the caller's.
func (s *Scope) Reach(a Action, of ent.Profile) Reach {
	var out Reach
	rules, ok := s.rules.actions[a]
	if !ok {
		return out
	}
	person := of != ""
	for i := range rules.rights {
		r := &rules.rights[i]
		h := &s.holds[r.who]
		if !h.held || !r.covers(person, of) {
			continue
		}
		switch r.span {
		case SpanSelf:
			if person && s.person != "" {
				out.Persons = add(out.Persons, s.person)
			}
		case SpanOwn:
			out.Owner = s.person
			out.OwnedAnywhere = out.OwnedAnywhere || s.rules.whos[r.who] == WhoAnyone
			out.OwnedIn = addAll(out.OwnedIn, h.establishments)
		case SpanMyClasses, SpanClassmates:
			if person == (r.span == SpanClassmates) {
				out.addClasses(s.classes, s.groups)
			}
		case SpanChildren, SpanChildrenClasses, SpanChildrenClassmates:
			s.addChildren(&out, r, person)
		case SpanTaught:
			out.addClasses(s.taughtClasses, s.taughtGroups)
			if s.rules.policy.GroupTeachers == GroupTeachersClasses {
				out.addClasses(s.viaGroups, nil)
			}
		case SpanHeadClass:
			out.addClasses(s.led, nil)
		case SpanEstablishment:
			out.All = out.All || h.everywhere
			out.Establishments = addAll(out.Establishments, h.establishments)
		case SpanAll:
			out.All = true
		}
	}
	if rules.apart && person {
		out.Except = addAll(nil, s.apart)
	}
	return out
}

func (s *Scope) addChildren(out *Reach, r *right, person bool) {
	for i := range s.children {
		c := &s.children[i]
		switch {
		case c.role != s.rules.whos[r.who] || !c.allowed:
		case r.span == SpanChildren:
			if person {
				out.Persons = add(out.Persons, c.pupil.ID)
			}
		case person == (r.span == SpanChildrenClassmates):
			out.addClasses(c.pupil.Classes, c.pupil.Groups)
		}
	}
}

func (r *Reach) addClasses(classes, groups []ent.ID) {
	r.Classes, r.Groups = addAll(r.Classes, classes), addAll(r.Groups, groups)
}

func addAll(list, more []ent.ID) []ent.ID {
	for _, id := range more {
		list = add(list, id)
	}
	return list
}
