package directory

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package: the reasons of changes, what stops a plan, and what is wrong with a file.
const (
	CodeGuard ent.Code = "DIR-GUARD"
	CodeNamed ent.Code = "DIR-NAMED"
	CodeLogin ent.Code = "DIR-LOGIN"

	// Reasons of changes.
	CodeNew           ent.Code = "DIR-NEW"
	CodeChanged       ent.Code = "DIR-CHANGED"
	CodeSameINE       ent.Code = "DIR-SAME-INE"
	CodeSamePerson    ent.Code = "DIR-SAME-PERSON"
	CodeTies          ent.Code = "DIR-TIES"
	CodeChild         ent.Code = "DIR-CHILD"
	CodeArrived       ent.Code = "DIR-RELATIVE-ARRIVED"
	CodeElsewhere     ent.Code = "DIR-ELSEWHERE"
	CodeAbsent        ent.Code = "DIR-ABSENT"
	CodeDeleted       ent.Code = "DIR-DELETED"
	CodeReturned      ent.Code = "DIR-RETURNED"
	CodeDelayOver     ent.Code = "DIR-DELAY-OVER"
	CodeGraceOver     ent.Code = "DIR-GRACE-OVER"
	CodeAlike         ent.Code = "DIR-ALIKE"
	CodeTwoAccounts   ent.Code = "DIR-TWO-ACCOUNTS"
	CodePlaceNew      ent.Code = "DIR-PLACE-NEW"
	CodePlaceChanged  ent.Code = "DIR-PLACE-CHANGED"
	CodePlaceSame     ent.Code = "DIR-PLACE-SAME-UAI"
	CodePlaceGone     ent.Code = "DIR-PLACE-GONE"
	CodeByHand        ent.Code = "DIR-BY-HAND"
	CodeSameKey       ent.Code = "DIR-SAME-KEY"
	CodeYearEnd       ent.Code = "DIR-YEAR-END"
	CodeFieldKept     ent.Code = "DIR-FIELD-KEPT"
	CodeDeleteUnknown ent.Code = "DIR-DELETE-UNKNOWN"
	CodeModifyUnknown ent.Code = "DIR-MODIFY-UNKNOWN"
	CodeModifyRefused ent.Code = "DIR-MODIFY-REFUSED"
	CodeRequired      ent.Code = "DIR-REQUIRED"
	CodeUnknownPlace  ent.Code = "DIR-UNKNOWN-PLACE"
	CodeWaiting       ent.Code = "DIR-WAITING"

	// What stops a plan.
	CodeOlder        ent.Code = "DIR-OLDER"
	CodeWrongFeed    ent.Code = "DIR-WRONG-FEED"
	CodeMissingFiles ent.Code = "DIR-MISSING-FILES"
	CodeNewAcademy   ent.Code = "DIR-NEW-ACADEMY"
	CodeStopped      ent.Code = "DIR-STOPPED"
	CodeToday        ent.Code = "DIR-TODAY"

	// Files of plans.
	CodePlanFile    ent.Code = "DIR-PLAN-FILE"
	CodePlanAltered ent.Code = "DIR-PLAN-ALTERED"
	CodePlanExpired ent.Code = "DIR-PLAN-EXPIRED"
	CodePlanKey     ent.Code = "DIR-PLAN-KEY"
	CodePlanLine    ent.Code = "DIR-PLAN-LINE"
	CodeField       ent.Code = "DIR-FIELD"

	// Applying and merging.
	CodeMoved        ent.Code = "DIR-MOVED"
	CodeNoAccount    ent.Code = "DIR-NO-ACCOUNT"
	CodeMergeRefused ent.Code = "DIR-MERGE-REFUSED"
	CodeNoMerge      ent.Code = "DIR-NO-MERGE"

	// Adopting.
	CodeAdoptKey       ent.Code = "DIR-ADOPT-KEY"
	CodeAdoptNumber    ent.Code = "DIR-ADOPT-NUMBER"
	CodeAdoptINE       ent.Code = "DIR-ADOPT-INE"
	CodeAdoptName      ent.Code = "DIR-ADOPT-NAME"
	CodeAdoptNone      ent.Code = "DIR-ADOPT-NONE"
	CodeAdoptAmbiguous ent.Code = "DIR-ADOPT-AMBIGUOUS"
)

