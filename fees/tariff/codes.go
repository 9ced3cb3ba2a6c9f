package tariff

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of what cannot be read.
const (
	CodeSize       ent.Code = "TAR-SIZE"
	CodeDepth      ent.Code = "TAR-DEPTH"
	CodeSyntax     ent.Code = "TAR-SYNTAX"
	CodeYAML       ent.Code = "TAR-YAML"
	CodeFormat     ent.Code = "TAR-FORMAT"
	CodeType       ent.Code = "TAR-TYPE"
	CodeKeyUnknown ent.Code = "TAR-KEY-UNKNOWN"
	CodeKeyNear    ent.Code = "TAR-KEY-NEAR"
	CodeKeyTwice   ent.Code = "TAR-KEY-TWICE"
	CodeMissingKey ent.Code = "TAR-KEY-MISSING"
	CodeNumber     ent.Code = "TAR-NUMBER"
	CodeWord       ent.Code = "TAR-WORD"
	CodeValue      ent.Code = "TAR-VALUE"
	CodeValueNear  ent.Code = "TAR-VALUE-NEAR"
	CodeDate       ent.Code = "TAR-DATE"
	CodeClock      ent.Code = "TAR-CLOCK"
	CodeSIRET      ent.Code = "TAR-SIRET"
)

// The codes of a sheet that cannot be compiled.
const (
	CodeNoSheet      ent.Code = "TAR-NO-SHEET"
	CodePeriod       ent.Code = "TAR-PERIOD"
	CodeSheetOverlap ent.Code = "TAR-SHEET-OVERLAP"
	CodeIDTwice      ent.Code = "TAR-ID-TWICE"
	CodeNothing      ent.Code = "TAR-NOTHING"
	CodeFormula      ent.Code = "TAR-FORMULA"
	CodeModifier     ent.Code = "TAR-MODIFIER"
	CodeBounds       ent.Code = "TAR-BOUNDS"
	CodeOrder        ent.Code = "TAR-ORDER"
	CodeColumns      ent.Code = "TAR-COLUMNS"
	CodeRounding     ent.Code = "TAR-ROUNDING"
	CodeDuration     ent.Code = "TAR-DURATION"
	CodeUnknownRef   ent.Code = "TAR-REFERENCE"
	CodeParameter    ent.Code = "TAR-PARAMETER"
	CodeNegative     ent.Code = "TAR-NEGATIVE"
)

// The codes of what a sheet should not say.
const (
	CodeNoSIRET        ent.Code = "TAR-SIRET-MISSING"
	CodeUndated        ent.Code = "TAR-UNDATED"
	CodeSheetGap       ent.Code = "TAR-SHEET-GAP"
	CodeGap            ent.Code = "TAR-GAP"
	CodeOverlap        ent.Code = "TAR-OVERLAP"
	CodeFirstBand      ent.Code = "TAR-FIRST-BAND"
	CodeLastBand       ent.Code = "TAR-LAST-BAND"
	CodeDecimals       ent.Code = "TAR-DECIMALS"
	CodeMonotone       ent.Code = "TAR-MONOTONE"
	CodeThreshold      ent.Code = "TAR-THRESHOLD"
	CodeCell           ent.Code = "TAR-CELL"
	CodeUnreachable    ent.Code = "TAR-UNREACHABLE"
	CodeIncomplete     ent.Code = "TAR-INCOMPLETE"
	CodeFiner          ent.Code = "TAR-FINER"
	CodeMissingPolicy  ent.Code = "TAR-MISSING-POLICY"
	CodeRetroactive    ent.Code = "TAR-RETROACTIVE"
	CodeCost           ent.Code = "TAR-COST"
	CodeChildrenAlone  ent.Code = "TAR-CHILDREN-ALONE"
	CodeSocialBands    ent.Code = "TAR-SOCIAL-BANDS"
	CodeSocialOne      ent.Code = "TAR-SOCIAL-ONE"
	CodeSocialAbove    ent.Code = "TAR-SOCIAL-ABOVE"
	CodeSocialCeiling  ent.Code = "TAR-SOCIAL-CEILING"
	CodeCase           ent.Code = "TAR-CASE"
	CodeCaseUndefined  ent.Code = "TAR-CASE-UNDEFINED"
	CodeCaseUnreadable ent.Code = "TAR-CASE-UNREADABLE"
)

