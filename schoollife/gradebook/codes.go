package gradebook

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodePolicy    ent.Code = "GRB-POLICY"
	CodeRounding  ent.Code = "GRB-ROUNDING"
	CodeTwice     ent.Code = "GRB-TWICE"
	CodeNoID      ent.Code = "GRB-NO-ID"
	CodeUnknown   ent.Code = "GRB-UNKNOWN"
	CodeCycle     ent.Code = "GRB-CYCLE"
	CodeNumber    ent.Code = "GRB-NUMBER"
	CodeScale     ent.Code = "GRB-SCALE"
	CodeRule      ent.Code = "GRB-RULE"
	CodePeriod    ent.Code = "GRB-PERIOD"
	CodeMember    ent.Code = "GRB-MEMBER"
	CodeMarkTwice ent.Code = "GRB-MARK-TWICE"

	CodeEntry      ent.Code = "GRB-ENTRY"
	CodeNegative   ent.Code = "GRB-NEGATIVE"
	CodePrecision  ent.Code = "GRB-PRECISION"
	CodeAboveScale ent.Code = "GRB-ABOVE-SCALE"
	CodeStatus     ent.Code = "GRB-STATUS"
	CodeNotMember  ent.Code = "GRB-NOT-MEMBER"
	CodeFollowed   ent.Code = "GRB-MARK-FOLLOWED"
	CodeNoWeight   ent.Code = "GRB-NO-WEIGHT"

	CodeNoFigure ent.Code = "GRB-NO-FIGURE"
	CodeLimit    ent.Code = "GRB-LIMIT"

	CodeFixed      ent.Code = "GRB-FIXED"
	CodeScaleMarks ent.Code = "GRB-SCALE-MARKS"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog { return ent.NewCatalog(append(rulesOf(), workRules()...)...) })

