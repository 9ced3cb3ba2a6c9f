package lsu

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package. Those of the schema tell its rule: see [SchemaRule].
const (
	CodeRoot             ent.Code = "LSU-ROOT"
	CodeUnexpected       ent.Code = "LSU-ELEMENT-UNEXPECTED"
	CodeMissing          ent.Code = "LSU-ELEMENT-MISSING"
	CodeExtra            ent.Code = "LSU-ELEMENT-EXTRA"
	CodeTooMany          ent.Code = "LSU-ELEMENT-TOO-MANY"
	CodeOneShort         ent.Code = "LSU-ELEMENT-ONE-SHORT"
	CodeManyShort        ent.Code = "LSU-ELEMENT-MANY-SHORT"
	CodeOneShortBefore   ent.Code = "LSU-ELEMENT-ONE-SHORT-BEFORE"
	CodeManyShortBefore  ent.Code = "LSU-ELEMENT-MANY-SHORT-BEFORE"
	CodeText             ent.Code = "LSU-TEXT-UNEXPECTED"
	CodeChildOfText      ent.Code = "LSU-TEXT-CHILD"
	CodeAttributeMissing ent.Code = "LSU-ATTRIBUTE-MISSING"
	CodeAttributeUnknown ent.Code = "LSU-ATTRIBUTE-UNKNOWN"
	CodeDatatype         ent.Code = "LSU-VALUE-FORM"
	CodePattern          ent.Code = "LSU-VALUE-PATTERN"
	CodeLength           ent.Code = "LSU-VALUE-LENGTH"
	CodeMinLength        ent.Code = "LSU-VALUE-SHORT"
	CodeMaxLength        ent.Code = "LSU-VALUE-LONG"
	CodeEnumeration      ent.Code = "LSU-VALUE-LIST"
	CodeMinInclusive     ent.Code = "LSU-VALUE-LOW"
	CodeMaxInclusive     ent.Code = "LSU-VALUE-HIGH"
	CodeUnknownRef       ent.Code = "LSU-REFERENCE-UNKNOWN"
	CodeIDTwice          ent.Code = "LSU-ID-TWICE"
	CodeUnique           ent.Code = "LSU-KEY-TWICE"

	CodeReferenceKind ent.Code = "LSU-REFERENCE-KIND"
	CodeSyntax        ent.Code = "LSU-SYNTAX"
	CodeLimit         ent.Code = "LSU-LIMIT"
	CodeReadFailed    ent.Code = "LSU-READ"
	CodeUnreadable    ent.Code = "LSU-UNREADABLE"
	CodeNotKept       ent.Code = "LSU-NOT-KEPT"
	CodeMark          ent.Code = "LSU-MARK"

	CodeVersion       ent.Code = "LSU-VERSION"
	CodeUnverified    ent.Code = "LSU-VERSION-UNVERIFIED"
	CodeSchemaVersion ent.Code = "LSU-SCHEMA-VERSION"
	CodeBlocked       ent.Code = "LSU-BLOCKED"
	CodeNotInVersion  ent.Code = "LSU-NOT-IN-VERSION"
	CodeIllegalChar   ent.Code = "LSU-CHARACTER"
	CodeDerivedSTS    ent.Code = "LSU-STS-DERIVED"
	CodeLeftOut       ent.Code = "LSU-REPORT-LEFT-OUT"
	CodeNothing       ent.Code = "LSU-NOTHING"

	CodeSiecleID       ent.Code = "LSU-PUPIL-SIECLE"
	CodePupilINE       ent.Code = "LSU-PUPIL-INE"
	CodeSubjectCode    ent.Code = "LSU-DISCIPLINE-CODE"
	CodeInventedCode   ent.Code = "LSU-DISCIPLINE-INVENTED"
	CodeDisciplineKey  ent.Code = "LSU-DISCIPLINE-TWICE"
	CodeServiceTwice   ent.Code = "LSU-SERVICE-TWICE"
	CodeNoTeacher      ent.Code = "LSU-SERVICE-NO-TEACHER"
	CodeTeacherSTS     ent.Code = "LSU-TEACHER-STS"
	CodeNotAssessed    ent.Code = "LSU-RESULT-EMPTY"
	CodeMarkAndFlag    ent.Code = "LSU-RESULT-MARK-AND-FLAG"
	CodeAppreciation   ent.Code = "LSU-APPRECIATION-MISSING"
	CodeAppraisal      ent.Code = "LSU-APPRAISAL-MISSING"
	CodeCouncilDate    ent.Code = "LSU-COUNCIL-MISSING"
	CodeNoLock         ent.Code = "LSU-LOCK-MISSING"
	CodeCounters       ent.Code = "LSU-ABSENCES-MISSING"
	CodeCouncilEarly   ent.Code = "LSU-COUNCIL-EARLY"
	CodeProjectEPI     ent.Code = "LSU-EPI-INCOMPLETE"
	CodeTheme          ent.Code = "LSU-EPI-THEME"
	CodeProjectTeacher ent.Code = "LSU-EPI-TEACHER"
	CodeSocle          ent.Code = "LSU-SOCLE-INCOMPLETE"
	CodeMixedModes     ent.Code = "LSU-CLASS-MIXED"
	CodeClassMark      ent.Code = "LSU-CLASS-MARK"
	CodeSupportText    ent.Code = "LSU-SUPPORT-TEXT"
	CodeComplement     ent.Code = "LSU-COMPLEMENT-CYCLE"
	CodePeriodIndex    ent.Code = "LSU-PERIOD-INDEX"
	CodeMention        ent.Code = "LSU-MENTION"
	CodeUAI            ent.Code = "LSU-UAI"
	CodeGuardianName   ent.Code = "LSU-GUARDIAN-NAME"
	CodeAddress        ent.Code = "LSU-ADDRESS-INCOMPLETE"
	CodeGuardian       ent.Code = "LSU-GUARDIAN-INCOMPLETE"
	CodeBlankCommon    ent.Code = "LSU-COMMON-BLANK"
	CodeKeyTwice       ent.Code = "LSU-RECORD-TWICE"
)

