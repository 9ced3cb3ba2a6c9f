package access

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Who is to whom a grant gives a right: a role of this package, or one named by WhoProfile, WhoFunction or WhoGroup.
type Who string

// The roles.
const (
	// WhoAnyone is everybody, for what they own or are.
	WhoAnyone Who = "anyone"
	// WhoHeadTeacher is the head teacher of a class (professeur principal).
	WhoHeadTeacher Who = "head-teacher"
	// WhoDelegate administers establishments that were delegated one by one (administrateur local).
	WhoDelegate Who = "delegate"
	// WhoLegal, WhoInCharge and WhoContact are relatives, child by child: a legal representative, a person in charge, and
	// one without responsibility.
	WhoLegal    Who = "relative-legal"
	WhoInCharge Who = "relative-in-charge"
	WhoContact  Who = "relative-contact"
	// WhoPupilOfAge is a pupil of 18 or more.
	WhoPupilOfAge Who = "pupil-of-age"
)

const (
	profilePrefix  = "profile:"
	functionPrefix = "function:"
	groupPrefix    = "group:"
)

// WhoProfile is everybody of a profile, in the establishments where they have it.
func WhoProfile(p ent.Profile) Who { return Who(profilePrefix + string(p)) }

// WhoFunction is everybody with a function, in the establishments where they have it.
func WhoFunction(f ent.FunctionCode) Who { return Who(functionPrefix + string(f)) }

// WhoGroup is everybody in a group (see Facts.MemberOf), in all their establishments.
func WhoGroup(id ent.ID) Who { return Who(groupPrefix + string(id)) }

func (w Who) profile() (ent.Profile, bool) {
	v, ok := strings.CutPrefix(string(w), profilePrefix)
	return ent.Profile(v), ok && v != ""
}

func (w Who) function() (ent.FunctionCode, bool) {
	v, ok := strings.CutPrefix(string(w), functionPrefix)
	return ent.FunctionCode(v), ok && v != ""
}

func (w Who) group() (ent.ID, bool) {
	v, ok := strings.CutPrefix(string(w), groupPrefix)
	return ent.ID(v), ok && v != ""
}

// relative reports whether the right depends on the child.
func (w Who) relative() bool { return w == WhoLegal || w == WhoInCharge || w == WhoContact }

// texts returns the words of a role, false for what is not one.
func (w Who) texts() (ent.Label, bool) {
	switch w {
	case WhoAnyone:
		return ent.Label{FR: "toute personne", EN: "anyone"}, true
	case WhoHeadTeacher:
		return ent.Label{FR: "professeur principal", EN: "head teacher"}, true
	case WhoDelegate:
		return ent.Label{FR: "administrateur délégué", EN: "delegated administrator"}, true
	case WhoLegal:
		return ent.Label{FR: "représentant légal", EN: "legal representative"}, true
	case WhoInCharge:
		return ent.Label{FR: "personne en charge", EN: "person in charge"}, true
	case WhoContact:
		return ent.Label{FR: "responsable sans responsabilité légale", EN: "relative without legal responsibility"}, true
	case WhoPupilOfAge:
		return ent.Label{FR: "élève majeur", EN: "pupil of age"}, true
	}
	return ent.Label{}, false
}

func (w Who) label() ent.Label {
	if l, ok := w.texts(); ok {
		return l
	}
	if p, ok := w.profile(); ok {
		return ent.Label{FR: p.Label(ent.FR), EN: p.Label(ent.EN)}
	}
	if f, ok := w.function(); ok {
		return ent.Label{FR: "fonction " + string(f), EN: "function " + string(f)}
	}
	if _, ok := w.group(); ok {
		return ent.Label{FR: "membre d'un groupe", EN: "member of a group"}
	}
	return ent.Label{FR: string(w), EN: string(w)}
}

// Label returns who in words. A group is not named: its identifier is the caller's.
func (w Who) Label(lang ent.Lang) string { return w.label().In(lang) }

// valid reports whether a policy may name it.
func (w Who) valid() bool {
	_, role := w.texts()
	_, profile := w.profile()
	_, function := w.function()
	_, group := w.group()
	return role || profile || function || group
}
