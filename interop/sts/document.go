package sts

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Kind is which of the two files a document is: the name of its root.
type Kind string

// The kinds.
const (
	KindUp   Kind = "EDT_STS" // emp_sts, from the timetable program to STSWEB
	KindDown Kind = "STS_EDT" // sts_emp, from STSWEB
)

// Document is one of the two files. It is personal data: logs show counts.
type Document struct {
	Kind Kind
	// UAI as the file has it; see [ent.ParseUAI].
	UAI string
	// Year is the calendar year in which the school year begins; First and Last are its days, in STS_EDT only.
	Year        int
	First, Last ent.Date
	// Program is what wrote an EDT_STS file.
	Program     string
	Hours       []Opening
	Alternances []Alternance
	Rooms       []Room
	Subjects    []Subject
	Individuals []Individual
	Structures  []Structure
}

// LogValue shows counts.
func (d *Document) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(d.Kind)), slog.Int("individuals", len(d.Individuals)), slog.Int("structures", len(d.Structures)))
}

// Opening is when a day has lessons (HORAIRE): 1 is Monday. Start and End are equal when the file has none.
type Opening struct {
	Day        int
	Start, End timetable.Clock
}

// Alternance is a set of weeks, each named by one of its days as the file has it.
type Alternance struct {
	Code, Short, Long string
	Dates             []ent.Date
}

// Mondays returns the Monday of each week, once, in the order of the file: that of the ISO week of the date, or the day after a
// Sunday.
func (a *Alternance) Mondays() []ent.Date {
	out := make([]ent.Date, 0, len(a.Dates))
	seen := map[ent.Date]bool{}
	for _, d := range a.Dates {
		monday := d.AddDays(1 - int(d.Weekday())) // a Sunday is 0
		if !seen[monday] {
			seen[monday] = true
			out = append(out, monday)
		}
	}
	return out
}

// Room is a salle de cours.
type Room struct{ Code, Group, Location string }

// Subject is a matière: Code is the national code of six digits, Management the school's (FRANC).
type Subject struct{ Code, Management, Short, Long string }

// Individual is a person of STS, by ID and Type (epp, local…). EDT_STS has no names.
type Individual struct {
	ID, Type, Family, Given string
	Birth                   ent.Date
}

// LogValue hides the person.
func (i Individual) LogValue() slog.Value { return slog.StringValue(i.ID) }

// StructureKind is a division or a group.
type StructureKind string

// The kinds of structures, as elements name them.
const (
	Division StructureKind = "DIVISION"
	Group    StructureKind = "GROUPE"
)

// Structure is a division or a group, with its services. Expected and Max are numbers of pupils, nil when missing.
type Structure struct {
	Kind          StructureKind
	Code, Label   string
	Expected, Max *int
	// Divisions are those that the pupils of a group come from: the group is not these divisions.
	Divisions []Origin
	Services  []Service
}

// Ref returns the structure as a resource of a timetable: a class or a group, named by its code.
func (s *Structure) Ref() timetable.Ref {
	if s.Kind == Division {
		return timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(s.Code)}
	}
	return timetable.Ref{Kind: timetable.KindGroup, ID: ent.ID(s.Code)}
}

// Origin is how many pupils of a group come from a division; nil when missing.
type Origin struct {
	Division string
	Expected *int
}

// Service is a subject taught to a structure in a modality: what the timetable, the marks and LSU have in common.
type Service struct {
	Line              int
	Subject, Modality string
	// Hours are hundredths of an hour a week, nil when missing: 250 for 2.50.
	Hours *int
	// CoTaught says that its teachers are in the room together (CO_ENS).
	CoTaught bool
	Teachers []Teacher
}

// Teacher is a teacher of a service, with their courses.
type Teacher struct {
	Type, ID string
	// Hours are hundredths of an hour a week, nil when missing.
	Hours   *int
	Courses []Course
}

// Course is a cours rattaché: when and where a teacher gives a service. Start and End are equal when the file has no readable
// times.
type Course struct {
	Line       int
	Alternance string
	// Day is 1 for Monday to 7, 0 when it cannot be read.
	Day        int
	Start, End timetable.Clock
	Room       string
}
