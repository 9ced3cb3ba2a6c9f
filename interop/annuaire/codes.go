package annuaire

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeSchool         ent.Code = "CSV-SCHOOL"
	CodeUAI            ent.Code = "CSV-UAI"
	CodeNoFile         ent.Code = "CSV-NO-FILE"
	CodeReadFailed     ent.Code = "CSV-FILE-READ"
	CodeEmptyFile      ent.Code = "CSV-FILE-EMPTY"
	CodeFileSkipped    ent.Code = "CSV-FILE-SKIPPED"
	CodeLimitBytes     ent.Code = "CSV-LIMIT-BYTES"
	CodeLimitRows      ent.Code = "CSV-LIMIT-ROWS"
	CodeLimitColumns   ent.Code = "CSV-LIMIT-COLUMNS"
	CodeLimitCell      ent.Code = "CSV-LIMIT-CELL"
	CodeCharset        ent.Code = "CSV-CHARSET"
	CodeQuote          ent.Code = "CSV-QUOTE"
	CodeUnknownProfile ent.Code = "CSV-PROFILE-UNKNOWN"

	CodeUnknownColumn  ent.Code = "CSV-COLUMN-UNKNOWN"
	CodeEmptyColumn    ent.Code = "CSV-COLUMN-EMPTY"
	CodeColumnTwice    ent.Code = "CSV-COLUMN-TWICE"
	CodeMissingColumn  ent.Code = "CSV-COLUMN-MISSING"
	CodeTooManyColumns ent.Code = "CSV-ROW-TOO-LONG"
	CodeShortRow       ent.Code = "CSV-ROW-SHORT"
	CodeCutRow         ent.Code = "CSV-ROW-CUT"

	CodeMissingValue ent.Code = "CSV-VALUE-MISSING"
	CodeNoGiven      ent.Code = "CSV-NO-GIVEN-NAME"
	CodeNoBirthDate  ent.Code = "CSV-NO-BIRTHDATE"
	CodeValue        ent.Code = "CSV-VALUE"
	CodeDate         ent.Code = "CSV-DATE"
	CodeFlag         ent.Code = "CSV-FLAG"
	CodeINE          ent.Code = "CSV-INE"
	CodeINEKey       ent.Code = "CSV-INE-KEY"
	CodeOtherSchool  ent.Code = "CSV-OTHER-SCHOOL"

	CodeDuplicate         ent.Code = "CSV-DUPLICATE"
	CodeRowTwice          ent.Code = "CSV-ROW-TWICE"
	CodeUnknownChild      ent.Code = "CSV-CHILD-UNKNOWN"
	CodeAmbiguousChild    ent.Code = "CSV-CHILD-AMBIGUOUS"
	CodeChildClass        ent.Code = "CSV-CHILD-CLASS"
	CodeChildMapping      ent.Code = "CSV-CHILD-MAPPING"
	CodeUnknownRelative   ent.Code = "CSV-RELATIVE-UNKNOWN"
	CodeAmbiguousRelative ent.Code = "CSV-RELATIVE-AMBIGUOUS"
	CodeNoPlace           ent.Code = "CSV-NO-PLACE"
	CodePartial           ent.Code = "CSV-PARTIAL"
	CodeResponsibility    ent.Code = "CSV-RESPONSIBILITY"
	CodeWriterProfile     ent.Code = "CSV-WRITER-PROFILE"
	CodeWriterClosed      ent.Code = "CSV-WRITER-CLOSED"
	CodeWriterUnreadable  ent.Code = "CSV-WRITER-VALUE"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		peer  = "CSV imports of the most used ENT (check of entcore's feeder)"
		onde  = "ONDE and BE1D exports"
		house = "Cartable"

		info, warning, refused, fatal = ent.SeverityInfo, ent.SeverityWarning, ent.SeverityError, ent.SeverityFatal
	)
	return ent.NewCatalog(
		ent.Rule{Code: CodeSchool, Severity: fatal, Source: peer, FR: "L'école n'est pas dite : ni par le nom du dossier, Nom@identifiant_UAI, ni par les options.", EN: "The school is not told, neither by the name of the folder, Name@identifier_UAI, nor by the options."},
		ent.Rule{Code: CodeUAI, Severity: warning, Source: peer, FR: "Le code UAI de l'école n'est pas valable : il n'est pas repris.", EN: "The UAI of the school is not valid: it is left out."},
		ent.Rule{Code: CodeNoFile, Severity: fatal, Source: peer, FR: "Le dossier n'a aucun fichier CSV.", EN: "The folder holds no CSV file."},
		ent.Rule{Code: CodeReadFailed, Severity: fatal, Source: house, FR: "Le fichier n'a pas pu être lu jusqu'au bout.", EN: "The file could not be read to its end."},
		ent.Rule{Code: CodeEmptyFile, Severity: fatal, Source: house, FR: "Le fichier n'a pas de ligne de titres.", EN: "The file has no header line."},
		ent.Rule{Code: CodeFileSkipped, Severity: info, Source: house, FR: "Le fichier n'est pas un CSV : il n'est pas lu.", EN: "The file is not a CSV: it is not read."},
		ent.Rule{Code: CodeLimitBytes, Severity: fatal, Source: house, FR: "Le fichier dépasse {limit} octets.", EN: "The file exceeds {limit} bytes."},
		ent.Rule{Code: CodeLimitRows, Severity: fatal, Source: house, FR: "Le fichier dépasse {limit} lignes : la suite n'est pas lue.", EN: "The file exceeds {limit} rows: the rest is not read."},
		ent.Rule{Code: CodeLimitColumns, Severity: fatal, Source: house, FR: "Le fichier dépasse {limit} colonnes.", EN: "The file exceeds {limit} columns."},
		ent.Rule{Code: CodeLimitCell, Severity: refused, Source: house, FR: "Une cellule dépasse {limit} octets : la ligne est refusée.", EN: "A cell exceeds {limit} bytes: the row is refused."},
		ent.Rule{Code: CodeCharset, Severity: warning, Source: house, FR: "Le fichier a des octets qui ne sont d'aucun caractère de son encodage : {count}.", EN: "The file has bytes that are no character of its encoding: {count}."},
		ent.Rule{Code: CodeQuote, Severity: refused, Source: "RFC 4180", FR: "Un guillemet est ouvert et n'est pas fermé, ou mal placé : la ligne est refusée.", EN: "A quote is opened and not closed, or misplaced: the row is refused."},
		ent.Rule{Code: CodeUnknownProfile, Severity: fatal, Source: peer, FR: "Ni le nom du fichier ni ses titres ne disent de qui il parle (élèves, responsables, enseignants, personnels, invités).", EN: "Neither the name of the file nor its header says whom it is about (pupils, relatives, teachers, staff, guests)."},

		ent.Rule{Code: CodeUnknownColumn, Severity: warning, Source: peer, FR: "Le titre de la colonne {column} n'est pas connu : la colonne n'est pas lue.", EN: "The title of column {column} is not known: the column is not read."},
		ent.Rule{Code: CodeEmptyColumn, Severity: warning, Source: peer, FR: "La colonne {column} n'a pas de titre : elle n'est pas lue.", EN: "Column {column} has no title: it is not read."},
		ent.Rule{Code: CodeColumnTwice, Severity: warning, Source: house, FR: "La colonne {column} dit la même chose qu'une autre ({field}) : elle n'est pas lue.", EN: "Column {column} says the same as another one ({field}): it is not read."},
		ent.Rule{Code: CodeMissingColumn, Severity: fatal, Source: peer, FR: "Il manque la colonne {field}.", EN: "The column {field} is missing."},
		ent.Rule{Code: CodeTooManyColumns, Severity: refused, Source: peer, FR: "La ligne a {count} cellules pour {columns} titres : elle est refusée.", EN: "The row has {count} cells for {columns} titles: it is refused."},
		ent.Rule{Code: CodeShortRow, Severity: warning, Source: "observed: spreadsheets leave out empty cells at the end of a row", FR: "La ligne a {count} cellules pour {columns} titres : ce qui manque n'est pas effacé.", EN: "The row has {count} cells for {columns} titles: what is missing is not cleared."},
		ent.Rule{Code: CodeCutRow, Severity: refused, Source: peer, FR: "La ligne s'arrête avant la colonne {field} : elle est refusée.", EN: "The row stops before the column {field}: it is refused."},

		ent.Rule{Code: CodeMissingValue, Severity: refused, Source: peer, FR: "{field} manque : la ligne est refusée.", EN: "{field} is missing: the row is refused."},
		ent.Rule{Code: CodeNoGiven, Severity: warning, Source: house, FR: "Le responsable n'a pas de prénom : un service, peut-être.", EN: "The relative has no first name: a service, perhaps."},
		ent.Rule{Code: CodeNoBirthDate, Severity: warning, Source: peer, FR: "L'élève n'a pas de date de naissance.", EN: "The pupil has no date of birth."},
		ent.Rule{Code: CodeValue, Severity: warning, Source: peer, FR: "La valeur de {field} n'est pas valable : elle n'est pas reprise.", EN: "The value of {field} is not valid: it is left out."},
		ent.Rule{Code: CodeDate, Severity: warning, Source: peer, FR: "La date de {field} n'existe pas, ou n'est écrite ni JJ/MM/AAAA ni AAAA-MM-JJ : elle n'est pas reprise.", EN: "The date of {field} does not exist, or is written neither DD/MM/YYYY nor YYYY-MM-DD: it is left out."},
		ent.Rule{Code: CodeFlag, Severity: warning, Source: peer, FR: "{field} n'est ni true ni false : la valeur n'est pas reprise.", EN: "{field} is neither true nor false: the value is left out."},
		ent.Rule{Code: CodeINE, Severity: warning, Source: "RNIE", FR: "Le numéro INE n'a la forme d'aucune génération connue : il n'est pas repris.", EN: "The INE has the shape of no known generation: it is left out."},
		ent.Rule{Code: CodeINEKey, Severity: warning, Source: "RNIE", FR: "La clé du numéro INE est fausse : il n'est pas repris.", EN: "The key of the INE is wrong: it is left out."},
		ent.Rule{Code: CodeOtherSchool, Severity: warning, Source: peer, FR: "La valeur de {field} est d'une autre école : elle n'est pas reprise.", EN: "The value of {field} is of another school: it is left out."},

		ent.Rule{Code: CodeDuplicate, Severity: refused, Source: peer, FR: "La ligne {line} a déjà cet identifiant, ou ces noms, et dit autre chose : celle-ci est refusée.", EN: "Line {line} has this identifier, or these names, already, and says something else: this one is refused."},
		ent.Rule{Code: CodeRowTwice, Severity: info, Source: house, FR: "La ligne {line} dit la même chose.", EN: "Line {line} says the same."},
		ent.Rule{Code: CodeUnknownChild, Severity: warning, Source: peer, FR: "L'enfant du responsable n'est pas parmi les élèves : le lien n'est pas fait.", EN: "The child of the relative is not among the pupils: they are not tied."},
		ent.Rule{Code: CodeAmbiguousChild, Severity: warning, Source: onde, FR: "{count} élèves ont les noms de l'enfant du responsable : le lien n'est pas fait.", EN: "{count} pupils have the names of the relative's child: they are not tied."},
		ent.Rule{Code: CodeChildClass, Severity: warning, Source: onde, FR: "L'élève qui a les noms de l'enfant n'est pas dans la classe dite : le lien n'est pas fait.", EN: "The pupil who has the names of the child is not in the class told: they are not tied."},
		ent.Rule{Code: CodeChildMapping, Severity: warning, Source: peer, FR: "L'enfant du responsable n'a pas à la fois un nom et un prénom : le lien n'est pas fait.", EN: "The child of the relative lacks a last or a first name: they are not tied."},
		ent.Rule{Code: CodeUnknownRelative, Severity: warning, Source: peer, FR: "Le responsable que l'élève nomme n'est pas dans la livraison : le lien attend.", EN: "The relative whom the pupil names is not in the delivery: the tie waits."},
		ent.Rule{Code: CodeAmbiguousRelative, Severity: warning, Source: house, FR: "{count} responsables ont les noms que l'élève donne au sien : le lien n'est pas fait.", EN: "{count} relatives have the names that the pupil gives to theirs: they are not tied."},
		ent.Rule{Code: CodeNoPlace, Severity: info, Source: house, FR: "Cette donnée n'a pas de place : elle n'est pas reprise.", EN: "This datum has no place: it is left out."},
		ent.Rule{Code: CodePartial, Severity: info, Source: house, FR: "Personne ne part à cause de cette livraison : {files} fichiers manquent ou n'ont pas été lus, {rows} lignes sont refusées.", EN: "Nobody leaves because of this delivery: {files} files are missing or unread, {rows} rows are refused."},
		ent.Rule{Code: CodeResponsibility, Severity: fatal, Source: house, FR: "La responsabilité donnée aux responsables n'est pas connue.", EN: "The responsibility given to relatives is not known."},
		ent.Rule{Code: CodeWriterProfile, Severity: refused, Source: house, FR: "Aucun fichier n'a de place pour ce profil.", EN: "No file has a place for this profile."},
		ent.Rule{Code: CodeWriterClosed, Severity: fatal, Source: house, FR: "Les fichiers sont déjà écrits.", EN: "The files are written already."},
		ent.Rule{Code: CodeWriterUnreadable, Severity: refused, Source: house, FR: "{field} ne peut pas être écrit de façon à être relu : la personne est refusée.", EN: "{field} cannot be written so that it is read back: the person is refused."},
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
