package annuaire

import (
	"io"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// Profile says whom a file is about.
type Profile string

// The profiles, in the order in which their files are read: pupils before the relatives who name them.
const (
	Student   Profile = "Student"
	Relative  Profile = "Relative"
	Teacher   Profile = "Teacher"
	Personnel Profile = "Personnel"
	Guest     Profile = "Guest"
)

// Profiles returns the five profiles, in their order.
func Profiles() []Profile { return []Profile{Student, Relative, Teacher, Personnel, Guest} }

// Category returns the category of the directory that the persons of a profile belong to.
func (p Profile) Category() directory.Category {
	switch p {
	case Student:
		return directory.Pupil
	case Relative:
		return directory.Relative
	case Teacher, Personnel:
		return directory.Staff
	case Guest:
	}
	return directory.Guest
}

// Known reports whether the profile is one of the five.
func (p Profile) Known() bool { return slices.Contains(Profiles(), p) }

// Options say how files are read. The zero value, for a folder whose name tells the school, is the usual one.
type Options struct {
	// School is the school of the files. Its ID, UAI and Patronym are taken from the name of the folder where they are
	// empty; an empty ID is the UAI.
	School ent.Establishment
	// OverrideClass, when set, stands for the classes that the rows of pupils and teachers name; from the folder when empty.
	OverrideClass string
	// Origin names the files as an origin: "csv:" and the UAI of the school, or its identifier, when empty. An origin that
	// is given may be shared by several schools: absences then count in this school only (see [directory.Feed.Scope]).
	Origin directory.Origin
	// Date is the day on which the files were made.
	Date ent.Date
	// Delivers lists the profiles of which the school delivers a file; all five when empty. The delivery is complete, and
	// who is absent from it has left, only when each of these is there and was read without refusing a row (see [Source]). A school that
	// never has guests says so here: otherwise nobody ever leaves.
	Delivers []Profile
	// Partial says that who is absent is unchanged, whatever is there.
	Partial bool
	// Responsibility is what a relative is to the children that a file names. CSV files say who are the relatives that the
	// school deals with, not what the law makes of them: ResponsibilityInCharge when empty, which lets them follow the
	// child and never makes a legal representative of them. ResponsibilityLegal believes that each one is: the caller
	// answers for a list that may hold a grandparent, or a parent who has lost that right. Another value is refused.
	Responsibility ent.Responsibility
	// KeepValues keeps the offending value in an issue, which only [ent.Issue.Value] returns.
	KeepValues bool
	// OnIssue, when set, is given every issue as it is found; the report keeps a few of each code.
	OnIssue func(ent.Issue)
	// Limits bound what is read.
	Limits Limits
}

// Limits bound a file. Zero fields take the defaults.
type Limits struct {
	Bytes   int64 // of a file; 64 MiB
	Rows    int   // of a file; 200 000
	Columns int   // 200
	Cell    int   // bytes of a cell; 64 KiB
}

func (l Limits) orDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 64 << 20
	}
	if l.Rows <= 0 {
		l.Rows = 200_000
	}
	if l.Columns <= 0 {
		l.Columns = 200
	}
	if l.Cell <= 0 {
		l.Cell = 64 << 10
	}
	return l
}

// File is a file to read. Its name says its profile when Profile is empty, or else its header does.
type File struct {
	Name    string
	Profile Profile
	Content io.Reader
}

// FileInfo is what was found of a file.
type FileInfo struct {
	Name    string  `json:"name"`
	Profile Profile `json:"profile,omitempty"`
	// Charset is UTF-8, UTF-16 or windows-1252; Separator a semicolon, a comma or a tab.
	Charset   string    `json:"charset,omitempty"`
	Separator string    `json:"separator,omitempty"`
	Rows      ent.Tally `json:"rows"`
	// Unread says that an issue stopped the reading.
	Unread bool `json:"unread,omitempty"`
}
