package lsu

import (
	"github.com/opencartable/cartable/ent"
)

// Key names a record within its kind: any text of the caller, or the xml:id of a record that was read. Keys never stand in
// a file that is written, unless [WriteOptions.KeepIDs] asks for it.
type Key string

// Document is the content of one file of one school, whatever the version. References between records are by Key. A missing
// value is "" or nil; a text is kept as it was given and normalised by the writer. It is personal data: logs show counts.
type Document struct {
	// SchemaVersion and Degree are what a file that was read said; they are not needed to write.
	SchemaVersion string
	Degree        ent.Degree
	Header        Header
	// Heads are the heads of the school: responsables-etab, or in the first degree directeurs.
	Heads []Head
	// Classes are those of the first degree. A pupil of the second degree has the code of a division.
	Classes     []Class
	Pupils      []Pupil
	Periods     []Period
	Disciplines []Discipline
	Teachers    []Teacher
	Elements    []Element
	// Digital are the appraisals of digital competences shared by a class or a group.
	Digital    []DigitalCommon
	Parcours   []ParcoursCommon
	SchoolLife []SchoolLifeCommon
	Themes     []Theme
	// EPIs and APs are the enseignements pratiques interdisciplinaires and the accompagnements personnalisés.
	EPIs      []Project
	EPIGroups []ProjectGroup
	APs       []Project
	APGroups  []ProjectGroup
	Periodic  []PeriodicReport
	Cycle     []CycleReport
}

// Header is the entete: who made the file, and for which school.
type Header struct {
	Editor      string
	Application string
	AppVersion  string
	// School is the UAI as the file has it; see [ent.ParseUAI].
	School string
}

// Head is who answers for the school. Label is what the second degree prints (given names and name when empty); the first
// degree wants Civility, Family and Given.
type Head struct {
	Key      Key
	Label    string
	Civility Civility
	Family   string
	Given    string
}

// Class is a class of the first degree. Number is the "identifiant classe" of ONDE.
type Class struct {
	Key    Key
	Number string
	Label  string
}

// Pupil is a pupil. SiecleID is the ELEVE_ID of SIECLE (id-be), which the second degree wants up to version 7; INE is
// what the first degree wants. Division is the code of the class in the second degree, Class the class of the first one.
type Pupil struct {
	Key      Key
	SiecleID string
	INE      ent.INE
	Family   string
	Given    string
	Division string
	Class    Key
}

// Period is one of the Count periods of a school year; Index counts from 1, Start and End are written in the first degree.
type Period struct {
	Key Key
	// Year is the millésime, the year of the rentrée: see [MillesimeOf].
	Year  string
	Index int
	Count int
	Start ent.Date
	End   ent.Date
}

// Discipline is a subject as it was chosen. Code has 6 characters; National is its national code when Code is local.
type Discipline struct {
	Key      Key
	Code     string
	National string
	Election Election
	Label    string
	// Language is the discipline of the language in which a DNL is taught (id-lv), since version 7.
	Language Key
}

// Teacher is a teacher. STS is the identifier of STS, a positive number; the first degree has none.
type Teacher struct {
	Key      Key
	Type     TeacherType
	STS      string
	Civility Civility
	Family   string
	Given    string
}

// Element is an élément de programme.
type Element struct {
	Key   Key
	Label string
}

// DigitalCommon is an appraisal of digital competences shared by a structure.
type DigitalCommon struct {
	Key       Key
	Structure string
	Type      StructureType
	Text      string
}

// Parcours is the text of a parcours éducatif.
type Parcours struct {
	Code ParcoursCode
	Text string
}

// ParcoursCommon is the parcours of a class in a period: Division in the second degree, Class in the first.
type ParcoursCommon struct {
	Period   Key
	Division string
	Class    Key
	Parcours []Parcours
}

// SchoolLifeCommon is the comment on the school life of a class in a period.
type SchoolLifeCommon struct {
	Period   Key
	Division string
	Comment  string
}

// Theme is a theme of EPI that the school declares; the eight national ones need not be.
type Theme struct {
	Code  ThemeCode
	Label string
}

// Project is an EPI or, without Theme, an accompagnement personnalisé.
type Project struct {
	Key         Key
	Title       string
	Theme       ThemeCode
	Disciplines []Key
	Description string
}

// ProjectGroup is a group of pupils who follow a Project, with its teachers.
type ProjectGroup struct {
	Key       Key
	Project   Key
	Title     string
	Comment   string
	Teachings []Teaching
}

