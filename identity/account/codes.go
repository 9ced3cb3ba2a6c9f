package account

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeSetup     ent.Code = "ACCOUNT-SETUP"
	CodeStore     ent.Code = "ACCOUNT-STORE"
	CodeRandom    ent.Code = "ACCOUNT-RANDOM"
	CodeSealed    ent.Code = "ACCOUNT-SEALED"
	CodeAddress   ent.Code = "ACCOUNT-ADDRESS"
	CodeUnknown   ent.Code = "ACCOUNT-UNKNOWN"
	CodeLogin     ent.Code = "ACCOUNT-LOGIN"
	CodeRights    ent.Code = "ACCOUNT-RIGHTS"
	CodeQueueFull ent.Code = "ACCOUNT-QUEUE-FULL"
	CodeWait      ent.Code = "ACCOUNT-WAIT"

	CodeCredentials  ent.Code = "ACCOUNT-CREDENTIALS"
	CodePortal       ent.Code = "ACCOUNT-PORTAL"
	CodeBlocked      ent.Code = "ACCOUNT-BLOCKED"
	CodeNotActivated ent.Code = "ACCOUNT-NOT-ACTIVATED"
	CodeNoSession    ent.Code = "ACCOUNT-NO-SESSION"

	CodeHash     ent.Code = "ACCOUNT-HASH"
	CodePolicy   ent.Code = "ACCOUNT-POLICY"
	CodeTooLong  ent.Code = "ACCOUNT-TOO-LONG"
	CodeShort    ent.Code = "ACCOUNT-SHORT"
	CodeWeak     ent.Code = "ACCOUNT-WEAK"
	CodeClasses  ent.Code = "ACCOUNT-CLASSES"
	CodeCommon   ent.Code = "ACCOUNT-COMMON"
	CodePersonal ent.Code = "ACCOUNT-PERSONAL"
	CodeReused   ent.Code = "ACCOUNT-REUSED"

	CodeSymbol     ent.Code = "ACCOUNT-SYMBOL"
	CodeActivation ent.Code = "ACCOUNT-ACTIVATION"
	CodeExpired    ent.Code = "ACCOUNT-EXPIRED"
	CodeActive     ent.Code = "ACCOUNT-ACTIVE"
	CodeTerms      ent.Code = "ACCOUNT-TERMS"
	CodeContact    ent.Code = "ACCOUNT-CONTACT"
	CodeLink       ent.Code = "ACCOUNT-LINK"

	CodeSecond      ent.Code = "ACCOUNT-SECOND"
	CodeChallenge   ent.Code = "ACCOUNT-CHALLENGE"
	CodeSecondState ent.Code = "ACCOUNT-SECOND-STATE"

	CodeMergeKey       ent.Code = "ACCOUNT-MERGE-KEY"
	CodeMergeSelf      ent.Code = "ACCOUNT-MERGE-SELF"
	CodeMergeProfile   ent.Code = "ACCOUNT-MERGE-PROFILE"
	CodeMergeSource    ent.Code = "ACCOUNT-MERGE-SOURCE"
	CodeMergeFederated ent.Code = "ACCOUNT-MERGE-FEDERATED"
	CodeMergeAlready   ent.Code = "ACCOUNT-MERGE-ALREADY"
	CodeMergeHolder    ent.Code = "ACCOUNT-MERGE-HOLDER"
	CodeNotMerged      ent.Code = "ACCOUNT-NOT-MERGED"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours  = "Cartable"
		cnil  = "CNIL, deliberation 2022-100 of 21 July 2022"
		merge = "merging of relatives, observed in entcore"
	)
	rule := func(code ent.Code, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityError, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeSetup, ours, "Le service des comptes n'est pas bien réglé.", "The service of accounts is not well set up."),
		rule(CodeStore, ours, "Le service n'est pas joignable pour le moment.", "The service cannot be reached for the moment."),
		rule(CodeRandom, ours, "Le système ne donne pas de nombres aléatoires.", "The system gives no random numbers."),
		rule(CodeSealed, ours, "Un secret ne s'ouvre pas avec les clés de ce serveur.", "A secret does not open with the keys of this server."),
		rule(CodeAddress, ours, "L'adresse du navigateur n'est pas connue.", "The address of the browser is not known."),
		rule(CodeUnknown, ours, "Ce compte n'existe pas.", "There is no such account."),
		rule(CodeLogin, ours, "L'identifiant est vide, ou un autre compte l'a déjà.", "The login is empty, or another account has it already."),
		rule(CodeRights, ours, "Vous ne pouvez pas faire cela pour ce compte.", "You may not do that for this account."),
		rule(CodeQueueFull, ours, "Trop de personnes se connectent en ce moment. Réessayez dans {seconds} secondes.", "Too many persons sign in at the moment. Try again in {seconds} seconds."),
		rule(CodeWait, "CNIL, deliberation 2022-100, restriction of access", "Trop d'essais. Réessayez dans {seconds} secondes.", "Too many attempts. Try again in {seconds} seconds."),

		rule(CodeCredentials, ours, "L'identifiant ou le mot de passe n'est pas le bon.", "The login or the password is not the right one."),
		rule(CodePortal, ours, "Ce compte s'ouvre par le guichet {portal}, sans mot de passe d'ici.", "This account is entered through the portal {portal}, without a password of this site."),
		rule(CodeBlocked, ours, "Le compte est bloqué. L'établissement peut dire pourquoi.", "The account is blocked. The school can say why."),
		rule(CodeNotActivated, ours, "Ceci est un code d'activation : il sert sur la page d'activation, une seule fois.", "This is an activation code: it is used on the activation page, once."),
		rule(CodeNoSession, ours, "La session est finie. Connectez-vous de nouveau.", "The session is over. Sign in again."),

		rule(CodeHash, ours, "L'empreinte n'est d'aucune forme connue, ou coûterait trop à vérifier.", "The hash is of no known form, or would cost too much to verify."),
		rule(CodePolicy, cnil, "Ce mot de passe ne convient pas.", "This password will not do."),
		rule(CodeTooLong, ours, "Le mot de passe est trop long.", "The password is too long."),
		rule(CodeShort, cnil, "Il faut au moins {least} caractères.", "At least {least} characters are needed."),
		rule(CodeWeak, cnil, "Il se devine trop vite : ajoutez des caractères ou des mots.", "It is guessed too quickly: add characters or words."),
		rule(CodeClasses, cnil, "Il faut au moins {least} sortes de caractères parmi : minuscules, majuscules, chiffres, autres signes.", "At least {least} kinds of characters are needed out of: lower case, upper case, digits, other signs."),
		rule(CodeCommon, cnil, "C'est un mot de passe que beaucoup utilisent.", "It is a password that many use."),
		rule(CodePersonal, cnil, "Il contient votre nom, votre identifiant, votre date de naissance ou votre établissement.", "It holds your name, your login, your date of birth or your school."),
		rule(CodeReused, ours, "C'est un mot de passe que vous avez déjà eu ici.", "It is a password that you have had here before."),

		rule(CodeSymbol, ours, "Un code d'activation compte de 8 à 10 signes, sans les lettres i, l, o, q, u ni les chiffres 0, 1, 2.", "An activation code has 8 to 10 signs, without the letters i, l, o, q, u and the digits 0, 1, 2."),
		rule(CodeActivation, ours, "L'identifiant et le code ne vont pas ensemble, ou le code a déjà servi.", "The login and the code do not go together, or the code was used already."),
		rule(CodeExpired, ours, "Le délai est passé : demandez-en un nouveau.", "Its time is over: ask for a new one."),
		rule(CodeActive, ours, "Le compte est déjà activé.", "The account is activated already."),
		rule(CodeTerms, ours, "Il faut accepter les conditions d'utilisation.", "The terms of use must be accepted."),
		rule(CodeContact, ours, "Il faut une adresse électronique ou un numéro de mobile.", "An e-mail address or a mobile number is needed."),
		rule(CodeLink, ours, "Ce lien a déjà servi, ou n'est plus valable.", "This link was used already, or is no longer valid."),

		rule(CodeSecond, "RFC 6238", "Ce code n'est pas le bon, ou a déjà servi.", "This code is not the right one, or was used already."),
		rule(CodeChallenge, ours, "La connexion a pris trop de temps : recommencez.", "Signing in took too long: begin again."),
		rule(CodeSecondState, ours, "Le second facteur n'est pas dans cet état.", "The second factor is not in that state."),

		rule(CodeMergeKey, merge, "La clé de fusion n'est pas la bonne, a déjà servi, ou son délai est passé.", "The merge key is not the right one, was used already, or its time is over."),
		rule(CodeMergeSelf, merge, "C'est la clé de ce compte : il faut celle de l'autre.", "This is the key of this account: that of the other one is needed."),
		rule(CodeMergeProfile, merge, "Seuls des comptes de responsables se fusionnent.", "Only accounts of relatives are merged."),
		rule(CodeMergeSource, merge, "Les deux comptes viennent de sources qui ne se fusionnent pas.", "The two accounts come from sources that do not merge."),
		rule(CodeMergeFederated, merge, "Un compte qui s'ouvre par un guichet ne se fusionne pas dans un compte à mot de passe : faites l'inverse.", "An account entered through a portal is not merged into one with a password: do it the other way round."),
		rule(CodeMergeAlready, merge, "Un des deux comptes est déjà fusionné, ou n'est pas activé.", "One of the two accounts is merged already, or is not activated."),
		rule(CodeMergeHolder, ours, "Une partie du service n'a pas pu fusionner : rien n'a changé.", "A part of the service could not merge: nothing has changed."),
		rule(CodeNotMerged, merge, "Ce compte n'est pas fusionné.", "This account is not merged."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
