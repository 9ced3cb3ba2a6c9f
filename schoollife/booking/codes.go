package booking

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeRange           ent.Code = "BKG-RANGE"
	CodeTooLong         ent.Code = "BKG-TOO-LONG"
	CodeNoQuantity      ent.Code = "BKG-NO-QUANTITY"
	CodeQuantity        ent.Code = "BKG-QUANTITY"
	CodeUnavailable     ent.Code = "BKG-UNAVAILABLE"
	CodePast            ent.Code = "BKG-PAST"
	CodeTooEarly        ent.Code = "BKG-TOO-EARLY"
	CodeTooLate         ent.Code = "BKG-TOO-LATE"
	CodeClosed          ent.Code = "BKG-CLOSED"
	CodeBlackout        ent.Code = "BKG-BLACKOUT"
	CodeQuota           ent.Code = "BKG-QUOTA"
	CodeConflict        ent.Code = "BKG-CONFLICT"
	CodeRecurrence      ent.Code = "BKG-RECURRENCE"
	CodeManyOccurrences ent.Code = "BKG-MANY-OCCURRENCES"
	CodeNotPeriodic     ent.Code = "BKG-NOT-PERIODIC"
	CodeResource        ent.Code = "BKG-RESOURCE"
	CodeDelays          ent.Code = "BKG-DELAYS"
	CodeStatus          ent.Code = "BKG-STATUS"
	CodeSize            ent.Code = "BKG-SIZE"
	CodeTwice           ent.Code = "BKG-TWICE"
	CodeUnknown         ent.Code = "BKG-UNKNOWN"
	CodeStale           ent.Code = "BKG-STALE"
	CodeStore           ent.Code = "BKG-STORE"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		usage = "usage of the most deployed French ENT"
		ours  = "Cartable"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	e := ent.SeverityError
	return ent.NewCatalog(
		rule(CodeRange, e, usage, "La fin doit suivre le début.", "The end must come after the start."),
		rule(CodeTooLong, e, ours, "Une réservation dure un an au plus.", "A booking lasts a year at the most."),
		rule(CodeNoQuantity, e, usage, "La quantité réservée est d'au moins une unité.", "The quantity booked is one at least."),
		rule(CodeQuantity, e, usage, "La ressource n'a pas autant d'exemplaires.", "The resource does not have so many units."),
		rule(CodeUnavailable, e, usage, "La ressource n'est pas disponible.", "The resource is not available."),
		rule(CodePast, e, ours, "Ce moment est passé.", "This time is over."),
		rule(CodeTooEarly, e, usage, "La réservation commence trop tôt : le délai minimal n'est pas respecté.", "The booking begins too soon: the minimal delay is not kept."),
		rule(CodeTooLate, e, usage, "La réservation est trop lointaine : le délai maximal est dépassé.", "The booking is too far ahead: the maximal delay is exceeded."),
		rule(CodeClosed, e, usage, "La réservation sort des heures d'ouverture de la ressource.", "The booking is outside of the opening hours of the resource."),
		rule(CodeBlackout, e, usage, "La ressource est fermée à ces dates.", "The resource is closed on these dates."),
		rule(CodeQuota, e, ours, "La personne a déjà réservé autant que la ressource le permet sur la période.", "The person has already booked as much as the resource allows in the period."),
		rule(CodeConflict, e, usage, "La ressource est déjà réservée à ce moment.", "The resource is already booked at this time."),
		rule(CodeRecurrence, e, usage, "La récurrence demande des jours, un nombre de semaines, et une date de fin ou un nombre d'occurrences.", "The recurrence needs days, a number of weeks, and an end date or a number of occurrences."),
		rule(CodeManyOccurrences, e, ours, "La récurrence a trop d'occurrences.", "The recurrence has too many occurrences."),
		rule(CodeNotPeriodic, e, usage, "La ressource ne se réserve pas de façon périodique.", "The resource is not booked periodically."),
		rule(CodeResource, e, usage, "La ressource n'est pas complète : identifiant, établissement, horaires, fermetures ou quotas.", "The resource is not complete: identifier, establishment, hours, closures or quotas."),
		rule(CodeDelays, e, usage, "Le délai minimal doit être inférieur au délai maximal.", "The minimal delay must be below the maximal one."),
		rule(CodeStatus, e, usage, "La réservation ne passe pas de son état à celui-là.", "The booking does not go from its state to that one."),
		rule(CodeSize, e, ours, "La demande dépasse les limites.", "The request is beyond the limits."),
		rule(CodeTwice, e, ours, "Une réservation de cet identifiant existe déjà.", "There is a booking of this identifier already."),
		rule(CodeUnknown, e, ours, "Cette ressource ou cette réservation n'existe pas.", "There is no such resource or booking."),
		rule(CodeStale, e, ours, "Quelqu'un d'autre l'a changée entre-temps.", "Somebody else changed it meanwhile."),
		rule(CodeStore, ent.SeverityFatal, ours, "Une ligne enregistrée ne se lit pas.", "A stored row cannot be read."),
	)
})
