package aaf

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Head is what every typed record begins with.
type Head struct {
	Op  Op
	ID  string
	Pos ent.Pos
	// Extra holds the attributes that have no place in the type, and those with a value that could not be read, raw.
	Extra []Attr

	present attrSet
}

// Present reports whether an attribute stood in the record, be it empty: in a modification an empty one clears and an
// absent one changes nothing.
func (h *Head) Present(attr string) bool {
	if k, _ := keyOf(attr); k != 0 {
		return h.present.has(k)
	}
	return slices.ContainsFunc(h.Extra, func(a Attr) bool { return a.Name == attr })
}

// Flag is an O or N of the feed, or neither.
type Flag uint8

// The values of a Flag.
const (
	Unsaid Flag = iota
	No
	Yes
)

// Bool returns nil for Unsaid.
func (f Flag) Bool() *bool {
	if f == Unsaid {
		return nil
	}
	yes := f == Yes
	return &yes
}

// FlagOf returns the Flag of a pointer that may be nil.
func FlagOf(b *bool) Flag {
	switch {
	case b == nil:
		return Unsaid
	case *b:
		return Yes
	}
	return No
}

// CodeLabel is a value written code$label, or label$code where the attribute says so.
type CodeLabel struct{ Code, Label string }

// ClassRef names a class or a group: its structure and its code, or in the first degree its number, with type and label.
type ClassRef struct{ Structure, Code, Label, TypeCode, TypeLabel string }

// ClassDate is a day of entry into a class or of leaving it.
type ClassDate struct {
	Structure, Class string
	Date             ent.Date
}

// Link is what a pupil's record says of one relative: the only thing that gives rights. In the first degree it holds
// the relative and the kinship; the attribute being that of parental authority, Legal is then "1".
type Link struct {
	Relative string
	// Kinship and Legal are codes of the feed's generation: see ent.ParseKinship and ent.ParseResponsibility.
	Kinship, Legal              string
	Financial, Contact, Payment bool
}

// Pupil is an Eleve. Codes and numbers are kept as the feed writes them, right or wrong: [Model.PupilPerson] keeps the valid
// ones only.
type Pupil struct {
	Head
	Name         ent.Name
	BirthDate    ent.Date
	INE          string
	SchoolNumber string // ENTEleveStructRattachId: joins SIECLE, EduConnect and timetables
	Contact      ent.Contact
	AddressOf    []string // relatives whose address is the pupil's
	Structure    string   // the key of the structure of attachment, not a UAI
	Links        []Link
	Classes      []ClassRef
	Groups       []ClassRef

	Scholarship Flag
	Transport   Flag
	Regime      string
	Status      string // SCOLAIRE or APPRENTI
	MEF         string
	MEFLabel    string
	Level       string
	Track       string

	SubjectLabels []string
	SubjectCodes  []string // not always in the order nor the number of the labels
	From, To      ent.Date // in the structure of attachment
	ClassFrom     []ClassDate
	ClassTo       []ClassDate
	MENStructure  string // agricultural feeds: the ministry's own key of the structure

	// First degree.
	Level1D   CodeLabel
	Cycle     CodeLabel
	ClassType CodeLabel
	Canteen   Flag
	Morning   Flag // garderie du matin
	Evening   Flag // garderie du soir
	Study     Flag // supervised study in the evening

	// Until 2017.
	Parents   []string
	Father    string
	Mother    string
	Authority []string
	Other     [2]OtherRelative
}

// OtherRelative is a relative that is not a parent, in feeds up to 2017.
type OtherRelative struct {
	Relative string
	Quality  string // FINANCIER, CONTACT or PAIEMENT
}

// Relative is a PersRelEleve. It has no birth date: feeds never fill it.
type Relative struct {
	Head
	Name      ent.Name
	BirthDate ent.Date
	Contact   ent.Contact
	Shared    Flag // the address may be given to parents' associations
	Pupils    []string
}

// StaffMEF is a programme in which a teacher teaches.
type StaffMEF struct{ Structure, MEF, Label string }

// StructLabel is a label inside a structure.
type StructLabel struct{ Structure, Label string }

// ClassSubject is a subject taught to a class or to a group; Subject may be empty.
type ClassSubject struct{ Structure, Code, Subject string }

// StaffFunction is a function in a structure.
type StaffFunction struct {
	Structure string
	ent.Function
}

// StaffMember is a PersEducNat.
type StaffMember struct {
	Head
	Name          ent.Name
	BirthDate     ent.Date
	Mail          string
	Structure     string // empty for 15 to 30 %, replacement staff
	Categories    []CodeLabel
	Disciplines   []CodeLabel
	MEFs          []StaffMEF
	SubjectLabels []StructLabel
	Classes       []ClassRef // older form, superseded by ClassSubjects
	Groups        []ClassRef // older form, superseded by GroupSubjects
	ClassSubjects []ClassSubject
	GroupSubjects []ClassSubject
	HeadOf        []ClassRef // classes of which the person is head teacher
	Functions     []StaffFunction
	Teacher       Flag     // belongs to a teaching body
	FacingPupils  Flag     // in front of pupils
	Directs       []string // structures that the person directs
	STSIDs        []string
	Specialities  []CodeLabel // first degree
}

// ClassEntry is a class of a structure's catalogue.
type ClassEntry struct {
	Code, Label string
	MEFs        []string
}

// GroupEntry is a group of a structure's catalogue.
type GroupEntry struct {
	Code, Label string
	Classes     []string // codes of classes of the same structure
}

// Structure is an EtabEducNat: a school, or a service. The second degree lists its classes and groups.
type Structure struct {
	Head
	UAI          string
	OldUAI       string // ENTEtablissementUAI
	SIRET        string // ENTStructureSIREN, which holds a SIRET
	Name         []string
	NatureCode   string
	Nature       string
	MinistryCode string
	Ministry     string
	Sector       string // PU, PR
	Box          string
	Street       string
	PostalCode   string
	Town         string
	Phone        string
	Fax          string
	Mail         string
	Parents      []string
	Area         CodeLabel // bassin
	Academy      string
	AcademyCode  string
	Classes      []ClassEntry
	Groups       []GroupEntry

	// First degree.
	District string // the structure of the IEN
	Commune  []string
	RPI      []string
}

// Programme is a MefEducNat.
type Programme struct {
	Head
	Label    string
	National string
	Stat     string
	Level    string
	Track    string
}

// Subject is a MatEducNat.
type Subject struct {
	Head
	Label    string
	National string
}
