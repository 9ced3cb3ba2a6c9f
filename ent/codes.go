package ent

import "sync"

// The codes of this package. A parser wraps one of them; a reader that keeps the record files an Issue under its own.
const (
	CodeUAI         Code = "ENT-UAI-SHAPE"
	CodeUAIKey      Code = "ENT-UAI-KEY"
	CodeUAIPseudo   Code = "ENT-UAI-PSEUDO"
	CodeINE         Code = "ENT-INE-SHAPE"
	CodeINEKey      Code = "ENT-INE-KEY"
	CodeMEF         Code = "ENT-MEF-SHAPE"
	CodeSubject     Code = "ENT-SUBJECT-SHAPE"
	CodeSIREN       Code = "ENT-SIREN-SHAPE"
	CodeSIRENKey    Code = "ENT-SIREN-KEY"
	CodeSIRET       Code = "ENT-SIRET-SHAPE"
	CodeSIRETKey    Code = "ENT-SIRET-KEY"
	CodeInsee       Code = "ENT-COMMUNE-SHAPE"
	CodeDepartement Code = "ENT-DEPARTEMENT-SHAPE"
	CodeRegion      Code = "ENT-REGION-SHAPE"
	CodeAcademy     Code = "ENT-ACADEMY-SHAPE"
	CodeDate        Code = "ENT-DATE"
	CodeSchoolYear  Code = "ENT-SCHOOL-YEAR"
	CodeRounding    Code = "ENT-ROUNDING"
	CodeExplanation Code = "ENT-EXPLANATION"
	CodeFormat      Code = "ENT-FORMAT"
)

var catalog = sync.OnceValue(func() *Catalog {
	const (
		rne  = "ministry of education, répertoire national des établissements"
		insg = "INSEE, code officiel géographique"
		sir  = "INSEE, Sirene"
	)
	return NewCatalog(
		Rule{CodeUAI, SeverityWarning, "Le code UAI n'a pas la forme attendue (7 chiffres et une lettre).", "The UAI does not have the expected shape (7 digits and a letter).", rne},
		Rule{CodeUAIKey, SeverityWarning, "La lettre de contrôle du code UAI est fausse.", "The check letter of the UAI is wrong.", rne},
		Rule{CodeUAIPseudo, SeverityWarning, "Le code est un pseudo-UAI : un service ou une zone de remplacement, pas un établissement.", "The code is a pseudo-UAI: a service or a replacement zone, not an establishment.", "observed in academic feeds"},
		Rule{CodeINE, SeverityWarning, "Le numéro INE n'a la forme d'aucune génération connue.", "The INE has the shape of no known generation.", "RNIE, BEA and apprenticeship registers"},
		Rule{CodeINEKey, SeverityWarning, "La clé du numéro INE est fausse.", "The key of the INE is wrong.", "derived from 277 RNIE numbers"},
		Rule{CodeMEF, SeverityWarning, "Le code MEF n'a pas la forme attendue (11 caractères).", "The MEF does not have the expected shape (11 characters).", "BCN, N_MEF"},
		Rule{CodeSubject, SeverityWarning, "Le code matière n'a pas la forme attendue (6 caractères).", "The subject code does not have the expected shape (6 characters).", "BCN, N_MATIERE_ENSEIGNEE"},
		Rule{CodeSIREN, SeverityWarning, "Le numéro SIREN n'a pas 9 chiffres.", "The SIREN does not have 9 digits.", sir},
		Rule{CodeSIRENKey, SeverityWarning, "La clé du numéro SIREN est fausse.", "The key of the SIREN is wrong.", sir},
		Rule{CodeSIRET, SeverityWarning, "Le numéro SIRET n'a pas 14 chiffres.", "The SIRET does not have 14 digits.", sir},
		Rule{CodeSIRETKey, SeverityWarning, "La clé du numéro SIRET est fausse.", "The key of the SIRET is wrong.", sir},
		Rule{CodeInsee, SeverityWarning, "Le code de commune n'a pas la forme attendue.", "The commune code does not have the expected shape.", insg},
		Rule{CodeDepartement, SeverityWarning, "Le code de département n'a pas la forme attendue.", "The département code does not have the expected shape.", insg},
		Rule{CodeRegion, SeverityWarning, "Le code de région n'a pas la forme attendue.", "The région code does not have the expected shape.", insg},
		Rule{CodeAcademy, SeverityWarning, "Le code d'académie n'a pas la forme attendue.", "The academy code does not have the expected shape.", "BCN, N_ACADEMIE"},
		Rule{CodeDate, SeverityWarning, "La date n'existe pas ou n'est pas écrite sous la forme attendue.", "The date does not exist or is not written in the expected form.", "ISO 8601"},
		Rule{CodeSchoolYear, SeverityWarning, "L'année scolaire n'est pas écrite sous la forme 2024-2025.", "The school year is not written as 2024-2025.", "Cartable"},
		Rule{CodeRounding, SeverityError, "La règle d'arrondi n'est pas valable.", "The rounding rule is not valid.", "Cartable"},
		Rule{CodeExplanation, SeverityError, "Une explication ne se recalcule pas.", "An explanation does not compute again.", "Cartable"},
		Rule{CodeFormat, SeverityError, "Le document n'est pas dans un format connu.", "The document is not in a known format.", "Cartable"},
	)
})

// Codes returns the catalogue of this package. It is named Catalog in every other one; here that is the type.
func Codes() *Catalog { return catalog() }