func rulesOf() []ent.Rule {
	const (
		page  = "usage of the French gradebooks: Gepi, OPEN ENT, PRONOTE, SACoche"
		house = "Cartable: nothing is lost in silence"
	)
	return []ent.Rule{
		{
			Code: CodePolicy, Severity: ent.SeverityFatal, Source: page,
			FR: "La règle de calcul n'est pas connue, ou un de ses nombres est hors limites.",
			EN: "The rule of computation is not known, or one of its numbers is out of bounds.",
		},
		{
			Code: CodeRounding, Severity: ent.SeverityFatal, Source: page,
			FR: "L'arrondi n'existe pas : le pas doit être positif et le mode connu.", EN: "There is no such rounding: the step must be positive and the mode known.",
		},
		{
			Code: CodeTwice, Severity: ent.SeverityError, Source: house,
			FR: "L'identifiant {id} est donné deux fois : seul le premier compte.", EN: "The identifier {id} is given twice: only the first counts.",
		},
		{Code: CodeNoID, Severity: ent.SeverityError, Source: house, FR: "L'identifiant manque.", EN: "The identifier is missing."},
		{
			Code: CodeUnknown, Severity: ent.SeverityError, Source: house,
			FR: "{field} : {id} n'est pas connu.", EN: "{field}: {id} is not known.",
		},
		{
			Code: CodeCycle, Severity: ent.SeverityError, Source: house,
			FR: "La boîte {id} se contient elle-même, ou en contient trop.", EN: "The container {id} holds itself, or too many levels.",
		},
		{
			Code: CodeNumber, Severity: ent.SeverityError, Source: page,
			FR: "{field} : le nombre doit être positif ou nul, inférieur à un million, avec quatre décimales au plus.",
			EN: "{field}: the number must be 0 or more, less than a million, with four decimals at the most.",
		},
		{
			Code: CodeScale, Severity: ent.SeverityError, Source: page,
			FR: "Le barème doit être supérieur à zéro.", EN: "The scale must be greater than zero.",
		},
		{
			Code: CodeRule, Severity: ent.SeverityError, Source: page,
			FR: "{field} : la règle {rule} n'est pas connue.", EN: "{field}: the rule {rule} is not known.",
		},
		{
			Code: CodePeriod, Severity: ent.SeverityError, Source: house,
			FR: "La période finit avant de commencer, ou son numéro n'existe pas.", EN: "The period ends before it begins, or its number does not exist.",
		},
		{
			Code: CodeMember, Severity: ent.SeverityError, Source: house,
			FR: "L'élève aurait quitté la classe ou le groupe avant d'y entrer.", EN: "The pupil would have left the class or group before entering it.",
		},
		{
			Code: CodeMarkTwice, Severity: ent.SeverityError, Source: house,
			FR: "L'élève a déjà une note à l'évaluation {assessment} : seule la première compte.",
			EN: "The pupil has a mark at the assessment {assessment} already: only the first counts.",
		},
		{
			Code: CodeEntry, Severity: ent.SeverityError, Source: page,
			FR: "La saisie n'est ni un nombre ni un statut connu (Abs, Disp, N.Not, Inap, N.Rdu, Abs0, N.Rdu0, Félic).",
			EN: "What was typed is neither a number nor a known status (Abs, Ex, NM, Unfit, NHI, Abs0, NHI0, Congr).",
		},
		{Code: CodeNegative, Severity: ent.SeverityError, Source: page, FR: "Une note ne peut pas être négative.", EN: "A mark cannot be negative."},
		{
			Code: CodePrecision, Severity: ent.SeverityError, Source: page,
			FR: "La note doit être inférieure à un million, avec quatre décimales au plus.",
			EN: "The mark must be less than a million, with four decimals at the most.",
		},
		{
			Code: CodeAboveScale, Severity: ent.SeverityError, Source: page,
			FR: "{assessment} : la note dépasse le barème ({scale}).", EN: "{assessment}: the mark is above the scale ({scale}).",
		},
		{
			Code: CodeStatus, Severity: ent.SeverityWarning, Source: page,
			FR: "Le statut {status} n'est pas connu : il ne compte pas.", EN: "The status {status} is not known: it does not count.",
		},
		{
			Code: CodeNotMember, Severity: ent.SeverityWarning, Source: page,
			FR: "L'élève n'était pas dans la classe ou le groupe à la date de l'évaluation {assessment} ; la note compte.",
			EN: "The pupil was not in the class or group on the day of the assessment {assessment}; the mark counts.",
		},
		{
			Code: CodeFollowed, Severity: ent.SeverityInfo, Source: page,
			FR: "L'élève a changé de classe : la note de l'évaluation {assessment} compte dans {teaching}.",
			EN: "The pupil changed class: the mark of the assessment {assessment} counts in {teaching}.",
		},
		{
			Code: CodeNoWeight, Severity: ent.SeverityWarning, Source: page,
			FR: "Toutes les évaluations notées de {teaching} ont un coefficient nul sur la période {period} : pas de moyenne.",
			EN: "All assessments of {teaching} with marks have the coefficient 0 in the period {period}: there is no average.",
		},
		{
			Code: CodeFixed, Severity: ent.SeverityError, Source: house,
			FR: "{field} : ne change pas une fois l'évaluation créée.", EN: "{field}: does not change once the assessment exists.",
		},
		{
			Code: CodeScaleMarks, Severity: ent.SeverityError, Source: page,
			FR: "Le barème {scale} est inférieur à {count} notes déjà saisies : rien n'est changé.",
			EN: "The scale {scale} is less than {count} marks already entered: nothing is changed.",
		},
		{Code: CodeNoFigure, Severity: ent.SeverityError, Source: house, FR: "Il n'y a pas de tel chiffre.", EN: "There is no such figure."},
		{
			Code: CodeLimit, Severity: ent.SeverityFatal, Source: house,
			FR: "Il y a trop de {field} : {count} au plus.", EN: "There are too many {field}: {count} at the most.",
		},
	}
}
