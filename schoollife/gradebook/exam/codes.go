package exam

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeYear      ent.Code = "EXAM-YEAR"
	CodeSeries    ent.Code = "EXAM-SERIES"
	CodeRule      ent.Code = "EXAM-RULE"
	CodeNumber    ent.Code = "EXAM-NUMBER"
	CodeMissing   ent.Code = "EXAM-MISSING"
	CodeUnknown   ent.Code = "EXAM-UNKNOWN"
	CodeTwice     ent.Code = "EXAM-TWICE"
	CodePending   ent.Code = "EXAM-PENDING"
	CodeCouncil   ent.Code = "EXAM-COUNCIL"
	CodePeriod    ent.Code = "EXAM-PERIOD"
	CodeLevel     ent.Code = "EXAM-LEVEL"
	CodeNotUsed   ent.Code = "EXAM-NOT-USED"
	CodeCandidate ent.Code = "EXAM-CANDIDATE"
	CodeOptions   ent.Code = "EXAM-OPTIONS"
	CodeBest      ent.Code = "EXAM-OPTION-BEST"
	CodeControl   ent.Code = "EXAM-CONTROL"
	CodeEdge      ent.Code = "EXAM-EDGE"
	CodeReading   ent.Code = "EXAM-READING-DECIDES"
	CodeOwner     ent.Code = "EXAM-OWNER"
	CodeSize      ent.Code = "EXAM-SIZE"
)