// schemaRule is the rule of the schema behind a code, as the JDK's validator names it.
func schemaRule(c ent.Code) string {
	switch c {
	case CodeRoot:
		return "cvc-elt.1.a"
	case CodeUnexpected:
		return "cvc-complex-type.2.4.a"
	case CodeMissing:
		return "cvc-complex-type.2.4.b"
	case CodeExtra:
		return "cvc-complex-type.2.4.d"
	case CodeTooMany:
		return "cvc-complex-type.2.4.f"
	case CodeOneShortBefore:
		return "cvc-complex-type.2.4.g"
	case CodeManyShortBefore:
		return "cvc-complex-type.2.4.h"
	case CodeOneShort:
		return "cvc-complex-type.2.4.i"
	case CodeManyShort:
		return "cvc-complex-type.2.4.j"
	case CodeText:
		return "cvc-complex-type.2.3"
	case CodeChildOfText:
		return "cvc-type.3.1.2"
	case CodeAttributeMissing:
		return "cvc-complex-type.4"
	case CodeAttributeUnknown:
		return "cvc-complex-type.3.2.2"
	case CodeDatatype:
		return "cvc-datatype-valid.1.2.1"
	case CodePattern:
		return "cvc-pattern-valid"
	case CodeLength:
		return "cvc-length-valid"
	case CodeMinLength:
		return "cvc-minLength-valid"
	case CodeMaxLength:
		return "cvc-maxLength-valid"
	case CodeEnumeration:
		return "cvc-enumeration-valid"
	case CodeMinInclusive:
		return "cvc-minInclusive-valid"
	case CodeMaxInclusive:
		return "cvc-maxInclusive-valid"
	case CodeUnknownRef:
		return "cvc-id.1"
	case CodeIDTwice:
		return "cvc-id.2"
	case CodeUnique:
		return "cvc-identity-constraint.4.1"
	default:
		return ""
	}
}

