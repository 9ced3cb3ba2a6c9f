package cas

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package, beside those of the protocol (Failure).
const (
	CodeServiceURL   ent.Code = "CAS-SERVICE-URL"
	CodeURLRule      ent.Code = "CAS-URL-RULE"
	CodeService      ent.Code = "CAS-SERVICE"
	CodeSetup        ent.Code = "CAS-SETUP"
	CodeGone         ent.Code = "CAS-GONE"
	CodeRegistry     ent.Code = "CAS-REGISTRY"
	CodeUnregistered ent.Code = "CAS-UNREGISTERED"
	CodeNotAllowed   ent.Code = "CAS-NOT-ALLOWED"
	CodeMalformed    ent.Code = "CAS-MALFORMED"
	CodeRefused      ent.Code = "CAS-REFUSED"
	CodeUpstream     ent.Code = "CAS-UPSTREAM"
	CodeProxies      ent.Code = "CAS-PROXIES"
	CodeTicket       ent.Code = "CAS-TICKET"
	CodeCookies      ent.Code = "CAS-COOKIES"
	CodeBusy         ent.Code = "CAS-BUSY"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours     = "Cartable"
		protocol = "CAS protocol 3.0.3"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeServiceURL, ent.SeverityError, protocol, "L'adresse du service n'est pas acceptable.", "The address of the service is not acceptable."),
		rule(CodeURLRule, ent.SeverityError, ours, "La règle d'adresse d'un service est mal formée, ou trop large.", "The URL rule of a service is badly formed, or too wide."),
		rule(CodeService, ent.SeverityError, ours, "L'enregistrement d'un service n'est pas complet ({field}).", "The registration of a service is not complete ({field})."),
		rule(CodeSetup, ent.SeverityFatal, ours, "Le serveur n'est pas complet ({field}).", "The server is not complete ({field})."),
		rule(CodeGone, ent.SeverityInfo, ours, "Rien n'est gardé sous cette clé.", "Nothing is kept under this key."),
		rule(CodeRegistry, ent.SeverityFatal, ours, "Le registre des tickets ne répond pas.", "The registry of tickets does not answer."),
		rule(CodeUnregistered, ent.SeverityError, protocol, "Ce service n'est pas enregistré.", "This service is not registered."),
		rule(CodeNotAllowed, ent.SeverityError, ours, "Ce service n'est pas ouvert à cette personne, ou pas maintenant.", "This service is not open to this person, or not now."),
		rule(CodeMalformed, ent.SeverityError, protocol, "La réponse du serveur CAS n'est pas lisible.", "The answer of the CAS server is not readable."),
		rule(CodeRefused, ent.SeverityError, protocol, "Le serveur CAS refuse le ticket.", "The CAS server refuses the ticket."),
		rule(CodeUpstream, ent.SeverityError, ours, "Le serveur CAS ne répond pas.", "The CAS server does not answer."),
		rule(CodeProxies, ent.SeverityError, protocol, "Le ticket vient par des intermédiaires qui ne sont pas admis.", "The ticket came through proxies that are not allowed."),
		rule(CodeCookies, ent.SeverityError, ours, "Le navigateur ne garde pas la session : il refuse les cookies.", "The browser does not keep the session: it refuses cookies."),
		rule(CodeBusy, ent.SeverityError, ours, "Ce service demande plus de validations qu'il ne peut : réessayer dans une seconde.", "This service asks for more validations than it may: retry in a second."),
		rule(CodeTicket, ent.SeverityError, protocol, "Le ticket n'a pas la forme d'un ticket.", "The ticket does not have the shape of one."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
