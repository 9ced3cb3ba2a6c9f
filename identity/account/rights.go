package account

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Agent is somebody who helps others in, as the caller knows them.
type Agent struct {
	Account ent.ID
	Profile ent.Profile
	// Administrator is one of the whole tenant.
	Administrator bool
	// Establishments are where the agent works, Classes those the agent teaches.
	Establishments, Classes []ent.ID
}

// Actor returns the agent for the audit log.
func (g *Agent) Actor() ent.Actor {
	return ent.Actor{Kind: ent.ActorPerson, ID: g.Account, Profile: g.Profile}
}

// MayPrintCode returns nil when an agent may make a new activation code of an account, which opens it: an administrator for
// everybody; a head for the pupils, relatives and staff of the establishment, but no administrator; school life staff for
// the pupils and relatives of the establishment; a teacher for the pupils of the classes that they teach, and never for a
// colleague. It returns CodeRights otherwise.
func MayPrintCode(by Agent, target *Account) error {
	shared := func(a, b []ent.ID) bool {
		return slices.ContainsFunc(a, func(id ent.ID) bool { return slices.Contains(b, id) })
	}
	here := shared(by.Establishments, target.Establishments)
	may := false
	switch {
	case by.Administrator:
		may = true
	case target.Administrator || by.Account == target.ID:
	case by.Profile == ent.ProfileDirection:
		may = here
	case by.Profile == ent.ProfileSchoolLife:
		may = here && (target.Profile == ent.ProfilePupil || target.Profile == ent.ProfileRelative)
	case by.Profile == ent.ProfileTeacher:
		may = target.Profile == ent.ProfilePupil && shared(by.Classes, target.Classes)
	}
	if !may {
		return failure(CodeRights)
	}
	return nil
}
