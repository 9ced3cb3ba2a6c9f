package ent

import "log/slog"

// Kinship is the tie between a relative and a pupil, in the code list of 2018. Source: SIECLE, lien de parenté.
type Kinship string

// The ties of kinship.
const (
	KinshipMother         Kinship = "10"
	KinshipFather         Kinship = "20"
	KinshipSibling        Kinship = "37"
	KinshipAscendant      Kinship = "38"
	KinshipOtherFamily    Kinship = "39"
	KinshipEducator       Kinship = "41"
	KinshipFosterCarer    Kinship = "42" // assistant familial
	KinshipChildMinder    Kinship = "43"
	KinshipGuardian       Kinship = "50" // tuteur
	KinshipSocialServices Kinship = "51" // ASE
	KinshipSelf           Kinship = "70" // the adult pupil
	KinshipOther          Kinship = "90"
)

// Generation tells which code list a feed follows for kinship and legal responsibility: the two lists use the same
// numbers with other meanings.
type Generation string

// The generations.
const (
	// Generation2013 is that of feeds up to 2017: father 1, mother 2; legal representatives numbered 1 and 2.
	Generation2013 Generation = "2013"
	// Generation2018 is that of SDET 6.1 and later: mother 10, father 20; 1 legal representative, 2 in charge.
	Generation2018 Generation = "2018"
)

// ParseKinship reads a code of a generation's list. A code of neither list is returned as it is, with false. A code of
// 10 or more belongs to the 2018 list and one of 7 or less to the older one, whatever the generation says.
func ParseKinship(code string) (Kinship, bool) {
	switch code {
	case "1":
		return KinshipFather, true
	case "2":
		return KinshipMother, true
	case "3":
		return KinshipGuardian, true
	case "4":
		return KinshipOtherFamily, true
	case "5":
		return KinshipSocialServices, true
	case "6":
		return KinshipOther, true
	case "7":
		return KinshipSelf, true
	}
	k := Kinship(code)
	return k, k.Label(FR) != code
}

// Label returns the tie in words; an unknown code as it is.
func (k Kinship) Label(lang Lang) string {
	switch k {
	case KinshipMother:
		return lang.pick("mère", "mother")
	case KinshipFather:
		return lang.pick("père", "father")
	case KinshipSibling:
		return lang.pick("fratrie", "sibling")
	case KinshipAscendant:
		return lang.pick("ascendant", "ascendant")
	case KinshipOtherFamily:
		return lang.pick("autre membre de la famille", "other family member")
	case KinshipEducator:
		return lang.pick("éducateur", "social worker")
	case KinshipFosterCarer:
		return lang.pick("assistant familial", "foster carer")
	case KinshipChildMinder:
		return lang.pick("garde d'enfant", "child minder")
	case KinshipGuardian:
		return lang.pick("tuteur", "guardian")
	case KinshipSocialServices:
		return lang.pick("aide sociale à l'enfance", "social services")
	case KinshipSelf:
		return lang.pick("élève majeur", "the pupil, of age")
	case KinshipOther:
		return lang.pick("autre lien", "other tie")
	}
	return string(k)
}

// Responsibility is what the law makes of a relative.
type Responsibility string

// The responsibilities. Source: SDET 6.3, niveau de responsabilité.
const (
	// ResponsibilityLegal is a legal representative.
	ResponsibilityLegal Responsibility = "legal"
	// ResponsibilityInCharge looks after the pupil without being a legal representative (personne en charge).
	ResponsibilityInCharge Responsibility = "in-charge"
	// ResponsibilityNone has no right over school data.
	ResponsibilityNone Responsibility = "none"
)

// ParseResponsibility reads the 0, 1 or 2 of a feed in the sense of its generation: 2 was the second legal
// representative, and is now a person in charge. Another value gives ResponsibilityNone and false: a right is never
// given by a value that is not understood.
func ParseResponsibility(value string, g Generation) (Responsibility, bool) {
	switch {
	case value == "0":
		return ResponsibilityNone, true
	case value == "1", value == "2" && g == Generation2013:
		return ResponsibilityLegal, true
	case value == "2" && g == Generation2018:
		return ResponsibilityInCharge, true
	}
	return ResponsibilityNone, false
}

// Label returns the responsibility in words.
func (r Responsibility) Label(lang Lang) string {
	switch r {
	case ResponsibilityLegal:
		return lang.pick("représentant légal", "legal representative")
	case ResponsibilityInCharge:
		return lang.pick("personne en charge", "in charge")
	case ResponsibilityNone:
		return lang.pick("sans responsabilité légale", "no legal responsibility")
	}
	return string(r)
}

// Relation ties a relative to a pupil.
type Relation struct {
	Pupil          ID             `json:"pupil"`
	Relative       ID             `json:"relative"`
	Kinship        Kinship        `json:"kinship"`
	Responsibility Responsibility `json:"responsibility"`
	// Financial pays, Payment receives payments (a grant), Contact is to be called.
	Financial bool `json:"financial"`
	Payment   bool `json:"payment"`
	Contact   bool `json:"contact"`
}

// LogValue shows the two identifiers only: the tie itself may tell that a child is placed.
func (r Relation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("pupil", string(r.Pupil)), slog.String("relative", string(r.Relative)))
}
