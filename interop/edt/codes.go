package edt

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeRoot     ent.Code = "EDT-ROOT"
	CodeXML      ent.Code = "EDT-XML"
	CodeLimit    ent.Code = "EDT-LIMIT"
	CodeUAI      ent.Code = "EDT-UAI"
	CodeYear     ent.Code = "EDT-YEAR"
	CodeValue    ent.Code = "EDT-VALUE"
	CodePlace    ent.Code = "EDT-PLACE"
	CodeUndated  ent.Code = "EDT-UNDATED"
	CodeDangling ent.Code = "EDT-DANGLING"
	CodeUnread   ent.Code = "EDT-UNREAD"

	CodePartner ent.Code = "EDT-PARTNER"
	CodeKey     ent.Code = "EDT-KEY"
	CodeKeySum  ent.Code = "EDT-KEY-SUM"
	CodeContent ent.Code = "EDT-CONTENT"
	CodeHash    ent.Code = "EDT-HASH"

	CodeUnplaced  ent.Code = "EDT-UNPLACED"
	CodeAudience  ent.Code = "EDT-AUDIENCE"
	CodeFrequency ent.Code = "EDT-FREQUENCY"
	CodeTimes     ent.Code = "EDT-TIMES"
)

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		schema = "ExportEmploiDuTemps, first schema of the publisher, and later files as open readers accept them"
		box    = "ConteneurExportChiffre, first schema of the publisher, and two open readers"
		text   = "text exports EXP_COURS and EXP_ELEVE, as an open reader accepts them"
	)
	return ent.NewCatalog(
		ent.Rule{Code: CodeRoot, Severity: ent.SeverityFatal, Source: schema, FR: "Ce n'est pas un export d'emploi du temps.", EN: "This is not a timetable export."},
		ent.Rule{Code: CodeXML, Severity: ent.SeverityFatal, Source: "XML 1.0", FR: "Le fichier n'est pas un document XML bien formé.", EN: "The file is not a well-formed XML document."},
		ent.Rule{Code: CodeLimit, Severity: ent.SeverityFatal, Source: schema, FR: "Le fichier dépasse les limites de lecture.", EN: "The file is beyond the limits of reading."},
		ent.Rule{
			Code: CodeUAI, Severity: ent.SeverityWarning, Source: "UAI: check letter",
			FR: "L'UAI de l'export n'est pas valide : il est gardé tel quel.", EN: "The UAI of the export is not valid: it is kept as it is.",
		},
		ent.Rule{
			Code: CodeYear, Severity: ent.SeverityError, Source: schema,
			FR: "L'année scolaire n'a pas ses trois dates : aucune séance ne peut être datée.", EN: "The school year lacks one of its three dates: no lesson can be dated.",
		},
		ent.Rule{Code: CodeValue, Severity: ent.SeverityWarning, Source: schema, FR: "{field} : la valeur ne se lit pas.", EN: "{field}: the value cannot be read."},
		ent.Rule{
			Code: CodePlace, Severity: ent.SeverityWarning, Source: schema,
			FR: "Le cours commence ou finit à une place qui n'existe pas : il est laissé de côté.", EN: "The course begins or ends at a place that does not exist: it is left aside.",
		},
		ent.Rule{
			Code: CodeUndated, Severity: ent.SeverityWarning, Source: schema,
			FR: "Le cours n'a aucune ressource datée : il n'a pas de séance.", EN: "The course has no dated resource: it has no lesson.",
		},
		ent.Rule{
			Code: CodeDangling, Severity: ent.SeverityWarning, Source: schema,
			FR: "{field} : l'identifiant ne désigne rien ; il est gardé.", EN: "{field}: the identifier names nothing; it is kept.",
		},
		ent.Rule{Code: CodeUnread, Severity: ent.SeverityInfo, Source: schema, FR: "{field} : élément non lu.", EN: "{field}: element not read."},
		ent.Rule{Code: CodePartner, Severity: ent.SeverityFatal, Source: box, FR: "L'export n'est pas chiffré pour ce partenaire.", EN: "The export is not encrypted for this partner."},
		ent.Rule{Code: CodeKey, Severity: ent.SeverityFatal, Source: box, FR: "La clé de l'export ne se déchiffre pas avec cette clé privée.", EN: "The key of the export cannot be decrypted with this private key."},
		ent.Rule{Code: CodeKeySum, Severity: ent.SeverityFatal, Source: box, FR: "La somme de contrôle de la clé de l'export est fausse.", EN: "The checksum of the key of the export is wrong."},
		ent.Rule{Code: CodeContent, Severity: ent.SeverityFatal, Source: box, FR: "Le contenu de l'export ne se déchiffre pas.", EN: "The content of the export cannot be decrypted."},
		ent.Rule{Code: CodeHash, Severity: ent.SeverityFatal, Source: box, FR: "L'empreinte du contenu de l'export est fausse.", EN: "The hash of the content of the export is wrong."},
		ent.Rule{Code: CodeUnplaced, Severity: ent.SeverityInfo, Source: text, FR: "Le cours n'est pas placé : il n'a pas de séance.", EN: "The course is not placed: it has no lesson."},
		ent.Rule{
			Code: CodeAudience, Severity: ent.SeverityWarning, Source: text,
			FR: "La classe s'écrit 4B, [GROUPE] ou <4B> <PARTITION> PARTIE : ce qui ne se lit pas est pris pour une classe.", EN: "The class is written 4B, [GROUP] or <4B> <PARTITION> PART: what cannot be read is taken for a class.",
		},
		ent.Rule{Code: CodeFrequency, Severity: ent.SeverityError, Source: text, FR: "La fréquence du cours n'est ni H, ni Q1, ni Q2, ni connue : il est refusé.", EN: "The frequency of the course is not H, Q1, Q2 or one that is known: it is refused."},
		ent.Rule{Code: CodeTimes, Severity: ent.SeverityError, Source: text, FR: "La durée ou l'heure du cours ne se lit pas, ou il finit après minuit : il est refusé.", EN: "The length or the start of the course cannot be read, or it ends after midnight: it is refused."},
	)
})
