package udt

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeName     ent.Code = "UDT-NAME"
	CodeNone     ent.Code = "UDT-NONE"
	CodeArchive  ent.Code = "UDT-ARCHIVE"
	CodeLimit    ent.Code = "UDT-LIMIT"
	CodeXML      ent.Code = "UDT-XML"
	CodeMissing  ent.Code = "UDT-MISSING"
	CodeUnread   ent.Code = "UDT-UNREAD"
	CodeTwice    ent.Code = "UDT-TWICE"
	CodeValue    ent.Code = "UDT-VALUE"
	CodeDangling ent.Code = "UDT-DANGLING"

	CodeYear    ent.Code = "UDT-YEAR"
	CodeWeek    ent.Code = "UDT-WEEK"
	CodeSlot    ent.Code = "UDT-SLOT"
	CodeNobody  ent.Code = "UDT-NOBODY"
	CodeRoom    ent.Code = "UDT-ROOM"
	CodeClosed  ent.Code = "UDT-CLOSED"
	CodeGrid    ent.Code = "UDT-GRID"
	CodeUndated ent.Code = "UDT-UNDATED"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		page = "usage of UnDeuxTEMPS, as two open readers accept it"
		own  = "this package: what no reader says"
	)
	return ent.NewCatalog(
		ent.Rule{Code: CodeName, Severity: ent.SeverityError, Source: page, FR: "Le nom d'un dépôt s'écrit UAI_AAAAMMJJHHMMSS_UDT.zip.", EN: "The name of a delivery is written UAI_YYYYMMDDHHMMSS_UDT.zip."},
		ent.Rule{Code: CodeNone, Severity: ent.SeverityFatal, Source: page, FR: "Il n'y a pas d'emploi du temps : UDCal_12 manque.", EN: "There is no timetable: UDCal_12 is missing."},
		ent.Rule{Code: CodeArchive, Severity: ent.SeverityFatal, Source: page, FR: "L'archive ou un de ses fichiers ne se lit pas.", EN: "The archive or one of its files cannot be read."},
		ent.Rule{Code: CodeLimit, Severity: ent.SeverityFatal, Source: own, FR: "L'export dépasse les limites de lecture.", EN: "The export is beyond the limits of reading."},
		ent.Rule{Code: CodeXML, Severity: ent.SeverityFatal, Source: "XML 1.0", FR: "Le fichier n'est pas un document XML bien formé.", EN: "The file is not a well-formed XML document."},
		ent.Rule{Code: CodeMissing, Severity: ent.SeverityError, Source: page, FR: "Le fichier {field} manque.", EN: "The file {field} is missing."},
		ent.Rule{Code: CodeUnread, Severity: ent.SeverityInfo, Source: page, FR: "{field} : non lu.", EN: "{field}: not read."},
		ent.Rule{Code: CodeTwice, Severity: ent.SeverityError, Source: page, FR: "{field} est donné deux fois : seul le premier compte.", EN: "{field} is given twice: only the first counts."},
		ent.Rule{Code: CodeValue, Severity: ent.SeverityError, Source: page, FR: "{field} : la valeur ne se lit pas.", EN: "{field}: the value cannot be read."},
		ent.Rule{Code: CodeDangling, Severity: ent.SeverityWarning, Source: page, FR: "{field} : le code ne désigne rien ; il est gardé.", EN: "{field}: the code names nothing; it is kept."},
		ent.Rule{
			Code: CodeYear, Severity: ent.SeverityError, Source: page,
			FR: "Le calendrier n'a pas de rentrée et de fin d'année qui se suivent : aucune séance ne peut être datée.", EN: "The calendar has no first and last day that follow each other: no lesson can be dated.",
		},
		ent.Rule{
			Code: CodeWeek, Severity: ent.SeverityError, Source: page,
			FR: "La semaine ISO {week} n'est pas de l'année scolaire : ses lignes sont refusées.", EN: "The ISO week {week} is not of the school year: its lines are refused.",
		},
		ent.Rule{
			Code: CodeSlot, Severity: ent.SeverityError, Source: page,
			FR: "La fiche ou la demi-séquence de la ligne n'existe pas : la ligne est refusée.", EN: "The card or the half-sequence of the line does not exist: the line is refused.",
		},
		ent.Rule{
			Code: CodeNobody, Severity: ent.SeverityError, Source: page,
			FR: "La ligne n'a ni élèves, ni professeur, ni salle : elle est refusée.", EN: "The line has no pupils, no teacher and no room: it is refused.",
		},
		ent.Rule{
			Code: CodeRoom, Severity: ent.SeverityInfo, Source: own,
			FR: "La salle change au milieu de la séance : la première est gardée.", EN: "The room changes in the middle of the lesson: the first is kept.",
		},
		ent.Rule{Code: CodeClosed, Severity: ent.SeverityInfo, Source: page, FR: "{count} séances tombent un jour de fermeture : elles n'ont pas lieu.", EN: "{count} lessons fall on a closed day: they do not take place."},
		ent.Rule{
			Code: CodeGrid, Severity: ent.SeverityInfo, Source: own,
			FR: "Les demi-séquences diffèrent d'un jour ou d'un site à l'autre : la grille n'a pas de places.", EN: "Half-sequences differ from one day or site to another: the grid has no places.",
		},
		ent.Rule{Code: CodeUndated, Severity: ent.SeverityWarning, Source: page, FR: "Toutes les semaines ont un fichier à elles : la ligne annuelle n'a pas de séance.", EN: "Every week has a file of its own: the yearly line has no lesson."},
	)
})