// Teaching is a teacher and the discipline taught in a ProjectGroup.
type Teaching struct {
	Teacher    Key
	Discipline Key
}

// PeriodicReport is the bilan périodique of one pupil.
type PeriodicReport struct {
	Pupil  Key
	Period Key
	// Division, or Class in the first degree, is the class of the bilan, that of the pupil on the day of Schooling, when it
	// is not the one of the pupil's record: see [Document.SplitByClass].
	Division string
	Class    Key
	// Council is the date of the conseil de classe; Schooling the day up to which the pupil's schooling in the class is told
	// (see [SchoolingDate]); Created is written in the first degree.
	Council   ent.Date
	Schooling ent.Date
	Created   ent.Date
	Locked    Moment
	Head      Key
	// HeadTeachers are the professeurs principaux; Teachers those who sign the bilan in the first degree.
	HeadTeachers []Key
	Teachers     []Key
	Results      []Result
	Digital      *Digital
	EPIs         []ProjectComment
	APs          []ProjectComment
	Parcours     []Parcours
	Support      []Support
	// Appraisal is acquis-conseils, or in the first degree appreciation-generale.
	Appraisal    string
	HomeworkDone string
	// Life is nil when nothing is known of it, which no version of the second degree accepts.
	Life      *SchoolLife
	Socle     []SocleResult
	Guardians []Guardian
}

// Result is what a pupil achieved in a discipline (acquis), or in the first degree in a domain.
type Result struct {
	Discipline Key
	// Domain is the code of the domain in the first degree, 7 characters; Sub its sub-domains.
	Domain   string
	Sub      []SubResult
	Teachers []Key
	Elements []Key
	Mark     Mark
	// ClassMark is the average of the class or of the group.
	ClassMark Mark
	// NotMarked says that the pupil has no mark, and in the first degree was not assessed.
	NotMarked      bool
	ClassNotMarked bool
	Position       Position
	Appreciation   string
}

// SubResult is a sub-domain of the first degree.
type SubResult struct {
	Domain    string
	Elements  []Key
	Position  Position
	NotMarked bool
}

// Digital is the digital competences of a pupil in a period.
type Digital struct {
	Commons      []Key
	Appreciation string
	Competences  []DigitalResult
}

// DigitalResult is a competence and its level, "1" to "3".
type DigitalResult struct {
	Code  DigitalCode
	Level Position
}

// ProjectComment is what is said of a pupil in a group.
type ProjectComment struct {
	Group   Key
	Comment string
}

// Support is a support plan; PPRE and Contract complete those of code PPRE and CTR.
type Support struct {
	Code     SupportCode
	PPRE     string
	Contract string
}

// SchoolLife counts the absences, in half-days, and the late arrivals of a period. A nil count is unknown, which is not 0.
type SchoolLife struct {
	Late      *int
	Excused   *int
	Unexcused *int
	// MissedHours is the hours of lessons missed.
	MissedHours *int
	Comment     string
}

// SocleResult is the position of a pupil in a component of the socle.
type SocleResult struct {
	Domain   DomainCode
	Position Position
}

// Guardian is a responsable of a pupil. Denomination names an organisation, or a person whose names are not split.
type Guardian struct {
	Civility     Civility
	Family       string
	Given        string
	Legal1       bool
	Legal2       bool
	Relationship string
	Denomination string
	Address      *Address
}

// Address is a postal address.
type Address struct {
	Lines      [4]string
	PostalCode string
	Town       string
}

// CycleReport is the bilan de fin de cycle of one pupil: cycle 2 in the first degree, 3 or 4 in the second.
type CycleReport struct {
	Pupil Key
	// Division and Class are as in a PeriodicReport.
	Division     string
	Class        Key
	Cycle        string
	Year         string
	Created      ent.Date
	Locked       Moment
	Head         Key
	HeadTeachers []Key
	Teachers     []Key
	Socle        []SocleResult
	Synthesis    string
	Complement   *Complement
	Language     *Language
	Guardians    []Guardian
}

// Complement is an enseignement de complément; Position is "1" objectives reached, "2" exceeded.
type Complement struct {
	Code     ComplementCode
	Position Position
}

// Language is a regional language; Position is "1" level A2 not reached, "2" reached.
type Language struct {
	Code     LanguageCode
	Position Position
}