const here = "Cartable"

var catalog = sync.OnceValue(func() *ent.Catalog {
	info := func(code ent.Code, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityInfo, Source: here, FR: fr, EN: en}
	}
	warn := func(code ent.Code, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityWarning, Source: here, FR: fr, EN: en}
	}
	fail := func(code ent.Code, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityError, Source: here, FR: fr, EN: en}
	}
	stop := func(code ent.Code, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityFatal, Source: here, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		stop(
			CodeGuard, "{vanished} personnes sur {known} ({profile}) ont disparu : rien n'est supprimé sans confirmation.",
			"{vanished} persons out of {known} ({profile}) have vanished: nothing is removed without confirmation.",
		),
		stop(
			CodeNamed, "{named} personnes sur {known} ({profile}) ont disparu alors que la livraison les nomme encore : un fichier manque.",
			"{named} persons out of {known} ({profile}) have vanished and the delivery still names them: a file is missing.",
		),
		fail(CodeLogin, "Ni le nom ni l'identifiant ne donnent un nom de connexion.", "Neither the name nor the identifier gives a login."),

		info(CodeNew, "Première fois dans l'annuaire source.", "First time in the source."),
		info(CodeChanged, "L'annuaire source dit autre chose ({fields} champs).", "The source says something else ({fields} fields)."),
		info(CodeSameINE, "Même INE qu'un compte connu par un autre annuaire : c'est le même élève.", "Same INE as an account known by another source: the same pupil."),
		info(
			CodeSamePerson, "Même personne qu'un compte existant du même établissement (score {score}).",
			"Same person as an account of the same school (score {score}).",
		),
		info(CodeByHand, "Changement fait à la main.", "Changed by hand."),
		info(
			CodeSameKey, "Même clé et mêmes noms dans l'autre degré de l'académie : c'est le même agent.",
			"Same key and same names in the other degree of the academy: the same member of staff.",
		),
		info(CodeTies, "L'annuaire source dit d'autres rattachements.", "The source says other ties."),
		info(CodeChild, "Un enfant de cette personne a changé d'établissement ou de responsables.", "A child of this person changed schools or relatives."),
		info(CodeArrived, "Le responsable que nommait cet élève est arrivé.", "The relative that this pupil named has arrived."),
		info(CodeElsewhere, "Cet annuaire source ne connaît plus la personne ; un autre la connaît encore.", "This source no longer knows the person; another one still does."),
		info(CodeAbsent, "La personne n'est plus dans l'annuaire source, qui est complet.", "The person is no longer in the source, which is complete."),
		info(CodeDeleted, "L'annuaire source demande la suppression.", "The source asks for the removal."),
		info(CodeReturned, "La personne est de retour dans l'annuaire source.", "The person is back in the source."),
		info(CodeDelayOver, "Absence depuis le {since}, plus de {days} jours.", "Missing since {since}, more than {days} days."),
		info(
			CodeGraceOver, "En instance de suppression depuis le {since}, plus de {days} jours.",
			"Pre-deleted since {since}, more than {days} days.",
		),
		warn(CodeAlike, "Peut-être la même personne qu'un autre compte (score {score}).", "Maybe the same person as another account (score {score})."),
		warn(
			CodeTwoAccounts, "Plusieurs comptes peuvent être cette personne : rien n'est fait.",
			"Several accounts may be this person: nothing is done.",
		),
		info(CodePlaceNew, "Première fois dans l'annuaire source.", "First time in the source."),
		info(CodePlaceChanged, "L'annuaire source le décrit autrement.", "The source describes it otherwise."),
		info(CodePlaceSame, "Même UAI qu'un établissement connu sous un autre identifiant.", "Same UAI as an establishment known under another key."),
		info(CodePlaceGone, "N'est plus dans l'annuaire source.", "No longer in the source."),
		info(CodeYearEnd, "Fin de l'année scolaire.", "End of the school year."),
		info(
			CodeFieldKept, "L'annuaire source dit autre chose de {field}, qu'il ne décide pas : la valeur reste.",
			"The source says something else of {field}, which it does not decide: the value stays.",
		),
		warn(CodeDeleteUnknown, "Suppression demandée d'une personne qui n'est pas connue ou qui est déjà partie.", "Removal asked of a person who is not known or has already left."),
		warn(CodeModifyUnknown, "Modification d'une personne qui n'est pas connue.", "Modification of a person who is not known."),
		fail(CodeModifyRefused, "La modification d'une personne inconnue est refusée.", "The modification of an unknown person is refused."),
		fail(CodeRequired, "Il manque {field} pour créer la personne.", "{field} is missing: the person cannot be created."),
		warn(CodeUnknownPlace, "L'établissement, la classe ou le groupe {target} n'est pas connu : ce lien est laissé.", "The establishment, class or group {target} is not known: this tie is left out."),
		warn(CodeWaiting, "Le responsable {target} n'est pas connu : le lien attend son arrivée.", "The relative {target} is not known: the tie waits."),

		stop(CodeOlder, "Cette livraison ({date}) est plus ancienne que la dernière appliquée ({last}).", "This delivery ({date}) is older than the last one applied ({last})."),
		stop(CodeWrongFeed, "Cette livraison est d'une autre académie ou d'un autre degré que celle attendue.", "This delivery is of another academy or degree than the one expected."),
		stop(CodeMissingFiles, "Il manque {count} fichiers à la livraison.", "{count} files of the delivery are missing."),
		stop(
			CodeNewAcademy, "Première livraison de cette académie dans un annuaire qui en connaît d'autres : à confirmer.",
			"First delivery of this academy in a directory that knows others: to be confirmed.",
		),
		stop(CodeStopped, "Ce plan n'a rien comparé : il ne s'applique pas, même confirmé.", "This plan compared nothing: it does not apply, whoever consents."),
		stop(CodeToday, "La date du jour n'est pas donnée.", "The day of the comparison is not given."),

		stop(CodePlanFile, "Ce fichier n'est pas un plan lisible.", "This file is not a readable plan."),
		stop(CodePlanAltered, "Ce plan a été modifié, tronqué, ou signé avec une autre clé.", "This plan was altered, cut short, or made with another key."),
		stop(CodePlanExpired, "Ce plan n'est plus valable.", "This plan has expired."),
		stop(CodePlanKey, "La clé d'un plan compte 32 octets au moins.", "The key of a plan has at least 32 bytes."),
		fail(CodePlanLine, "Un changement est trop long pour un plan écrit.", "A change is too long for a plan file."),
		fail(CodeField, "Ce champ n'existe pas.", "There is no such field."),

		warn(CodeMoved, "La personne a changé depuis le plan : elle est laissée de côté.", "The person has changed since the plan: left aside."),
		warn(CodeNoAccount, "Le compte n'existe plus : il est laissé de côté.", "The account is no longer there: left aside."),
		fail(CodeMergeRefused, "Ces deux comptes ne se fusionnent pas.", "These two accounts do not merge."),
		fail(CodeNoMerge, "Aucune fusion à défaire pour ce compte.", "There is no merge to undo for this account."),

		info(CodeAdoptKey, "Trouvé par la clé de l'annuaire source.", "Found by the key of the source."),
		info(CodeAdoptNumber, "Trouvé par l'UAI et le numéro dans l'établissement.", "Found by the UAI and the number inside the school."),
		info(CodeAdoptINE, "Trouvé par l'INE.", "Found by the INE."),
		info(CodeAdoptName, "Trouvé par le nom et la date de naissance.", "Found by the name and the birth date."),
		warn(CodeAdoptNone, "Aucune personne de l'annuaire source ne correspond.", "No person of the source matches."),
		warn(CodeAdoptAmbiguous, "Plusieurs correspondances : rien n'est écrit.", "Several matches: nothing is written."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
