package bulletin

import (
	"fmt"
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodePeriod         ent.Code = "BUL-PERIOD"
	CodeLock           ent.Code = "BUL-LOCK"
	CodePupil          ent.Code = "BUL-PUPIL"
	CodeName           ent.Code = "BUL-NAME"
	CodeTwice          ent.Code = "BUL-TWICE"
	CodeRounding       ent.Code = "BUL-ROUNDING"
	CodeOption         ent.Code = "BUL-OPTION"
	CodeLimit          ent.Code = "BUL-LIMIT"
	CodeRefused        ent.Code = "BUL-REFUSED"
	CodeTeacher        ent.Code = "BUL-TEACHER"
	CodeCategory       ent.Code = "BUL-CATEGORY"
	CodeStatus         ent.Code = "BUL-STATUS"
	CodePosition       ent.Code = "BUL-POSITION"
	CodeText           ent.Code = "BUL-TEXT"
	CodeLong           ent.Code = "BUL-LONG"
	CodeNoAppreciation ent.Code = "BUL-NO-APPRECIATION"
	CodeNoSynthesis    ent.Code = "BUL-NO-SYNTHESIS"
	CodeLogo           ent.Code = "BUL-LOGO"
	CodeIdentifier     ent.Code = "BUL-IDENTIFIER"
	CodeGroup          ent.Code = "BUL-GROUP"
	CodeGeneral        ent.Code = "BUL-GENERAL"
	CodeChart          ent.Code = "BUL-CHART"
	CodePages          ent.Code = "BUL-PAGES"
	CodeDocument       ent.Code = "BUL-DOCUMENT"
	CodeInputs         ent.Code = "BUL-INPUTS"
	CodeChanged        ent.Code = "BUL-CHANGED"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		page  = "usage of the French gradebooks: Gepi (verrouillage), OPEN ENT, PRONOTE"
		house = "Cartable: nothing is lost in silence"
		lsu   = "LSU, import schema and code lists"
		small = "Cartable: the figures of a small group tell marks"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodePeriod, ent.SeverityError, house, "La période {period} n'est pas connue dans la classe {class}.", "The period {period} is not known in the class {class}."),
		rule(CodeLock, ent.SeverityError, page, "La période {period} de la classe {class} n'est pas verrouillée : seul un document de travail peut être imprimé.", "The period {period} of the class {class} is not locked: only a draft can be printed."),
		rule(CodePupil, ent.SeverityError, page, "L'élève n'est pas dans la classe {class} à la fin de la période {period} : pas de bulletin.", "The pupil is not in the class {class} at the end of the period {period}: no bulletin."),
		rule(CodeName, ent.SeverityError, house, "Le nom de l'élève n'est pas connu : pas de bulletin.", "The name of the pupil is not known: no bulletin."),
		rule(CodeTwice, ent.SeverityError, house, "L'élève est demandé deux fois : un seul bulletin.", "The pupil is asked for twice: one bulletin."),
		rule(CodeRounding, ent.SeverityError, page, "La règle de calcul n'arrondit pas ({field}) : un bulletin imprime des moyennes arrondies.", "The policy does not round ({field}): a bulletin prints rounded averages."),
		rule(CodeOption, ent.SeverityError, house, "L'option {field} est impossible.", "The option {field} is impossible."),
		rule(CodeLimit, ent.SeverityError, house, "Il y a trop de {field} : {count} au plus.", "There is too much of {field}: {count} at the most."),
		rule(CodeRefused, ent.SeverityWarning, house, "{count} éléments du carnet ont été refusés et ne comptent pas : le rapport des moyennes dit lesquels.", "{count} things of the gradebook were refused and do not count: the report of the averages says which."),
		rule(CodeTeacher, ent.SeverityWarning, house, "Le nom d'une personne n'est pas connu ({field}) : la place reste vide.", "The name of a person is not known ({field}): its place stays empty."),
		rule(CodeCategory, ent.SeverityWarning, house, "La catégorie {category} n'a pas de libellé : ses enseignements viennent à la fin.", "The category {category} has no label: its teachings come last."),
		rule(CodeStatus, ent.SeverityWarning, page, "Le statut {status} n'est pas connu : il est imprimé tel quel.", "The status {status} is not known: it is printed as it is."),
		rule(CodePosition, ent.SeverityWarning, lsu, "Le positionnement n'est pas entre 1 et 4 : il n'est pas imprimé.", "The position is not from 1 to 4: it is not printed."),
		rule(CodeText, ent.SeverityWarning, lsu, "{count} caractères qui ne s'impriment pas ont été remplacés ou retirés.", "{count} characters that cannot be printed were replaced or removed."),
		rule(CodeLong, ent.SeverityWarning, lsu, "Le texte dépasse {count} caractères : il est imprimé en entier, le LSU le refuserait.", "The text is longer than {count} characters: it is printed whole, the LSU would refuse it."),
		rule(CodeNoAppreciation, ent.SeverityWarning, page, "L'appréciation manque.", "The appreciation is missing."),
		rule(CodeNoSynthesis, ent.SeverityWarning, page, "L'appréciation générale manque.", "The synthesis is missing."),
		rule(CodeLogo, ent.SeverityWarning, house, "Le logo n'est ni PNG ni JPEG, ou dépasse {count} octets : il n'est pas imprimé.", "The logo is neither PNG nor JPEG, or is larger than {count} bytes: it is not printed."),
		rule(CodeIdentifier, ent.SeverityWarning, house, "L'identifiant {field} n'est pas valable : il n'est pas imprimé.", "The identifier {field} is not valid: it is not printed."),
		rule(CodeGroup, ent.SeverityInfo, small, "Moins de {count} moyennes : les chiffres du groupe ne sont pas communiqués.", "Fewer than {count} averages: the figures of the group are withheld."),
		rule(CodeGeneral, ent.SeverityInfo, small, "Les chiffres de la classe sur la moyenne générale feraient deviner ceux d'un groupe de moins de {count} moyennes : ils ne sont pas communiqués.", "The figures of the class on the general average would give away those of a group of fewer than {count} averages: they are withheld."),
		rule(CodeChart, ent.SeverityInfo, house, "Le graphique n'est pas imprimé, faute de place.", "The chart is not printed, for lack of room."),
		rule(CodePages, ent.SeverityInfo, house, "Le bulletin tient sur {count} pages.", "The bulletin takes {count} pages."),
		rule(CodeDocument, ent.SeverityError, house, "Ce n'est pas un bulletin lisible.", "This is not a readable bulletin."),
		rule(CodeInputs, ent.SeverityError, house, "Le carnet a changé depuis que le bulletin a été fait.", "The gradebook has changed since the bulletin was made."),
		rule(CodeChanged, ent.SeverityError, house, "Le bulletin n'est pas celui que donne le carnet.", "The bulletin is not the one that the gradebook gives."),
	)
})

func issue(code ent.Code, path string, params ...ent.Param) ent.Issue {
	return catalog().New(code, ent.Pos{}, path, params...)
}

func refused(i ent.Issue) error { return fmt.Errorf("bulletin: %w", i) }
