package sts

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeRoot       ent.Code = "STS-ROOT"
	CodeXML        ent.Code = "STS-XML"
	CodeLimit      ent.Code = "STS-LIMIT"
	CodeUAI        ent.Code = "STS-UAI"
	CodeUAIShape   ent.Code = "STS-UAI-SHAPE"
	CodeValue      ent.Code = "STS-VALUE"
	CodeSunday     ent.Code = "STS-SUNDAY"
	CodeUnread     ent.Code = "STS-UNREAD"
	CodeDangling   ent.Code = "STS-DANGLING"
	CodeStructure  ent.Code = "STS-STRUCTURE"
	CodeTeacher    ent.Code = "STS-TEACHER"
	CodeSubject    ent.Code = "STS-SUBJECT"
	CodeAlternance ent.Code = "STS-ALTERNANCE"
	CodeTimes      ent.Code = "STS-TIMES"
	CodeUndated    ent.Code = "STS-UNDATED"
	CodeDoubled    ent.Code = "STS-DOUBLED"
	CodeOutOfYear  ent.Code = "STS-OUT-OF-YEAR"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		page = "EDT_STS and STS_EDT, as an open reader accepts them"
		own  = "this package: what no reader says"
	)
	return ent.NewCatalog(
		ent.Rule{Code: CodeRoot, Severity: ent.SeverityFatal, Source: page, FR: "Ce n'est ni un fichier EDT_STS ni un fichier STS_EDT.", EN: "This is neither an EDT_STS nor an STS_EDT file."},
		ent.Rule{Code: CodeXML, Severity: ent.SeverityFatal, Source: "XML 1.0", FR: "Le fichier n'est pas un document XML bien formé.", EN: "The file is not a well-formed XML document."},
		ent.Rule{Code: CodeLimit, Severity: ent.SeverityFatal, Source: own, FR: "Le fichier dépasse les limites de lecture.", EN: "The file is beyond the limits of reading."},
		ent.Rule{Code: CodeUAI, Severity: ent.SeverityFatal, Source: page, FR: "Le fichier est celui d'un autre établissement.", EN: "The file is that of another school."},
		ent.Rule{
			Code: CodeUAIShape, Severity: ent.SeverityWarning, Source: "UAI: check letter",
			FR: "L'UAI du fichier n'est pas valide : il est gardé tel quel.", EN: "The UAI of the file is not valid: it is kept as it is.",
		},
		ent.Rule{Code: CodeValue, Severity: ent.SeverityError, Source: page, FR: "{field} : la valeur ne se lit pas.", EN: "{field}: the value cannot be read."},
		ent.Rule{
			Code: CodeSunday, Severity: ent.SeverityWarning, Source: own,
			FR: "La semaine de l'alternance est donnée par un dimanche, {date} : le lendemain est pris.", EN: "The week of the alternance is given by a Sunday, {date}: the next day is taken.",
		},
		ent.Rule{Code: CodeUnread, Severity: ent.SeverityInfo, Source: page, FR: "Élément non lu.", EN: "Element not read."},
		ent.Rule{Code: CodeDangling, Severity: ent.SeverityWarning, Source: page, FR: "{field} : le code ne désigne rien dans le fichier ; il est gardé.", EN: "{field}: the code names nothing in the file; it is kept."},
		ent.Rule{Code: CodeStructure, Severity: ent.SeverityError, Source: page, FR: "La division ou le groupe {code} n'existe pas dans STSWEB.", EN: "The division or group {code} does not exist in STSWEB."},
		ent.Rule{Code: CodeTeacher, Severity: ent.SeverityError, Source: page, FR: "Le professeur {code} n'existe pas dans STSWEB.", EN: "The teacher {code} does not exist in STSWEB."},
		ent.Rule{Code: CodeSubject, Severity: ent.SeverityError, Source: page, FR: "La matière {code} n'existe pas dans STSWEB.", EN: "The subject {code} does not exist in STSWEB."},
		ent.Rule{Code: CodeAlternance, Severity: ent.SeverityError, Source: page, FR: "L'alternance du cours n'existe pas : le cours est refusé.", EN: "The alternance of the course does not exist: the course is refused."},
		ent.Rule{Code: CodeTimes, Severity: ent.SeverityError, Source: page, FR: "Le jour, l'heure ou la durée du cours ne se lit pas : le cours est refusé.", EN: "The day, the start or the length of the course cannot be read: the course is refused."},
		ent.Rule{Code: CodeUndated, Severity: ent.SeverityWarning, Source: page, FR: "L'alternance du cours n'a aucune semaine : il n'a pas de séance.", EN: "The alternance of the course has no week: it has no lesson."},
		ent.Rule{
			Code: CodeDoubled, Severity: ent.SeverityWarning, Source: own,
			FR: "Le cours est donné deux fois pour les mêmes élèves au même moment, sans co-enseignement : les deux sont gardés.", EN: "The course is given twice for the same pupils at the same time, without co-teaching: both are kept.",
		},
		ent.Rule{
			Code: CodeOutOfYear, Severity: ent.SeverityWarning, Source: own,
			FR: "{count} semaines du cours sont hors de l'année de l'emploi du temps : elles sont laissées de côté.", EN: "{count} weeks of the course are out of the year of the timetable: they are left aside.",
		},
	)
})
