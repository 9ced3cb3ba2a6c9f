package fet

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeRoot     ent.Code = "FET-ROOT"
	CodeXML      ent.Code = "FET-XML"
	CodeLimit    ent.Code = "FET-LIMIT"
	CodeUnread   ent.Code = "FET-UNREAD"
	CodeValue    ent.Code = "FET-VALUE"
	CodeUntyped  ent.Code = "FET-UNTYPED"
	CodeTwice    ent.Code = "FET-TWICE"
	CodeUnknown  ent.Code = "FET-UNKNOWN"
	CodeDuration ent.Code = "FET-DURATION"
	CodeEmpty    ent.Code = "FET-EMPTY"
	CodeProblem  ent.Code = "FET-PROBLEM"

	CodeGrid     ent.Code = "FET-GRID"
	CodeNoHour   ent.Code = "FET-NO-HOUR"
	CodeNoPupil  ent.Code = "FET-NO-PUPIL"
	CodeRoom     ent.Code = "FET-ROOM"
	CodeTogether ent.Code = "FET-TOGETHER"
	CodeKind     ent.Code = "FET-KIND"

	CodeSolution ent.Code = "FET-SOLUTION"
	CodeLine     ent.Code = "FET-LINE"
	CodeUnplaced ent.Code = "FET-UNPLACED"
	CodeRun      ent.Code = "FET-RUN"
	CodeRefused  ent.Code = "FET-REFUSED"
	CodeIgnored  ent.Code = "FET-IGNORED"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		page = "FET 6.8.5, as observed"
		own  = "this package: what the format of FET cannot carry"
	)
	return ent.NewCatalog(
		ent.Rule{Code: CodeRoot, Severity: ent.SeverityFatal, Source: page, FR: "Ce n'est pas un fichier de FET.", EN: "This is not a file of FET."},
		ent.Rule{Code: CodeXML, Severity: ent.SeverityFatal, Source: "XML 1.0", FR: "Le fichier n'est pas un document XML bien formé.", EN: "The file is not a well-formed XML document."},
		ent.Rule{Code: CodeLimit, Severity: ent.SeverityFatal, Source: own, FR: "Le fichier dépasse les limites de lecture.", EN: "The file is beyond the limits of reading."},
		ent.Rule{Code: CodeUnread, Severity: ent.SeverityInfo, Source: page, FR: "{field} : élément non lu.", EN: "{field}: element not read."},
		ent.Rule{Code: CodeValue, Severity: ent.SeverityError, Source: page, FR: "{field} : la valeur ne se lit pas.", EN: "{field}: the value cannot be read."},
		ent.Rule{
			Code: CodeUntyped, Severity: ent.SeverityWarning, Source: page,
			FR: "{field} : contrainte gardée telle quelle, qui n'est pas jugée.", EN: "{field}: constraint kept as it is, which is not judged.",
		},
		ent.Rule{Code: CodeTwice, Severity: ent.SeverityError, Source: page, FR: "{field} : un nom ou un numéro est donné deux fois.", EN: "{field}: a name or a number is given twice."},
		ent.Rule{Code: CodeUnknown, Severity: ent.SeverityError, Source: page, FR: "{field} : ce qui est nommé n'existe pas.", EN: "{field}: what is named does not exist."},
		ent.Rule{Code: CodeDuration, Severity: ent.SeverityError, Source: page, FR: "Une activité dure au moins une heure, et tient dans un jour.", EN: "An activity lasts one hour at the least, and fits in a day."},
		ent.Rule{Code: CodeEmpty, Severity: ent.SeverityError, Source: page, FR: "{field} : un nom manque.", EN: "{field}: a name is missing."},
		ent.Rule{Code: CodeProblem, Severity: ent.SeverityError, Source: page, FR: "FET ne pourrait pas lire ce problème.", EN: "FET could not read this problem."},
		ent.Rule{
			Code: CodeGrid, Severity: ent.SeverityError, Source: own,
			FR: "La grille n'a ni jours ni heures, ou ses heures se chevauchent.", EN: "The grid has no days or no hours, or its hours overlap.",
		},
		ent.Rule{
			Code: CodeNoHour, Severity: ent.SeverityError, Source: own,
			FR: "Le cours {course} ne tient pas dans les heures de la grille : il est laissé de côté.", EN: "The course {course} does not fit in the hours of the grid: it is left aside.",
		},
		ent.Rule{
			Code: CodeNoPupil, Severity: ent.SeverityWarning, Source: own,
			FR: "Le cours {course} : on ne sait pas quels élèves y sont ; leurs conflits ne sont pas évités.", EN: "The course {course}: nobody knows which pupils are in it; their conflicts are not avoided.",
		},
		ent.Rule{
			Code: CodeRoom, Severity: ent.SeverityWarning, Source: own,
			FR: "Le cours {course} a plusieurs salles à la fois : seule la première est gardée.", EN: "The course {course} has several rooms at once: only the first is kept.",
		},
		ent.Rule{
			Code: CodeTogether, Severity: ent.SeverityWarning, Source: own,
			FR: "Le cours {course} est donné avec un autre : FET ne le sait pas.", EN: "The course {course} is given together with another: FET does not know.",
		},
		ent.Rule{Code: CodeKind, Severity: ent.SeverityWarning, Source: own, FR: "Le cours {course} : une ressource que FET n'a pas est laissée de côté.", EN: "The course {course}: a resource that FET does not have is left aside."},
		ent.Rule{Code: CodeSolution, Severity: ent.SeverityFatal, Source: page, FR: "Ce n'est pas un emploi du temps écrit par FET.", EN: "This is not a timetable written by FET."},
		ent.Rule{Code: CodeLine, Severity: ent.SeverityError, Source: page, FR: "La ligne ne désigne pas une activité, un jour ou une heure du problème, ou contredit une autre : elle est refusée.", EN: "The line does not name an activity, a day or an hour of the problem, or contradicts another: it is refused."},
		ent.Rule{Code: CodeUnplaced, Severity: ent.SeverityWarning, Source: page, FR: "{count} activités ne sont pas placées.", EN: "{count} activities are not placed."},
		ent.Rule{Code: CodeRun, Severity: ent.SeverityFatal, Source: page, FR: "FET n'a pas pu être lancé, ou n'a rien écrit.", EN: "FET could not be run, or wrote nothing."},
		ent.Rule{Code: CodeRefused, Severity: ent.SeverityFatal, Source: page, FR: "FET a refusé le problème.", EN: "FET refused the problem."},
		ent.Rule{
			Code: CodeIgnored, Severity: ent.SeverityWarning, Source: page,
			FR: "FET n'a pas reconnu {count} éléments du fichier, et n'en a pas tenu compte.", EN: "FET did not recognize {count} elements of the file, and left them out.",
		},
	)
})
