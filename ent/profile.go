package ent

// Profile is one of the seven national profiles (ENTPersonProfils). Source: SDET, annexe opérationnelle.
type Profile string

// The national profiles.
const (
	ProfilePupil      Profile = "National_1" // ELV, élève
	ProfileRelative   Profile = "National_2" // TUT, responsable d'un élève
	ProfileTeacher    Profile = "National_3" // ENS, enseignant
	ProfileDirection  Profile = "National_4" // DIR, direction
	ProfileSchoolLife Profile = "National_5" // EVS, vie scolaire
	ProfileStaff      Profile = "National_6" // ETA, autre personnel de l'établissement
	ProfileAcademic   Profile = "National_7" // ACA, services académiques
)

// Profiles returns the seven profiles, in their order.
func Profiles() []Profile {
	return []Profile{ProfilePupil, ProfileRelative, ProfileTeacher, ProfileDirection, ProfileSchoolLife, ProfileStaff, ProfileAcademic}
}

// profileTexts holds the three-letter code and the labels of each profile.
func (p Profile) texts() (code, fr, en string) {
	switch p {
	case ProfilePupil:
		return "ELV", "élève", "pupil"
	case ProfileRelative:
		return "TUT", "responsable d'un élève", "relative of a pupil"
	case ProfileTeacher:
		return "ENS", "enseignant", "teacher"
	case ProfileDirection:
		return "DIR", "direction", "head"
	case ProfileSchoolLife:
		return "EVS", "vie scolaire", "school life staff"
	case ProfileStaff:
		return "ETA", "personnel de l'établissement", "other staff of the school"
	case ProfileAcademic:
		return "ACA", "services académiques", "academic services"
	}
	return "", string(p), string(p)
}

// Short returns the three letters of the profile (ELV, TUT, ENS, DIR, EVS, ETA, ACA), "" for an unknown one.
func (p Profile) Short() string { code, _, _ := p.texts(); return code }

// Label returns the profile in words; an unknown profile as it is.
func (p Profile) Label(lang Lang) string { _, fr, en := p.texts(); return lang.pick(fr, en) }

// Known reports whether the profile is one of the seven.
func (p Profile) Known() bool { return p.Short() != "" }

// ProfileFromShort returns the profile of three letters. DOC, that some federations use for documentalists, is a
// teacher's.
func ProfileFromShort(s string) (Profile, bool) {
	if s == "DOC" {
		return ProfileTeacher, true
	}
	for _, p := range Profiles() {
		if p.Short() == s {
			return p, true
		}
	}
	return "", false
}

// mainOrder is the order in which a person's profiles are looked at for the main one.
func mainOrder() []Profile {
	return []Profile{ProfileDirection, ProfileTeacher, ProfileSchoolLife, ProfileStaff, ProfileAcademic, ProfileRelative, ProfilePupil}
}

// MainProfile returns the profile under which a person with several affiliations is shown first: direction, then
// teacher, school life, other staff, academic services, relative, pupil; "" when there is none.
func MainProfile(affiliations []Affiliation) Profile {
	for _, p := range mainOrder() {
		for _, a := range affiliations {
			if a.Profile == p {
				return p
			}
		}
	}
	return ""
}

// FunctionCode is the code of a function of a staff member in an establishment.
type FunctionCode string

// The functions seen in feeds. Others exist and pass. Source: nomenclature of functions, EPP.
const (
	FunctionTeaching      FunctionCode = "ENS"
	FunctionDocumentation FunctionCode = "DOC"
	FunctionDirection     FunctionCode = "DIR"
	FunctionEducation     FunctionCode = "EDU" // CPE
	FunctionAssistant     FunctionCode = "AED" // assistant d'éducation
	FunctionSupervision   FunctionCode = "SUR"
	FunctionAccompaniment FunctionCode = "AEH" // AESH
	FunctionNone          FunctionCode = "-"   // attached, without a function
)

// Function is what a staff member does in one establishment. A person has one per establishment and function.
type Function struct {
	Code  FunctionCode `json:"code"`
	Label string       `json:"label,omitempty"`
	// Discipline is the code of the discipline de poste ("L1300"), with its label.
	Discipline      string `json:"discipline,omitempty"`
	DisciplineLabel string `json:"disciplineLabel,omitempty"`
}

// Affiliation ties a person to one establishment under one profile.
type Affiliation struct {
	Establishment ID         `json:"establishment"`
	Profile       Profile    `json:"profile"`
	Functions     []Function `json:"functions,omitempty"`
	// From and To bound the affiliation when the source dates it.
	From Date `json:"from,omitzero"`
	To   Date `json:"to,omitzero"`
}
