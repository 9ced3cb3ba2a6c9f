package aaf

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeNotWellFormed ent.Code = "AAF-XML-FATAL"
	CodeTruncated     ent.Code = "AAF-XML-TRUNCATED"
	CodeEncoding      ent.Code = "AAF-XML-ENCODING"
	CodeStrictElement ent.Code = "AAF-XML-ELEMENT"
	CodeEntity        ent.Code = "AAF-XML-ENTITY"
	CodeDoctype       ent.Code = "AAF-XML-DOCTYPE"
	CodeLimit         ent.Code = "AAF-XML-LIMIT"
	CodeCharset       ent.Code = "AAF-XML-CHARSET"
	CodeHTMLEntity    ent.Code = "AAF-XML-HTML-ENTITY"
	CodeReadFailed    ent.Code = "AAF-FILE-READ"

	CodeUnknownElement   ent.Code = "AAF-ELEMENT-UNKNOWN"
	CodeUnknownAttribute ent.Code = "AAF-ATTR-UNKNOWN"
	CodeNoID             ent.Code = "AAF-RECORD-NO-ID"
	CodeOperation        ent.Code = "AAF-RECORD-OPERATION"
	CodeRecordLimit      ent.Code = "AAF-RECORD-LIMIT"
	CodeIDMismatch       ent.Code = "AAF-RECORD-ID-DIFFERS"
	CodeCategoryMismatch ent.Code = "AAF-RECORD-CATEGORY-DIFFERS"
	CodeUnknownCategory  ent.Code = "AAF-RECORD-CATEGORY-UNKNOWN"
	CodeDuplicate        ent.Code = "AAF-RECORD-TWICE"
	CodeRequired         ent.Code = "AAF-RECORD-REQUIRED"

	CodeParts      ent.Code = "AAF-VALUE-PARTS"
	CodeFlag       ent.Code = "AAF-VALUE-FLAG"
	CodeDate       ent.Code = "AAF-VALUE-DATE"
	CodeList       ent.Code = "AAF-VALUE-LIST"
	CodeUAI        ent.Code = "AAF-UAI"
	CodeUAIPseudo  ent.Code = "AAF-UAI-PSEUDO"
	CodeUAIMissing ent.Code = "AAF-NO-UAI"
	CodeSeveral    ent.Code = "AAF-VALUE-SEVERAL"
	CodeLinkTwice  ent.Code = "AAF-LINK-TWICE"
	CodeINE        ent.Code = "AAF-INE"
	CodeINEKey     ent.Code = "AAF-INE-KEY"
	CodeSIRET      ent.Code = "AAF-SIRET"
	CodeMEF        ent.Code = "AAF-MEF"
	CodeBirthDate  ent.Code = "AAF-BIRTHDATE-MISSING"

	CodeChunkMissing     ent.Code = "AAF-CHUNK-MISSING"
	CodeFileDate         ent.Code = "AAF-FILE-DATE"
	CodeMixedDelivery    ent.Code = "AAF-DELIVERY-MIXED"
	CodeArchivePath      ent.Code = "AAF-ARCHIVE-PATH"
	CodeArchiveRatio     ent.Code = "AAF-ARCHIVE-RATIO"
	CodeArchiveTruncated ent.Code = "AAF-ARCHIVE-TRUNCATED"
	CodeEmptyDelivery    ent.Code = "AAF-DELIVERY-EMPTY"
	CodeArchiveTwice     ent.Code = "AAF-ARCHIVE-TWICE"
	CodeArchiveEntries   ent.Code = "AAF-ARCHIVE-ENTRIES"
	CodeFileSkipped      ent.Code = "AAF-FILE-SKIPPED"
	CodeCategoryMissing  ent.Code = "AAF-CATEGORY-MISSING"
	CodeSeveralFeeds     ent.Code = "AAF-DELIVERY-SEVERAL"
	CodeNotComplet       ent.Code = "AAF-COMPLET-CHANGES"
	CodeDeltaAlone       ent.Code = "AAF-DELTA-ALONE"

	CodeUnknownRelative  ent.Code = "AAF-JOIN-RELATIVE"
	CodeUnknownStructure ent.Code = "AAF-JOIN-STRUCTURE"
	CodeUnknownClass     ent.Code = "AAF-JOIN-CLASS"
	CodeUnknownSubject   ent.Code = "AAF-JOIN-SUBJECT"
	CodeUnknownMEF       ent.Code = "AAF-JOIN-MEF"
	CodeClassCreated     ent.Code = "AAF-JOIN-CLASS-CREATED"
	CodeReverseOnly      ent.Code = "AAF-JOIN-REVERSE-ONLY"
	CodeModifyUnknown    ent.Code = "AAF-DELTA-MODIFY-UNKNOWN"
	CodeDeleteUnknown    ent.Code = "AAF-DELTA-DELETE-UNKNOWN"
	CodeModifyRefused    ent.Code = "AAF-DELTA-MODIFY-REFUSED"
	CodeOlderFeed        ent.Code = "AAF-FEED-OLDER"
	CodeWrongDelivery    ent.Code = "AAF-DELTA-WRONG"

	// CodeNoPlace is the loss of what the dialect of a degree has no attribute for.
	CodeNoPlace ent.Code = "AAF-WRITE-NO-PLACE"
	// CodePseudonym is the loss of what a pseudonymised copy cannot carry: attributes that are not understood.
	CodePseudonym ent.Code = "AAF-PSEUDONYM-DROPPED"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		dtd   = "ficAlimMENESR.dtd"
		sdet  = "SDET, annexe opérationnelle"
		feeds = "observed in academic feeds, 2013 to 2024"
		house = "Cartable"
	)
	const (
		info    = ent.SeverityInfo
		warning = ent.SeverityWarning
		refused = ent.SeverityError
		fatal   = ent.SeverityFatal
	)
	return ent.NewCatalog(
		ent.Rule{Code: CodeNotWellFormed, Severity: fatal, Source: "XML 1.0", FR: "Le fichier n'est pas bien formé (une balise est fausse ou mal fermée) : lecture arrêtée après {count} enregistrement(s).", EN: "The file is not well-formed (a tag is wrong or closed in the wrong place): reading stopped after {count} record(s)."},
		ent.Rule{Code: CodeTruncated, Severity: fatal, Source: "XML 1.0", FR: "Le fichier s'arrête avant sa fin : lecture arrêtée après {count} enregistrement(s).", EN: "The file ends before its end: reading stopped after {count} record(s)."},
		ent.Rule{Code: CodeEncoding, Severity: fatal, Source: "XML 1.0, 2.2 and 4.3.3", FR: "Le fichier contient un octet ou un caractère que son codage ou XML interdit, ou annonce un codage inconnu : lecture arrêtée après {count} enregistrement(s).", EN: "The file holds a byte or a character that its encoding or XML forbids, or declares an unknown encoding: reading stopped after {count} record(s)."},
		ent.Rule{Code: CodeStrictElement, Severity: fatal, Source: dtd, FR: "Le fichier contient un élément inconnu, refusé en lecture stricte : lecture arrêtée après {count} enregistrement(s).", EN: "The file holds an unknown element, refused in strict reading: reading stopped after {count} record(s)."},
		ent.Rule{Code: CodeEntity, Severity: fatal, Source: "XML 1.0, 4.1", FR: "L'entité {name} n'est pas déclarée : lecture arrêtée après {count} enregistrement(s).", EN: "The entity {name} is not declared: reading stopped after {count} record(s)."},
		ent.Rule{Code: CodeDoctype, Severity: fatal, Source: house, FR: "Le fichier déclare des entités ou des éléments dans son en-tête, ce qui est refusé : lecture arrêtée après {count} enregistrement(s).", EN: "The file declares entities or elements in its header, which is refused: reading stopped after {count} record(s)."},
		ent.Rule{Code: CodeLimit, Severity: fatal, Source: house, FR: "Le fichier dépasse une limite de taille ou de profondeur : lecture arrêtée après {count} enregistrement(s).", EN: "The file exceeds a limit of size or depth: reading stopped after {count} record(s)."},
		ent.Rule{Code: CodeCharset, Severity: warning, Source: feeds, FR: "Le fichier annonce un codage et en contient un autre : lu d'après ses octets.", EN: "The file declares one encoding and holds another: read by its bytes."},
		ent.Rule{Code: CodeHTMLEntity, Severity: warning, Source: feeds, FR: "Le fichier contient l'entité HTML {name}, non déclarée : remplacée par son caractère.", EN: "The file holds the HTML entity {name}, not declared: replaced by its character."},
		ent.Rule{Code: CodeReadFailed, Severity: fatal, Source: house, FR: "Le fichier ne peut pas être lu : lecture arrêtée après {count} enregistrement(s).", EN: "The file cannot be read: reading stopped after {count} record(s)."},

		ent.Rule{Code: CodeUnknownElement, Severity: warning, Source: dtd, FR: "Un élément inconnu est ignoré avec son contenu.", EN: "An unknown element is skipped with its content."},
		ent.Rule{Code: CodeUnknownAttribute, Severity: info, Source: feeds, FR: "L'attribut {field} n'est pas connu : ses valeurs sont gardées telles quelles.", EN: "The attribute {field} is not known: its values are kept as they are."},
		ent.Rule{Code: CodeNoID, Severity: refused, Source: dtd, FR: "L'enregistrement n'a pas d'identifiant.", EN: "The record has no identifier."},
		ent.Rule{Code: CodeOperation, Severity: refused, Source: dtd, FR: "L'enregistrement demande une autre opération que « replace ».", EN: "The record asks for another operation than \"replace\"."},
		ent.Rule{Code: CodeRecordLimit, Severity: refused, Source: house, FR: "L'enregistrement dépasse une limite de taille.", EN: "The record exceeds a limit of size."},
		ent.Rule{Code: CodeIDMismatch, Severity: warning, Source: feeds, FR: "L'attribut {field} diffère de l'identifiant de l'enregistrement : l'identifiant l'emporte.", EN: "The attribute {field} differs from the identifier of the record: the identifier wins."},
		ent.Rule{Code: CodeCategoryMismatch, Severity: warning, Source: feeds, FR: "L'enregistrement est de la catégorie {category}, le nom du fichier en annonce une autre.", EN: "The record is of the category {category}, the file name announces another."},
		ent.Rule{Code: CodeUnknownCategory, Severity: warning, Source: sdet, FR: "La catégorie de l'enregistrement n'est pas connue : gardé tel quel.", EN: "The category of the record is not known: kept as it is."},
		ent.Rule{Code: CodeDuplicate, Severity: warning, Source: feeds, FR: "Cet identifiant figure plusieurs fois : le dernier enregistrement l'emporte.", EN: "This identifier stands several times: the last record wins."},
		ent.Rule{Code: CodeRequired, Severity: refused, Source: sdet, FR: "L'enregistrement n'a pas de {field}.", EN: "The record has no {field}."},

		ent.Rule{Code: CodeParts, Severity: warning, Source: sdet, FR: "Une valeur de {field} n'a pas le nombre de parties attendu : elle est laissée de côté.", EN: "A value of {field} does not have the expected number of parts: it is left aside."},
		ent.Rule{Code: CodeFlag, Severity: warning, Source: sdet, FR: "Une valeur de {field} n'est ni oui ni non : elle est laissée de côté.", EN: "A value of {field} is neither yes nor no: it is left aside."},
		ent.Rule{Code: CodeDate, Severity: warning, Source: sdet, FR: "Une date de {field} n'existe pas : elle est laissée de côté.", EN: "A date of {field} does not exist: it is left aside."},
		ent.Rule{Code: CodeList, Severity: warning, Source: sdet, FR: "Une valeur de {field} n'est pas dans la liste connue : gardée telle quelle.", EN: "A value of {field} is not in the known list: kept as it is."},
		ent.Rule{Code: CodeUAI, Severity: warning, Source: "répertoire national des établissements", FR: "Le code UAI est faux ou mal formé : gardé tel quel.", EN: "The UAI is wrong or has another shape: kept as it is."},
		ent.Rule{Code: CodeUAIPseudo, Severity: warning, Source: feeds, FR: "Le code UAI est un pseudo-code de service ou de zone de remplacement.", EN: "The UAI is the pseudo-code of a service or a replacement zone."},
		ent.Rule{Code: CodeINE, Severity: warning, Source: "RNIE", FR: "Le numéro INE n'a la forme d'aucune génération connue : gardé tel quel.", EN: "The INE has the shape of no known generation: kept as it is."},
		ent.Rule{Code: CodeINEKey, Severity: warning, Source: "RNIE", FR: "La clé du numéro INE est fausse : gardé tel quel.", EN: "The key of the INE is wrong: kept as it is."},
		ent.Rule{Code: CodeSIRET, Severity: warning, Source: "INSEE, Sirene", FR: "Le numéro SIRET est faux ou mal formé : gardé tel quel.", EN: "The SIRET is wrong or has another shape: kept as it is."},
		ent.Rule{Code: CodeMEF, Severity: warning, Source: "BCN, N_MEF", FR: "Le code MEF n'a pas la forme attendue : gardé tel quel.", EN: "The MEF does not have the expected shape: kept as it is."},
		ent.Rule{Code: CodeBirthDate, Severity: warning, Source: sdet, FR: "L'élève n'a pas de date de naissance.", EN: "The pupil has no birth date."},

		ent.Rule{Code: CodeChunkMissing, Severity: warning, Source: feeds, FR: "Il manque le fichier n° {chunk} de {category} : la livraison est incomplète.", EN: "File no. {chunk} of {category} is missing: the delivery is not complete."},
		ent.Rule{Code: CodeFileDate, Severity: warning, Source: feeds, FR: "La date du nom de fichier n'existe pas.", EN: "The date of the file name does not exist."},
		ent.Rule{Code: CodeMixedDelivery, Severity: warning, Source: feeds, FR: "Les fichiers de la livraison ne sont pas tous de la même date ni de la même nature (Complet ou Delta).", EN: "The files of the delivery are not all of the same date or kind (Complet or Delta)."},
		ent.Rule{Code: CodeArchivePath, Severity: refused, Source: house, FR: "Une entrée de l'archive désigne un fichier hors de l'archive : refusée.", EN: "An entry of the archive names a file outside it: refused."},
		ent.Rule{Code: CodeArchiveRatio, Severity: fatal, Source: house, FR: "Un fichier de l'archive se décompresse au-delà de la limite : refusé.", EN: "A file of the archive inflates beyond the limit: refused."},
		ent.Rule{Code: CodeArchiveTruncated, Severity: fatal, Source: house, FR: "L'archive est tronquée ou abîmée.", EN: "The archive is truncated or damaged."},
		ent.Rule{Code: CodeEmptyDelivery, Severity: refused, Source: house, FR: "Aucun fichier de la livraison n'est reconnu.", EN: "No file of the delivery is recognised."},

		ent.Rule{Code: CodeArchiveTwice, Severity: refused, Source: house, FR: "L'archive contient deux entrées du même nom : la seconde est refusée.", EN: "The archive holds two entries of one name: the second one is refused."},
		ent.Rule{Code: CodeArchiveEntries, Severity: fatal, Source: house, FR: "L'archive ou le dossier contient trop d'entrées.", EN: "The archive or folder holds too many entries."},
		ent.Rule{Code: CodeFileSkipped, Severity: warning, Source: house, FR: "Un fichier .xml est laissé de côté : c'est un lien, ou il est à plus d'un sous-dossier de profondeur.", EN: "An .xml file is left aside: it is a link, or stands deeper than one sub-folder."},
		ent.Rule{Code: CodeCategoryMissing, Severity: warning, Source: feeds, FR: "La livraison complète n'a aucun fichier de {category}.", EN: "The complete delivery has no file of {category}."},
		ent.Rule{Code: CodeSeveralFeeds, Severity: fatal, Source: house, FR: "Les fichiers sont de plusieurs livraisons (dossiers, académies ou degrés différents) : à lire séparément.", EN: "The files are of several deliveries (different folders, academies or degrees): read them one by one."},
		ent.Rule{Code: CodeNotComplet, Severity: warning, Source: sdet, FR: "La livraison complète contient {count} modification(s) ou suppression(s) : appliquées dans leur ordre.", EN: "The complete delivery holds {count} modification(s) or deletion(s): applied in their order."},
		ent.Rule{Code: CodeDeltaAlone, Severity: info, Source: sdet, FR: "La livraison est un Delta, lu seul : elle ne contient que ce qui a changé.", EN: "The delivery is a Delta, read on its own: it holds only what has changed."},
		ent.Rule{Code: CodeUAIMissing, Severity: info, Source: feeds, FR: "La structure n'a pas de code UAI.", EN: "The structure has no UAI."},
		ent.Rule{Code: CodeSeveral, Severity: warning, Source: sdet, FR: "L'attribut {field} a plusieurs valeurs là où une seule est attendue : la première est lue, les autres sont gardées telles quelles.", EN: "The attribute {field} has several values where one is expected: the first one is read, the others are kept as they are."},
		ent.Rule{Code: CodeLinkTwice, Severity: warning, Source: feeds, FR: "Le responsable {target} figure deux fois avec des droits différents : le premier lien est gardé.", EN: "The relative {target} stands twice with different rights: the first link is kept."},
		ent.Rule{Code: CodeModifyRefused, Severity: refused, Source: house, FR: "La modification est refusée : l'objet est inconnu, ou n'aurait plus de nom.", EN: "The modification is refused: the object is unknown, or would have no name left."},
		ent.Rule{Code: CodeWrongDelivery, Severity: refused, Source: house, FR: "La livraison n'est pas un Delta de cette académie et de ce degré : rien n'est appliqué.", EN: "The delivery is not a Delta of this academy and degree: nothing is applied."},

		ent.Rule{Code: CodeUnknownRelative, Severity: warning, Source: sdet, FR: "{field} désigne le responsable {target}, qui n'est pas dans la livraison.", EN: "{field} names the relative {target}, who is not in the delivery."},
		ent.Rule{Code: CodeUnknownStructure, Severity: warning, Source: sdet, FR: "{field} désigne la structure {target}, qui n'est pas dans la livraison.", EN: "{field} names the structure {target}, which is not in the delivery."},
		ent.Rule{Code: CodeUnknownClass, Severity: warning, Source: sdet, FR: "{field} désigne la classe ou le groupe {target} d'une structure qui n'est pas dans la livraison.", EN: "{field} names the class or group {target} of a structure that is not in the delivery."},
		ent.Rule{Code: CodeUnknownSubject, Severity: warning, Source: sdet, FR: "{field} désigne la matière {target}, qui n'est pas dans la livraison.", EN: "{field} names the subject {target}, which is not in the delivery."},
		ent.Rule{Code: CodeUnknownMEF, Severity: warning, Source: sdet, FR: "{field} désigne le MEF {target}, qui n'est pas dans la livraison.", EN: "{field} names the MEF {target}, which is not in the delivery."},
		ent.Rule{Code: CodeClassCreated, Severity: warning, Source: sdet, FR: "{field} désigne la classe ou le groupe {target}, absent du catalogue de sa structure : créé.", EN: "{field} names the class or group {target}, absent from the catalogue of its structure: created."},
		ent.Rule{Code: CodeReverseOnly, Severity: warning, Source: sdet, FR: "Le responsable désigne l'élève {target}, qui ne le désigne pas ou n'est pas dans la livraison : aucun droit n'en vient.", EN: "The relative names the pupil {target}, who does not name them or is not in the delivery: no right comes from it."},
		ent.Rule{Code: CodeModifyUnknown, Severity: warning, Source: feeds, FR: "La modification porte sur un objet inconnu.", EN: "The modification is of an unknown object."},
		ent.Rule{Code: CodeDeleteUnknown, Severity: warning, Source: feeds, FR: "La suppression porte sur un objet inconnu.", EN: "The deletion is of an unknown object."},
		ent.Rule{Code: CodeNoPlace, Severity: info, Source: sdet, FR: "Ce degré n'a pas d'attribut pour cette donnée : elle n'est pas écrite.", EN: "This degree has no attribute for this datum: it is not written."},
		ent.Rule{Code: CodePseudonym, Severity: info, Source: house, FR: "Un attribut qui n'est pas compris n'est pas repris dans la copie pseudonymisée.", EN: "An attribute that is not understood is left out of the pseudonymised copy."},
		ent.Rule{Code: CodeOlderFeed, Severity: refused, Source: house, FR: "La livraison du {date} est plus ancienne que la dernière appliquée ({last}).", EN: "The delivery of {date} is older than the last one applied ({last})."},
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
