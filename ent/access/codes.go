package access

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package. The first ones are the reasons of decisions. CodeClosed says no more than
// that, in an error and in the access log too: whether it is a decision or a placement is the pupil's.
const (
	CodeGranted       ent.Code = "ACC-GRANTED"
	CodeDenied        ent.Code = "ACC-DENIED"
	CodeNoRight       ent.Code = "ACC-NO-RIGHT"
	CodeOutOfReach    ent.Code = "ACC-OUT-OF-REACH"
	CodeUnknownAction ent.Code = "ACC-UNKNOWN-ACTION"
	CodeClosed        ent.Code = "ACC-CLOSED"
	CodePupilChoice   ent.Code = "ACC-PUPIL-CHOICE"
	CodeApart         ent.Code = "ACC-APART"
	CodeNotLogged     ent.Code = "ACC-NOT-LOGGED"

	CodeDocument   ent.Code = "ACC-DOCUMENT"
	CodeSize       ent.Code = "ACC-SIZE"
	CodeAction     ent.Code = "ACC-ACTION"
	CodeActionKept ent.Code = "ACC-ACTION-KEPT"
	CodeWho        ent.Code = "ACC-WHO"
	CodeSpan       ent.Code = "ACC-SPAN"
	CodeSpanWho    ent.Code = "ACC-SPAN-WHO"
	CodeEmpty      ent.Code = "ACC-EMPTY-GRANT"
	CodeRule       ent.Code = "ACC-RULE"
	CodeAdminReads ent.Code = "ACC-ADMIN-READS"
	CodeRuling     ent.Code = "ACC-RULING"

	CodeSameGroup     ent.Code = "ACC-SAME-GROUP"
	CodeLinkedGroups  ent.Code = "ACC-LINKED-GROUPS"
	CodeDirect        ent.Code = "ACC-DIRECT"
	CodeNoLink        ent.Code = "ACC-NO-LINK"
	CodeGroupTwice    ent.Code = "ACC-GROUP-TWICE"
	CodeGroupUnknown  ent.Code = "ACC-GROUP-UNKNOWN"
	CodeGroupUsers    ent.Code = "ACC-GROUP-USERS"
	CodeGroupRule     ent.Code = "ACC-GROUP-RULE"
	CodeLinkOpens     ent.Code = "ACC-LINK-OPENS"
	CodeLinkProtected ent.Code = "ACC-LINK-PROTECTED"
	CodeLinkBroadcast ent.Code = "ACC-LINK-BROADCAST"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours  = "Cartable"
		sdet  = "SDET, annexe opérationnelle; usage of school products"
		civil = "code civil, art. 371-1 to 373-5 and 414"
		peers = "usage of the most deployed ENT"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeGranted, ent.SeverityInfo, sdet, "L'accès est permis.", "Access is allowed."),
		rule(CodeDenied, ent.SeverityError, sdet, "L'accès est refusé.", "Access is denied."),
		rule(CodeNoRight, ent.SeverityError, sdet, "Aucun droit de cette personne ne porte sur cette action.", "No right of this person covers this action."),
		rule(CodeOutOfReach, ent.SeverityError, sdet, "La personne a ce droit, mais pas sur cet élève, cette classe ou cet établissement.", "The person has this right, but not on this pupil, class or establishment."),
		rule(CodeUnknownAction, ent.SeverityError, ours, "L'action n'est donnée à personne par les droits en vigueur.", "The action is given to nobody by the rights in force."),
		rule(CodeClosed, ent.SeverityError, civil, "L'accès de ce responsable est fermé, ou attend une décision de l'établissement.", "The access of this relative is closed, or awaits a decision of the school."),
		rule(CodePupilChoice, ent.SeverityError, civil, "L'élève est majeur : son choix règle l'accès de ce responsable.", "The pupil is of age: the pupil's choice settles the access of this relative."),
		rule(CodeApart, ent.SeverityError, "RGPD, art. 5(1)(c); code civil, art. 373-2", "Le responsable d'un élève n'accède pas aux coordonnées d'un autre responsable de cet élève.", "A relative of a pupil does not reach the contact data of another relative of that pupil."),
		rule(CodeNotLogged, ent.SeverityFatal, "RGPD, art. 32", "L'accès n'a pas pu être inscrit au journal : il est refusé.", "The access could not be recorded in the log: it is refused."),

		rule(CodeDocument, ent.SeverityFatal, ours, "Le document n'est pas une politique d'accès lisible ({field}).", "The document is not a readable access policy ({field})."),
		rule(CodeSize, ent.SeverityFatal, ours, "Le document dépasse {limit} octets.", "The document is longer than {limit} bytes."),
		rule(CodeAction, ent.SeverityError, ours, "Le nom d'une action est mal formé.", "The name of an action is badly formed."),
		rule(CodeActionKept, ent.SeverityInfo, ours, "L'action {action} n'est pas connue ici : gardée telle quelle.", "The action {action} is not known here: it is kept as it is."),
		rule(CodeWho, ent.SeverityError, ours, "Le bénéficiaire d'un droit n'est pas connu.", "It is not known to whom a right is given."),
		rule(CodeSpan, ent.SeverityError, ours, "La portée d'un droit n'est pas connue.", "The reach of a right is not known."),
		rule(CodeSpanWho, ent.SeverityError, ours, "La portée {reach} n'a pas de sens pour {who}.", "The reach {reach} means nothing for {who}."),
		rule(CodeEmpty, ent.SeverityError, ours, "Un droit n'a pas de bénéficiaire, d'action ou de portée ({field}).", "A right has nobody, no action or no reach ({field})."),
		rule(CodeRule, ent.SeverityError, ours, "La règle {field} n'est pas connue.", "The rule {field} is not known."),
		rule(CodeAdminReads, ent.SeverityWarning, "SDET; RGPD, art. 5(1)(c)", "L'action {action} donne à un administrateur un accès à la vie scolaire : administrer n'est pas un motif pour lire.", "The action {action} gives an administrator access to school life: administering is no reason to read."),
		rule(CodeRuling, ent.SeverityError, civil, "La décision enregistrée n'est pas complète ({field}).", "The recorded decision is not complete ({field})."),

		rule(CodeSameGroup, ent.SeverityInfo, peers, "Les deux personnes sont d'un même groupe dont les membres s'écrivent.", "Both persons are of one group whose members write to each other."),
		rule(CodeLinkedGroups, ent.SeverityInfo, peers, "Un groupe de l'expéditeur est lié à un groupe du destinataire.", "A group of the sender is linked to a group of the receiver."),
		rule(CodeDirect, ent.SeverityInfo, peers, "L'expéditeur est lié directement au destinataire.", "The sender is linked directly to the receiver."),
		rule(CodeNoLink, ent.SeverityError, peers, "Aucun lien ne permet à l'expéditeur d'écrire au destinataire.", "No link lets the sender write to the receiver."),
		rule(CodeGroupTwice, ent.SeverityError, ours, "Deux groupes ont le même identifiant.", "Two groups have the same identifier."),
		rule(CodeGroupUnknown, ent.SeverityError, ours, "Un lien mène à un groupe qui n'existe pas.", "A link leads to a group that does not exist."),
		rule(CodeGroupUsers, ent.SeverityError, peers, "Le sens des échanges d'un groupe n'est pas connu.", "The direction of a group's exchanges is not known."),
		rule(CodeGroupRule, ent.SeverityError, ours, "La règle d'un groupe n'est pas connue ou n'est pas complète.", "The rule of a group is not known or not complete."),
		rule(CodeLinkOpens, ent.SeverityWarning, peers, "Le lien permet aussi aux membres du groupe {group} de s'écrire entre eux.", "The link also lets the members of group {group} write to each other."),
		rule(CodeLinkProtected, ent.SeverityError, peers, "Un administrateur délégué n'ouvre pas le groupe {group}, de familles ou d'élèves.", "A delegated administrator does not open group {group}, of families or pupils."),
		rule(CodeLinkBroadcast, ent.SeverityError, peers, "Le groupe de diffusion {group} reçoit et n'écrit pas.", "The broadcast group {group} receives and does not write."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

// issue returns an issue about a datum named by its path.
func issue(code ent.Code, path string, params ...ent.Param) ent.Issue {
	return catalog().New(code, ent.Pos{}, path, params...)
}

// fieldIssue returns an issue whose text names a field.
func fieldIssue(code ent.Code, path string, field ent.Field) ent.Issue {
	return issue(code, path, ent.FieldOf("field", field))
}
