package apiparticulier

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeJSON     ent.Code = "APIP-JSON"
	CodeLimit    ent.Code = "APIP-LIMIT"
	CodeKind     ent.Code = "APIP-KIND"
	CodeEncoding ent.Code = "APIP-ENCODING"
	CodeUnknown  ent.Code = "APIP-FIELD-UNKNOWN"
	CodeTwice    ent.Code = "APIP-FIELD-TWICE"
	CodeType     ent.Code = "APIP-FIELD-TYPE"
	CodeAbsent   ent.Code = "APIP-PART-ABSENT"
	CodeProvider ent.Code = "APIP-PROVIDER"
	CodeValue    ent.Code = "APIP-VALUE"
	CodeDate     ent.Code = "APIP-DATE"
	CodeNoValue  ent.Code = "APIP-NO-QUOTIENT"

	CodeRequired    ent.Code = "APIP-REQUIRED"
	CodeShape       ent.Code = "APIP-SHAPE"
	CodeAlternative ent.Code = "APIP-BIRTHPLACE"
	CodeMonth       ent.Code = "APIP-MONTH"
	CodeSetup       ent.Code = "APIP-SETUP"

	CodeParameters ent.Code = "APIP-PARAMETERS"
	CodeIdentity   ent.Code = "APIP-IDENTITY"
	CodeToken      ent.Code = "APIP-TOKEN"
	CodeForbidden  ent.Code = "APIP-FORBIDDEN"
	CodeNotFound   ent.Code = "APIP-NOT-FOUND"
	CodeConflict   ent.Code = "APIP-CONFLICT"
	CodeRate       ent.Code = "APIP-RATE"
	CodeUpstream   ent.Code = "APIP-UPSTREAM"
	CodeTimeout    ent.Code = "APIP-TIMEOUT"
	CodeNetwork    ent.Code = "APIP-NETWORK"
	CodeRedirect   ent.Code = "APIP-REDIRECT"
	CodeAnswer     ent.Code = "APIP-ANSWER"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		openapi = "OpenAPI description of API Particulier v3"
		staging = "staging payloads of API Particulier"
		house   = "Cartable"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	const (
		info    = ent.SeverityInfo
		warning = ent.SeverityWarning
		refused = ent.SeverityError
		fatal   = ent.SeverityFatal
	)
	return ent.NewCatalog(
		rule(CodeJSON, fatal, house, "La réponse n'est pas un objet JSON lisible.", "The answer is not a readable JSON object."),
		rule(CodeLimit, fatal, house, "La réponse est trop longue ou trop profonde : refusée.", "The answer is too long or too deep: refused."),
		rule(CodeKind, fatal, house, "Cette nature de réponse n'est pas connue.", "This kind of answer is not known."),
		rule(CodeEncoding, warning, house, "La réponse n'est pas en UTF-8 : des lettres sont perdues.", "The answer is not in UTF-8: letters are lost."),
		rule(CodeUnknown, info, openapi, "{count} champ(s) inconnu(s) à cet endroit : laissé(s) de côté.", "{count} unknown field(s) at this place: left aside."),
		rule(CodeTwice, warning, house, "{count} champ(s) figure(nt) deux fois à cet endroit : le premier est gardé.", "{count} field(s) stand(s) twice at this place: the first one is kept."),
		rule(CodeType, warning, openapi, "Le champ {field} n'a pas la forme attendue : laissé de côté.", "The field {field} does not have the expected shape: left aside."),
		rule(CodeAbsent, info, openapi, "La partie {field} est absente : le jeton n'y donne peut-être pas droit.", "The part {field} is absent: the token may give no right to it."),
		rule(CodeProvider, warning, openapi, "Le fournisseur du quotient n'est ni la CNAF ni la MSA : gardé tel quel.", "The provider of the quotient is neither CNAF nor MSA: kept as it is."),
		rule(CodeValue, refused, openapi, "Le nombre {field} est négatif ou hors limites : tenu pour manquant.", "The number {field} is negative or out of limits: held as missing."),
		rule(CodeDate, warning, staging, "La date {field} n'existe pas : tenue pour inconnue.", "The date {field} does not exist: held as unknown."),
		rule(CodeNoValue, refused, openapi, "La réponse ne contient pas de quotient : le jeton n'y donne sans doute pas droit.", "The answer holds no quotient: the token probably gives no right to it."),

		rule(CodeRequired, refused, openapi, "Le champ {field} est obligatoire.", "The field {field} is required."),
		rule(CodeShape, refused, openapi, "Le champ {field} n'a pas la forme attendue.", "The field {field} does not have the expected shape."),
		rule(CodeAlternative, refused, openapi, "Le lieu de naissance ({field}) : en France, le code de la commune, ou bien son nom avec le département et l'année de naissance ; à l'étranger, aucun des trois.", "The birthplace ({field}): in France, the code of the commune, or else its name with the département and the year of birth; abroad, none of the three."),
		rule(CodeMonth, refused, openapi, "Le mois demandé est à venir, ou remonte à plus de 24 mois.", "The month asked for is to come, or more than 24 months back."),
		rule(CodeSetup, refused, house, "Le client est mal configuré ({field}).", "The client is not well set up ({field})."),

		rule(CodeParameters, refused, openapi, "API Particulier refuse un paramètre : saisie à corriger.", "API Particulier refuses a parameter: correct the input."),
		rule(CodeIdentity, refused, openapi, "API Particulier ne peut pas identifier la personne : état civil à corriger ou à compléter.", "API Particulier cannot identify the person: correct or complete the civil identity."),
		rule(CodeToken, refused, openapi, "Le jeton d'accès manque, est invalide, expiré ou révoqué : à renouveler.", "The access token is missing, invalid, expired or revoked: renew it."),
		rule(CodeForbidden, refused, openapi, "Le jeton ne donne pas droit à cette donnée : habilitation à revoir.", "The token gives no right to this datum: review the habilitation."),
		rule(CodeNotFound, warning, openapi, "Aucun dossier trouvé. Un justificatif est à demander à la famille.", "No file found. Ask the family for a proof."),
		rule(CodeConflict, warning, openapi, "La même demande est déjà en cours : attendre.", "The same request is already running: wait."),
		rule(CodeRate, warning, openapi, "Trop de demandes : attendre le délai indiqué.", "Too many requests: wait as long as told."),
		rule(CodeUpstream, warning, openapi, "La CAF, la MSA ou API Particulier ne répond pas correctement : réessayer plus tard.", "The CAF, the MSA or API Particulier does not answer properly: retry later."),
		rule(CodeTimeout, warning, openapi, "La réponse se fait trop attendre : réessayer plus tard.", "The answer takes too long: retry later."),
		rule(CodeNetwork, warning, house, "API Particulier ne peut pas être joint : réessayer plus tard.", "API Particulier cannot be reached: retry later."),
		rule(CodeRedirect, refused, house, "Le serveur renvoie vers une autre adresse : refusé, le jeton ne doit pas suivre.", "The server redirects to another address: refused, the token must not follow."),
		rule(CodeAnswer, refused, house, "La réponse n'est pas de celles d'API Particulier : adresse à vérifier.", "The answer is not one of API Particulier's: check the address."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

func issue(code ent.Code, path string, params ...ent.Param) ent.Issue {
	return catalog().New(code, ent.Pos{}, path, params...)
}

func fieldIssue(code ent.Code, path, field string) ent.Issue {
	return issue(code, path, ent.FieldOf("field", ent.Field(field)))
}
