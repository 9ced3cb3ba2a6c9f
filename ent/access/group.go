package access

import (
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// GroupKind says by which rule people belong to a group.
type GroupKind string

// The kinds of groups.
const (
	KindStaff        GroupKind = "staff"    // direction, school life, other staff, academic services
	KindTeachers     GroupKind = "teachers" // and documentalists
	KindPupils       GroupKind = "pupils"
	KindRelatives    GroupKind = "relatives" // whose access to a child is open
	KindHeadTeachers GroupKind = "head-teachers"
	KindDirection    GroupKind = "direction"
	// KindProfile, KindFunction and KindDiscipline have the people of a profile, of a function, and the teachers of a
	// discipline (discipline de poste).
	KindProfile    GroupKind = "profile"
	KindFunction   GroupKind = "function"
	KindDiscipline GroupKind = "discipline"
)

// GroupRule is a group whose members follow from what is known of people, so that nobody keeps its list: the pupils of a
// class, the teachers of mathematics of a school, the direction.
type GroupRule struct {
	// ID is the caller's identifier; Key is used when it is empty.
	ID            ent.ID    `json:"id,omitempty"`
	Kind          GroupKind `json:"kind"`
	Establishment ent.ID    `json:"establishment"`
	// Class limits the group to the people of a class.
	Class      ent.ID           `json:"class,omitempty"`
	Profile    ent.Profile      `json:"profile,omitempty"`
	Function   ent.FunctionCode `json:"function,omitempty"`
	Discipline string           `json:"discipline,omitempty"`
}

// Key is a name made of the establishment and the rule: the same tomorrow, and no other rule's. Its parts are separated by
// '$', as in the keys of the national feeds; a '$' within a part is written ~1, and a '~' ~0.
func (g GroupRule) Key() ent.ID {
	parts := []string{string(g.Establishment), string(g.Kind)}
	for _, part := range []string{string(g.Profile), string(g.Function), g.Discipline} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if g.Class != "" {
		parts = append(parts, "class", string(g.Class))
	}
	escape := strings.NewReplacer("~", "~0", "$", "~1")
	for i := range parts {
		parts[i] = escape.Replace(parts[i])
	}
	return ent.ID(strings.Join(parts, "$"))
}

// Identifier returns the caller's identifier, or the key.
func (g GroupRule) Identifier() ent.ID {
	if g.ID != "" {
		return g.ID
	}
	return g.Key()
}

// Valid reports whether the rule is known and complete.
func (g GroupRule) Valid() bool {
	if g.Establishment == "" {
		return false
	}
	switch g.Kind {
	case KindStaff, KindTeachers, KindPupils, KindRelatives, KindHeadTeachers, KindDirection:
		return g.Profile == "" && g.Function == "" && g.Discipline == ""
	case KindProfile:
		return g.Profile != "" && g.Function == "" && g.Discipline == ""
	case KindFunction:
		return g.Function != "" && g.Profile == "" && g.Discipline == ""
	case KindDiscipline:
		return g.Discipline != "" && g.Profile == "" && g.Function == ""
	}
	return false
}

// FunctionGroups returns the groups that a person's functions make: for a teacher one per discipline, for others one per
// function. A function without a discipline makes no group of teachers, and "without a function" none at all.
func FunctionGroups(affiliations []ent.Affiliation) []GroupRule {
	var out []GroupRule
	for i := range affiliations {
		for _, f := range affiliations[i].Functions {
			g := GroupRule{Kind: KindFunction, Establishment: affiliations[i].Establishment, Function: f.Code}
			if f.Code == ent.FunctionTeaching {
				g = GroupRule{Kind: KindDiscipline, Establishment: affiliations[i].Establishment, Discipline: f.Discipline}
			}
			if f.Code == ent.FunctionNone || !g.Valid() || slices.Contains(out, g) {
				continue
			}
			out = append(out, g)
		}
	}
	return out
}

// Belongs reports whether the person of the scope is in the group, on the day of the scope.
func (s *Scope) Belongs(g GroupRule) bool {
	if !g.Valid() {
		return false
	}
	if g.Kind == KindRelatives || g.Kind == KindProfile && g.Profile == ent.ProfileRelative {
		return s.relativeAt(g.Establishment, g.Class)
	}
	if g.Kind == KindHeadTeachers {
		return s.headTeacherAt(g.Establishment, g.Class)
	}
	for i := range s.facts.Affiliations {
		a := &s.facts.Affiliations[i]
		if a.Establishment == g.Establishment && inForce(a.From, a.To, s.today) && g.takes(a) && s.inClass(g.Class, a.Profile) {
			return true
		}
	}
	return false
}

// takes reports whether an affiliation is of the kind wanted.
func (g *GroupRule) takes(a *ent.Affiliation) bool {
	switch g.Kind {
	case KindStaff:
		return staffProfile(a.Profile)
	case KindTeachers:
		return a.Profile == ent.ProfileTeacher
	case KindPupils:
		return a.Profile == ent.ProfilePupil
	case KindDirection:
		return a.Profile == ent.ProfileDirection || hasFunction(a, ent.FunctionDirection)
	case KindProfile:
		return a.Profile == g.Profile
	case KindFunction:
		return hasFunction(a, g.Function)
	case KindDiscipline:
		for i := range a.Functions {
			if a.Functions[i].Code == ent.FunctionTeaching && a.Functions[i].Discipline == g.Discipline {
				return true
			}
		}
	case KindRelatives, KindHeadTeachers:
	}
	return false
}

func staffProfile(p ent.Profile) bool {
	return p == ent.ProfileDirection || p == ent.ProfileSchoolLife || p == ent.ProfileStaff || p == ent.ProfileAcademic
}

// inClass reports whether the person is of a class under a profile: pupils are in it, others teach or lead it.
func (s *Scope) inClass(class ent.ID, as ent.Profile) bool {
	if class == "" {
		return true
	}
	if as == ent.ProfilePupil {
		return contains(s.classes, class)
	}
	return contains(s.taughtClasses, class) || contains(s.viaGroups, class) || contains(s.led, class)
}

// relativeAt reports whether the person is a relative, whose access is open, of a pupil of an establishment or of one of
// its classes. Who is in charge is one when the policy takes them for a legal representative ([InChargeAsLegal]): contact
// data only is no correspondence. Somebody without responsibility is not.
func (s *Scope) relativeAt(establishment, class ent.ID) bool {
	for i := range s.children {
		c := &s.children[i]
		if c.allowed && c.role == WhoLegal && contains(c.pupil.Establishments, establishment) &&
			(class == "" || contains(c.pupil.Classes, class)) {
			return true
		}
	}
	return false
}

// headTeacherAt reports whether the person leads a class, or any class of an establishment as far as the teachings tell.
func (s *Scope) headTeacherAt(establishment, class ent.ID) bool {
	if !contains(s.places, establishment) {
		return false
	}
	if class != "" {
		return contains(s.led, class)
	}
	for _, c := range s.led {
		at := ent.ID("")
		for i := range s.facts.Teachings {
			if s.facts.Teachings[i].Class == c {
				at = s.facts.Teachings[i].Establishment
			}
		}
		if at == "" || at == establishment {
			return true
		}
	}
	return false
}