// SchemaRule returns the rule of the XML schema that a code tells, such as "cvc-maxLength-valid", as the JDK's validator
// names it; "" for a code of another origin.
func SchemaRule(c ent.Code) string { return schemaRule(c) }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		xsd     = "LSU import schemas, judged as the JDK's validator does"
		pronote = "PRONOTE guide of LSU"
		peers   = "PRONOTE, Gepi and OPEN-ENT exports to LSU"
		gepi    = "Gepi export to LSU"
		house   = "Cartable"

		info, warning, refused, fatal = ent.SeverityInfo, ent.SeverityWarning, ent.SeverityError, ent.SeverityFatal
	)
	rule := func(c ent.Code, s ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: c, Severity: s, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeRoot, refused, xsd, "La racine n'est pas {field} dans l'espace de noms de l'import LSU.", "The root is not {field} in the namespace of the LSU import."),
		rule(CodeUnexpected, refused, xsd, "{field} n'est pas à sa place ou n'existe pas ici ; {expected} est attendu.", "{field} is out of place or unknown here; {expected} is expected."),
		rule(CodeMissing, refused, xsd, "Il manque {field}.", "{field} is missing."),
		rule(CodeExtra, refused, xsd, "{field} est de trop : plus rien n'est attendu ici.", "{field} is in excess: nothing more is expected here."),
		rule(CodeTooMany, refused, xsd, "Il y a plus de {max} {field}.", "There are more than {max} {field}."),
		rule(CodeOneShort, refused, xsd, "Il manque un {field} : il en faut {min}.", "One {field} is missing: {min} are needed."),
		rule(CodeManyShort, refused, xsd, "Il manque des {field} : il en faut {min}, il y en a {count}.", "Some {field} are missing: {min} are needed, there are {count}."),
		rule(CodeOneShortBefore, refused, xsd, "Un autre élément vient alors qu'il manque un {field} : il en faut {min}.", "Another element comes where one {field} is missing: {min} are needed."),
		rule(CodeManyShortBefore, refused, xsd, "Un autre élément vient alors qu'il manque des {field} : il en faut {min}, il y en a {count}.", "Another element comes where some {field} are missing: {min} are needed, there are {count}."),
		rule(CodeText, refused, xsd, "Il y a du texte dans {field}, qui ne contient que des éléments.", "There is text in {field}, which holds elements only."),
		rule(CodeChildOfText, refused, xsd, "Il y a un élément dans {field}, qui ne contient que du texte.", "There is an element in {field}, which holds text only."),
		rule(CodeAttributeMissing, refused, xsd, "{field} manque.", "{field} is missing."),
		rule(CodeAttributeUnknown, refused, xsd, "{field} n'existe pas dans cette version.", "{field} does not exist in this version."),
		rule(CodeDatatype, refused, xsd, "{field} n'est pas écrit comme il le faut (nombre, date, oui ou non, identifiant).", "{field} is not written as it must be (number, date, yes or no, identifier)."),
		rule(CodePattern, refused, xsd, "{field} n'a pas la forme demandée, ou est vide.", "{field} does not have the form wanted, or is empty."),
		rule(CodeLength, refused, xsd, "{field} a {count} caractères ; il en faut {limit}.", "{field} has {count} characters; {limit} are needed."),
		rule(CodeMinLength, refused, xsd, "{field} en a {count} ; il en faut {limit} au moins.", "{field} has {count}; at least {limit} are needed."),
		rule(CodeMaxLength, refused, xsd, "{field} a {count} caractères ; {limit} au plus sont acceptés.", "{field} has {count} characters; {limit} at most are accepted."),
		rule(CodeEnumeration, refused, xsd, "{field} n'est pas un code que cette version accepte.", "{field} is not a code that this version accepts."),
		rule(CodeMinInclusive, refused, xsd, "{field} est au-dessous de {limit}.", "{field} is below {limit}."),
		rule(CodeMaxInclusive, refused, xsd, "{field} est au-dessus de {limit}.", "{field} is above {limit}."),
		rule(CodeUnknownRef, refused, xsd, "{field} renvoie à un enregistrement qui n'existe pas.", "{field} refers to a record that does not exist."),
		rule(CodeIDTwice, refused, xsd, "{field} est déjà celui d'un autre enregistrement.", "{field} is already that of another record."),
		rule(CodeUnique, refused, xsd, "Deux enregistrements ont la même clé ({field}).", "Two records have the same key ({field})."),

		rule(CodeReferenceKind, refused, "XML Schema: IDREF says only that an id exists", "{field} renvoie à un enregistrement d'une autre nature.", "{field} refers to a record of another kind."),
		rule(CodeSyntax, fatal, "XML 1.0", "Le fichier n'est pas du XML bien formé.", "The file is not well-formed XML."),
		rule(CodeLimit, fatal, house, "Le fichier dépasse une limite de taille.", "The file exceeds a limit of size."),
		rule(CodeReadFailed, fatal, house, "Le fichier n'a pas pu être lu jusqu'au bout.", "The file could not be read to its end."),
		rule(CodeUnreadable, refused, house, "{field} n'a pas pu être lu : la valeur n'est pas reprise.", "{field} could not be read: the value is left out."),
		rule(CodeNotKept, info, house, "Cette donnée n'a pas de place : elle n'est pas reprise.", "This datum has no place: it is left out."),
		rule(CodeMark, refused, "LSU: MoyenneAlphanumerique", "La moyenne n'est pas une note sur 20 à deux décimales au plus.", "The mark is not one on 20 with two decimals at most."),

		rule(CodeVersion, fatal, house, "La version demandée n'est pas connue.", "The version asked for is not known."),
		rule(CodeUnverified, fatal, house, "Le schéma de cette version n'est pas public : il faut demander AllowUnverified.", "The schema of this version is not public: AllowUnverified must be asked for."),
		rule(CodeSchemaVersion, fatal, house, "Cette version n'accepte pas ce schemaVersion.", "This version does not accept this schemaVersion."),
		rule(CodeBlocked, fatal, house, "Rien n'est écrit : {count} problèmes bloquants.", "Nothing is written: {count} blocking problems."),
		rule(CodeNotInVersion, info, house, "Cette version n'a pas de place pour cette donnée.", "This version has no place for this datum."),
		rule(CodeIllegalChar, warning, "XML 1.0, 2.2", "{field} a des caractères que XML n'admet pas : {count} ont été retirés.", "{field} has characters that XML does not allow: {count} were removed."),
		rule(CodeDerivedSTS, info, "OPEN-ENT sends a random number instead", "L'enseignant n'a pas d'identifiant STS : un numéro stable en tient lieu.", "The teacher has no STS identifier: a stable number stands for it."),
		rule(CodeLeftOut, warning, peers, "Le bilan n'est pas dans le fichier, à cause des problèmes signalés.", "The report is not in the file, because of the problems told."),
		rule(CodeNothing, fatal, house, "Il ne reste aucun bilan à écrire.", "No report is left to write."),

		rule(CodeSiecleID, refused, peers, "L'élève n'a pas d'identifiant numérique SIECLE.", "The pupil has no numeric SIECLE identifier."),
		rule(CodePupilINE, warning, "RNIE", "L'INE de l'élève n'est pas valable.", "The INE of the pupil is not valid."),
		rule(CodeSubjectCode, refused, peers, "La discipline n'a pas de code national de 6 caractères.", "The discipline has no national code of 6 characters."),
		rule(CodeInventedCode, warning, "OPEN-ENT invents codes such as 000001", "Le code de la discipline a l'air inventé.", "The code of the discipline looks invented."),
		rule(CodeDisciplineKey, refused, peers, "Deux disciplines ont les mêmes code et modalité d'élection.", "Two disciplines have the same code and modalité d'élection."),
		rule(CodeServiceTwice, refused, peers, "L'élève a deux services de mêmes code et modalité d'élection.", "The pupil has two services of the same code and modalité d'élection."),
		rule(CodeNoTeacher, refused, gepi, "Le service n'a pas d'enseignant.", "The service has no teacher."),
		rule(CodeTeacherSTS, refused, gepi, "L'enseignant n'a pas d'identifiant STS.", "The teacher has no STS identifier."),
		rule(CodeNotAssessed, refused, peers, "Ni moyenne, ni positionnement, ni « non noté » dans une discipline.", "Neither mark, nor position, nor \"not marked\" in a discipline."),
		rule(CodeMarkAndFlag, warning, house, "L'élève a une moyenne et est dit non noté dans la même discipline.", "The pupil has a mark and is said not marked in the same discipline."),
		rule(CodeAppreciation, refused, peers, "L'appréciation manque dans une discipline.", "The appreciation is missing in a discipline."),
		rule(CodeAppraisal, refused, peers, "L'appréciation générale ou la synthèse manque.", "The general appraisal or the synthesis is missing."),
		rule(CodeCouncilDate, refused, peers, "La date du conseil de classe manque.", "The date of the class council is missing."),
		rule(CodeNoLock, info, pronote, "La date de verrouillage manque, ce que cette version admet.", "The lock date is missing, which this version accepts."),
		rule(CodeCounters, refused, peers, "Les nombres de retards ou d'absences manquent.", "The counts of late arrivals or absences are missing."),
		rule(CodeCouncilEarly, refused, gepi, "La date du conseil de classe est antérieure à la date de scolarité.", "The date of the class council is before the date of schooling."),
		rule(CodeProjectEPI, refused, peers, "L'EPI n'a pas d'intitulé, pas de thématique ou moins de deux disciplines.", "The EPI has no title, no theme or fewer than two disciplines."),
		rule(CodeTheme, refused, "LSU: Epi thematique", "La thématique de l'EPI n'est ni nationale ni déclarée.", "The theme of the EPI is neither national nor declared."),
		rule(CodeProjectTeacher, refused, peers, "Une discipline de l'EPI n'a pas d'enseignant dans le groupe.", "A discipline of the EPI has no teacher in the group."),
		rule(CodeSocle, refused, peers, "Le socle n'est pas complet : {count} composantes sur 8.", "The socle is not complete: {count} components of 8."),
		rule(CodeMixedModes, refused, pronote, "La classe {class} mêle moyennes et positionnements dans une période : LSU attend un seul mode.", "The class {class} mixes marks and positions in a period: LSU expects one mode."),
		rule(CodeClassMark, warning, pronote, "Une classe évaluée par positionnement n'envoie pas de moyenne de classe.", "A class assessed by positions sends no class average."),
		rule(CodeSupportText, warning, "LSU: ModaliteAccompagnement", "Un complément est donné à une modalité d'accompagnement qui n'en a pas.", "A complement is given to a support plan that has none."),
		rule(CodeComplement, warning, "lsun-nomenclatures 2.10", "L'enseignement de complément n'est utilisé qu'en fin de cycle 4.", "The enseignement de complément is for the end of cycle 4 only."),
		rule(CodeMention, warning, "LSU: acquis-conseils", "La mention du conseil n'a pas de libellé connu : elle n'est pas écrite.", "The mention of the council has no known words: it is not written."),
		rule(CodePeriodIndex, warning, "LSU: Periode", "L'indice de la période n'est pas entre 1 et le nombre de périodes.", "The index of the period is not between 1 and the number of periods."),
		rule(CodeUAI, warning, "répertoire national des établissements", "Le code UAI de l'établissement n'est pas valable.", "The UAI of the school is not valid."),
		rule(CodeGuardianName, warning, "OPEN-ENT drops a guardian without civility", "Un responsable n'a ni nom ni dénomination.", "A guardian has neither a name nor a denomination."),
		rule(CodeAddress, warning, "LSU: Adresse", "Une adresse n'a pas de code postal, de commune ou de première ligne : elle n'est pas écrite.", "An address has no postal code, town or first line: it is not written."),
		rule(CodeGuardian, warning, "LSU: Responsable", "Un responsable n'a pas ce que cette version demande (civilité, nom, prénom) : il n'est pas écrit.", "A guardian has not what this version asks for (civility, name, first name): it is not written."),
		rule(CodeBlankCommon, warning, house, "Un texte commun à une classe est vide : il n'est pas écrit.", "A text shared by a class is empty: it is not written."),
		rule(CodeKeyTwice, refused, house, "Deux enregistrements de même nature ont la même clé.", "Two records of one kind have the same key."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
