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

	CodeUnknownName ent.Code = "TTB-UNKNOWN-NAME"
	CodeSameName    ent.Code = "TTB-SAME-NAME"
	CodeByHand      ent.Code = "TTB-BY-HAND"
	CodeCalled      ent.Code = "TTB-CALLED"
	CodeManyDeleted ent.Code = "TTB-MANY-DELETED"
	CodeStale       ent.Code = "TTB-STALE"
	CodeToken       ent.Code = "TTB-TOKEN"
	CodeFormat      ent.Code = "TTB-FORMAT"
	CodeStore       ent.Code = "TTB-STORE"
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
		ent.Rule{
			Code: CodeUnknownName, Severity: ent.SeverityWarning, Source: page,
			FR: "Un nom du fichier ({kind}) n'est rattaché à rien : il sert lui-même d'identifiant.", EN: "A name of the file ({kind}) is tied to nothing: it serves as its own identifier.",
		},
		ent.Rule{
			Code: CodeSameName, Severity: ent.SeverityWarning, Source: page,
			FR: "Plusieurs ressources du fichier portent un même nom ({kind}) et deviennent la même.", EN: "Several resources of the file have one name ({kind}), and become the same one.",
		},
		ent.Rule{
			Code: CodeByHand, Severity: ent.SeverityWarning, Source: page,
			FR: "La séance du {date} (cours {course}) n'est plus dans le fichier : elle reste, car elle a été modifiée à la main.",
			EN: "The lesson of {date} (course {course}) is no longer in the file: it stays, since it was changed by hand.",
		},
		ent.Rule{
			Code: CodeCalled, Severity: ent.SeverityWarning, Source: page,
			FR: "La séance du {date} (cours {course}) n'est plus dans le fichier : elle reste, car l'appel est fait ou un contenu y est rattaché.",
			EN: "The lesson of {date} (course {course}) is no longer in the file: it stays, since a roll call was made or something hangs on it.",
		},
		ent.Rule{
			Code: CodeManyDeleted, Severity: ent.SeverityFatal, Source: page,
			FR: "Le fichier supprimerait {lessons} séances : rien n'est fait sans un accord exprès.", EN: "The file would delete {lessons} lessons: nothing is done without express consent.",
		},
		ent.Rule{
			Code: CodeStale, Severity: ent.SeverityFatal, Source: page,
			FR: "L'emploi du temps a changé depuis que l'import a été préparé : il faut le préparer à nouveau.", EN: "The timetable changed since the import was prepared: prepare it again.",
		},
		ent.Rule{Code: CodeFormat, Severity: ent.SeverityFatal, Source: page, FR: "Ce n'est pas un plan d'import d'emploi du temps.", EN: "This is not a plan of a timetable import."},
		ent.Rule{Code: CodeToken, Severity: ent.SeverityError, Source: page, FR: "Cette adresse de calendrier n'existe pas ou a été révoquée.", EN: "This calendar address does not exist or was revoked."},
		ent.Rule{Code: CodeStore, Severity: ent.SeverityFatal, Source: page, FR: "Une ligne enregistrée ne se lit pas.", EN: "A stored row cannot be read."},
	)
})
