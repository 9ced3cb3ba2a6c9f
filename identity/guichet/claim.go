package guichet

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Claim is what a portal says of a person by which an account can be found. It is personal data.
type Claim struct {
	Tenant ent.Tenant
	// Provider is the portal, by its issuer; Subject what it calls the person, when that lasts. Both are needed to remember a
	// choice.
	Provider, Subject string
	// Vectors are resolved one by one.
	Vectors []Vector
	// Keys are join keys; Profiles those that their accounts may have, pupils and relatives when empty.
	Keys     []string
	Profiles []ent.Profile
	// Mail is the academy e-mail address of a member of staff.
	Mail string
	// ByLink says that the link of the subject is proof enough without any clue: it was made after the person signed in on
	// both sides, as is done for FranceConnect. A choice that was remembered is no such proof.
	ByLink bool
	// Afresh forgets for once the choice that was remembered: the person asked for another account.
	Afresh bool
}

// LogValue shows the portal.
func (c Claim) LogValue() slog.Value { return slog.GroupValue(slog.String("provider", c.Provider)) }

// String hides the claim.
func (c Claim) String() string { return hidden }

// GoString hides the claim.
func (c Claim) GoString() string { return hidden }

// families are the profiles that EduConnect knows.
func families() []ent.Profile { return []ent.Profile{ent.ProfilePupil, ent.ProfileRelative} }

// staff are the profiles that the portals of the académies know.
func staff() []ent.Profile {
	return []ent.Profile{ent.ProfileTeacher, ent.ProfileDirection, ent.ProfileSchoolLife, ent.ProfileStaff, ent.ProfileAcademic}
}

// clue is one thing said of a person, asked for by itself: parts of two clues never meet in one query.
type clue struct {
	query Query
	// vector is set when names are to be compared.
	vector *Vector
	label  ent.Label
}

func (c *Claim) clues() []clue {
	var out []clue
	for i := range c.Vectors {
		v := &c.Vectors[i]
		k := clue{
			query: Query{Tenant: c.Tenant, Profiles: []ent.Profile{v.Profile}, Pupil: Pupil{v.Pupil, v.School}},
			label: ent.Label{FR: "Vecteur {n} : l'élève de cet établissement", EN: "Vector {n}: the pupil of that school"},
		}
		if v.Profile == ent.ProfileRelative {
			k.vector = v
			k.label = ent.Label{FR: "Vecteur {n} : les responsables de cet enfant qui portent ce nom", EN: "Vector {n}: the relatives of that child who have that name"}
		}
		out = append(out, k)
	}
	profiles := c.Profiles
	if len(profiles) == 0 {
		profiles = families()
	}
	for _, key := range c.Keys {
		out = append(out, clue{
			query: Query{Tenant: c.Tenant, Profiles: profiles, Key: key},
			label: ent.Label{FR: "Clé de jointure {n}", EN: "Join key {n}"},
		})
	}
	if c.Mail != "" {
		out = append(out, clue{
			query: Query{Tenant: c.Tenant, Profiles: staff(), Mail: c.Mail},
			label: ent.Label{FR: "Adresse académique ({n})", EN: "Academy e-mail address ({n})"},
		})
	}
	return out
}
