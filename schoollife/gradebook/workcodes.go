package gradebook

import "github.com/opencartable/cartable/ent"

// The codes of what is written and read through a [Service].
const (
	CodeLocked    ent.Code = "GRB-LOCKED"
	CodeWindow    ent.Code = "GRB-WINDOW"
	CodeNotOpened ent.Code = "GRB-NOT-OPENED"
	CodeTerm      ent.Code = "GRB-TERM"
	CodeConflict  ent.Code = "GRB-CONFLICT"
	CodeStale     ent.Code = "GRB-STALE"
	CodeKey       ent.Code = "GRB-KEY"
	CodeLong      ent.Code = "GRB-LONG"
	CodeText      ent.Code = "GRB-TEXT"
	CodePosition  ent.Code = "GRB-POSITION"
	CodeLeft      ent.Code = "GRB-LEFT"
	CodeSize      ent.Code = "GRB-SIZE"
	CodeStore     ent.Code = "GRB-STORE"
	CodeNotPublic ent.Code = "GRB-NOT-PUBLISHED"
)

func workRules() []ent.Rule {
	const (
		page  = "usage of the French gradebooks: Gepi (verrouillage), OPEN ENT, PRONOTE"
		house = "Cartable: nothing is lost in silence"
	)
	return []ent.Rule{
		{
			Code: CodeLocked, Severity: ent.SeverityError, Source: page,
			FR: "La période {period} est verrouillée pour la classe {class} : lecture seule.", EN: "The period {period} is locked for the class {class}: read-only.",
		},
		{
			Code: CodeWindow, Severity: ent.SeverityError, Source: page,
			FR: "La saisie n'est pas ouverte ce jour pour la classe {class} et la période {period}.",
			EN: "Entry is not open today for the class {class} and the period {period}.",
		},
		{
			Code: CodeNotOpened, Severity: ent.SeverityError, Source: page,
			FR: "La période {period} n'a pas été ouverte pour la classe {class}.", EN: "The period {period} was not opened for the class {class}.",
		},
		{
			Code: CodeTerm, Severity: ent.SeverityError, Source: house,
			FR: "La période de la classe est incomplète, ou ses dates se contredisent.", EN: "The period of the class is incomplete, or its dates contradict each other.",
		},
		{
			Code: CodeConflict, Severity: ent.SeverityError, Source: house,
			FR: "Quelqu'un d'autre a écrit entre-temps : rien n'est écrasé, les deux valeurs sont à comparer.",
			EN: "Somebody else wrote meanwhile: nothing is overwritten, both values are to be compared.",
		},
		{
			Code: CodeStale, Severity: ent.SeverityError, Source: house,
			FR: "La période a changé d'état pendant l'enregistrement : il est à recommencer.", EN: "The period changed its state during the saving: it is to be tried again.",
		},
		{
			Code: CodeKey, Severity: ent.SeverityError, Source: house,
			FR: "Ce qui est à écrire n'est pas désigné comme son genre le demande.", EN: "What is to be written is not named as its kind asks.",
		},
		{
			Code: CodeLong, Severity: ent.SeverityError, Source: "LSU import schema: limits of texts, counted in UTF-16 units",
			FR: "Le texte dépasse {count} caractères : il n'est pas coupé, il est refusé.", EN: "The text is longer than {count} characters: it is not cut but refused.",
		},
		{
			Code: CodeText, Severity: ent.SeverityInfo, Source: "XML 1.0, section 2.2; usage of the LSU exports",
			FR: "Des caractères de contrôle ou des fins de ligne ont été remplacés ({count}).", EN: "Control characters or line ends were replaced ({count}).",
		},
		{
			Code: CodePosition, Severity: ent.SeverityError, Source: "LSU: positionnement 1 to 4",
			FR: "Le positionnement va de 1 à 4.", EN: "A position goes from 1 to 4.",
		},
		{
			Code: CodeLeft, Severity: ent.SeverityError, Source: page,
			FR: "L'élève n'est pas, ou n'est plus, dans la classe ou le groupe à cette date.", EN: "The pupil is not, or no longer, in the class or group on that day.",
		},
		{
			Code: CodeSize, Severity: ent.SeverityError, Source: house,
			FR: "Trop d'éléments à la fois : {count} au plus.", EN: "Too much at once: {count} at the most.",
		},
		{Code: CodeStore, Severity: ent.SeverityFatal, Source: house, FR: "Ce qui est conservé ne se lit pas.", EN: "What is kept cannot be read."},
		{
			Code: CodeNotPublic, Severity: ent.SeverityInfo, Source: page,
			FR: "La période {period} n'est pas encore publiée.", EN: "The period {period} is not published yet.",
		},
	}
}
