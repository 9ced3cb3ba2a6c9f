package guichet

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeLimit            ent.Code = "GUICHET-LIMIT"
	CodeAttribute        ent.Code = "GUICHET-ATTRIBUTE"
	CodeAttributeSeveral ent.Code = "GUICHET-ATTRIBUTE-SEVERAL"
	CodeAttributeKept    ent.Code = "GUICHET-ATTRIBUTE-KEPT"

	CodeVector         ent.Code = "GUICHET-VECTOR"
	CodeVectorTrailing ent.Code = "GUICHET-VECTOR-TRAILING"
	CodeVectorProfile  ent.Code = "GUICHET-VECTOR-PROFILE"
	CodeVectorUAI      ent.Code = "GUICHET-VECTOR-UAI"
	CodeVectorSeveral  ent.Code = "GUICHET-VECTOR-SEVERAL"

	CodeReference   ent.Code = "GUICHET-REFERENCE"
	CodeNoReference ent.Code = "GUICHET-NO-REFERENCE"
	CodeJoinKey     ent.Code = "GUICHET-JOIN-KEY"
	CodeKeyPolicy   ent.Code = "GUICHET-KEY-POLICY"
	CodeJointure    ent.Code = "GUICHET-JOINTURE"

	CodeRNE        ent.Code = "GUICHET-RNE"
	CodeRNEUAI     ent.Code = "GUICHET-RNE-UAI"
	CodeDelegation ent.Code = "GUICHET-DELEGATION"

	CodeProxy       ent.Code = "GUICHET-PROXY"
	CodeHeaderTwice ent.Code = "GUICHET-HEADER-TWICE"

	CodeGAR ent.Code = "GUICHET-GAR"

	CodeIssuer    ent.Code = "GUICHET-ISSUER"
	CodeProvider  ent.Code = "GUICHET-PROVIDER"
	CodeMail      ent.Code = "GUICHET-MAIL"
	CodeReturnURL ent.Code = "GUICHET-RETURN-URL"

	CodePort           ent.Code = "GUICHET-PORT"
	CodePeople         ent.Code = "GUICHET-PEOPLE"
	CodeNoClue         ent.Code = "GUICHET-NO-CLUE"
	CodeFound          ent.Code = "GUICHET-FOUND"
	CodeSeveral        ent.Code = "GUICHET-SEVERAL"
	CodeUnknownUser    ent.Code = "GUICHET-UNKNOWN-USER"
	CodeBlockedUser    ent.Code = "GUICHET-BLOCKED-USER"
	CodeBlockedProfile ent.Code = "GUICHET-BLOCKED-PROFILE"
	CodeNotActivated   ent.Code = "GUICHET-NOT-ACTIVATED"

	CodeChoice        ent.Code = "GUICHET-CHOICE"
	CodeChoiceIndex   ent.Code = "GUICHET-CHOICE-INDEX"
	CodeChoiceBrowser ent.Code = "GUICHET-CHOICE-BROWSER"
	CodeChoiceUsed    ent.Code = "GUICHET-CHOICE-USED"
	CodeChoiceExpired ent.Code = "GUICHET-CHOICE-EXPIRED"

	CodeLink ent.Code = "GUICHET-LINK"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours     = "Cartable"
		observed = "observed in open code: entcore, LaclasseService, APLyPro, pass Culture, RECIA"
		vector   = "FrEduVecteur, observed in entcore and LaclasseService"
		refID    = "FrEduCtRefId, observed in entcore"
		rne      = "FrEduRne and FrEduRneResp, observed in APLyPro and Mon stage de 3e"
	)
	const (
		info    = ent.SeverityInfo
		warning = ent.SeverityWarning
		refused = ent.SeverityError
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeLimit, refused, ours, "Il y a trop de valeurs, ou une valeur est trop longue.", "There are too many values, or a value is too long."),
		rule(CodeAttribute, warning, observed, "L'attribut {field} n'a pas la forme attendue : laissé de côté.", "The attribute {field} does not have the expected form: left aside."),
		rule(CodeAttributeSeveral, warning, ours, "L'attribut {field} a plusieurs valeurs différentes, et une seule a un sens : laissé de côté.", "The attribute {field} has several different values, and only one makes sense: left aside."),
		rule(CodeAttributeKept, info, observed, "L'attribut {field} n'a pas la forme habituelle : gardé tel quel.", "The attribute {field} does not have the usual form: it is kept as it is."),

		rule(CodeVector, refused, vector, "Le vecteur n'a pas la forme profil|nom|prénom|élève|UAI, ou il y manque une valeur.", "The vector does not have the form profile|last name|first name|pupil|UAI, or lacks a value."),
		rule(CodeVectorTrailing, refused, vector, "Le vecteur se termine par des champs vides en trop.", "The vector ends with empty fields too many."),
		rule(CodeVectorProfile, refused, vector, "Le profil du vecteur n'est pas un des codes 1 à 4.", "The profile of the vector is none of the codes 1 to 4."),
		rule(CodeVectorUAI, refused, vector, "Le code UAI du vecteur n'est pas celui d'un établissement.", "The UAI of the vector is not that of an establishment."),
		rule(CodeVectorSeveral, refused, vector, "Plusieurs vecteurs ne sont admis que pour un responsable, et pour lui seul.", "Several vectors are accepted for a relative only, and for nobody else beside."),

		rule(CodeReference, refused, refID, "La référence n'a pas la forme attendue : une source entre accolades, puis académie|…|identifiant.", "The reference does not have the expected form: a source between braces, then academy|…|identifier."),
		rule(CodeNoReference, refused, refID, "EduConnect ne donne aucune référence d'une source utilisable.", "EduConnect gives no reference of a usable source."),
		rule(CodeJoinKey, refused, refID, "Aucune référence ne donne de clé de jointure : académie inconnue ou forme inattendue.", "No reference gives a join key: unknown academy or unexpected form."),
		rule(CodeKeyPolicy, refused, ours, "Des clés sans académie exigent la liste des académies servies.", "Keys without an academy require the list of the academies served."),
		rule(CodeJointure, refused, "SDET, ENTPersonJointure", "La clé de jointure n'a pas la forme source$clé.", "The join key does not have the form source$key."),

		rule(CodeRNE, refused, rne, "La valeur n'a pas le nombre de champs attendu.", "The value does not have the expected number of fields."),
		rule(CodeRNEUAI, refused, rne, "La valeur ne commence pas par un code UAI.", "The value does not begin with a UAI."),
		rule(CodeDelegation, refused, "FrEduResDel, observed in APLyPro", "La délégation n'a pas la forme attendue.", "The delegation does not have the expected form."),

		rule(CodeProxy, refused, ours, "Les en-têtes ne viennent pas d'un mandataire déclaré : ils ne sont pas lus.", "The headers do not come from a listed proxy: they are not read."),
		rule(CodeHeaderTwice, refused, ours, "L'en-tête {field} est présent deux fois : rien n'est lu.", "The header {field} is present twice: nothing is read."),

		rule(CodeGAR, refused, "GAR, référentiel technique: idEnt and GARPersonIdentifiant", "Il manque l'identifiant du projet ou celui de la personne.", "The identifier of the project or of the person is missing."),

		rule(CodeIssuer, refused, ours, "L'émetteur du message n'est pas un guichet déclaré.", "The issuer of the message is not a listed portal."),
		rule(CodeProvider, refused, ours, "Un guichet est mal déclaré.", "A portal is not well declared."),
		rule(CodeMail, refused, observed, "Le guichet ne donne pas d'adresse académique, ou elle n'est pas d'un domaine de ce guichet.", "The portal gives no academy e-mail address, or one that is not of a domain of this portal."),
		rule(CodeReturnURL, warning, ours, "L'adresse de déconnexion n'est pas en https vers un hôte admis : elle n'est pas suivie.", "The logout address is not in https to an accepted host: it is not followed."),

		rule(CodePort, refused, ours, "Le service n'est pas joignable pour le moment.", "The service cannot be reached for the moment."),
		rule(CodePeople, refused, ours, "La recherche de comptes a rendu une réponse qui n'a pas de sens.", "The search for accounts gave an answer that makes no sense."),
		rule(CodeNoClue, refused, ours, "Le message ne dit rien qui permette de trouver un compte.", "The message says nothing by which to find an account."),
		rule(CodeFound, info, ours, "Le compte est trouvé.", "The account is found."),
		rule(CodeSeveral, info, ours, "Plusieurs comptes correspondent : il faut en choisir un.", "Several accounts fit: one must be chosen."),
		rule(CodeUnknownUser, refused, ours, "Aucun compte ne correspond à cette identité.", "No account fits this identity."),
		rule(CodeBlockedUser, refused, ours, "Le compte est bloqué. L'établissement peut dire pourquoi.", "The account is blocked. The school can say why."),
		rule(CodeBlockedProfile, refused, ours, "L'accès est fermé pour ce profil en ce moment.", "Access is closed for this profile at the moment."),
		rule(CodeNotActivated, info, ours, "Le compte n'est pas encore activé.", "The account is not activated yet."),

		rule(CodeChoice, refused, ours, "Il n'y a pas de choix à proposer.", "There is no choice to offer."),
		rule(CodeChoiceIndex, refused, ours, "Le choix reçu n'est pas un de ceux qui étaient proposés.", "The choice received is none of those that were offered."),
		rule(CodeChoiceBrowser, refused, ours, "Le choix a été proposé à un autre navigateur, ou les cookies sont refusés.", "The choice was offered to another browser, or cookies are refused."),
		rule(CodeChoiceUsed, refused, ours, "Le choix a déjà été fait, ou n'a jamais été proposé.", "The choice was made already, or was never offered."),
		rule(CodeChoiceExpired, refused, ours, "Le choix a été proposé il y a trop longtemps : il faut se connecter de nouveau.", "The choice was offered too long ago: sign in again."),

		rule(CodeLink, refused, ours, "Il manque au lien le guichet, le sujet ou le compte.", "The link lacks the portal, the subject or the account."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

func fieldIssue(code ent.Code, field ent.Field) ent.Issue {
	return catalog().New(code, ent.Pos{}, "$."+string(field), ent.FieldOf("field", field))
}
