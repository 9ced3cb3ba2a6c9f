package calendar

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package. An error of a [Calendar] or of a list is one of them for errors.Is.
const (
	// CodeUnknownDate is a date outside the years that are known for the place.
	CodeUnknownDate ent.Code = "CAL-DATE-UNKNOWN"
	// CodeUnknownYear is a school year that is not known for the place.
	CodeUnknownYear ent.Code = "CAL-YEAR-UNKNOWN"
	// CodeUnknownZone is a zone without any school year.
	CodeUnknownZone ent.Code = "CAL-ZONE-UNKNOWN"
	// CodeTerritory is a territory whose public holidays are not known.
	CodeTerritory ent.Code = "CAL-TERRITORY-UNKNOWN"
	// CodeHolidayYear is a year whose public holidays the rules do not cover.
	CodeHolidayYear ent.Code = "CAL-HOLIDAY-YEAR"
	// CodeWeek is a week without any open half-day.
	CodeWeek ent.Code = "CAL-WEEK-EMPTY"
	// CodeOverride is a local change that says nothing or contradicts itself.
	CodeOverride ent.Code = "CAL-OVERRIDE"
	// CodePopulation is a zone whose dates depend on the pupils, for a place that does not say which ones it has.
	CodePopulation ent.Code = "CAL-POPULATION"
	// CodeRange is a range whose end is before its start.
	CodeRange ent.Code = "CAL-RANGE"
	// CodeWeekLetter is a letter given twice to a week, or to a day that is no Monday.
	CodeWeekLetter ent.Code = "CAL-WEEK-LETTER"
	// CodeNoFirstDay is a school year whose first day of lessons is not known.
	CodeNoFirstDay ent.Code = "CAL-FIRST-DAY-UNKNOWN"

	// CodeFile is a file, a header or a row that is not as it must be.
	CodeFile ent.Code = "CAL-FILE"
	// CodeRowField is a row that lacks a zone, a year, a name, a kind or a source.
	CodeRowField ent.Code = "CAL-ROW-FIELD"
	// CodeRowDates is a row whose dates are in the wrong order or outside its school year.
	CodeRowDates ent.Code = "CAL-ROW-DATES"
	// CodeRowTwice is a row that stands twice with different dates.
	CodeRowTwice ent.Code = "CAL-ROW-TWICE"

	// CodeDatasetColumns is a dataset that lacks a column.
	CodeDatasetColumns ent.Code = "CAL-DATASET-COLUMNS"
	// CodeDatasetSyntax is a line that cannot be cut into fields.
	CodeDatasetSyntax ent.Code = "CAL-DATASET-SYNTAX"
	// CodeDatasetField is a line that lacks a value.
	CodeDatasetField ent.Code = "CAL-DATASET-FIELD"
	// CodeDatasetDate is a line whose date cannot be read.
	CodeDatasetDate ent.Code = "CAL-DATASET-DATE"
	// CodeDatasetMidnight is an instant that is not midnight in Paris.
	CodeDatasetMidnight ent.Code = "CAL-DATASET-MIDNIGHT"
	// CodeDatasetOrder is a line that ends before it starts, or outside its school year.
	CodeDatasetOrder ent.Code = "CAL-DATASET-ORDER"
	// CodeDatasetYear is a line whose school year cannot be read.
	CodeDatasetYear ent.Code = "CAL-DATASET-YEAR"
	// CodeDatasetStaff is a line about teachers.
	CodeDatasetStaff ent.Code = "CAL-DATASET-STAFF"
	// CodeDatasetConflict is a period for which the academies of a zone have different dates.
	CodeDatasetConflict ent.Code = "CAL-DATASET-CONFLICT"
	// CodeDatasetWeekday is a holiday that starts on a day of lessons.
	CodeDatasetWeekday ent.Code = "CAL-DATASET-WEEKDAY"
	// CodeDatasetZone is a zone that is not one of the known ones.
	CodeDatasetZone ent.Code = "CAL-DATASET-ZONE"
	// CodeDatasetLarge is a dataset larger than a reader accepts.
	CodeDatasetLarge ent.Code = "CAL-DATASET-LARGE"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		us   = "Cartable"
		law  = "code du travail, articles L3133-1, L3134-13 and L3422-2"
		data = "dataset fr-en-calendrier-scolaire"
		edu  = "code de l'éducation, articles D521-1 to D521-7"
	)
	return ent.NewCatalog(
		ent.Rule{Code: CodeUnknownDate, Severity: ent.SeverityError, FR: "Le {date} n'est dans aucune année scolaire connue pour ce lieu : rien n'est supposé.", EN: "{date} is in no school year known for this place: nothing is assumed.", Source: us},
		ent.Rule{Code: CodeUnknownYear, Severity: ent.SeverityError, FR: "L'année scolaire {year} n'est pas connue pour ce lieu.", EN: "The school year {year} is not known for this place.", Source: us},
		ent.Rule{Code: CodeUnknownZone, Severity: ent.SeverityError, FR: "Aucune année scolaire n'est connue pour cette zone : chargez le jeu de données du ministère.", EN: "No school year is known for this zone: load the ministry's dataset.", Source: us},
		ent.Rule{Code: CodeTerritory, Severity: ent.SeverityError, FR: "Les jours fériés de ce territoire ne sont pas connus.", EN: "The public holidays of this territory are not known.", Source: law},
		ent.Rule{Code: CodeHolidayYear, Severity: ent.SeverityError, FR: "Les règles des jours fériés ne couvrent pas l'année {year}.", EN: "The rules of public holidays do not cover the year {year}.", Source: law},
		ent.Rule{Code: CodeWeek, Severity: ent.SeverityError, FR: "La semaine n'a aucune demi-journée ouverte.", EN: "The week has no open half-day.", Source: edu},
		ent.Rule{Code: CodeOverride, Severity: ent.SeverityError, FR: "La modification locale n° {number} ne dit rien ou se contredit.", EN: "The local change number {number} says nothing or contradicts itself.", Source: us},
		ent.Rule{Code: CodePopulation, Severity: ent.SeverityError, FR: "Dans cette zone, des dates dépendent du public (degré, île) : le lieu doit dire lequel est le sien.", EN: "In this zone some dates depend on the pupils (level, island): the place must say which are its own.", Source: data},
		ent.Rule{Code: CodeRange, Severity: ent.SeverityError, FR: "La période demandée finit avant de commencer.", EN: "The range asked for ends before it starts.", Source: us},
		ent.Rule{Code: CodeWeekLetter, Severity: ent.SeverityError, FR: "La semaine du {date} n'est pas désignée par son lundi, ou a deux lettres ou aucune.", EN: "The week of {date} is not named by its Monday, or has two letters or none.", Source: us},
		ent.Rule{Code: CodeNoFirstDay, Severity: ent.SeverityError, FR: "Le jour de la rentrée {year} n'est pas connu.", EN: "The first day of lessons of {year} is not known.", Source: edu},
		ent.Rule{Code: CodeFile, Severity: ent.SeverityError, FR: "Le fichier n'a pas la forme attendue : colonnes, champs ou encodage.", EN: "The file does not have the expected form: columns, fields or encoding.", Source: us},
		ent.Rule{Code: CodeRowField, Severity: ent.SeverityError, FR: "La ligne n'a pas de valeur lisible pour {field}.", EN: "The row has no readable value for {field}.", Source: us},
		ent.Rule{Code: CodeRowDates, Severity: ent.SeverityError, FR: "Les dates de la ligne sont dans le désordre ou hors de son année scolaire.", EN: "The dates of the row are in the wrong order or outside its school year.", Source: us},
		ent.Rule{Code: CodeRowTwice, Severity: ent.SeverityError, FR: "La ligne figure deux fois, avec des dates différentes.", EN: "The row stands twice, with different dates.", Source: us},
		ent.Rule{Code: CodeDatasetColumns, Severity: ent.SeverityFatal, FR: "Le jeu de données n'a pas la colonne {field}.", EN: "The dataset lacks the column {field}.", Source: data},
		ent.Rule{Code: CodeDatasetSyntax, Severity: ent.SeverityError, FR: "La ligne ne se découpe pas en champs.", EN: "The line cannot be cut into fields.", Source: data},
		ent.Rule{Code: CodeDatasetField, Severity: ent.SeverityError, FR: "La ligne n'a pas de valeur pour {field}.", EN: "The line has no value for {field}.", Source: data},
		ent.Rule{Code: CodeDatasetDate, Severity: ent.SeverityError, FR: "La date du champ {field} n'est pas lisible.", EN: "The date of the field {field} cannot be read.", Source: data},
		ent.Rule{Code: CodeDatasetMidnight, Severity: ent.SeverityWarning, FR: "L'instant du champ {field} n'est pas minuit à Paris ; le jour de Paris, {date}, est gardé.", EN: "The instant of the field {field} is not midnight in Paris; the day in Paris, {date}, is kept.", Source: data},
		ent.Rule{Code: CodeDatasetOrder, Severity: ent.SeverityError, FR: "La période finit avant de commencer, ou sort de son année scolaire.", EN: "The period ends before it starts, or leaves its school year.", Source: data},
		ent.Rule{Code: CodeDatasetYear, Severity: ent.SeverityError, FR: "L'année scolaire n'est pas écrite sous la forme 2024-2025.", EN: "The school year is not written as 2024-2025.", Source: data},
		ent.Rule{Code: CodeDatasetStaff, Severity: ent.SeverityInfo, FR: "La ligne concerne les enseignants : elle est laissée de côté.", EN: "The line is about teachers: it is left aside.", Source: data},
		ent.Rule{Code: CodeDatasetConflict, Severity: ent.SeverityWarning, FR: "Les académies de la zone n'ont pas les mêmes dates pour cette période ; toutes sont gardées.", EN: "The academies of the zone do not have the same dates for this period; all are kept.", Source: data},
		ent.Rule{Code: CodeDatasetWeekday, Severity: ent.SeverityWarning, FR: "Les vacances commencent le {date}, en semaine : compté comme jour de congé, alors que le départ peut être après la classe.", EN: "The holiday starts on {date}, a weekday: counted as a day off, although it may start after that day's lessons.", Source: data},
		ent.Rule{Code: CodeDatasetZone, Severity: ent.SeverityWarning, FR: "La zone n'est pas une des zones connues ; elle est gardée telle quelle.", EN: "The zone is not one of the known ones; it is kept as it is.", Source: data},
		ent.Rule{Code: CodeDatasetLarge, Severity: ent.SeverityFatal, FR: "Le jeu de données dépasse {limit} octets.", EN: "The dataset is larger than {limit} bytes.", Source: us},
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
