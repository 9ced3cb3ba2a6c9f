package attendance

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeSpan       ent.Code = "ATT-SPAN"
	CodeMode       ent.Code = "ATT-MODE"
	CodeSplit      ent.Code = "ATT-SPLIT"
	CodeOpening    ent.Code = "ATT-OPENING"
	CodeReason     ent.Code = "ATT-REASON"
	CodeKind       ent.Code = "ATT-KIND"
	CodePupil      ent.Code = "ATT-PUPIL"
	CodeStatus     ent.Code = "ATT-STATUS"
	CodeClock      ent.Code = "ATT-CLOCK"
	CodeSize       ent.Code = "ATT-SIZE"
	CodeSubmission ent.Code = "ATT-SUBMISSION"
	CodeCancelled  ent.Code = "ATT-CANCELLED"
	CodeLesson     ent.Code = "ATT-LESSON"
	CodeUnknown    ent.Code = "ATT-UNKNOWN"
	CodeConflict   ent.Code = "ATT-CONFLICT"
	CodeRefused    ent.Code = "ATT-REFUSED"
	CodeStore      ent.Code = "ATT-STORE"
	CodeMeasure    ent.Code = "ATT-MEASURE"
	CodeTooLong    ent.Code = "ATT-TOO-LONG"
	CodeSerious    ent.Code = "ATT-SERIOUS"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		usage = "usage of school life tools"
		call  = "Code de l'éducation, R131-5"
		law   = "Code de l'éducation, R511-13"
	)
	e := ent.SeverityError
	return ent.NewCatalog(
		ent.Rule{
			Code: CodeSpan, Severity: e, Source: usage,
			FR: "Le début doit précéder la fin, et la durée ne dépasse pas une année scolaire.", EN: "The start must come before the end, and the length is no more than a school year.",
		},
		ent.Rule{Code: CodeMode, Severity: e, Source: usage, FR: "Le mode de décompte des demi-journées est inconnu.", EN: "The mode of counting half-days is unknown."},
		ent.Rule{Code: CodeSplit, Severity: e, Source: usage, FR: "L'heure qui sépare matin et après-midi n'est pas réglée.", EN: "The time that parts morning and afternoon is not set."},
		ent.Rule{Code: CodeOpening, Severity: e, Source: usage, FR: "Les heures d'ouverture, ou une durée de la règle, ne conviennent pas.", EN: "The opening hours, or a length of the rule, do not do."},
		ent.Rule{Code: CodeReason, Severity: e, Source: usage, FR: "Le motif n'est pas dans la liste, ou la liste n'est pas correcte.", EN: "The reason is not in the list, or the list is not correct."},
		ent.Rule{Code: CodeKind, Severity: e, Source: usage, FR: "Cette sorte d'événement est inconnue.", EN: "This kind of event is unknown."},
		ent.Rule{Code: CodePupil, Severity: e, Source: call, FR: "Un élève n'est pas de cette séance, ou est donné deux fois.", EN: "A pupil is not of this lesson, or is given twice."},
		ent.Rule{Code: CodeStatus, Severity: e, Source: call, FR: "Un élève a un état inconnu.", EN: "A pupil has an unknown status."},
		ent.Rule{Code: CodeClock, Severity: e, Source: call, FR: "L'heure d'arrivée ou de départ doit être dans la séance.", EN: "The time of arrival or of leaving must lie in the lesson."},
		ent.Rule{Code: CodeSize, Severity: e, Source: usage, FR: "La demande dépasse les limites.", EN: "The request is beyond the limits."},
		ent.Rule{Code: CodeSubmission, Severity: e, Source: call, FR: "L'appel envoyé n'a pas d'identifiant, ou n'est pas de cette séance.", EN: "The roll call that was sent has no identifier, or is not of this lesson."},
		ent.Rule{Code: CodeCancelled, Severity: e, Source: call, FR: "La séance est annulée : il n'y a pas d'appel à faire.", EN: "The lesson is cancelled: there is no roll call to make."},
		ent.Rule{Code: CodeLesson, Severity: e, Source: call, FR: "La séance n'existe pas, ou n'est pas commencée.", EN: "The lesson does not exist, or has not begun."},
		ent.Rule{Code: CodeUnknown, Severity: e, Source: usage, FR: "Cet événement, cette déclaration ou cet incident n'existe pas.", EN: "There is no such event, declaration or incident."},
		ent.Rule{Code: CodeConflict, Severity: e, Source: usage, FR: "Quelqu'un d'autre l'a changé entre-temps.", EN: "Somebody else changed it meanwhile."},
		ent.Rule{Code: CodeRefused, Severity: e, Source: usage, FR: "Cette action n'est pas permise à cette personne.", EN: "This action is not allowed to this person."},
		ent.Rule{Code: CodeStore, Severity: e, Source: usage, FR: "Une ligne enregistrée ne se lit pas.", EN: "A stored row cannot be read."},
		ent.Rule{Code: CodeMeasure, Severity: e, Source: law, FR: "Cette punition ou cette sanction est inconnue, ou n'a pas ses dates.", EN: "This punishment or sanction is unknown, or lacks its dates."},
		ent.Rule{Code: CodeTooLong, Severity: e, Source: law, FR: "La sanction dure plus que la loi ne permet.", EN: "The sanction is longer than the law allows."},
		ent.Rule{Code: CodeSerious, Severity: e, Source: law, FR: "Une sanction disciplinaire est prise par le chef d'établissement ou le conseil de discipline.", EN: "A disciplinary sanction is taken by the head of the school or the discipline council."},
	)
})
