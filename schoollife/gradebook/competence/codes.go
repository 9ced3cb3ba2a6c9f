package competence

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeScale            ent.Code = "CPT-SCALE"
	CodeOrder            ent.Code = "CPT-ORDER"
	CodeTwice            ent.Code = "CPT-TWICE"
	CodeNumber           ent.Code = "CPT-NUMBER"
	CodeStatus           ent.Code = "CPT-STATUS-UNKNOWN"
	CodeMethod           ent.Code = "CPT-METHOD"
	CodeLimit            ent.Code = "CPT-LIMIT"
	CodeRetroactive      ent.Code = "CPT-RETROACTIVE"
	CodeWindow           ent.Code = "CPT-WINDOW"
	CodeDate             ent.Code = "CPT-DATE"
	CodeUnverified       ent.Code = "CPT-UNVERIFIED"
	CodeNoResult         ent.Code = "CPT-NO-RESULT"
	CodeCoefficient      ent.Code = "CPT-COEFFICIENT"
	CodeStep             ent.Code = "CPT-STEP"
	CodeFew              ent.Code = "CPT-FEW"
	CodeTable            ent.Code = "CPT-TABLE"
	CodeGap              ent.Code = "CPT-TABLE-GAP"
	CodeOverlap          ent.Code = "CPT-TABLE-OVERLAP"
	CodeCover            ent.Code = "CPT-TABLE-COVER"
	CodeOutside          ent.Code = "CPT-OUTSIDE"
	CodeBetween          ent.Code = "CPT-BETWEEN-STEPS"
	CodeLevel            ent.Code = "CPT-LEVEL"
	CodePosition         ent.Code = "CPT-POSITION"
	CodeManual           ent.Code = "CPT-MANUAL"
	CodeComponent        ent.Code = "CPT-COMPONENT"
	CodeComponentMissing ent.Code = "CPT-COMPONENT-MISSING"
	CodeDispensed        ent.Code = "CPT-DISPENSED"
	CodeCount            ent.Code = "CPT-COUNT"
	CodeOwner            ent.Code = "CPT-OWNER"
	CodeSize             ent.Code = "CPT-SIZE"
	CodeDocument         ent.Code = "CPT-DOCUMENT"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours   = "Cartable"
		scores = "scores of items in open school software"
		levels = "conversion of levels in open school software"
		lsu    = "LSU, import schema and code lists"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeScale, ent.SeverityError, scores, "L'échelle de niveaux n'est pas valable ({field}).", "The scale of levels is not valid ({field})."),
		rule(CodeOrder, ent.SeverityError, scores, "Les valeurs ne sont pas strictement croissantes.", "The values are not strictly increasing."),
		rule(CodeTwice, ent.SeverityError, ours, "Le code ou l'identifiant est donné deux fois.", "The code or identifier is given twice."),
		rule(CodeNumber, ent.SeverityError, ours, "Le nombre ({field}) est hors limites ou a trop de décimales.", "The number ({field}) is out of limits or has too many decimals."),
		rule(CodeStatus, ent.SeverityWarning, scores, "Le code {code} n'est ni un niveau ni un statut connu ; gardé et non compté : {count}.", "Code {code} is neither a level nor a known status; kept and not counted: {count}."),
		rule(CodeMethod, ent.SeverityError, scores, "La méthode de calcul n'est pas connue.", "The method of scoring is not known."),
		rule(CodeLimit, ent.SeverityError, scores, "Le nombre de résultats retenus n'est pas permis par la méthode (de {min} à {max}).", "The number of results kept is not allowed by the method ({min} to {max})."),
		rule(CodeRetroactive, ent.SeverityError, scores, "La règle sur les résultats antérieurs à la période n'est pas connue ou n'est pas complète.", "The rule on results older than the period is not known or not complete."),
		rule(CodeWindow, ent.SeverityError, ours, "La période n'a pas de début, ou finit avant de commencer.", "The period has no start, or ends before it begins."),
		rule(CodeDate, ent.SeverityError, ours, "Un résultat n'a pas de date, et la règle ou les autres résultats en veulent une.", "A result has no date, and the rule or the other results want one."),
		rule(CodeUnverified, ent.SeverityInfo, ours, "La règle {rule} n'a pas été confirmée par un texte ; à vérifier.", "Rule {rule} was confirmed by no text; to be checked."),
		rule(CodeNoResult, ent.SeverityInfo, scores, "Aucun résultat compté : non évalué. Ce n'est pas un zéro.", "No result counts: not evaluated. This is not a zero."),
		rule(CodeCoefficient, ent.SeverityError, ours, "Le coefficient est négatif, trop grand ou a trop de décimales.", "The coefficient is negative, too great or has too many decimals."),
		rule(CodeStep, ent.SeverityError, scores, "Le pas d'arrondi n'est pas l'un des pas permis.", "The step of rounding is not one of those allowed."),
		rule(CodeFew, ent.SeverityWarning, ours, "Moyenne non calculée : moins de {count} élèves, une note se devinerait.", "Average not computed: fewer than {count} pupils, a mark could be worked out."),
		rule(CodeTable, ent.SeverityError, ours, "La table de conversion n'est pas valable ({field}).", "The conversion table is not valid ({field})."),
		rule(CodeGap, ent.SeverityError, levels, "Un trou sépare cet intervalle du précédent.", "A gap parts this interval from the one before."),
		rule(CodeOverlap, ent.SeverityError, levels, "Cet intervalle recouvre le précédent.", "This interval overlaps the one before."),
		rule(CodeCover, ent.SeverityError, levels, "Les intervalles ne couvrent pas toute l'échelle.", "The intervals do not cover the whole scale."),
		rule(CodeOutside, ent.SeverityError, levels, "La valeur est hors de l'échelle de la table.", "The value is outside the scale of the table."),
		rule(CodeBetween, ent.SeverityError, levels, "La valeur tombe entre deux pas de la table : elle doit être arrondie avant la conversion.", "The value falls between two steps of the table: it must be rounded before the conversion."),
		rule(CodeLevel, ent.SeverityError, levels, "La valeur fixée à la main n'est pas un niveau de l'échelle.", "The value set by hand is not a level of the scale."),
		rule(CodePosition, ent.SeverityError, lsu, "Le positionnement n'est pas permis ici.", "The position is not allowed here."),
		rule(CodeManual, ent.SeverityInfo, levels, "Une valeur fixée à la main remplace la valeur calculée.", "A value set by hand replaces the computed one."),
		rule(CodeComponent, ent.SeverityError, lsu, "Le code {code} n'est pas une composante du socle.", "Code {code} is not a component of the common base."),
		rule(CodeComponentMissing, ent.SeverityError, lsu, "La composante {code} du socle manque ou n'est pas positionnée : le bilan de fin de cycle ne peut pas être transmis.", "Component {code} of the common base is missing or has no position: the cycle report cannot be sent."),
		rule(CodeDispensed, ent.SeverityWarning, lsu, "Dispense sur la composante {code} : le schéma l'accepte, l'usage ne la connaît que pour CPD_ETR.", "Dispensation on component {code}: the schema accepts it, practice knows it for CPD_ETR only."),
		rule(CodeCount, ent.SeverityError, ours, "Un nombre de résultats est négatif ou trop grand.", "A number of results is negative or too great."),
		rule(CodeOwner, ent.SeverityError, ours, "Une explication appartient à une personne, qui manque.", "An explanation belongs to a person, who is missing."),
		rule(CodeSize, ent.SeverityError, ours, "Trop d'éléments : {max} au plus.", "Too many elements: {max} at the most."),
		rule(CodeDocument, ent.SeverityError, ours, "Le document n'est pas lisible ({field}).", "The document is not readable ({field})."),
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

// unverified flags a result that rests on a rule which no text confirmed.
func unverified(rule string) ent.Issue { return issue(CodeUnverified, "$", ent.CodeOf("rule", rule)) }