// The codes of a use that has no price.
const (
	CodeUndefinedDate   ent.Code = "TAR-NO-DATE"
	CodeActivity        ent.Code = "TAR-NO-ACTIVITY"
	CodeUndefinedRule   ent.Code = "TAR-NO-RULE"
	CodeUndefinedBand   ent.Code = "TAR-NO-BAND"
	CodeAmbiguousBand   ent.Code = "TAR-TWO-BANDS"
	CodeUndefinedColumn ent.Code = "TAR-NO-COLUMN"
	CodeUndefinedCell   ent.Code = "TAR-NO-CELL"
	CodeCriterion       ent.Code = "TAR-NO-CRITERION"
	CodeQuotientMissing ent.Code = "TAR-NO-QUOTIENT"
	CodeQuotientKind    ent.Code = "TAR-QUOTIENT-KIND"
	CodeQuantity        ent.Code = "TAR-QUANTITY"
	CodeOverflow        ent.Code = "TAR-OVERFLOW"
	CodeOwner           ent.Code = "TAR-OWNER"
	CodePopulation      ent.Code = "TAR-POPULATION"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours     = "Cartable"
		practice = "published tariff sheets of communes"
		cost     = "code de l'éducation, R.531-52 and R.531-53; loi 98-657, art. 147"
		children = "loi 98-657, art. 147; legal note ATD31"
		backward = "a deliberation never applies backwards; legal note ATD31"
		social   = "cantine à 1 €, conditions of the State's aid (solidarites.gouv.fr, asp.gouv.fr)"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	bad := func(code ent.Code, fr, en string) ent.Rule { return rule(code, ent.SeverityError, ours, fr, en) }
	return ent.NewCatalog(
		rule(CodeSize, ent.SeverityFatal, ours, "Le document dépasse {limit} octets.", "The document is larger than {limit} bytes."),
		rule(CodeDepth, ent.SeverityFatal, ours, "Le document est imbriqué sur plus de {limit} niveaux.", "The document is nested deeper than {limit} levels."),
		rule(CodeSyntax, ent.SeverityFatal, ours, "Le document n'est ni du JSON ni du YAML lisible, ou en contient plusieurs.", "The document is neither readable JSON nor YAML, or there are several of them."),
		bad(CodeYAML, "Les ancres, alias, étiquettes et fusions de YAML ne sont pas acceptés.", "Anchors, aliases, tags and merges of YAML are not accepted."),
		rule(CodeFormat, ent.SeverityFatal, ours, "Le document doit porter format: {format}.", "The document must say format: {format}."),
		bad(CodeType, "La valeur n'est pas du bon type : {want} attendu.", "The value is of the wrong type: {want} is wanted."),
		bad(CodeKeyUnknown, "La clé {key} n'existe pas.", "There is no key {key}."),
		bad(CodeKeyNear, "La clé {key} n'existe pas. Peut-être {near} ?", "There is no key {key}. Perhaps {near}?"),
		bad(CodeKeyTwice, "La clé {key} est écrite deux fois.", "The key {key} stands twice."),
		bad(CodeMissingKey, "La clé {key} manque.", "The key {key} is missing."),
		bad(CodeNumber, "Ce n'est pas un nombre accepté : moins d'un milliard, huit décimales au plus (six pour un quotient), sans exposant.", "This is not a number that is accepted: less than a billion, eight decimals at the most (six for a quotient), no exponent."),
		bad(CodeWord, "Le texte est trop long, ou n'est pas un mot fait de lettres, de chiffres et de tirets.", "The text is too long, or not a word of letters, digits and dashes."),
		bad(CodeValue, "La valeur {value} n'existe pas.", "There is no value {value}."),
		bad(CodeValueNear, "La valeur {value} n'existe pas. Peut-être {near} ?", "There is no value {value}. Perhaps {near}?"),
		bad(CodeDate, "Ce n'est pas une date AAAA-MM-JJ.", "This is not a date YYYY-MM-DD."),
		bad(CodeClock, "Ce n'est pas une heure HH:MM, ou un intervalle HH:MM-HH:MM.", "This is not a time HH:MM, or an interval HH:MM-HH:MM."),
		bad(CodeSIRET, "Le SIRET n'est pas valable.", "The SIRET is not valid."),

		bad(CodeNoSheet, "Il n'y a aucun tarif.", "There is no tariff."),
		bad(CodePeriod, "La période finit avant de commencer.", "The period ends before it begins."),
		rule(CodeSheetOverlap, ent.SeverityError, practice, "Deux tarifs de l'activité {activity} valent le {date}.", "Two tariffs of activity {activity} hold on {date}."),
		bad(CodeIDTwice, "L'identifiant {id} est donné deux fois.", "The identifier {id} is given twice."),
		bad(CodeNothing, "La liste ({field}) est vide.", "The list ({field}) is empty."),
		bad(CodeFormula, "Il faut un prix, et un seul : price, bands, linear, effort, share ou psu.", "One price is wanted, and only one: price, bands, linear, effort, share or psu."),
		bad(CodeModifier, "Il faut un changement, et un seul : add, multiply, percent, replace, min ou max.", "One change is wanted, and only one: add, multiply, percent, replace, min or max."),
		bad(CodeBounds, "Les bornes ne vont pas ensemble.", "The bounds do not fit."),
		bad(CodeOrder, "Les bornes ne vont pas en croissant.", "The bounds do not increase."),
		bad(CodeColumns, "La ligne doit avoir {want} prix et en a {count}.", "The row should have {want} prices and has {count}."),
		bad(CodeRounding, "L'arrondi n'est pas complet : un pas supérieur à zéro, un mode, un point.", "The rounding is not complete: a step above zero, a mode, a point."),
		bad(CodeDuration, "La durée n'est pas valable ({field}).", "The duration is not valid ({field})."),
		bad(CodeUnknownRef, "L'activité {activity} n'est pas dans le tarif.", "Activity {activity} is not in the tariff."),
		bad(CodeParameter, "La valeur ({field}) n'est pas valable ici.", "The value ({field}) is not valid here."),
		bad(CodeNegative, "Le montant est négatif.", "The amount is negative."),

		rule(CodeNoSIRET, ent.SeverityWarning, ours, "L'organisateur n'a pas de SIRET.", "The organiser has no SIRET."),
		rule(CodeUndated, ent.SeverityWarning, practice, "Le tarif n'a pas de première date : il vaut pour tous les jours.", "The tariff has no first date: it holds for every day."),
		rule(CodeSheetGap, ent.SeverityWarning, practice, "Aucun tarif de l'activité {activity} ne vaut du {from} au {to}.", "No tariff of activity {activity} holds from {from} to {to}."),
		rule(CodeGap, ent.SeverityError, practice, "Les quotients de {from} à {to} ne sont dans aucune tranche.", "Quotients from {from} to {to} are in no band."),
		rule(CodeOverlap, ent.SeverityError, practice, "Les quotients de {from} à {to} sont dans deux tranches.", "Quotients from {from} to {to} are in two bands."),
		rule(CodeFirstBand, ent.SeverityError, practice, "La première tranche ne va pas jusqu'à 0 : elle commence à {from}.", "The first band does not reach 0: it begins at {from}."),
		rule(CodeLastBand, ent.SeverityError, practice, "La dernière tranche est fermée : rien à partir de {from}.", "The last band is closed: nothing from {from}."),
		rule(CodeDecimals, ent.SeverityWarning, practice, "Un quotient à décimales entre {from} et {to} n'a pas de tranche : choisir decimals.", "A quotient with decimals between {from} and {to} has no band: choose decimals."),
		rule(CodeMonotone, ent.SeverityWarning, practice, "Un quotient plus élevé paie moins, à partir de {from}. Si c'est voulu : mayDecrease.", "A higher quotient pays less, from {from} on. If it is on purpose: mayDecrease."),
		rule(CodeThreshold, ent.SeverityInfo, "complaints about threshold effects, such as Voreppe 2024", "Effet de seuil : le prix est multiplié par {times} au quotient {from}.", "Threshold effect: the price is multiplied by {times} at quotient {from}."),
		rule(CodeCell, ent.SeverityError, practice, "La case de la colonne {column} est vide.", "The cell of column {column} is empty."),
		rule(CodeUnreachable, ent.SeverityWarning, ours, "Cet élément ne sert jamais : un élément placé avant lui prend tous ses cas.", "This element is never used: one before it takes all its cases."),
		rule(CodeIncomplete, ent.SeverityWarning, ours, "Aucune règle sans condition : un cas que les autres ne prévoient pas n'a pas de prix.", "No rule without condition: a case that the others do not foresee has no price."),
		rule(CodeFiner, ent.SeverityWarning, ours, "Le prix est plus fin que le pas de l'arrondi.", "The price is finer than the step of the rounding."),
		rule(CodeMissingPolicy, ent.SeverityError, ours, "Un quotient manquant doit coûter autre chose que la tranche la plus haute, et rien ne dit quoi : il faut un élément dont la condition est quotient: missing: true.", "A missing quotient should cost something else than the highest band, and nothing says what: an element whose condition is quotient: missing: true is wanted."),
		rule(CodeRetroactive, ent.SeverityError, backward, "Le tarif s'applique avant la délibération du {date}.", "The tariff applies before the decision of {date}."),
		rule(CodeCost, ent.SeverityError, cost, "Le prix {price} dépasse le coût par usager {cost}.", "The price {price} exceeds the cost of a user {cost}."),
		rule(CodeChildrenAlone, ent.SeverityWarning, children, "Le nombre d'enfants change le prix sans les revenus : ce n'est pas une différence objective à elle seule.", "The number of children changes the price without income: it is no objective difference by itself."),
		rule(CodeSocialBands, ent.SeverityError, social, "Cantine à 1 € : il faut au moins trois tranches de revenus.", "Cantine à 1 €: at least three bands of income are wanted."),
		rule(CodeSocialOne, ent.SeverityError, social, "Cantine à 1 € : il faut une tranche à 1 € ou moins.", "Cantine à 1 €: a band at 1 € or less is wanted."),
		rule(CodeSocialAbove, ent.SeverityError, social, "Cantine à 1 € : il faut une tranche à plus de 1 €.", "Cantine à 1 €: a band above 1 € is wanted."),
		rule(CodeSocialCeiling, ent.SeverityError, social, "Cantine à 1 € : une tranche à 1 € ou moins dépasse le quotient 1000.", "Cantine à 1 €: a band at 1 € or less goes beyond quotient 1000."),
		rule(CodeCase, ent.SeverityError, ours, "L'exemple attend {want} et le tarif donne {got}.", "The case expects {want} and the tariff gives {got}."),
		rule(CodeCaseUndefined, ent.SeverityError, ours, "L'exemple n'a pas le résultat attendu : {code}.", "The case does not have the result expected: {code}."),
		bad(CodeCaseUnreadable, "L'exemple n'est pas complet : un prix ou undefined, et l'un des deux seulement.", "The case is not complete: a price or undefined, and only one of them."),

		bad(CodeUndefinedDate, "Aucun tarif ne vaut le {date}.", "No tariff holds on {date}."),
		bad(CodeActivity, "L'activité {activity} n'a pas de tarif le {date}.", "Activity {activity} has no tariff on {date}."),
		bad(CodeUndefinedRule, "Le tarif ne prévoit pas ce cas : aucune règle ne s'applique.", "The tariff does not foresee this case: no rule applies."),
		bad(CodeUndefinedBand, "Le tarif n'a pas de prix pour un quotient entre {from} et {to}.", "The tariff has no price for a quotient between {from} and {to}."),
		bad(CodeAmbiguousBand, "Le tarif a deux prix pour un quotient entre {from} et {to}.", "The tariff has two prices for a quotient between {from} and {to}."),
		bad(CodeUndefinedColumn, "Le tarif ne prévoit pas ce cas : aucune colonne ne s'applique.", "The tariff does not foresee this case: no column applies."),
		bad(CodeUndefinedCell, "La case du tarif est vide.", "The cell of the tariff is empty."),
		bad(CodeCriterion, "Le tarif demande un critère que la prestation ne donne pas : {criterion}.", "The tariff asks for a criterion that the use does not give: {criterion}."),
		bad(CodeQuotientMissing, "Le quotient manque, et le tarif ne dit pas ce que paie une famille sans quotient.", "The quotient is missing, and the tariff does not say what a family without one pays."),
		bad(CodeQuotientKind, "Le tarif n'accepte pas un quotient de nature {kind}.", "The tariff does not accept a quotient of kind {kind}."),
		bad(CodeQuantity, "La quantité ou le nombre de personnes n'est pas valable.", "The quantity or the number of persons is not valid."),
		bad(CodeOverflow, "Le montant est trop grand.", "The amount is too great."),
		bad(CodeOwner, "Une explication appartient à la personne qui paie, qui manque.", "An explanation belongs to the person who pays, who is missing."),
		bad(CodePopulation, "La population n'est pas valable ({field}).", "The population is not valid ({field})."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
