package udt

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Document is what the files hold, as they have it. It is personal data: logs show counts. Codes are those of UDT, unique within
// one kind; references are not resolved.
type Document struct {
	// Year is the calendar year of the first day (UDCal_24, annee); First and Last bound the pupils' year.
	Year        int
	First, Last ent.Date
	Closures    []Closure
	// FirstISOWeek is the ISO week in which the year begins, 0 when missing. SequenceMinutes is the length of a sequence, 0 when
	// missing: a half-sequence is about half of it.
	FirstISOWeek, SequenceMinutes int
	// PublicationWeeks are the ISO weeks in which a period of publication begins.
	PublicationWeeks []int

	Rooms      []Room
	Teachers   []Teacher
	Subjects   []Subject
	Slots      []Slot
	Divisions  []Division
	Pupils     []Pupil
	Groups     []Group
	Unions     []Union
	Stays      []Stay
	Cards      []Card
	CoTeachers []CoTeacher
	Lines      []Line
	// Weekly are the weeks that have files of their own, by ISO week.
	Weekly []Week
}

// LogValue shows counts.
func (d *Document) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("divisions", len(d.Divisions)), slog.Int("pupils", len(d.Pupils)), slog.Int("lines", len(d.Lines)), slog.Int("weeks", len(d.Weekly)))
}

// Closure is days without lessons, both included (fermeture).
type Closure struct{ From, To ent.Date }

// Room is a salle.
type Room struct{ Code, Name string }

// Teacher is a professeur. EPJ is the identifier of the national staff files, which may be missing; Discipline (code_matppl) is
// missing for most of the staff who do not teach.
type Teacher struct {
	Code, EPJ, Family, Given, Title, Mail string
	Birth                                 ent.Date
	Discipline                            string
}

// LogValue hides the person.
func (t Teacher) LogValue() slog.Value { return slog.StringValue(t.Code) }

// Subject is a matière; Management is its management code (code_gep1).
type Subject struct{ Code, Label, Management string }

// Slot is a half-sequence of a day on a site (demi_seq).
type Slot struct {
	Day        int
	Number     int
	Site       string
	Start, End timetable.Clock
}

// Division is a class.
type Division struct{ Code, Label, Management string }

// Pupil is an élève.
type Pupil struct {
	Code, Family, Given string
	Birth               ent.Date
}

// LogValue hides the pupil.
func (p Pupil) LogValue() slog.Value { return slog.StringValue(p.Code) }

// Group is a group of one division (gpe): it is named by both codes. STS is its name in STS, which may be missing.
type Group struct{ ID, Code, Division, STS string }

// Union is a regroupement: divisions, and groups of divisions, that are taught together.
type Union struct {
	Code, ID, Name string
	Members        []Member
}

// Member is a division of a union, or one of its groups.
type Member struct{ Division, Group string }

// Stay says that a pupil is in a group of a division (ele_gpe), in some ISO weeks: bit i is week i+1, and no bit is always.
type Stay struct {
	Pupil, Group, Division string
	Weeks                  uint64
}

// Card is a fiche: a half-sequence of a day.
type Card struct {
	Code   string
	Day    int
	Number int
	Site   string
}

// Line is a ligfiche: what a card holds for one audience. Union is "" when the line is of a division or of its Group.
type Line struct {
	At                                                                  ent.Pos
	Code, Card, Division, Subject, Teacher, Union, Group, GroupID, Room string
}

// CoTeacher is a further teacher of a line (coens), by code or by EPJ.
type CoTeacher struct{ Line, Teacher, EPJ string }

// Week is what one ISO week has of its own. Nil CoTeachers with HasCoTeachers false are the year's.
type Week struct {
	ISO           int
	Lines         []Line
	CoTeachers    []CoTeacher
	HasLines      bool
	HasCoTeachers bool
}