// The codes of what no text confirmed. Each rule lists those it rests on in Unverified; whoever has checked one with the
// text takes it off the list, and results no longer say it.
const (
	CodeUnverifiedThresholds ent.Code = "EXAM-UNVERIFIED-THRESHOLDS"
	CodeUnverifiedBonus      ent.Code = "EXAM-UNVERIFIED-BONUS"
	CodeUnverifiedRounding   ent.Code = "EXAM-UNVERIFIED-ROUNDING"
	CodeUnverifiedWeights    ent.Code = "EXAM-UNVERIFIED-WEIGHTS"
	CodeUnverifiedSciences   ent.Code = "EXAM-UNVERIFIED-SCIENCES"
	CodeUnverifiedPending    ent.Code = "EXAM-UNVERIFIED-PENDING"
	CodeUnverifiedIndividual ent.Code = "EXAM-UNVERIFIED-INDIVIDUAL"
	CodeUnverifiedDispensed  ent.Code = "EXAM-UNVERIFIED-DISPENSED"
	CodeUnverifiedControl    ent.Code = "EXAM-UNVERIFIED-CONTROL"
	CodeUnverifiedYear       ent.Code = "EXAM-UNVERIFIED-YEAR"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours   = "Cartable"
		dnb    = "arrêté of 31 December 2015 as amended, note de service of 2 September 2025"
		bac    = "eduscol, contrôle continu of the baccalauréat, September 2025"
		memory = "no text read: from memory"
		single = "one source only"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeYear, ent.SeverityError, ours, "Les règles de la session {year} ne sont pas connues.", "The rules of the {year} session are not known."),
		rule(CodeSeries, ent.SeverityError, bac, "La série n'est pas connue.", "The series is not known."),
		rule(CodeRule, ent.SeverityError, ours, "La règle n'est pas valable ({field}).", "The rule is not valid ({field})."),
		rule(CodeNumber, ent.SeverityError, ours, "La note est hors de son barème ou a trop de décimales.", "The mark is out of its scale or has too many decimals."),
		rule(CodeMissing, ent.SeverityError, ours, "{code} manque : pas de résultat. Une note absente n'est pas un zéro.", "{code} is missing: no result. A missing mark is not a zero."),
		rule(CodeUnknown, ent.SeverityError, ours, "{code} n'est pas une épreuve ou une composante de cet examen.", "{code} is not a paper or a component of this examination."),
		rule(CodeTwice, ent.SeverityError, ours, "{code} est donné deux fois, ou de deux façons.", "{code} is given twice, or in two ways."),
		rule(CodePending, ent.SeverityError, dnb, "{code} : une moyenne est « En attente », le conseil de classe doit statuer.", "{code}: an average is pending (« En attente »), the class council has to decide."),
		rule(CodeCouncil, ent.SeverityInfo, dnb, "{code} : moyenne annuelle fixée par le conseil de classe.", "{code}: annual average set by the class council."),
		rule(CodePeriod, ent.SeverityWarning, dnb, "{code} : une période n'a pas de moyenne, celle des autres est prise.", "{code}: a period has no average, that of the others is taken."),
		rule(CodeLevel, ent.SeverityError, dnb, "{code} : le niveau n'est pas de 0 (dispensé) à 4.", "{code}: the level is not from 0 (dispensed) to 4."),
		rule(CodeNotUsed, ent.SeverityWarning, ours, "Donnée sans effet pour cette session ou ce candidat ({field}).", "Datum without effect for this session or candidate ({field})."),
		rule(CodeCandidate, ent.SeverityError, ours, "La règle des candidats de cette sorte n'est pas connue pour cette session.", "The rule for candidates of this kind is not known for this session."),
		rule(CodeOptions, ent.SeverityError, bac, "Les options pèsent {weight}, plus que {max} : dire lesquelles comptent.", "Options weigh {weight}, more than {max}: say which count."),
		rule(CodeBest, ent.SeverityInfo, dnb, "Un seul enseignement facultatif compte : le meilleur est pris.", "One optional subject counts: the best is taken."),
		rule(CodeControl, ent.SeverityError, memory, "{code} ne peut pas être repassé au second groupe, ou plus de deux épreuves le sont.", "{code} cannot be taken again in the second group, or more than two papers are."),
		rule(CodeEdge, ent.SeverityWarning, ours, "La note publiée, arrondie, atteint un seuil que la note exacte n'atteint pas : la décision suit la note exacte.", "The published mark, rounded, reaches a threshold that the exact mark does not: the decision follows the exact mark."),
		rule(CodeReading, ent.SeverityWarning, ours, "L'autre lecture des points facultatifs changerait la décision ou la mention.", "The other reading of optional points would change the decision or the mention."),
		rule(CodeOwner, ent.SeverityError, ours, "Une explication appartient à une personne, qui manque.", "An explanation belongs to a person, who is missing."),
		rule(CodeSize, ent.SeverityError, ours, "Trop d'éléments : {max} au plus.", "Too many elements: {max} at the most."),

		rule(CodeUnverifiedThresholds, ent.SeverityInfo, memory, "À vérifier : les seuils d'admission et de mention.", "To be checked: the thresholds of passing and of mentions."),
		rule(CodeUnverifiedBonus, ent.SeverityWarning, "academic pages, which are ambiguous", "À vérifier : les points facultatifs s'ajoutent au total des moyennes ou à leur moyenne.", "To be checked: optional points are added to the total of the averages or to their mean."),
		rule(CodeUnverifiedRounding, ent.SeverityInfo, "not found", "À vérifier : aucun arrondi n'a été trouvé dans les textes, les seuils sont comparés à la note exacte.", "To be checked: no rounding was found in the texts, thresholds are compared with the exact mark."),
		rule(CodeUnverifiedWeights, ent.SeverityInfo, single, "À vérifier : les coefficients des épreuves.", "To be checked: the weights of the papers."),
		rule(CodeUnverifiedSciences, ent.SeverityInfo, single, "À vérifier : l'épreuve de sciences porte sur deux disciplines sur trois et donne une note.", "To be checked: the paper of sciences bears on two disciplines of three and gives one mark."),
		rule(CodeUnverifiedPending, ent.SeverityInfo, single, "À vérifier : la procédure « En attente ».", "To be checked: the « En attente » procedure."),
		rule(CodeUnverifiedIndividual, ent.SeverityWarning, single, "À vérifier : les épreuves et coefficients des candidats individuels.", "To be checked: the papers and weights of individual candidates."),
		rule(CodeUnverifiedDispensed, ent.SeverityWarning, memory, "À vérifier : une dispense retire la note et son coefficient.", "To be checked: a dispensation takes the mark and its weight away."),
		rule(CodeUnverifiedControl, ent.SeverityWarning, memory, "À vérifier : le second groupe (deux épreuves au plus, la meilleure note gardée, pas de mention).", "To be checked: the second group (two papers at the most, the best mark kept, no mention)."),
		rule(CodeUnverifiedYear, ent.SeverityInfo, ours, "À vérifier : les règles sont celles de la dernière session connue ({year}).", "To be checked: the rules are those of the last session known ({year})."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

// issue returns an issue about a datum named by its path.
func issue(code ent.Code, path string, params ...ent.Param) ent.Issue {
	return catalog().New(code, ent.Pos{}, path, params...)
}

// codeIssue returns an issue whose text names a paper, a subject or a component.
func codeIssue(code ent.Code, path, of string) ent.Issue {
	return issue(code, path, ent.CodeOf("code", of))
}

// fieldIssue returns an issue whose text names a field.
func fieldIssue(code ent.Code, path string, field ent.Field) ent.Issue {
	return issue(code, path, ent.FieldOf("field", field))
}
