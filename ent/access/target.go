package access

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Target is what an action is done on: the data of a person (a pupil's marks), or a thing that is nobody's in particular
// (a class's homework, the resources of a school). It is built from what the caller stores, never from the request.
type Target struct {
	// Person is whose data it is, under Profile; both empty for a thing.
	Person  ent.ID
	Profile ent.Profile
	// Establishments, Classes and Groups are where it belongs: for a pupil those of the schooling, for a relative those of
	// the children.
	Establishments []ent.ID
	Classes        []ent.ID
	Groups         []ent.ID
	// Owners are the persons whose own it is: the teachers of a lesson, of a mark or of the teaching it will be part of,
	// the author of a session, the receivers of a message, those with whom a booking is shared.
	Owners []ent.ID
}

// LogValue shows the identifier only.
func (t Target) LogValue() slog.Value {
	return slog.GroupValue(slog.String("person", string(t.Person)))
}

// PupilTarget returns the target of a pupil's data.
func PupilTarget(p *Pupil) Target {
	return Target{Person: p.ID, Profile: ent.ProfilePupil, Establishments: p.Establishments, Classes: p.Classes, Groups: p.Groups}
}

// PersonTarget returns the target of a person's data under one profile: the establishments are those where the person has
// it, the classes and groups those of the schooling or of the teachings. A relative has those of the children: the caller
// adds them.
func PersonTarget(p *ent.Person, as ent.Profile) Target {
	if as == ent.ProfilePupil {
		own := PupilOf(p)
		return PupilTarget(&own)
	}
	t := Target{Person: p.ID, Profile: as}
	for i := range p.Affiliations {
		if p.Affiliations[i].Profile == as {
			t.Establishments = append(t.Establishments, p.Affiliations[i].Establishment)
		}
	}
	for i := range p.Teachings {
		if c := p.Teachings[i].Class; c != "" {
			t.Classes = append(t.Classes, c)
		}
		if g := p.Teachings[i].Group; g != "" {
			t.Groups = append(t.Groups, g)
		}
	}
	return t
}

// EstablishmentTarget returns the target of what belongs to a whole establishment.
func EstablishmentTarget(id ent.ID) Target { return Target{Establishments: []ent.ID{id}} }

// ClassTarget returns the target of what belongs to a class.
func ClassTarget(c ent.Class) Target {
	return Target{Establishments: []ent.ID{c.Establishment}, Classes: []ent.ID{c.ID}}
}

// TeachingTarget returns the target of what is made within a teaching (a session, a mark, a roll call): its teacher owns
// it. Others who teach it, or who stand in, are added to Owners.
func TeachingTarget(t ent.Teaching) Target {
	out := Target{Establishments: []ent.ID{t.Establishment}}
	if t.Teacher != "" {
		out.Owners = []ent.ID{t.Teacher}
	}
	if t.Class != "" {
		out.Classes = []ent.ID{t.Class}
	}
	if t.Group != "" {
		out.Groups = []ent.ID{t.Group}
	}
	return out
}
