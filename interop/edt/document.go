package edt

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Document is a clear export. It is personal data: logs show counts. Idents are those of the file, unique within one kind.
type Document struct {
	Version string
	// UAI as the file has it; see [ent.ParseUAI].
	UAI  string
	Year timetable.Year
	Grid timetable.Grid

	Subjects  []Subject
	Teachers  []Person
	Staff     []Person
	Classes   []Class
	Groups    []Group
	Rooms     []Named
	Equipment []Named
	Pupils    []Pupil
	Courses   []Course
}

// LogValue shows counts.
func (d *Document) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("classes", len(d.Classes)), slog.Int("pupils", len(d.Pupils)), slog.Int("courses", len(d.Courses)))
}

// Subject is a matière: Code is the management code (MATHS).
type Subject struct{ Ident, Code, Label string }

// Named is something with a name: a room, an equipment.
type Named struct{ Ident, Name string }

// Person is a teacher or a member of the staff.
type Person struct {
	Ident, Family, Given string
	Birth                ent.Date
	// STS is the identifier in STS; PN and CAS those of the publisher's services.
	STS, PN, CAS string
}

// LogValue hides the person.
func (p Person) LogValue() slog.Value { return slog.StringValue(p.Ident) }

// Class is a division, with its parts and its head teachers.
type Class struct {
	Ident, Name  string
	Parts        []string
	HeadTeachers []string
}

// Group is a union of classes, parts and pupils.
type Group struct {
	Ident, Name            string
	Classes, Parts, Pupils []string
}

// Pupil is a pupil, with where they were and when.
type Pupil struct {
	Ident, Family, Given string
	Birth                ent.Date
	// INE is NumeroNational, Siecle the ELEVE_ID (IDSconet), Internal the number in the school.
	INE, Siecle, Internal, PN, CAS string
	Classes, Parts                 []Stay
	// Relatives counts the responsables: who they are is not of a timetable.
	Relatives int
}

// LogValue hides the pupil.
func (p Pupil) LogValue() slog.Value { return slog.StringValue(p.Ident) }

// Stay is when a pupil was in a class or a part; both days are included.
type Stay struct {
	Ident    string
	From, To ent.Date
}

// Course is a cours placé: a weekday, a place, and resources each with its own weeks.
type Course struct {
	// Line is that of the file. Index counts from 0.
	Line, Index        int
	Day, Place, Places int
	Cancelled          timetable.Weeks
	Subject            string
	Resources          []Resource
}

// Resource is one of a course.
type Resource struct {
	Kind  timetable.Kind
	Ident string
	Weeks timetable.Weeks
}
