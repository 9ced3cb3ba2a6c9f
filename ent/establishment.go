package ent

// Sector says whether an establishment is public.
type Sector string

// The sectors.
const (
	SectorPublic  Sector = "PU"
	SectorPrivate Sector = "PR" // under contract with the State
)

// Establishment is a school, or a service that feeds list beside schools.
type Establishment struct {
	ID ID `json:"id"`
	// UAI and Pseudo exclude each other; both are empty when the source gives neither.
	UAI    UAI       `json:"uai,omitempty"`
	Pseudo PseudoUAI `json:"pseudoUai,omitempty"`
	SIRET  SIRET     `json:"siret,omitempty"`
	// Kind is the abbreviated type ("CLG", "E.E.PU"), Patronym the proper name, Town the town: the three parts of the
	// name in use. Name returns them together.
	Kind     string `json:"kind,omitempty"`
	Patronym string `json:"patronym,omitempty"`
	Town     string `json:"town,omitempty"`
	// NatureCode and Nature are the type of structure, "340" and "COLLEGE".
	NatureCode string `json:"natureCode,omitempty"`
	Nature     string `json:"nature,omitempty"`
	// MinistryCode and Ministry are the ministry in charge: "06" for education.
	MinistryCode string      `json:"ministryCode,omitempty"`
	Ministry     string      `json:"ministry,omitempty"`
	Sector       Sector      `json:"sector,omitempty"`
	Degree       Degree      `json:"degree,omitempty"`
	Academy      AcademyCode `json:"academy,omitempty"`
	Address      Place       `json:"address,omitzero"`
	Phone        string      `json:"phone,omitempty"`
	Fax          string      `json:"fax,omitempty"`
	Mail         string      `json:"mail,omitempty"`
	// Parents are the establishments it depends on: the collège of a SEGPA, the district of a primary school.
	Parents []ID `json:"parents,omitempty"`
}

// Name returns the name in use: type, proper name and town, separated by a space.
func (e *Establishment) Name() string {
	out := ""
	for _, part := range []string{e.Kind, e.Patronym, e.Town} {
		if part == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += part
	}
	return out
}

// Class is a division of pupils: each pupil is in one of an establishment.
type Class struct {
	ID            ID     `json:"id"`
	Establishment ID     `json:"establishment"`
	Code          string `json:"code"`
	Label         string `json:"label,omitempty"`
	// Programmes are the MEF of the class; Levels the first-degree levels of its pupils.
	Programmes []MEF    `json:"programmes,omitempty"`
	Levels     []string `json:"levels,omitempty"`
}

// Group is a set of pupils gathered for some lessons, within one class or across several.
type Group struct {
	ID            ID     `json:"id"`
	Establishment ID     `json:"establishment"`
	Code          string `json:"code"`
	Label         string `json:"label,omitempty"`
	// Classes are the classes its pupils come from, when the source lists them.
	Classes []ID `json:"classes,omitempty"`
}

// Subject is a subject taught (matière). It is not a person: the person at the door is a principal.
type Subject struct {
	Code  SubjectCode `json:"code"`
	Label string      `json:"label"`
	// National is the national subject of a local one.
	National SubjectCode `json:"national,omitempty"`
}

// Teaching is a subject taught by a person to a class or to a group.
type Teaching struct {
	Teacher       ID          `json:"teacher"`
	Establishment ID          `json:"establishment"`
	Subject       SubjectCode `json:"subject,omitempty"`
	// Class and Group exclude each other.
	Class ID `json:"class,omitempty"`
	Group ID `json:"group,omitempty"`
}

// Programme is a study programme, named by its MEF.
type Programme struct {
	Code  MEF    `json:"code"`
	Label string `json:"label"`
	// National is the national programme of a local one; it may be missing.
	National MEF `json:"national,omitempty"`
	// Stat is the statistical code (MEFSTAT11), 11 digits.
	Stat  string `json:"stat,omitempty"`
	Level string `json:"level,omitempty"`
	Track string `json:"track,omitempty"`
}
