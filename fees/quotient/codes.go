package quotient

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeKind          ent.Code = "QUO-KIND"
	CodeNumber        ent.Code = "QUO-NUMBER"
	CodeNegative      ent.Code = "QUO-NEGATIVE"
	CodeMissing       ent.Code = "QUO-MISSING"
	CodeAmbiguousZero ent.Code = "QUO-ZERO-AMBIGUOUS"
	CodeNotFound      ent.Code = "QUO-NOT-FOUND"
	CodeResources     ent.Code = "QUO-RESOURCES"
	CodeComposition   ent.Code = "QUO-COMPOSITION"
	CodeDisabled      ent.Code = "QUO-DISABLED"
	CodeParts         ent.Code = "QUO-PARTS"
	CodePartsDiffer   ent.Code = "QUO-PARTS-DIFFER"
	CodeStatus        ent.Code = "QUO-STATUS"
	CodeBox           ent.Code = "QUO-BOX"
	CodeShared        ent.Code = "QUO-SHARED"
	CodeOwner         ent.Code = "QUO-OWNER"
	CodeFormula       ent.Code = "QUO-FORMULA"
	CodeDocument      ent.Code = "QUO-DOCUMENT"
	CodeDate          ent.Code = "QUO-DATE"
	CodePeriod        ent.Code = "QUO-PERIOD"
	CodeOverlap       ent.Code = "QUO-OVERLAP"
	CodeTwice         ent.Code = "QUO-TWICE"
	CodeSeveral       ent.Code = "QUO-SEVERAL-KINDS"
	CodePolicy        ent.Code = "QUO-POLICY"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		caf   = "CAF and MSA family quotient, public FAQ of API Particulier"
		tax   = "code général des impôts, art. 193 ter to 195"
		ours  = "Cartable"
		proof = "practice of communes: a quotient stands with its proof and its period"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeKind, ent.SeverityError, proof, "Le quotient n'a pas de nature, ou un quotient communal n'a pas de nom.", "The quotient has no kind, or a municipal one has no name."),
		rule(CodeNumber, ent.SeverityError, ours, "Le nombre ({field}) est trop grand ou a trop de décimales.", "The number ({field}) is too great or has too many decimals."),
		rule(CodeNegative, ent.SeverityError, ours, "Le nombre ({field}) est négatif.", "The number ({field}) is negative."),
		rule(CodeMissing, ent.SeverityError, proof, "Aucun quotient connu. Ce n'est pas un quotient de zéro.", "No quotient is known. This is not a quotient of zero."),
		rule(CodeAmbiguousZero, ent.SeverityWarning, "documentation of version 1 of API Particulier", "La source écrit 0 aussi quand le quotient n'a pas pu être calculé : il est tenu pour manquant.", "The source also writes 0 when the quotient could not be computed: it is held as missing."),
		rule(CodeNotFound, ent.SeverityWarning, "API Particulier, answers 404", "Quotient introuvable : {situation}. Un justificatif est à demander.", "Quotient not found: {situation}. Ask for a proof."),
		rule(CodeResources, ent.SeverityError, ours, "Les ressources de nature {nature} manquent. Des ressources nulles s'écrivent 0.", "Resources of nature {nature} are missing. No resources are written 0."),
		rule(CodeComposition, ent.SeverityError, ours, "Le nombre de personnes ({field}) n'est pas valable.", "The number of persons ({field}) is not valid."),
		rule(CodeDisabled, ent.SeverityError, ours, "Il y a plus de personnes handicapées que de personnes ({field}).", "There are more disabled persons than persons ({field})."),
		rule(CodeParts, ent.SeverityError, ours, "Le nombre de parts ou de personnes manque, ou n'est pas supérieur à zéro.", "The number of parts or persons is missing, or not greater than zero."),
		rule(CodePartsDiffer, ent.SeverityError, tax, "Les parts imprimées sur l'avis d'imposition ne sont pas celles de la situation déclarée.", "The parts printed on the tax notice are not those of the situation declared."),
		rule(CodeStatus, ent.SeverityError, tax, "La situation de famille n'est pas connue.", "The marital status is not known."),
		rule(CodeBox, ent.SeverityError, tax, "La case {box} ne va pas avec la situation de famille.", "Box {box} does not go with the marital status."),
		rule(CodeShared, ent.SeverityError, ours, "La règle de résidence alternée n'est pas connue, ou les nombres d'enfants ne vont pas ensemble.", "The rule of shared custody is not known, or the numbers of children do not fit."),
		rule(CodeOwner, ent.SeverityError, ours, "Une explication appartient à une personne, qui manque.", "An explanation belongs to a person, who is missing."),
		rule(CodeFormula, ent.SeverityError, ours, "La formule n'est pas valable ({field}).", "The formula is not valid ({field})."),
		rule(CodeDocument, ent.SeverityError, ours, "Le document n'est pas une formule lisible ({field}).", "The document is not a readable formula ({field})."),
		rule(CodeDate, ent.SeverityError, proof, "La date ({field}) manque ou n'existe pas.", "The date ({field}) is missing or does not exist."),
		rule(CodePeriod, ent.SeverityError, proof, "La période finit avant de commencer.", "The period ends before it begins."),
		rule(CodeOverlap, ent.SeverityWarning, proof, "Deux quotients de même nature se chevauchent : le dernier reçu l'emporte.", "Two quotients of one kind overlap: the last received prevails."),
		rule(CodeTwice, ent.SeverityError, proof, "Deux quotients différents, de même nature et de même période, ont été reçus le même jour.", "Two different quotients of one kind and period were received on the same day."),
		rule(CodeSeveral, ent.SeverityError, proof, "Des quotients de plusieurs natures valent ce jour-là, et la règle ne dit pas lequel prendre.", "Quotients of several kinds hold on that day, and the policy does not say which to take."),
		rule(CodePolicy, ent.SeverityError, ours, "La règle ({field}) n'est pas connue ou n'est pas complète.", "The policy ({field}) is not known or not complete."),
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
