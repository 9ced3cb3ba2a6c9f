package ent

import "log/slog"

// Person is anybody an ENT knows. What only one area needs of a person (an account, a payer, a health record) hangs by
// ID in that area. It is personal data: logs redact it. Only a Person given to a logger as such is redacted, not a slice
// or a struct of the caller that holds one: log identifiers.
type Person struct {
	ID   ID   `json:"id"`
	Name Name `json:"name"`
	// BirthDate is missing for relatives: feeds never give it.
	BirthDate    Date          `json:"birthDate,omitzero"`
	Contact      Contact       `json:"contact,omitzero"`
	Affiliations []Affiliation `json:"affiliations,omitempty"`
	// Schooling is set for a pupil.
	Schooling *Schooling `json:"schooling,omitempty"`
	// Teachings, HeadTeacherOf (classes) are set for a teacher.
	Teachings     []Teaching `json:"teachings,omitempty"`
	HeadTeacherOf []ID       `json:"headTeacherOf,omitempty"`
}

// LogValue shows the identifier only.
func (p Person) LogValue() slog.Value { return slog.GroupValue(slog.String("id", string(p.ID))) }

// Profiles returns the profiles of the person, each once, in the order of the affiliations.
func (p *Person) Profiles() []Profile {
	var out []Profile
next:
	for _, a := range p.Affiliations {
		for _, q := range out {
			if q == a.Profile {
				continue next
			}
		}
		out = append(out, a.Profile)
	}
	return out
}

// Contact is how to reach a person. Numbers are kept as the source writes them.
type Contact struct {
	Mail   string `json:"mail,omitempty"`
	Home   string `json:"home,omitempty"`
	Work   string `json:"work,omitempty"`
	Mobile string `json:"mobile,omitempty"`
	// SMS is a mobile number whose owner agreed to receive text messages.
	SMS     string `json:"sms,omitempty"`
	Address Place  `json:"address,omitzero"`
	// AddressShared says that the address may be given to parents' associations.
	AddressShared bool `json:"addressShared,omitempty"`
}

// LogValue hides the contact.
func (c Contact) LogValue() slog.Value { return redacted() }

// Place is a postal address.
type Place struct {
	// Lines are the lines above the postal code, four at the most in the national feeds.
	Lines      []string `json:"lines,omitempty"`
	PostalCode string   `json:"postalCode,omitempty"`
	Town       string   `json:"town,omitempty"`
	Country    string   `json:"country,omitempty"`
	// Commune is the INSEE code, when it is known: a postal code does not tell it.
	Commune InseeCode `json:"commune,omitempty"`
}

// IsZero reports whether nothing of the address is known.
func (p Place) IsZero() bool {
	return len(p.Lines) == 0 && p.PostalCode == "" && p.Town == "" && p.Country == "" && p.Commune == ""
}

// LogValue hides the address.
func (p Place) LogValue() slog.Value { return redacted() }

// Regime says whether a pupil eats and sleeps at school.
type Regime string

// The regimes. A feed gives a longer label, kept beside.
const (
	RegimeDay     Regime = "externe"
	RegimeHalf    Regime = "demi-pensionnaire"
	RegimeBoarder Regime = "interne"
)

// Degree is the first (nursery and primary schools) or the second (collège and lycée).
type Degree string

// The degrees.
const (
	FirstDegree  Degree = "1D"
	SecondDegree Degree = "2D"
)

// Schooling is the situation of a pupil this year.
type Schooling struct {
	INE INE `json:"ine,omitempty"`
	// SchoolNumber is the number of the pupil inside the establishment (SIECLE ELEVE_ID), which joins SIECLE, EduConnect
	// and timetable files.
	SchoolNumber string `json:"schoolNumber,omitempty"`
	// Establishment is the one the pupil is attached to; classes may be elsewhere.
	Establishment ID   `json:"establishment,omitempty"`
	Classes       []ID `json:"classes,omitempty"`
	Groups        []ID `json:"groups,omitempty"`
	// Programme is the MEF followed; Level and Track its labels, or in the first degree the level's code and label.
	Programme MEF    `json:"programme,omitempty"`
	LevelCode string `json:"levelCode,omitempty"`
	Level     string `json:"level,omitempty"`
	Track     string `json:"track,omitempty"`
	Regime    Regime `json:"regime,omitempty"`
	// RegimeLabel is the label as the source gives it.
	RegimeLabel string `json:"regimeLabel,omitempty"`
	// Scholarship, Transport and Apprentice are unknown when nil.
	Scholarship *bool `json:"scholarship,omitempty"`
	Transport   *bool `json:"transport,omitempty"`
	Apprentice  *bool `json:"apprentice,omitempty"`
	// Subjects are the codes of the subjects followed.
	Subjects []SubjectCode `json:"subjects,omitempty"`
	From     Date          `json:"from,omitzero"`
	To       Date          `json:"to,omitzero"`
}

// LogValue hides the schooling.
func (s Schooling) LogValue() slog.Value { return redacted() }

// Household is the people who live, or settle bills, together: the adults, and the children with the share of each.
type Household struct {
	ID       ID               `json:"id"`
	Adults   []ID             `json:"adults,omitempty"`
	Children []HouseholdChild `json:"children,omitempty"`
	Address  Place            `json:"address,omitzero"`
}

// LogValue shows the identifier only.
func (h Household) LogValue() slog.Value { return slog.GroupValue(slog.String("id", string(h.ID))) }

// HouseholdChild is a child of a household.
type HouseholdChild struct {
	Person ID `json:"person"`
	// Custody says how much of the time the child lives there.
	Custody Custody `json:"custody"`
}

// Custody says how much a child lives in a household.
type Custody string

// The kinds of custody.
const (
	CustodyFull   Custody = "full"
	CustodyShared Custody = "shared" // résidence alternée
	CustodyVisits Custody = "visits" // droit de visite et d'hébergement
)
