package timetable

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeClock  ent.Code = "TTB-CLOCK"
	CodeWeeks  ent.Code = "TTB-WEEKS"
	CodeNoID   ent.Code = "TTB-NO-ID"
	CodeTwice  ent.Code = "TTB-TWICE"
	CodeDay    ent.Code = "TTB-DAY"
	CodeTimes  ent.Code = "TTB-TIMES"
	CodeNoWeek ent.Code = "TTB-NO-WEEK"

	CodeUnknownLesson ent.Code = "TTB-UNKNOWN-LESSON"
	CodeChange        ent.Code = "TTB-CHANGE"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const page = "usage of the French timetables: EDT, UDT, STS"
	return ent.NewCatalog(
		ent.Rule{
			Code: CodeClock, Severity: ent.SeverityError, Source: page,
			FR: "L'heure s'écrit comme 08:30 ou 8h30.", EN: "A time of day is written like 08:30 or 8h30.",
		},
		ent.Rule{
			Code: CodeWeeks, Severity: ent.SeverityError, Source: page,
			FR: "Les semaines sont un nombre entier positif de 64 bits.", EN: "Weeks are a positive whole number of 64 bits.",
		},
		ent.Rule{Code: CodeNoID, Severity: ent.SeverityError, Source: page, FR: "L'identifiant du cours manque.", EN: "The identifier of the course is missing."},
		ent.Rule{
			Code: CodeTwice, Severity: ent.SeverityError, Source: page,
			FR: "Le cours {course} est donné deux fois : seul le premier compte.", EN: "The course {course} is given twice: only the first counts.",
		},
		ent.Rule{
			Code: CodeDay, Severity: ent.SeverityError, Source: page,
			FR: "Le cours {course} : le jour va de 1 (lundi) à 7.", EN: "The course {course}: the day goes from 1 (Monday) to 7.",
		},
		ent.Rule{
			Code: CodeTimes, Severity: ent.SeverityError, Source: page,
			FR: "Le cours {course} doit finir après avoir commencé, le même jour.", EN: "The course {course} must end after it begins, on the same day.",
		},
		ent.Rule{
			Code: CodeNoWeek, Severity: ent.SeverityWarning, Source: page,
			FR: "Le cours {course} n'a aucune ressource datée : il n'a pas de séance.", EN: "The course {course} has no dated resource: it has no lesson.",
		},
		ent.Rule{
			Code: CodeUnknownLesson, Severity: ent.SeverityError, Source: page,
			FR: "La modification désigne une séance qui n'existe pas : cours {course}, {date}.", EN: "The change names a lesson that does not exist: course {course}, {date}.",
		},
		ent.Rule{
			Code: CodeChange, Severity: ent.SeverityError, Source: page,
			FR: "La modification du cours {course}, {date}, ne dit pas quoi, ou l'impossible.", EN: "The change of the course {course}, {date}, says nothing, or what cannot be.",
		},
	)
})
