package access

import (
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Facts is what is known of the person who asks, on one day. The caller gathers it once per request; identifiers are the
// caller's, unique within one tenant.
type Facts struct {
	Person ent.ID
	// Today is the day of the question. Without it nothing dated holds: no affiliation with an end, no recorded decision
	// that allows, no coming of age.
	Today        ent.Date
	Affiliations []ent.Affiliation
	// Teachings and HeadTeacherOf (classes) count while the person has an affiliation in force in the establishment.
	Teachings     []ent.Teaching
	HeadTeacherOf []ent.ID
	// Groups are the groups taught with the classes of their pupils, where the teacher of a group is to reach these:
	// GroupTeachersClasses, and the class groups of communication.
	Groups []ent.Group
	// Pupil is the person's own schooling, for a pupil.
	Pupil *Pupil
	// Children are the pupils of whom the person is a relative.
	Children    []Pupil
	Delegations []Delegation
	// MemberOf are the groups named by grants to WhoGroup.
	MemberOf []ent.ID
}

// self reports whether the schooling is the person's own.
func (f *Facts) self() bool { return f.Person != "" && f.Pupil != nil && f.Pupil.ID == f.Person }

// LogValue shows the identifier only.
func (f Facts) LogValue() slog.Value { return slog.GroupValue(slog.String("person", string(f.Person))) }

// Pupil is what decides who reaches a pupil.
type Pupil struct {
	ID ent.ID
	// BirthDate may be missing: the pupil is then held to be a minor.
	BirthDate      ent.Date
	Establishments []ent.ID
	Classes        []ent.ID
	Groups         []ent.ID
	// Relations are those of all relatives of the pupil, not of the one who asks only: the social services among them
	// make a placed child. Placed says it when the caller cannot give them all.
	Relations []ent.Relation
	Placed    bool
	// Rulings and Choices are those recorded for this pupil, in any order.
	Rulings []Ruling
	Choices []Choice
}

// LogValue shows the identifier only.
func (p Pupil) LogValue() slog.Value { return slog.GroupValue(slog.String("id", string(p.ID))) }

// Delegation makes a person the administrator of establishments, each of them named: whether the sections and annexes of
// a school follow it is for the list to say. See Dependents.
type Delegation struct {
	Establishments []ent.ID
	// Everywhere is for an administrator of the whole product.
	Everywhere bool
	From, To   ent.Date
}

// Dependents returns the establishments that depend on one, directly or not, for a caller who wants them in a delegation.
// The one itself is not among them.
func Dependents(of ent.ID, all []ent.Establishment) []ent.ID {
	var out []ent.ID
	under := map[ent.ID]bool{of: true}
	for grew := true; grew; {
		grew = false
		for i := range all {
			if under[all[i].ID] {
				continue
			}
			for _, parent := range all[i].Parents {
				if under[parent] {
					under[all[i].ID], grew = true, true
					out = append(out, all[i].ID)
					break
				}
			}
		}
	}
	return out
}

// FactsOf returns the facts that a person's entry holds. Children, delegations and, for a pupil, relations are to be added.
func FactsOf(p *ent.Person, today ent.Date) Facts {
	f := Facts{
		Person: p.ID, Today: today, Affiliations: p.Affiliations, Teachings: p.Teachings, HeadTeacherOf: p.HeadTeacherOf,
	}
	if p.Schooling != nil {
		own := PupilOf(p)
		f.Pupil = &own
	}
	return f
}

// PupilOf returns what a pupil's entry holds. The establishments are those of the affiliations as a pupil and the one of the
// schooling.
func PupilOf(p *ent.Person) Pupil {
	out := Pupil{ID: p.ID, BirthDate: p.BirthDate}
	for i := range p.Affiliations {
		if p.Affiliations[i].Profile == ent.ProfilePupil {
			out.Establishments = append(out.Establishments, p.Affiliations[i].Establishment)
		}
	}
	if s := p.Schooling; s != nil {
		if s.Establishment != "" && !contains(out.Establishments, s.Establishment) {
			out.Establishments = append(out.Establishments, s.Establishment)
		}
		out.Classes, out.Groups = s.Classes, s.Groups
	}
	return out
}

// inForce reports whether a period holds on a day; a bounded one never does on a missing day.
func inForce(from, to, on ent.Date) bool {
	if from.IsZero() && to.IsZero() {
		return true
	}
	return !on.IsZero() && (from.IsZero() || !on.Before(from)) && (to.IsZero() || !to.Before(on))
}

func contains(list []ent.ID, id ent.ID) bool { return slices.Contains(list, id) }

func meet(a, b []ent.ID) bool {
	for i := range a {
		if contains(b, a[i]) {
			return true
		}
	}
	return false
}
