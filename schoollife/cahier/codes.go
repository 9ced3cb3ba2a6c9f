package cahier

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeIncomplete ent.Code = "CAH-INCOMPLETE"
	CodeAudience   ent.Code = "CAH-AUDIENCE"
	CodeDate       ent.Code = "CAH-DATE"
	CodeEmpty      ent.Code = "CAH-EMPTY"
	CodeMinutes    ent.Code = "CAH-MINUTES"
	CodeFile       ent.Code = "CAH-FILE"
	CodeSize       ent.Code = "CAH-SIZE"
	CodeNoLesson   ent.Code = "CAH-NO-LESSON"
	CodeUnknown    ent.Code = "CAH-UNKNOWN"
	CodeConflict   ent.Code = "CAH-CONFLICT"
	CodeVisa       ent.Code = "CAH-VISA"
	CodeArchived   ent.Code = "CAH-ARCHIVED"
	CodeReturned   ent.Code = "CAH-RETURNED"
	CodeNoHandIn   ent.Code = "CAH-NO-HAND-IN"
	CodeCycle      ent.Code = "CAH-CYCLE"
	CodeRefused    ent.Code = "CAH-REFUSED"
	CodeFormat     ent.Code = "CAH-FORMAT"
	CodeStore      ent.Code = "CAH-STORE"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		law   = "circulaire 2010-136 of 6 September 2010"
		usage = "usage of the cahier de textes"
	)
	e := ent.SeverityError
	return ent.NewCatalog(
		ent.Rule{Code: CodeIncomplete, Severity: e, Source: law, FR: "L'établissement, l'année ou l'enseignant manque.", EN: "The school, the year or the teacher is missing."},
		ent.Rule{Code: CodeAudience, Severity: e, Source: law, FR: "Il faut dire pour quelles classes, parties, groupes ou élèves.", EN: "It must say for which classes, parts, groups or pupils."},
		ent.Rule{Code: CodeDate, Severity: e, Source: law, FR: "Les dates doivent être de l'année scolaire, et dans l'ordre.", EN: "The dates must be of the school year, and in order."},
		ent.Rule{Code: CodeEmpty, Severity: e, Source: law, FR: "Le travail à faire n'a pas de texte.", EN: "The homework has no text."},
		ent.Rule{Code: CodeMinutes, Severity: e, Source: usage, FR: "La durée estimée est impossible.", EN: "The estimated time is impossible."},
		ent.Rule{Code: CodeFile, Severity: e, Source: usage, FR: "Un document n'a pas d'identifiant ou de nom.", EN: "A file has no identifier or name."},
		ent.Rule{Code: CodeSize, Severity: e, Source: usage, FR: "Le texte ou la liste est trop long.", EN: "The text or the list is too long."},
		ent.Rule{Code: CodeNoLesson, Severity: e, Source: usage, FR: "Ces élèves n'ont pas cette séance ce jour-là.", EN: "These pupils do not have that lesson that day."},
		ent.Rule{Code: CodeUnknown, Severity: e, Source: usage, FR: "Cet élément du cahier de textes n'existe pas.", EN: "There is no such entry in the cahier."},
		ent.Rule{Code: CodeConflict, Severity: e, Source: usage, FR: "Quelqu'un d'autre l'a changé entre-temps.", EN: "Somebody else changed it meanwhile."},
		ent.Rule{Code: CodeVisa, Severity: e, Source: law, FR: "Une séance visée ne se supprime pas.", EN: "A session under a visa is not deleted."},
		ent.Rule{Code: CodeArchived, Severity: e, Source: law, FR: "L'année est archivée : elle se lit, et ne s'écrit plus.", EN: "The year is archived: it is read, and no longer written."},
		ent.Rule{Code: CodeReturned, Severity: e, Source: usage, FR: "Le travail est déjà rendu par l'enseignant.", EN: "The teacher has returned the work already."},
		ent.Rule{Code: CodeNoHandIn, Severity: e, Source: usage, FR: "Ce travail ne se rend pas en ligne.", EN: "This homework is not handed in online."},
		ent.Rule{Code: CodeCycle, Severity: e, Source: usage, FR: "Un dossier ne va pas dans un de ses propres dossiers.", EN: "A folder does not go into one of its own folders."},
		ent.Rule{Code: CodeRefused, Severity: e, Source: usage, FR: "Cette action n'est pas permise à cette personne.", EN: "This action is not allowed to this person."},
		ent.Rule{Code: CodeFormat, Severity: e, Source: usage, FR: "Ce n'est pas une archive de cahier de textes.", EN: "This is not an archive of a cahier."},
		ent.Rule{Code: CodeStore, Severity: ent.SeverityFatal, Source: usage, FR: "Une ligne enregistrée ne se lit pas.", EN: "A stored row cannot be read."},
	)
})
