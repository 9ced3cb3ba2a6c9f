package access

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Format is the first field of a policy's document.
const Format = "cartable.access/1"

// Policy is the rights of a product or of one customer: a document, so that a right is changed without a release. The zero
// Policy gives nothing to anybody.
type Policy struct {
	// Name says whose policy it is, Version which one: a decision that must stay explained keeps both.
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// InCharge, OfAge and GroupTeachers are named rules; empty is the default of each.
	InCharge      InCharge      `json:"inCharge,omitempty"`
	OfAge         OfAge         `json:"ofAge,omitempty"`
	GroupTeachers GroupTeachers `json:"groupTeachers,omitempty"`
	Grants        []Grant       `json:"grants"`
	// Apart are the actions that nobody does on another relative of their own child, whatever else gives the right:
	// separated parents do not read each other's address.
	Apart []Action `json:"apart,omitempty"`
	// Logged are the actions whose every use is recorded, allowed or not: see Guard.
	Logged        []Action      `json:"logged,omitempty"`
	Communication Communication `json:"communication,omitzero"`
}

// Grant gives each of some people each of some actions, as far as any of the spans reaches.
type Grant struct {
	Who   []Who    `json:"who"`
	May   []Action `json:"may"`
	Reach []Span   `json:"reach"`
	// Of limits the right to the data of persons of these profiles; empty for any. What belongs to a class or to the
	// establishment, and to nobody in particular, has no profile and is not limited.
	Of []ent.Profile `json:"of,omitempty"`
}

// InCharge says what a person in charge of a pupil, who is not a legal representative, may do.
type InCharge string

// The rules for a person in charge.
const (
	// InChargeContactOnly gives the grants of WhoInCharge: contact data, in the default policy. They are in no group of
	// relatives either. It is the default.
	InChargeContactOnly InCharge = "contact-only"
	// InChargeAsLegal gives them those of a legal representative.
	InChargeAsLegal InCharge = "as-legal"
	// InChargeNone gives them those of a relative without responsibility.
	InChargeNone InCharge = "none"
)

// OfAge says what relatives keep when a pupil turns 18 and has not chosen yet. Once the pupil has chosen, the choice
// decides.
type OfAge string

// The rules at 18.
const (
	// OfAgeKeep leaves relatives what they had: they may still bear the costs, and the pupil may end it on any day. It is
	// the default.
	OfAgeKeep OfAge = "keep-until-chosen"
	// OfAgeEnd ends the access of relatives on the birthday, until the pupil allows it.
	OfAgeEnd OfAge = "end-until-chosen"
)

// GroupTeachers says whom the teacher of a group reaches.
type GroupTeachers string

// The rules for the teacher of a group.
const (
	// GroupTeachersGroup reaches the pupils of the group. It is the default.
	GroupTeachersGroup GroupTeachers = "group"
	// GroupTeachersClasses reaches the whole classes the pupils come from, as some products do: see Facts.Groups.
	GroupTeachersClasses GroupTeachers = "classes"
)

func (p *Policy) inCharge() Who {
	switch p.InCharge {
	case InChargeAsLegal:
		return WhoLegal
	case InChargeNone:
		return WhoContact
	case InChargeContactOnly, "":
	}
	return WhoInCharge
}

func (p *Policy) logs(a Action) bool { return slices.Contains(p.Logged, a) }

func (p *Policy) apart(a Action) bool { return slices.Contains(p.Apart, a) }
