package saml

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package. Each is a reason to refuse.
const (
	CodeTooLarge ent.Code = "SAML-TOO-LARGE"
	CodeEncoding ent.Code = "SAML-ENCODING"
	CodeXML      ent.Code = "SAML-XML"

	CodeStructure   ent.Code = "SAML-STRUCTURE"
	CodeDestination ent.Code = "SAML-DESTINATION"
	CodeIssuer      ent.Code = "SAML-ISSUER"
	CodeRetired     ent.Code = "SAML-METADATA-EXPIRED"
	CodeRequest     ent.Code = "SAML-REQUEST"
	CodeBrowser     ent.Code = "SAML-BROWSER"
	CodeUnsolicited ent.Code = "SAML-UNSOLICITED"
	CodeInstant     ent.Code = "SAML-INSTANT"
	CodeStatus      ent.Code = "SAML-STATUS"
	CodeAssertions  ent.Code = "SAML-ASSERTIONS"

	CodeDecrypt   ent.Code = "SAML-DECRYPT"
	CodeUnsigned  ent.Code = "SAML-UNSIGNED"
	CodeSignature ent.Code = "SAML-SIGNATURE"
	CodeAlgorithm ent.Code = "SAML-ALGORITHM"
	CodeKey       ent.Code = "SAML-KEY"

	CodeConfirmation ent.Code = "SAML-CONFIRMATION"
	CodeRecipient    ent.Code = "SAML-RECIPIENT"
	CodeEarly        ent.Code = "SAML-EARLY"
	CodeExpired      ent.Code = "SAML-EXPIRED"
	CodeAudience     ent.Code = "SAML-AUDIENCE"
	CodeCondition    ent.Code = "SAML-CONDITION"
	CodeContext      ent.Code = "SAML-CONTEXT"
	CodeReplay       ent.Code = "SAML-REPLAY"
	CodePort         ent.Code = "SAML-PORT"

	CodeACS        ent.Code = "SAML-ACS"
	CodeNotAllowed ent.Code = "SAML-NOT-ALLOWED"

	CodeSetup    ent.Code = "SAML-SETUP"
	CodeMetadata ent.Code = "SAML-METADATA"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		core     = "SAML 2.0 Core"
		bindings = "SAML 2.0 Bindings"
		profiles = "SAML 2.0 Profiles, 4.1.4"
		metadata = "SAML 2.0 Metadata"
		dsig     = "XML Signature 1.1, SAML 2.0 Core, 5.4"
		xenc     = "XML Encryption 1.1"
		house    = "Cartable"
	)
	rule := func(code ent.Code, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityError, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeTooLarge, house, "Le message est trop long : refusé.", "The message is too long: refused."),
		rule(CodeEncoding, bindings, "Le message n'est pas lisible ({field}).", "The message is not readable ({field})."),
		rule(CodeXML, house, "Le XML du message n'est pas accepté ({field}).", "The XML of the message is not accepted ({field})."),

		rule(CodeStructure, core, "Le message n'a pas la forme attendue ({field}).", "The message does not have the expected shape ({field})."),
		rule(CodeDestination, bindings, "Le message est adressé à une autre adresse que la nôtre.", "The message is sent to another address than ours."),
		rule(CodeIssuer, core, "L'émetteur du message n'est pas un partenaire connu.", "The issuer of the message is no known partner."),
		rule(CodeRetired, metadata, "Les métadonnées de l'émetteur sont périmées : à renouveler.", "The metadata of the issuer has expired: renew it."),
		rule(CodeRequest, profiles, "La réponse ne répond à aucune demande en cours : recommencer la connexion.", "The response answers no pending request: log in again."),
		rule(CodeBrowser, profiles, "La réponse répond à la demande d'un autre navigateur : recommencer la connexion.", "The response answers the request of another browser: log in again."),
		rule(CodeUnsolicited, profiles, "La réponse n'a pas été demandée, et ce fournisseur d'identité n'en a pas le droit.", "The response was not asked for, and this identity provider has no right to that."),
		rule(CodeInstant, core, "Le message est trop ancien, ou daté de l'avenir : vérifier les horloges.", "The message is too old, or dated in the future: check the clocks."),
		rule(CodeStatus, core, "Le partenaire n'a pas donné suite ({status}, {detail}).", "The partner did not comply ({status}, {detail})."),
		rule(CodeAssertions, profiles, "La réponse doit contenir une assertion et une seule, à sa place.", "The response must hold exactly one assertion, in its place."),

		rule(CodeDecrypt, xenc, "L'assertion ne peut pas être déchiffrée.", "The assertion cannot be decrypted."),
		rule(CodeUnsigned, profiles, "La signature attendue manque ({field}).", "The expected signature is missing ({field})."),
		rule(CodeSignature, dsig, "La signature n'est pas valable ({field}).", "The signature is not valid ({field})."),
		rule(CodeAlgorithm, dsig, "Un algorithme n'est pas accepté ({field}).", "An algorithm is not accepted ({field})."),
		rule(CodeKey, house, "Aucune clé du partenaire ne convient : clé absente, d'un autre type ou trop courte.", "No key of the partner fits: absent, of another type or too short."),

		rule(CodeConfirmation, profiles, "L'assertion ne confirme pas son sujet au porteur ({field}).", "The assertion does not confirm its subject to the bearer ({field})."),
		rule(CodeRecipient, profiles, "L'assertion est destinée à une autre adresse que la nôtre.", "The assertion is meant for another address than ours."),
		rule(CodeEarly, core, "L'assertion n'est pas encore valable : vérifier les horloges.", "The assertion is not valid yet: check the clocks."),
		rule(CodeExpired, core, "Le message n'est plus valable : recommencer.", "The message is not valid any more: start again."),
		rule(CodeAudience, core, "L'assertion est destinée à un autre service que le nôtre.", "The assertion is meant for another service than ours."),
		rule(CodeCondition, core, "L'assertion porte une condition inconnue.", "The assertion has an unknown condition."),
		rule(CodeContext, core, "Le mode d'authentification n'est pas accepté de ce fournisseur.", "The means of authentication is not accepted from this provider."),
		rule(CodeReplay, profiles, "L'assertion a déjà servi : recommencer la connexion.", "The assertion was already used: log in again."),
		rule(CodePort, house, "La vérification n'a pas pu se faire ({field}) : réessayer plus tard.", "The check could not be made ({field}): retry later."),

		rule(CodeACS, profiles, "La demande veut une réponse à une adresse que les métadonnées du service n'ont pas.", "The request wants its response at an address that the metadata of the service does not have."),
		rule(CodeNotAllowed, house, "Le service n'est pas ouvert à cette personne.", "The service is not open to this person."),

		rule(CodeSetup, house, "La configuration est incomplète ou fausse ({field}).", "The set-up is incomplete or wrong ({field})."),
		rule(CodeMetadata, metadata, "Les métadonnées ne sont pas lisibles ({field}).", "The metadata is not readable ({field})."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
